/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* DELETE of IMAP2bis. If it's the selected mailbox, none is selected
   afterwards: it is closed before, so that the session doesn't have to end
   like those of others who have it selected. */

#include "lib.h"
#include "mail-storage.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"
#include "session/names.h"

static enum imap2_cmd_status
delete_mailbox(struct imap2_command *cmd, struct mailbox *box)
{
	struct imap2_client *client = cmd->client;

	if (mailbox_is_any_inbox(box))
		return imap2_cmd_failed(cmd, "INBOX can't be deleted");
	if (client->mailbox != NULL &&
	    mailbox_backends_equal(box, client->mailbox->box))
		imap2_mailbox_close(&client->mailbox);
	if (mailbox_delete(box) < 0)
		return imap2_cmd_storage_error(cmd, box);
	return imap2_cmd_ok(cmd, "DELETE completed");
}

enum imap2_cmd_status imap2_cmd_delete(struct imap2_command *cmd)
{
	enum imap2_cmd_status status;
	struct mailbox *box;
	const char *error;

	box = imap2_name_alloc_mailbox(cmd->client->user, cmd->strings[0], 0,
				       &error);
	if (box == NULL)
		return imap2_cmd_failed(cmd, error);
	event_add_str(cmd->event, "mailbox", mailbox_get_vname(box));
	status = delete_mailbox(cmd, box);
	mailbox_free(&box);
	return status;
}
