/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* RENAME of IMAP2bis, of a mailbox with all below it. If the selected mailbox
   is among them, none is selected afterwards: the storage has lost it. */

#include "lib.h"
#include "mail-namespace.h"
#include "mail-storage.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"
#include "session/names.h"

static bool rename_is_below(struct mailbox *box, struct mailbox *parent)
{
	struct mail_namespace *ns = mailbox_get_namespace(parent);
	const char *name = mailbox_get_vname(box);
	const char *parent_name = mailbox_get_vname(parent);
	size_t len = strlen(parent_name);

	return strncmp(name, parent_name, len) == 0 &&
		name[len] == mail_namespace_get_sep(ns);
}

static enum imap2_cmd_status
rename_mailbox(struct imap2_command *cmd, struct mailbox *src,
	       struct mailbox *dest)
{
	struct imap2_client *client = cmd->client;

	event_add_str(cmd->event, "old_mailbox", mailbox_get_vname(src));
	event_add_str(cmd->event, "new_mailbox", mailbox_get_vname(dest));
	if (rename_is_below(dest, src))
		return imap2_cmd_failed(cmd, "A mailbox can't be below itself");
	if (mailbox_rename(src, dest) < 0)
		return imap2_cmd_storage_error(cmd, src);
	if (client->mailbox != NULL &&
	    (mailbox_backends_equal(client->mailbox->box, src) ||
	     rename_is_below(client->mailbox->box, src)))
		imap2_mailbox_close(&client->mailbox);
	return imap2_cmd_ok(cmd, "RENAME completed");
}

enum imap2_cmd_status imap2_cmd_rename(struct imap2_command *cmd)
{
	struct mail_user *user = cmd->client->user;
	enum imap2_cmd_status status;
	struct mailbox *src, *dest;
	const char *error;

	src = imap2_name_alloc_mailbox(user, cmd->strings[0], 0, &error);
	if (src == NULL)
		return imap2_cmd_failed(cmd, error);
	dest = imap2_name_alloc_mailbox(user, cmd->strings[1], 0, &error);
	if (dest == NULL)
		status = imap2_cmd_failed(cmd, error);
	else {
		status = rename_mailbox(cmd, src, dest);
		mailbox_free(&dest);
	}
	mailbox_free(&src);
	return status;
}
