/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Is the host a Dovecot 2.3? Its settings are found by module_name, its logins
   arrive by master-login, it has events, which 2.2 had not, and addresses in
   lists, which 2.3.20 brought and Debian put into 2.3.19.1. */

#include "lib.h"
#include "message-address.h"
#include "settings-parser.h"
#include "mail-storage-service.h"
#include "master-service.h"
#include "master-login.h"
#include "login-common.h"
#include "client-common.h"

struct message_address_list probe_list = {
	.head = NULL,
};
struct setting_parser_info probe_info = {
	.module_name = "imap2",
};
struct mail_storage_service_input probe_input = {
	.event_parent = NULL,
};
struct master_login_settings probe_set = {
	.postlogin_timeout_secs = MASTER_POSTLOGIN_TIMEOUT_DEFAULT,
};
struct client_vfuncs probe_vfuncs = {
	.proxy_failed = NULL,
};

int main(void)
{
	return 0;
}
