/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The host binding of the login program for Dovecot 2.3: see login.h. */

#include "lib.h"
#include "settings-parser.h"
#include "settings/imap2-login-settings.h"
#include "shim-config.h"
#include "shim/login.h"
#include "shim/version.h"

/* Dovecot 2.4.2 split this type, and so did Debian within 2.3.19.1. */
#ifdef HAVE_PROXY_FAILURE_AUTH_REPLIED
#  define PROXY_FAILURE_REFUSED LOGIN_PROXY_FAILURE_TYPE_AUTH_REPLIED
#else
#  define PROXY_FAILURE_REFUSED LOGIN_PROXY_FAILURE_TYPE_AUTH
#endif

static const struct setting_parser_info *login_setting_roots[] = {
	&login_setting_parser_info,
	&imap2_login_setting_parser_info,
	NULL
};

static void (*login_created)(struct client *client);
static struct client_vfuncs login_vfuncs;

static void
login_client_create(struct client *client, void **other_sets ATTR_UNUSED)
{
	login_created(client);
}

static void login_preinit(void)
{
	login_set_roots = login_setting_roots;
}

static void login_init(void)
{
	/* login-common's own die callback does what is needed. */
}

static void login_deinit(void)
{
	clients_destroy_all();
}

static struct login_binary login_imap2_binary = {
	.protocol = "imap2",
	.process_name = "imap2-login",
	/* For proxying: where another server listens */
	.default_port = 143,
	.default_ssl_port = 993,

	.event_category = {
		.name = "imap2",
	},

	.client_vfuncs = &login_vfuncs,
	.preinit = login_preinit,
	.init = login_init,
	.deinit = login_deinit,

	.sasl_support_final_reply = FALSE,
	.anonymous_login_acceptable = TRUE,
};

int shim_login_run(const struct shim_login *login, int argc, char *argv[])
{
	shim_version_check();
	login_created = login->created;
	login_vfuncs = login->vfuncs;
	login_vfuncs.create = login_client_create;
	return login_binary_run(&login_imap2_binary, argc, argv);
}

const char *shim_login_referral(const struct client_auth_reply *reply)
{
	return reply->host;
}

struct ostream *shim_login_proxy_output(struct client *client)
{
	return login_proxy_get_ostream(client->login_proxy);
}

bool shim_login_proxy_wants_starttls(struct client *client)
{
	enum login_proxy_ssl_flags flags =
		login_proxy_get_ssl_flags(client->login_proxy);

	return (flags & PROXY_SSL_FLAG_STARTTLS) != 0;
}

void shim_login_proxy_refused(struct client *client, const char *reason)
{
	login_proxy_failed(client->login_proxy,
			   login_proxy_get_event(client->login_proxy),
			   PROXY_FAILURE_REFUSED, reason);
}

bool shim_login_proxy_was_replied(enum login_proxy_failure_type type)
{
	return type == PROXY_FAILURE_REFUSED;
}
