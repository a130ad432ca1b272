/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The login program on Dovecot 2.3: see shim/login.h and shim/login-host.h. */

#include "lib.h"
#include "settings-parser.h"
#include "settings/imap2-login-settings.h"
#include "shim/login-host.h"

static const struct setting_parser_info *login_setting_roots[] = {
	&login_setting_parser_info,
	&imap2_login_setting_parser_info,
	NULL
};

static void
login_client_create(struct client *client, void **other_sets ATTR_UNUSED)
{
	shim_login_created(client);
}

void shim_login_host_preinit(void)
{
	login_set_roots = login_setting_roots;
}

void shim_login_host_init(struct client_vfuncs *vfuncs)
{
	vfuncs->create = login_client_create;
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
