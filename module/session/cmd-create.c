/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* CREATE of IMAP2bis. A name that ends with the separator is one for other
   mailboxes: whether it becomes a mailbox too is up to the storage. What is
   missing above it is made on the way. */

#include "lib.h"
#include "mail-storage.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/names.h"

static enum imap2_cmd_status
create_mailbox(struct imap2_command *cmd, struct mailbox *box, bool directory)
{
	/* It may be that it's only made by the first SELECT. */
	if (strcmp(mailbox_get_vname(box), "INBOX") == 0)
		return imap2_cmd_failed(cmd, "INBOX always exists");
	if (mailbox_create(box, NULL, directory) < 0)
		return imap2_cmd_storage_error(cmd, box);
	return imap2_cmd_ok(cmd, "CREATE completed");
}

enum imap2_cmd_status imap2_cmd_create(struct imap2_command *cmd)
{
	enum imap2_cmd_status status;
	struct mailbox *box;
	const char *error;
	bool directory;

	box = imap2_name_alloc_new(cmd->client->user, cmd->strings[0],
				   &directory, &error);
	if (box == NULL)
		return imap2_cmd_failed(cmd, error);
	event_add_str(cmd->event, "mailbox", mailbox_get_vname(box));
	status = create_mailbox(cmd, box, directory);
	mailbox_free(&box);
	return status;
}
