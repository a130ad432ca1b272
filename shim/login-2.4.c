/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The login program on Dovecot 2.4: see shim/login.h and shim/login-host.h. */

#include "lib.h"
#include "shim/login-host.h"

static int login_client_create(struct client *client)
{
	shim_login_created(client);
	return 0;
}

void shim_login_host_preinit(void)
{
	/* login-common asks for its settings itself, and we have none. */
}

void shim_login_host_init(struct client_vfuncs *vfuncs)
{
	vfuncs->create = login_client_create;
}

const char *shim_login_referral(const struct client_auth_reply *reply)
{
	return reply->proxy.host;
}

struct ostream *shim_login_proxy_output(struct client *client)
{
	return login_proxy_get_server_ostream(client->login_proxy);
}

bool shim_login_proxy_wants_starttls(struct client *client)
{
	enum auth_proxy_ssl_flags flags =
		login_proxy_get_ssl_flags(client->login_proxy);

	return (flags & AUTH_PROXY_SSL_FLAG_STARTTLS) != 0;
}
