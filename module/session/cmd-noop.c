/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* NOOP (RFC 1176 p.10). What it is good for, news of the mailbox, comes from
   the command table. */

#include "lib.h"
#include "session/commands.h"

enum imap2_cmd_status imap2_cmd_noop(struct imap2_command *cmd)
{
	return imap2_cmd_ok(cmd, "NOOP completed");
}
