/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The service `imap2-login` for Dovecot 2.3. Loaded by its config process,
   which looks up the external symbols by the module's name; see
   shim/settings-host.h. */

#include "lib.h"
#include "buffer.h"
#include "shim/settings-host.h"
#include "settings/imap2-login-settings.h"

extern struct service_settings imap2_login_settings_service_settings;
extern const struct setting_parser_info *imap2_login_settings_set_roots[];
extern const char *imap2_login_settings_version;

/* Port 0: nothing listens unless the administrator says where. The port of
   IMAP2, 143, is taken by IMAP4. */
static struct inet_listener_settings inet_listener_array[] = {
	{ .name = "imap2", .address = "", .port = 0 },
	{ .name = "imap2s", .address = "", .port = 0, .ssl = TRUE }
};
static struct inet_listener_settings *inet_listeners[] = {
	&inet_listener_array[0],
	&inet_listener_array[1]
};
static buffer_t inet_listeners_buf = {
	{ { inet_listeners, sizeof(inet_listeners) } }
};

struct service_settings imap2_login_settings_service_settings = {
	SHIM_SERVICE("imap2-login", "login", "$default_login_user", "login"),
	.extra_groups = "",
	/* the host's default */
	.vsz_limit = UOFF_T_MAX,

	.unix_listeners = ARRAY_INIT,
	.fifo_listeners = ARRAY_INIT,
	.inet_listeners = { { &inet_listeners_buf,
			      sizeof(inet_listeners[0]) } }
};

const struct setting_parser_info *imap2_login_settings_set_roots[] = {
	&login_setting_parser_info,
	&imap2_login_setting_parser_info,
	NULL
};

const char *imap2_login_settings_version = DOVECOT_ABI_VERSION;
