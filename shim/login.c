/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The login program as a login-common service. What differs between host
   series is in shim/login-<series>.c. See shim/login.h for the contract. */

#include "lib.h"
#include "shim-config.h"
#include "shim/login-host.h"
#include "shim/memory.h"
#include "shim/version.h"

/* Dovecot 2.4.2 split this type, and so did Debian within earlier versions. */
#ifdef HAVE_PROXY_FAILURE_AUTH_REPLIED
#  define PROXY_FAILURE_REFUSED LOGIN_PROXY_FAILURE_TYPE_AUTH_REPLIED
#else
#  define PROXY_FAILURE_REFUSED LOGIN_PROXY_FAILURE_TYPE_AUTH
#endif

static void (*login_created)(struct client *client);
static struct client_vfuncs login_vfuncs;

void shim_login_created(struct client *client)
{
	shim_memory_set_clients(clients_get_count());
	login_created(client);
}

static void login_client_free(struct client *client ATTR_UNUSED)
{
	/* This one is still counted. */
	shim_memory_set_clients(clients_get_count() - 1);
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
#ifdef HAVE_LOGIN_BINARY_SERVICE_NAME
	.service_name = "imap2",
#endif
	.process_name = "imap2-login",
	/* For proxying: where another server listens */
	.default_port = 143,
	.default_ssl_port = 993,

	.event_category = {
		.name = "imap2",
	},

	.client_vfuncs = &login_vfuncs,
	.preinit = shim_login_host_preinit,
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
	login_vfuncs.free = login_client_free;
	shim_login_host_init(&login_vfuncs);
	return login_binary_run(&login_imap2_binary, argc, argv);
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
