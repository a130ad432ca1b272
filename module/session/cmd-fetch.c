/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* FETCH (RFC 1176 p.14-15): one data item, a macro, or a list of items. */

#include "lib.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/fetch.h"

static void fetch_abort(struct imap2_command *cmd)
{
	struct imap2_fetch *fetch = cmd->context;
	const char *error;

	(void)imap2_fetch_finish(&fetch, &error);
}

static enum imap2_cmd_status fetch_more(struct imap2_command *cmd)
{
	struct imap2_fetch *fetch = cmd->context;
	const char *error;

	if (imap2_fetch_more(fetch) == IMAP2_FETCH_WAIT_OUTPUT)
		return IMAP2_CMD_WAIT_OUTPUT;
	cmd->abort = NULL;
	if (imap2_fetch_finish(&fetch, &error) < 0) {
		return imap2_cmd_no(cmd, t_strdup_printf("FETCH failed: %s",
							 error));
	}
	return imap2_cmd_ok(cmd, "FETCH completed");
}

enum imap2_cmd_status imap2_cmd_fetch(struct imap2_command *cmd)
{
	struct imap2_fetch *fetch;
	const char *const *items, *error;
	bool is_list;

	if (imap2_args_atom_list(&cmd->args, &items, &is_list, &error) < 0 ||
	    imap2_args_end(&cmd->args, &error) < 0 ||
	    (fetch = imap2_fetch_create(cmd->client, items, is_list,
					&error)) == NULL)
		return imap2_cmd_bad(cmd, t_strdup_printf("FETCH: %s", error));

	imap2_fetch_begin(fetch, &cmd->seqs, cmd->reason);
	cmd->context = fetch;
	cmd->resume = fetch_more;
	cmd->abort = fetch_abort;
	return fetch_more(cmd);
}
