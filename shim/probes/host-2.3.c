/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Is the host a Dovecot 2.3? Its programs get their settings by module_name
   and their connections by master-login. Debian's security updates of it have
   lists of addresses besides. */

#include "lib.h"
#include "message-address.h"
#include "settings-parser.h"
#include "master-login.h"

struct message_address_list probe_list;
struct setting_parser_info probe_info;
struct master_login_settings probe_set;

int main(void)
{
	probe_list.head = NULL;
	probe_info.module_name = "imap2";
	probe_set.request_auth_token = TRUE;
	return 0;
}
