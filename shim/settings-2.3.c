/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The service `imap2` for Dovecot 2.3. Loaded by its config process, which
   looks up the external symbols by the module's name; see
   shim/settings-host.h. */

#include "lib.h"
#include "buffer.h"
#include "shim/settings-host.h"
#include "settings/imap2-settings.h"

extern struct service_settings imap2_settings_service_settings;
extern const struct setting_parser_info *imap2_settings_set_roots[];
extern const char *imap2_settings_version;
extern const char *imap2_settings_dependencies[];

static struct file_listener_settings unix_listener = {
	.path = "login/imap2", .mode = 0666, .user = "", .group = ""
};
static struct file_listener_settings *unix_listeners[] = {
	&unix_listener
};
static buffer_t unix_listeners_buf = {
	{ { unix_listeners, sizeof(unix_listeners) } }
};

struct service_settings imap2_settings_service_settings = {
	SHIM_SERVICE("imap2", "", "", ""),
	.extra_groups = "$default_internal_group",
	.process_limit = 1024,
	.client_limit = 1,
	/* the host's default */
	.vsz_limit = UOFF_T_MAX,

	.unix_listeners = { { &unix_listeners_buf,
			      sizeof(unix_listeners[0]) } },
	.fifo_listeners = ARRAY_INIT,
	.inet_listeners = ARRAY_INIT
};

const struct setting_parser_info *imap2_settings_set_roots[] = {
	&imap2_setting_parser_info,
	NULL
};

const char *imap2_settings_version = DOVECOT_ABI_VERSION;

/* Without that module the host would take imap2-login for a service that runs
   as root. */
const char *imap2_settings_dependencies[] = { "imap2_login_settings", NULL };
