/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The session program on Dovecot 2.3: see shim/session.h and
   shim/session-host.h. */

#include "lib.h"
#include "array.h"
#include "hostpid.h"
#include "istream.h"
#include "ostream.h"
#include "iostream-rawlog.h"
#include "settings-parser.h"
#include "str.h"
#include "var-expand.h"
#include "mail-user.h"
#include "settings/imap2-settings.h"
#include "shim/session-host.h"

struct shim_session_host {
	struct mail_storage_service_user *service_user;
	bool anvil_sent;
};

void shim_host_init(const struct shim_session_vfuncs *vfuncs ATTR_UNUSED)
{
	/* Kicking is a signal here, and settings come with the storage. */
}

const char *shim_host_auth_socket(void)
{
	return "auth-master";
}

struct mail_storage_service_ctx *
shim_host_storage_init(enum mail_storage_service_flags flags)
{
	static const struct setting_parser_info *set_roots[] = {
		&imap2_setting_parser_info,
		NULL
	};

	return mail_storage_service_init(master_service, set_roots, flags |
		MAIL_STORAGE_SERVICE_FLAG_NO_SSL_CA);
}

void shim_host_input_init(struct mail_storage_service_input *input,
			  const shim_login_request *request)
{
	enum mail_auth_request_flags flags =
		request == NULL ? 0 : request->auth_req.flags;

	input->module = SHIM_SERVICE_NAME;
	input->conn_secured =
		(flags & MAIL_AUTH_REQUEST_FLAG_CONN_SECURED) != 0;
	input->conn_ssl_secured =
		(flags & MAIL_AUTH_REQUEST_FLAG_CONN_SSL_SECURED) != 0;
}

int shim_host_user_init(struct mail_storage_service_ctx *storage_service,
			const struct mail_storage_service_input *input,
			struct shim_session *session, const char **error_r)
{
	struct mail_storage_service_user *service_user;
	struct imap2_settings *set;

	if (mail_storage_service_lookup_next(storage_service, input,
					     &service_user, &session->user,
					     error_r) <= 0)
		return -1;
	session->host = i_new(struct shim_session_host, 1);
	session->host->service_user = service_user;

	set = mail_storage_service_user_get_set(service_user)[1];
	if (settings_var_expand(&imap2_setting_parser_info, set,
				session->user->pool,
				mail_user_var_expand_table(session->user),
				error_r) <= 0) {
		*error_r = t_strdup_printf("Failed to expand settings: %s",
					   *error_r);
		shim_host_user_deinit(session);
		return -1;
	}
	session->set = set;
	return 0;
}

void shim_host_user_deinit(struct shim_session *session)
{
	mail_user_deinit(&session->user);
	mail_storage_service_user_unref(&session->host->service_user);
	i_free(session->host);
}

bool shim_host_is_kicked(void)
{
	/* A kick is nothing but a signal. */
	return FALSE;
}

static void anvil_send(struct shim_session *session, const char *cmd)
{
	const char *ident = mail_user_get_anvil_userip_ident(session->user);

	if (ident == NULL)
		return;
	master_service_anvil_send(master_service, t_strdup_printf(
		"%s\t%s\t"SHIM_SERVICE_NAME"/%s\n", cmd, my_pid, ident));
}

void shim_host_connected(struct shim_session *session)
{
	anvil_send(session, "CONNECT");
	session->host->anvil_sent = TRUE;
}

void shim_host_disconnected(struct shim_session *session)
{
	if (!session->host->anvil_sent)
		return;
	anvil_send(session, "DISCONNECT");
	session->host->anvil_sent = FALSE;
}

void shim_session_activate(struct shim_session *session)
{
	mail_storage_service_io_activate_user(session->host->service_user);
}

const char *shim_session_expand(struct shim_session *session,
				const char *format,
				const struct shim_expand_key *keys)
{
	ARRAY(struct var_expand_table) table;
	struct var_expand_table *entry;
	string_t *str = t_str_new(128);
	const char *error;

	t_array_init(&table, 16);
	for (; keys->name != NULL; keys++) {
		entry = array_append_space(&table);
		entry->key = keys->letter;
		entry->value = keys->value;
		entry->long_key = keys->name;
	}
	array_append_zero(&table);

	if (var_expand_with_funcs(str, format,
			t_var_expand_merge_tables(array_front(&table),
				mail_user_var_expand_table(session->user)),
			mail_user_var_expand_func_table,
			session->user, &error) < 0) {
		e_error(session->event, "Failed to expand %s: %s",
			format, error);
	}
	return str_c(str);
}

void shim_session_rawlog(struct shim_session *session, struct istream **input,
			 struct ostream **output)
{
	if (session->set->rawlog_dir[0] != '\0') {
		(void)iostream_rawlog_create(session->set->rawlog_dir,
					     input, output);
	}
}
