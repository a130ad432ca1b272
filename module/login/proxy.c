/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Logging in to another IMAP2 server for the client (passdb field proxy):
   greeting, LOGIN (RFC 1176 p.10), its answer. After that login-common copies
   bytes both ways.

   RFC 1176 has neither STARTTLS nor AUTHENTICATE, so that TLS can only be
   there from the beginning, and neither SASL mechanisms nor master users are
   possible. Must never leave the client's LOGIN unanswered, nor pass the
   server's untagged responses on to a client that hasn't asked for them, nor
   let a password be read by anybody but the server. */

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
static bool proxy_mech_is_login(const struct dsasl_client_mech *mech)
{
	const char *name;

	if (mech == NULL)
		return TRUE;
	name = dsasl_client_mech_get_name(mech);
	return strcasecmp(name, "PLAIN") == 0 || strcasecmp(name, "LOGIN") == 0;
}

/* Returns which of the passdb's fields IMAP2 can't do, or NULL. */
static const char *proxy_impossible_field(struct client *client)
{
	if (shim_login_proxy_wants_starttls(client))
		return "IMAP2 has no STARTTLS (field starttls): use ssl";
	if (client->proxy_master_user != NULL)
		return "IMAP2 has no master users (field master)";
	if (!proxy_mech_is_login(client->proxy_mech))
		return "IMAP2 has no SASL mechanisms (field proxy_mech)";
	return NULL;
}

/* IMAP4 servers say that they are. Old clients would take one for IMAP2, until
   its first untagged response or another date's form is too much for them. */
static bool text_is_from_imap4(const char *text)
{
	return strncasecmp(text, "[CAPABILITY ", 12) == 0;
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

/* Servers may repeat a command that they don't like. Its password belongs in no
   log, nor may a client read one that the passdb gave. */
static const char *
text_without_password(struct imap2_login_client *client, const char *text)
{
	const char *password = client->common.proxy_password;

	if (*password == '\0' || strstr(text, password) == NULL)
		return text;
	return "Login failed (the server repeated the password)";
}

/* A reason for the log, with the server's words. */
static const char *
proxy_quote(struct imap2_login_client *client, const char *what,
	    const char *line)
{
	line = text_without_password(client, line);
	return t_strdup_printf("%s: %s", what, str_sanitize(line, 160));
}

static int
proxy_parse_banner(struct imap2_login_client *client, const char *line)
{
	const char *text, *error;

	text = line_skip_word(line, "* OK");
	if (text == NULL) {
		return proxy_fail(client, LOGIN_PROXY_FAILURE_TYPE_PROTOCOL,
				  proxy_quote(client, "Invalid banner", line));
	}
	if (text_is_from_imap4(text)) {
		return proxy_fail(client,
			LOGIN_PROXY_FAILURE_TYPE_REMOTE_CONFIG,
			"It speaks IMAP4, not IMAP2 (is the port right?)");
	}
	error = proxy_impossible_field(&client->common);
	if (error != NULL) {
		return proxy_fail(client,
			LOGIN_PROXY_FAILURE_TYPE_INTERNAL_CONFIG, error);
	}
	client->proxy_state = IMAP2_LOGIN_PROXY_STATE_LOGIN;
	proxy_send_login(client);
	return 0;
}

/* RFC 1176 p.28: every answer has a text. Not so with every server. */
static const char *text_or(const char *text, const char *otherwise)
{
	return *text == '\0' ? otherwise : text;
}

static int proxy_login_ok(struct imap2_login_client *client, const char *text)
{
	text = text_or(text, "Logged in");
	imap2_login_client_reply(client, "OK", text);
	client_proxy_finish_destroy_client(&client->common);
	return 1;
}

static int
proxy_login_refused(struct imap2_login_client *client, const char *text)
{
	text = text_without_password(client, text_or(text, "Login failed"));
	imap2_login_client_reply(client, "NO", text);
	shim_login_proxy_refused(&client->common, str_sanitize(text, 160));
	return -1;
}

static int
proxy_parse_answer(struct imap2_login_client *client, const char *line)
{
	const char *text;

	if ((text = line_skip_word(line, "OK")) != NULL)
		return proxy_login_ok(client, text);
	if ((text = line_skip_word(line, "NO")) != NULL)
		return proxy_login_refused(client, text);
	/* The server didn't understand it. That's nothing the user could do
	   anything about, nor should read, and trying again won't help. */
	return proxy_fail(client, LOGIN_PROXY_FAILURE_TYPE_REMOTE_CONFIG,
			  proxy_quote(client, "LOGIN was answered with", line));
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
			  proxy_quote(client, "Unexpected response", line));
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
