#ifndef SHIM_LOGIN_HOST_H
#define SHIM_LOGIN_HOST_H

/* What shim/login.c, which is the same for all hosts, needs of
   shim/login-<series>.c; for these two only. */

#include "shim/login.h"

/* login-common's preinit() and create(), both of the host's shape. */
void shim_login_host_preinit(void);
void shim_login_host_init(struct client_vfuncs *vfuncs);

/* A client connected: shim_login.created. */
void shim_login_created(struct client *client);

#endif
