/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The service `imap2-login` for Dovecot 2.4. Loaded by its config process,
   which looks up the external symbols by the module's name; see
   shim/settings-host.h. */

#include "lib.h"
#include "shim/settings-host.h"
#include "settings/imap2-login-settings.h"

extern const struct service_settings imap2_login_settings_service_settings;
extern const struct setting_keyvalue
	imap2_login_settings_service_settings_defaults[];
extern const struct setting_parser_info *imap2_login_settings_set_infos[];
extern const char *imap2_login_settings_version;

const struct service_settings imap2_login_settings_service_settings = {
	SHIM_SERVICE("imap2-login", "login", "$SET:default_login_user",
		     "login"),

	.extra_groups = ARRAY_INIT,
	.unix_listeners = ARRAY_INIT,
	.fifo_listeners = ARRAY_INIT,
	.inet_listeners = ARRAY_INIT,
};

/* "\\s" is a "/" within a name. */
#define ADMIN_SOCKET "srv.imap2-login\\s%{pid}"
const struct setting_keyvalue
imap2_login_settings_service_settings_defaults[] = {
	/* doveadm kick */
	{ "unix_listener", ADMIN_SOCKET },

	{ "unix_listener/"ADMIN_SOCKET"/path", "srv.imap2-login/%{pid}" },
	{ "unix_listener/"ADMIN_SOCKET"/type", "admin" },
	{ "unix_listener/"ADMIN_SOCKET"/mode", "0600" },

	/* Port 0: nothing listens unless the administrator says where. The
	   port of IMAP2, 143, is taken by IMAP4. */
	{ "inet_listener", "imap2 imap2s" },

	{ "inet_listener/imap2/name", "imap2" },
	{ "inet_listener/imap2/port", "0" },

	{ "inet_listener/imap2s/name", "imap2s" },
	{ "inet_listener/imap2s/port", "0" },
	{ "inet_listener/imap2s/ssl", "yes" },

	{ NULL, NULL }
};

const struct setting_parser_info *imap2_login_settings_set_infos[] = {
	&imap2_login_setting_parser_info,
	NULL
};

const char *imap2_login_settings_version = DOVECOT_ABI_VERSION;
