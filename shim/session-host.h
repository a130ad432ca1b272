#ifndef SHIM_SESSION_HOST_H
#define SHIM_SESSION_HOST_H

/* What shim/session.c, which is the same for all hosts, needs of
   shim/session-<series>.c; for these two only. The API by which logins arrive
   has one shape under two names; here it gets a third. */

#include "shim-config.h"

#include "mail-storage-service.h"
#include "master-interface.h"
#include "master-service.h"
#include "shim/session.h"

#ifdef SHIM_HOST_2_3
#  include "master-login.h"
typedef struct master_login shim_login_server;
typedef struct master_login_settings shim_login_server_settings;
typedef struct master_login_client shim_login_request;
#  define shim_login_server_init master_login_init
#  define shim_login_server_deinit master_login_deinit
#  define shim_login_server_add master_login_add
#  define SHIM_POSTLOGIN_TIMEOUT MASTER_POSTLOGIN_TIMEOUT_DEFAULT
#  define SHIM_SERVICE_FLAGS MASTER_SERVICE_FLAG_KEEP_CONFIG_OPEN
#else
#  include "login-server.h"
typedef struct login_server shim_login_server;
typedef struct login_server_settings shim_login_server_settings;
typedef struct login_server_request shim_login_request;
#  define shim_login_server_init login_server_init
#  define shim_login_server_deinit login_server_deinit
#  define shim_login_server_add login_server_add
#  define SHIM_POSTLOGIN_TIMEOUT LOGIN_SERVER_POSTLOGIN_TIMEOUT_DEFAULT
#  define SHIM_SERVICE_FLAGS 0
#endif

#define SHIM_SERVICE_NAME "imap2"

/* The host's part of a session. */
struct shim_session_host;

/* After the program's options were parsed. */
void shim_host_init(const struct shim_session_vfuncs *vfuncs);
/* Path of the socket where the user of a login is asked for, unless an option
   of the program names another. */
const char *shim_host_auth_socket(void);
struct mail_storage_service_ctx *
shim_host_storage_init(enum mail_storage_service_flags flags);

/* Fill in what only this host wants to know of a login. */
void shim_host_input_init(struct mail_storage_service_input *input,
			  const shim_login_request *request);

/* Look up the user of `input` and its settings; fills in user, set and host of
   the session. Returns -1 and why not. */
int shim_host_user_init(struct mail_storage_service_ctx *storage_service,
			const struct mail_storage_service_input *input,
			struct shim_session *session, const char **error_r);
void shim_host_user_deinit(struct shim_session *session);

/* The process was asked to end only for the sake of doveadm kick. */
bool shim_host_is_kicked(void);

/* Count the connection for mail_max_userip_connections and doveadm who. */
void shim_host_connected(struct shim_session *session);
void shim_host_disconnected(struct shim_session *session);

#endif
