#ifndef LOGIN_CLIENT_H
#define LOGIN_CLIENT_H

/* A client that hasn't logged in yet (RFC 1176 p.6: no operations other than
   LOGIN or LOGOUT are permitted; NOOP does no harm). */

#include "shim/login.h"

struct imap2_args;

enum imap2_login_proxy_state {
	IMAP2_LOGIN_PROXY_STATE_BANNER,
	IMAP2_LOGIN_PROXY_STATE_LOGIN
};

struct imap2_login_client {
	/* Must be first: login-common allocates and knows only this. */
	struct client common;

	struct imap2_parser *parser;
	/* Tag of the last command, which an authentication's result answers
	   later on; "*" when it had none. */
	char *tag;

	enum imap2_login_proxy_state proxy_state;
	/* How much of the LOGIN command the server has got: it's sent in
	   pieces when it has literals. */
	unsigned int proxy_pieces_sent;
};

/* A command's implementation. Returns 0 when it was answered or will be, or -1
   and a plain sentence in *error_r when its arguments are bad. It may have
   destroyed the client. */
typedef int imap2_login_cmd_t(struct imap2_login_client *client,
			      struct imap2_args *args, const char **error_r);

imap2_login_cmd_t imap2_login_cmd_login;
imap2_login_cmd_t imap2_login_cmd_logout;
imap2_login_cmd_t imap2_login_cmd_noop;

struct imap2_login_client *imap2_login_client_from(struct client *client);

/* Send "tag state text" with the last command's tag, or "* state text". The
   text is made fit for the wire. */
void imap2_login_client_reply(struct imap2_login_client *client,
			      const char *state, const char *text);
void imap2_login_client_untagged(struct client *client, const char *state,
				 const char *text);

/* login-common's functions: */
struct client *imap2_login_client_alloc(pool_t pool);
void imap2_login_client_created(struct client *client);
void imap2_login_client_destroy(struct client *client);
void imap2_login_client_input(struct client *client);
bool imap2_login_client_input_next_cmd(struct client *client);
void imap2_login_client_notify_auth_ready(struct client *client);
void imap2_login_client_notify_status(struct client *client, bool bad,
				      const char *text);
void imap2_login_client_notify_disconnect(struct client *client,
					  enum client_disconnect_reason reason,
					  const char *text);

/* auth-result.c */
void imap2_login_auth_result(struct client *client,
			     enum client_auth_result result,
			     const struct client_auth_reply *reply,
			     const char *text);

/* proxy.c */
void imap2_login_proxy_reset(struct client *client);
int imap2_login_proxy_parse_line(struct client *client, const char *line);
void imap2_login_proxy_failed(struct client *client,
			      enum login_proxy_failure_type type,
			      const char *reason, bool reconnecting);
const char *imap2_login_proxy_get_state(struct client *client);

#endif
