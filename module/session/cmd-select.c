/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* SELECT and BBOARD (RFC 1176 p.11-12). The mailbox selected before is closed
   even when the new one can't be opened: the period servers did so, and their
   clients count on it. */

#include "lib.h"
#include "mail-storage.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"
#include "session/names.h"

static enum imap2_cmd_status
select_failed(struct imap2_command *cmd, const char *error)
{
	return imap2_cmd_no(cmd, t_strdup_printf("%s failed: %s",
						 cmd->name, error));
}

static enum imap2_cmd_status
select_mailbox(struct imap2_command *cmd, struct mailbox *box)
{
	struct imap2_client *client = cmd->client;
	const char *error;

	event_add_str(cmd->event, "mailbox", mailbox_get_vname(box));
	if (imap2_mailbox_open(client, &box, &client->mailbox, &error) < 0)
		return select_failed(cmd, error);

	/* Clients look for the bracket at the very beginning, and some read 11
	   characters of the text without looking for its end. */
	return imap2_cmd_ok(cmd, t_strdup_printf("[%s] %s completed",
		client->mailbox->read_only ? "READ-ONLY" : "READ-WRITE",
		cmd->name));
}

typedef struct mailbox *
select_alloc_func_t(struct mail_user *user, const char *name,
		    enum mailbox_flags flags, const char **error_r);

static enum imap2_cmd_status
select_name(struct imap2_command *cmd, select_alloc_func_t *alloc)
{
	struct imap2_client *client = cmd->client;
	struct mailbox *box;
	const char *error;

	if (client->mailbox != NULL)
		imap2_mailbox_close(&client->mailbox);
	/* This session is the one to which new mail is \Recent. */
	box = alloc(client->user, cmd->strings[0], MAILBOX_FLAG_DROP_RECENT,
		    &error);
	if (box == NULL)
		return select_failed(cmd, error);
	return select_mailbox(cmd, box);
}

enum imap2_cmd_status imap2_cmd_select(struct imap2_command *cmd)
{
	return select_name(cmd, imap2_name_alloc_mailbox);
}

enum imap2_cmd_status imap2_cmd_bboard(struct imap2_command *cmd)
{
	return select_name(cmd, imap2_name_alloc_bboard);
}
