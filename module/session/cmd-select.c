/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* SELECT and BBOARD (RFC 1176 p.11-12), and EXAMINE of IMAP2bis, which changes
   nothing in the mailbox. The mailbox selected before is closed even when the
   new one can't be opened: the period servers did so, and their clients count
   on it. */

#include "lib.h"
#include "mail-storage.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"
#include "session/names.h"

static enum imap2_cmd_status
select_mailbox(struct imap2_command *cmd, struct mailbox *box)
{
	struct imap2_client *client = cmd->client;
	const char *error;

	event_add_str(cmd->event, "mailbox", mailbox_get_vname(box));
	if (imap2_mailbox_open(client, &box, &client->mailbox, &error) < 0)
		return imap2_cmd_failed(cmd, error);

	/* Clients look for the bracket at the very beginning, and some read 11
	   characters of the text without looking for its end. */
	return imap2_cmd_ok(cmd, t_strdup_printf("[%s] %s completed",
		client->mailbox->read_only ? "READ-ONLY" : "READ-WRITE",
		cmd->name));
}

static enum imap2_cmd_status
select_name(struct imap2_command *cmd, imap2_name_alloc_func_t *alloc,
	    enum mailbox_flags flags)
{
	struct imap2_client *client = cmd->client;
	struct mailbox *box;
	const char *error;

	if (client->mailbox != NULL)
		imap2_mailbox_close(&client->mailbox);
	box = alloc(client->user, cmd->strings[0], flags, &error);
	if (box == NULL)
		return imap2_cmd_failed(cmd, error);
	return select_mailbox(cmd, box);
}

/* MAILBOX_FLAG_DROP_RECENT: this session is the one to which new mail is
   \Recent. */

enum imap2_cmd_status imap2_cmd_select(struct imap2_command *cmd)
{
	return select_name(cmd, imap2_name_alloc_mailbox,
			   MAILBOX_FLAG_DROP_RECENT);
}

enum imap2_cmd_status imap2_cmd_bboard(struct imap2_command *cmd)
{
	return select_name(cmd, imap2_name_alloc_bboard,
			   MAILBOX_FLAG_DROP_RECENT);
}

enum imap2_cmd_status imap2_cmd_examine(struct imap2_command *cmd)
{
	return select_name(cmd, imap2_name_alloc_mailbox,
			   MAILBOX_FLAG_READONLY);
}
