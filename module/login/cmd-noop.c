/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* NOOP before LOGIN (RFC 1176 p.10): old clients use it to see whether the
   server is alive. */

#include "lib.h"
#include "proto/args.h"
#include "login/client.h"

int imap2_login_cmd_noop(struct imap2_login_client *client,
			 struct imap2_args *args, const char **error_r)
{
	if (imap2_args_end(args, error_r) < 0)
		return -1;
	imap2_login_client_reply(client, "OK", "NOOP completed");
	return 0;
}
