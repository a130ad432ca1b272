/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* LOGOUT (RFC 1176 p.11): BYE, then the tagged OK, then the end. */

#include "lib.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"
#include "session/reply.h"

enum imap2_cmd_status imap2_cmd_logout(struct imap2_command *cmd)
{
	struct imap2_client *client = cmd->client;

	/* Storage work first: it may take a while and could still fail. */
	if (client->mailbox != NULL)
		imap2_mailbox_close(&client->mailbox);
	imap2_reply_untagged_text(client->reply, "BYE",
				  "IMAP2 server logging out");
	client->logged_out = TRUE;
	return imap2_cmd_ok(cmd, "LOGOUT completed");
}
