/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Logging in to another IMAP2 server for the client (passdb field proxy):
   greeting, LOGIN (RFC 1176 p.10), its answer. After that login-common copies
   bytes both ways.

   RFC 1176 has neither STARTTLS nor AUTHENTICATE, so that TLS can only be
   there from the beginning, and neither SASL mechanisms nor master users are
   possible. Must never leave the client's LOGIN unanswered, nor pass the
   server's untagged responses on to a client that hasn't asked for them. */

#include "lib.h"
#include "buffer.h"
#include "ostream.h"
#include "safe-memset.h"
#include "str.h"
#include "str-sanitize.h"
#include "dsasl-client.h"
#include "proto/string-write.h"
#include "login/client.h"

#define PROXY_TAG "L"

/* User name and password may both be literals. */
#define LOGIN_MAX_PIECES 3

static const char *const proxy_state_names[] = {
	"banner", "login"
};

/* The LOGIN command, cut after each literal's size: there the server has to
   say "+" before it gets more (RFC 1176 p.21). */
struct proxy_login {
	string_t *command;
	size_t ends[LOGIN_MAX_PIECES];
	unsigned int count;
};

static void proxy_login_add_string(struct proxy_login *login, const char *value)
{
	size_t start = str_len(login->command);

	imap2_write_string(login->command, value);
	if (str_c(login->command)[start] == '{') {
		login->ends[login->count++] =
			str_len(login->command) - strlen(value);
	}
}

static void proxy_login_build(struct imap2_login_client *client,
			      struct proxy_login *login_r)
{
	const char *user = client->common.proxy_user;
	const char *password = client->common.proxy_password;

	i_zero(login_r);
	/* Large enough not to be moved, which would leave copies. */
	login_r->command = t_str_new(strlen(user) + strlen(password) + 128);
	str_append(login_r->command, PROXY_TAG" LOGIN ");
	proxy_login_add_string(login_r, user);
	str_append_c(login_r->command, ' ');
	proxy_login_add_string(login_r, password);
	str_append(login_r->command, "\r\n");
	login_r->ends[login_r->count++] = str_len(login_r->command);
}

/* Send the next piece of the LOGIN command, if there is one. */
static void proxy_send_login(struct imap2_login_client *client)
{
	struct ostream *output = shim_login_proxy_output(&client->common);
	struct proxy_login login;
	unsigned int n = client->proxy_pieces_sent;
	size_t start;

	proxy_login_build(client, &login);
	if (n < login.count) {
		start = n == 0 ? 0 : login.ends[n - 1];
		o_stream_nsend(output, str_c(login.command) + start,
			       login.ends[n] - start);
		client->proxy_pieces_sent++;
	}
	safe_memset(str_c_modifiable(login.command), 0,
		    str_len(login.command));
}

static int proxy_fail(struct imap2_login_client *client,
		      enum login_proxy_failure_type type, const char *reason)
{
	struct login_proxy *proxy = client->common.login_proxy;

	login_proxy_failed(proxy, login_proxy_get_event(proxy), type, reason);
	return -1;
}

/* LOGIN can say the same as SASL PLAIN for a user's own password. */
static bool proxy_can_login(struct client *client)
{
	const char *name;

	if (client->proxy_master_user != NULL)
		return FALSE;
	if (client->proxy_mech == NULL)
		return TRUE;
	name = dsasl_client_mech_get_name(client->proxy_mech);
	return strcasecmp(name, "PLAIN") == 0 || strcasecmp(name, "LOGIN") == 0;
}

/* Returns what follows the prefix, or NULL. The prefix is a whole word. */
static const char *line_skip_word(const char *line, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncasecmp(line, prefix, len) != 0)
		return NULL;
	line += len;
	if (*line == ' ')
		return line + 1;
	return *line == '\0' ? line : NULL;
}

static int
proxy_parse_banner(struct imap2_login_client *client, const char *line)
{
	if (line_skip_word(line, "* OK") == NULL) {
		return proxy_fail(client, LOGIN_PROXY_FAILURE_TYPE_PROTOCOL,
			t_strdup_printf("Invalid banner: %s",
					str_sanitize(line, 160)));
	}
	if (shim_login_proxy_wants_starttls(&client->common)) {
		return proxy_fail(client,
			LOGIN_PROXY_FAILURE_TYPE_REMOTE_CONFIG,
			"IMAP2 has no STARTTLS (use ssl=yes)");
	}
	if (!proxy_can_login(&client->common)) {
		return proxy_fail(client,
			LOGIN_PROXY_FAILURE_TYPE_INTERNAL_CONFIG,
			"IMAP2 has neither SASL nor master users");
	}
	client->proxy_state = IMAP2_LOGIN_PROXY_STATE_LOGIN;
	proxy_send_login(client);
	return 0;
}

static int proxy_login_ok(struct imap2_login_client *client, const char *text)
{
	imap2_login_client_reply(client, "OK", text);
	client_proxy_finish_destroy_client(&client->common);
	return 1;
}

static int proxy_login_refused(struct imap2_login_client *client,
			       const char *line, const char *text)
{
	imap2_login_client_reply(client, "NO", text);
	shim_login_proxy_refused(&client->common, str_sanitize(line, 160));
	return -1;
}

static int
proxy_parse_answer(struct imap2_login_client *client, const char *line)
{
	const char *text;

	if ((text = line_skip_word(line, "OK")) != NULL)
		return proxy_login_ok(client, text);
	if ((text = line_skip_word(line, "NO")) != NULL)
		return proxy_login_refused(client, text, text);
	/* The server didn't understand it. That's nothing the user could do
	   anything about, nor should read. */
	return proxy_login_refused(client, line, LOGIN_PROXY_FAILURE_MSG);
}

int imap2_login_proxy_parse_line(struct client *_client, const char *line)
{
	struct imap2_login_client *client = imap2_login_client_from(_client);
	const char *answer;

	i_assert(!_client->destroyed);

	if (client->proxy_state == IMAP2_LOGIN_PROXY_STATE_BANNER)
		return proxy_parse_banner(client, line);
	if (line_skip_word(line, "*") != NULL)
		return 0;
	if (line_skip_word(line, "+") != NULL) {
		proxy_send_login(client);
		return 0;
	}
	if ((answer = line_skip_word(line, PROXY_TAG)) != NULL)
		return proxy_parse_answer(client, answer);
	return proxy_fail(client, LOGIN_PROXY_FAILURE_TYPE_PROTOCOL,
			  t_strdup_printf("Unexpected response: %s",
					  str_sanitize(line, 160)));
}

void imap2_login_proxy_reset(struct client *_client)
{
	struct imap2_login_client *client = imap2_login_client_from(_client);

	client->proxy_state = IMAP2_LOGIN_PROXY_STATE_BANNER;
	client->proxy_pieces_sent = 0;
}

void imap2_login_proxy_failed(struct client *client,
			      enum login_proxy_failure_type type,
			      const char *reason, bool reconnecting)
{
	if (!reconnecting && !shim_login_proxy_was_replied(type)) {
		imap2_login_client_reply(imap2_login_client_from(client), "NO",
					 LOGIN_PROXY_FAILURE_MSG);
	}
	/* The fields from passdb may be so wrong that there never was a proxy.
	   Then there is nothing to be undone either, and Dovecot 2.3 would
	   crash trying. */
	if (client->login_proxy != NULL) {
		client_common_proxy_failed(client, type, reason,
					   reconnecting);
	}
}

const char *imap2_login_proxy_get_state(struct client *client)
{
	return proxy_state_names[imap2_login_client_from(client)->proxy_state];
}
