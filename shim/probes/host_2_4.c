/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Is the host a Dovecot 2.4? Its programs get their settings by settings_get()
   and their connections by login-server, and are told of doveadm kick. */

#include "lib.h"
#include "master-service.h"
#include "settings.h"
#include "login-server.h"
#include "master-admin-client.h"

struct setting_parser_info probe_info = {
	.name = "imap2",
	.pool_offset1 = 1,
};
struct login_server_settings probe_set = {
	.postlogin_timeout_secs = LOGIN_SERVER_POSTLOGIN_TIMEOUT_DEFAULT,
};
struct master_admin_client_callback probe_callbacks = {
	.cmd_kick_user = NULL,
};

int main(void)
{
	return 0;
}
