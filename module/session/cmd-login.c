/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* LOGIN (RFC 1176 p.10-11) in a session whose user is known already: it can't
   be changed. The LOGIN that counts is module/login's. */

#include "lib.h"
#include "session/commands.h"

enum imap2_cmd_status imap2_cmd_login(struct imap2_command *cmd)
{
	return imap2_cmd_bad(cmd, "Already logged in: LOGOUT first");
}
