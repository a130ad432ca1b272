/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Is the host a Dovecot 2.3? Its programs get their settings by module_name
   and their connections by master-login. */

#include "lib.h"
#include "settings-parser.h"
#include "master-login.h"

struct setting_parser_info probe_info = {
	.module_name = "imap2",
};
struct master_login_settings probe_set = {
	.postlogin_timeout_secs = MASTER_POSTLOGIN_TIMEOUT_DEFAULT,
};

int main(void)
{
	return 0;
}
