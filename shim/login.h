#ifndef SHIM_LOGIN_H
#define SHIM_LOGIN_H

/* The host binding of the login program: what login-common names or shapes
   differently in each host series. shim/login.c implements it together with one
   source file per series; what is the same everywhere, module/login calls
   directly. */

#include "login-common.h"
#include "client-common.h"

struct shim_login {
	/* login-common's functions, all but `create`, whose parameters
	   differ, and `free`. */
	struct client_vfuncs vfuncs;
	/* A client connected; its streams exist. */
	void (*created)(struct client *client);
};

/* Run the program; returns main()'s exit status. */
int shim_login_run(const struct shim_login *login, int argc, char *argv[]);

/* The server that a refused client is referred to, or NULL. */
const char *shim_login_referral(const struct client_auth_reply *reply);

/* The stream to the server that the client is being proxied to. */
struct ostream *shim_login_proxy_output(struct client *client);
/* TRUE if the connection to the server should begin in cleartext and be
   switched to TLS by a command. */
bool shim_login_proxy_wants_starttls(struct client *client);
/* The server refused the login, and the client was told so. */
void shim_login_proxy_refused(struct client *client, const char *reason);
/* TRUE if after a failure of this type the client was already told. */
bool shim_login_proxy_was_replied(enum login_proxy_failure_type type);

#endif
