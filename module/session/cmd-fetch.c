/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* FETCH (RFC 1176 p.14-15): one data item, a macro, or a list of items. PARTIAL
   (IMAP2bis; RFC 1730 6.4.6): a range of octets of one item, a text. */

#include "lib.h"
#include "seq-range-array.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/fetch.h"
#include "session/fetch-items.h"

static void fetch_abort(struct imap2_command *cmd)
{
	struct imap2_fetch *fetch = cmd->context;

	imap2_fetch_abort(&fetch);
}

static enum imap2_cmd_status fetch_more(struct imap2_command *cmd)
{
	struct imap2_fetch *fetch = cmd->context;
	const char *error;

	switch (imap2_fetch_more(fetch)) {
	case IMAP2_FETCH_WAIT_OUTPUT:
		return IMAP2_CMD_WAIT_OUTPUT;
	case IMAP2_FETCH_AGAIN:
		return IMAP2_CMD_AGAIN;
	case IMAP2_FETCH_DONE:
		break;
	}
	cmd->abort = NULL;
	if (imap2_fetch_finish(&fetch, &error) < 0) {
		return imap2_cmd_no(cmd, t_strdup_printf("%s failed: %s",
							 cmd->name, error));
	}
	return imap2_cmd_ok(cmd, t_strdup_printf("%s completed", cmd->name));
}

static enum imap2_cmd_status
fetch_bad(struct imap2_command *cmd, const char *error)
{
	return imap2_cmd_bad(cmd, t_strdup_printf("%s: %s", cmd->name, error));
}

typedef int
fetch_parse_func_t(struct imap2_client *client, struct imap2_args *args,
		   struct imap2_fetch_items **items_r, const char **error_r);

static enum imap2_cmd_status
fetch_start(struct imap2_command *cmd, fetch_parse_func_t *parse)
{
	struct imap2_fetch_items *items;
	const char *error;

	if (parse(cmd->client, &cmd->args, &items, &error) < 0) {
		imap2_fetch_items_free(&items);
		return fetch_bad(cmd, error);
	}
	cmd->context = imap2_fetch_begin(cmd->client, items, &cmd->seqs,
					 cmd->reason);
	cmd->resume = fetch_more;
	cmd->abort = fetch_abort;
	return fetch_more(cmd);
}

enum imap2_cmd_status imap2_cmd_fetch(struct imap2_command *cmd)
{
	return fetch_start(cmd, imap2_fetch_items_parse);
}

enum imap2_cmd_status imap2_cmd_partial(struct imap2_command *cmd)
{
	if (seq_range_count(&cmd->seqs) != 1)
		return fetch_bad(cmd, "Only of one message");
	return fetch_start(cmd, imap2_fetch_items_parse_partial);
}
