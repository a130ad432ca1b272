/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* LOGOUT before LOGIN (RFC 1176 p.11): BYE, then the tagged OK, then the end
   of the connection. */

#include "lib.h"
#include "proto/args.h"
#include "login/client.h"

int imap2_login_cmd_logout(struct imap2_login_client *client,
			   struct imap2_args *args, const char **error_r)
{
	if (imap2_args_end(args, error_r) < 0)
		return -1;
	imap2_login_client_untagged(&client->common, "BYE", "Logging out");
	imap2_login_client_reply(client, "OK", "LOGOUT completed");
	client_destroy(&client->common, CLIENT_UNAUTHENTICATED_LOGOUT_MSG);
	return 0;
}
