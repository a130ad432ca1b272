/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* VERSION: the version of the protocol that a client wants to speak. Not in RFC
   1176, but the period servers had it: versions up to 3 are what is spoken
   anyway, and 4 is MacMS, whose peculiarities are for those that the
   administrator says are MacMS. */

#include "lib.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/reply.h"

#define MACMS_VERSION 4

enum imap2_cmd_status imap2_cmd_version(struct imap2_command *cmd)
{
	struct imap2_client *client = cmd->client;
	unsigned int version;

	if (str_to_uint(cmd->strings[0], &version) < 0 || version == 0)
		return imap2_cmd_bad(cmd, "VERSION: Invalid number");
	if (version > MACMS_VERSION || (version == MACMS_VERSION &&
					!imap2_client_may_be_macms(client))) {
		return imap2_cmd_no(cmd, t_strdup_printf(
			"VERSION failed: this server doesn't speak version %u",
			version));
	}
	client->macms = version == MACMS_VERSION;
	if (client->macms) {
		imap2_reply_untagged_text(client->reply, "OK",
					  "The MacMS kludge is enabled");
	}
	return imap2_cmd_ok(cmd, "VERSION completed");
}
