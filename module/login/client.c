/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Clients that haven't logged in yet: their input, the table of commands, and
   all that is written to them.

   Bytes go from the client's input stream through proto/parser to a cmd-*.c.
   What follows a LOGIN stays in the stream, where login-common takes it for
   the session. Must never show a password, nor read on while a LOGIN is being
   decided. */

#include "lib.h"
#include "istream.h"
#include "ostream.h"
#include "ioloop.h"
#include "str.h"
#include "auth-client.h"
#include "proto/args.h"
#include "proto/parser.h"
#include "proto/string-write.h"
#include "login/client.h"

/* The largest command: LOGIN with user name and password in any form. All that
   is larger is refused, but read to its end. */
#define COMMAND_MAX_SIZE 4096
/* Bad commands in a row before the client is sent away. Old clients probe for
   commands (CAPABILITY, VERSION) before they log in, some of them several
   times. */
#define BAD_COMMANDS_MAX 20

static const struct imap2_login_command {
	const char *name;
	imap2_login_cmd_t *func;
} login_commands[] = {
	{ "LOGIN", imap2_login_cmd_login },
	{ "LOGOUT", imap2_login_cmd_logout },
	{ "NOOP", imap2_login_cmd_noop }
};

struct imap2_login_client *imap2_login_client_from(struct client *client)
{
	return container_of(client, struct imap2_login_client, common);
}

/* RFC 1176 p.28: there are no response codes before a mailbox is selected,
   but clients may look for IMAP4's or their own server's, which administrators
   and other servers write. */
static const char *text_without_brackets(const char *text)
{
	char *copy = t_strdup_noconst(text), *p;

	for (p = copy; *p != '\0'; p++) {
		if (*p == '[')
			*p = '(';
		else if (*p == ']')
			*p = ')';
	}
	return copy;
}

/* One write for the whole line: old clients can't cope with a CR and its LF
   coming apart. */
static void client_send_line(struct client *client, const char *tag,
			     const char *state, const char *text)
{
	T_BEGIN {
		text = imap2_text_line(text_without_brackets(text));
		client_send_raw(client, t_strconcat(tag, " ", state, " ", text,
						    "\r\n", NULL));
	} T_END;
}

void imap2_login_client_reply(struct imap2_login_client *client,
			      const char *state, const char *text)
{
	client_send_line(&client->common, client->tag, state, text);
}

void imap2_login_client_untagged(struct client *client, const char *state,
				 const char *text)
{
	client_send_line(client, "*", state, text);
}

static const struct imap2_login_command *command_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(login_commands); i++) {
		if (strcmp(login_commands[i].name, name) == 0)
			return &login_commands[i];
	}
	return NULL;
}

static int client_run_command(struct imap2_login_client *client,
			      const char **error_r)
{
	const struct imap2_login_command *command;
	struct imap2_args args;

	command = command_find(imap2_parser_command(client->parser, &args));
	if (command == NULL) {
		*error_r = "Unknown command before LOGIN";
		return -1;
	}
	return command->func(client, &args, error_r);
}

static void
client_bad_command(struct imap2_login_client *client, const char *error)
{
	imap2_login_client_reply(client, "BAD", error);
	if (++client->common.bad_counter <= BAD_COMMANDS_MAX)
		return;
	imap2_login_client_untagged(&client->common, "BYE",
				    "Too many bad commands");
	client_destroy(&client->common, "Too many bad commands");
}

static void client_handle_command(struct imap2_login_client *client,
				  enum imap2_parse_result result)
{
	const char *error, *tag = imap2_parser_tag(client->parser);
	int ret = -1;

	i_free(client->tag);
	client->tag = i_strdup(tag != NULL ? tag : "*");

	if (result == IMAP2_PARSE_COMMAND)
		ret = client_run_command(client, &error);
	else
		error = imap2_parser_error(client->parser);
	if (ret < 0)
		client_bad_command(client, error);
	else
		client->common.bad_counter = 0;

	/* The next command may be long in coming. */
	if (!client->common.destroyed)
		imap2_parser_wipe(client->parser);
}

bool imap2_login_client_input_next_cmd(struct client *_client)
{
	struct imap2_login_client *client = imap2_login_client_from(_client);
	enum imap2_parse_result result;
	const unsigned char *data;
	size_t size, used;

	data = i_stream_get_data(_client->input, &size);
	if (size == 0)
		return FALSE;
	result = imap2_parser_feed(client->parser, data, size, &used);
	i_stream_skip(_client->input, used);

	switch (result) {
	case IMAP2_PARSE_MORE:
		return FALSE;
	case IMAP2_PARSE_LITERAL:
		client_send_raw(_client, "+ Ready for literal\r\n");
		return TRUE;
	case IMAP2_PARSE_COMMAND:
	case IMAP2_PARSE_BAD:
		T_BEGIN {
			client_handle_command(client, result);
		} T_END;
		return TRUE;
	case IMAP2_PARSE_STREAM:
		break;
	}
	i_unreached();
}

static bool client_may_continue(struct client *client)
{
	return !client->destroyed && !client->input->closed &&
		!client->authenticating;
}

void imap2_login_client_input(struct client *client)
{
	i_assert(!client->authenticating);

	if (!client_read(client))
		return;

	client_ref(client);
	o_stream_cork(client->output);
	while (client_may_continue(client) &&
	       auth_client_is_connected(auth_client)) {
		if (!client->v.input_next_cmd(client))
			break;
	}
	/* Without it there's no LOGIN: login-common calls again when the
	   authentication process is back. */
	if (auth_client != NULL && !auth_client_is_connected(auth_client))
		client->input_blocked = TRUE;
	o_stream_uncork(client->output);
	client_unref(&client);
}

struct client *imap2_login_client_alloc(pool_t pool)
{
	struct imap2_login_client *client;

	client = p_new(pool, struct imap2_login_client, 1);
	return &client->common;
}

void imap2_login_client_created(struct client *_client)
{
	struct imap2_login_client *client = imap2_login_client_from(_client);

	client->parser = imap2_parser_create(COMMAND_MAX_SIZE);
	client->tag = i_strdup("*");
}

void imap2_login_client_destroy(struct client *_client)
{
	struct imap2_login_client *client = imap2_login_client_from(_client);

	imap2_parser_destroy(&client->parser);
	i_free(client->tag);
}

void imap2_login_client_notify_auth_ready(struct client *client)
{
	client->io = io_add_istream(client->input, client_input, client);
	imap2_login_client_untagged(client, "OK", client->set->login_greeting);
	client->banner_sent = TRUE;
}

/* RFC 1176 p.21: an untagged NO is a warning for the user. login-common's only
   bad news (its words are for those who know what authentication is) is no
   error of the server or the protocol, as a BAD would be. */
void imap2_login_client_notify_status(struct client *client, bool bad,
				      const char *text)
{
	if (bad) {
		imap2_login_client_untagged(client, "NO",
			"The password was sent without TLS: if anybody "
			"listened, it is known now");
	} else {
		imap2_login_client_untagged(client, "OK", text);
	}
}

void imap2_login_client_notify_disconnect(
	struct client *client,
	enum client_disconnect_reason reason ATTR_UNUSED, const char *text)
{
	imap2_login_client_untagged(client, "BYE", text);
}
