/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Is the host a Dovecot 2.4? Its settings are found by events, its logins
   arrive by login-server, and doveadm kick is a command to the process. */

#include "lib.h"
#include "settings.h"
#include "mail-storage-service.h"
#include "master-admin-client.h"
#include "master-service.h"
#include "login-server.h"
#include "login-common.h"
#include "client-common.h"

struct setting_parser_info probe_info = {
	.name = "imap2",
	.pool_offset1 = 1,
};
struct mail_storage_service_input probe_input = {
	.event_parent = NULL,
};
struct login_server_settings probe_set = {
	.postlogin_timeout_secs = LOGIN_SERVER_POSTLOGIN_TIMEOUT_DEFAULT,
};
struct master_admin_client_callback probe_callbacks = {
	.cmd_kick_user = NULL,
};
struct client_vfuncs probe_vfuncs = {
	.proxy_failed = NULL,
};

int main(void)
{
	return 0;
}
