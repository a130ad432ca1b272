/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* LOGIN (RFC 1176 p.10): hands user name and password to Dovecot's
   authentication, which answers in auth-result.c, or by the session program
   when it succeeds. Must never leave a password in memory of its own. */

#include "lib.h"
#include "base64.h"
#include "buffer.h"
#include "safe-memset.h"
#include "str.h"
#include "proto/args.h"
#include "login/client.h"

static void wipe_buffer(buffer_t *buf)
{
	size_t size;
	void *data = buffer_get_modifiable_data(buf, &size);

	safe_memset(data, 0, size);
}

/* What the session program gets along with the connection: the tag of the
   LOGIN to answer, with its NUL. login-common puts the client's further input
   behind it. */
static void login_set_handover(struct imap2_login_client *client)
{
	i_free(client->common.master_data_prefix);
	client->common.master_data_prefix = (void *)i_strdup(client->tag);
	client->common.master_data_prefix_len = strlen(client->tag) + 1;
}

/* SASL PLAIN: authorization identity (none) NUL user NUL password. The buffers
   are made large enough at once, so that no copies are left behind. */
static void login_begin(struct imap2_login_client *client, const char *user,
			const char *password)
{
	size_t size = strlen(user) + strlen(password) + 2;
	buffer_t *plain = t_buffer_create(size);
	buffer_t *base64 = t_buffer_create(MAX_BASE64_ENCODED_SIZE(size) + 1);

	buffer_append_c(plain, '\0');
	buffer_append(plain, user, strlen(user) + 1);
	buffer_append(plain, password, strlen(password));
	base64_encode(plain->data, plain->used, base64);

	login_set_handover(client);
	/* login-common remembers this of an earlier attempt. */
	client->common.auth_process_comm_fail = FALSE;
	(void)client_auth_begin(&client->common, "PLAIN", str_c(base64));

	wipe_buffer(plain);
	wipe_buffer(base64);
}

static int login_parse_args(struct imap2_args *args, const char **user_r,
			    const char **password_r, const char **error_r)
{
	if (imap2_args_string(args, user_r, error_r) < 0 ||
	    imap2_args_string(args, password_r, error_r) < 0)
		return -1;
	return imap2_args_end(args, error_r);
}

int imap2_login_cmd_login(struct imap2_login_client *client,
			  struct imap2_args *args, const char **error_r)
{
	const char *user, *password = NULL;
	int ret;

	ret = login_parse_args(args, &user, &password, error_r);
	if (ret == 0 && client_check_plaintext_auth(&client->common, TRUE))
		login_begin(client, user, password);

	if (password != NULL) {
		/* The copy is ours. */
		safe_memset((char *)password, 0, strlen(password));
	}
	return ret;
}
