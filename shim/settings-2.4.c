/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The service `imap2` for Dovecot 2.4. Loaded by its config process, which
   looks up the external symbols by the module's name; see
   shim/settings-host.h. */

#include "lib.h"
#include "shim/settings-host.h"
#include "settings/imap2-settings.h"

extern const struct service_settings imap2_settings_service_settings;
extern const struct setting_keyvalue
	imap2_settings_service_settings_defaults[];
extern const struct setting_parser_info *imap2_settings_set_infos[];
extern const char *imap2_settings_version;
extern const char *imap2_settings_dependencies[];

const struct service_settings imap2_settings_service_settings = {
	SHIM_SERVICE("imap2", "", "", ""),
	.process_limit = 1024,
	.client_limit = 1,

	.extra_groups = ARRAY_INIT,
	.unix_listeners = ARRAY_INIT,
	.fifo_listeners = ARRAY_INIT,
	.inet_listeners = ARRAY_INIT,
};

/* "\\s" is a "/" within a name. */
#define ADMIN_SOCKET "srv.imap2\\s%{pid}"
const struct setting_keyvalue imap2_settings_service_settings_defaults[] = {
	{ "unix_listener", "login\\simap2 "ADMIN_SOCKET },

	{ "unix_listener/login\\simap2/path", "login/imap2" },
	{ "unix_listener/login\\simap2/mode", "0666" },

	/* doveadm kick */
	{ "unix_listener/"ADMIN_SOCKET"/path", "srv.imap2/%{pid}" },
	{ "unix_listener/"ADMIN_SOCKET"/type", "admin" },
	{ "unix_listener/"ADMIN_SOCKET"/mode", "0600" },

	{ "service_extra_groups", "$SET:default_internal_group" },

	{ NULL, NULL }
};

const struct setting_parser_info *imap2_settings_set_infos[] = {
	&imap2_setting_parser_info,
	NULL
};

const char *imap2_settings_version = DOVECOT_ABI_VERSION;

/* Without that module the host would take imap2-login for a service that runs
   as root. */
const char *imap2_settings_dependencies[] = { "imap2_login_settings", NULL };
