/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* CHECK (RFC 1176 p.13). The thorough look, EXISTS and RECENT come from the
   command table. */

#include "lib.h"
#include "session/commands.h"

enum imap2_cmd_status imap2_cmd_check(struct imap2_command *cmd)
{
	return imap2_cmd_ok(cmd, "CHECK completed");
}
