/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The settings of the imap2-login service: none but the host's. Compiled into
   libimap2_login_settings.so, by which Dovecot's config process learns the
   name, and into the imap2-login program, which asks for it. */

#include "lib.h"
#include "shim/settings-host.h"
#include "settings/imap2-login-settings.h"

static const struct setting_define imap2_login_setting_defines[] = {
	SETTING_DEFINE_LIST_END
};

static const struct imap2_login_settings imap2_login_default_settings = {
	.pool = NULL,
};

const struct setting_parser_info imap2_login_setting_parser_info =
	SHIM_PARSER_INFO("imap2-login", imap2_login_setting_defines,
			 &imap2_login_default_settings, NULL,
			 struct imap2_login_settings, NULL,
			 &login_setting_parser_info);
