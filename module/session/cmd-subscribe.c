/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* SUBSCRIBE and UNSUBSCRIBE of IMAP2bis, of "MAILBOX name", "BBOARD name" or,
   as in IMAP4, just a name. FIND shows mailboxes whether they are subscribed
   or not: the list is the one that IMAP4 clients of the user have. */

#include "lib.h"
#include "mail-storage.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"
#include "session/names.h"

/* MAILBOX and BBOARD may be names, too. Returns -1 with the outcome set. */
static int
subscribe_read_args(struct imap2_command *cmd, const char **name_r,
		    imap2_name_alloc_func_t **alloc_r)
{
	const char *kind, *error;

	*alloc_r = imap2_name_alloc_mailbox;
	if (imap2_args_string(&cmd->args, name_r, &error) < 0) {
		imap2_cmd_bad(cmd, t_strdup_printf("%s: %s", cmd->name, error));
		return -1;
	}
	if (imap2_args_at_end(&cmd->args))
		return 0;

	kind = *name_r;
	if (strcasecmp(kind, "BBOARD") == 0)
		*alloc_r = imap2_name_alloc_bboard;
	else if (strcasecmp(kind, "MAILBOX") != 0) {
		imap2_cmd_bad(cmd, t_strdup_printf("Unknown command %s %s",
						   cmd->name, kind));
		return -1;
	}
	if (imap2_args_string(&cmd->args, name_r, &error) < 0 ||
	    imap2_args_end(&cmd->args, &error) < 0) {
		imap2_cmd_bad(cmd, t_strdup_printf("%s: %s", cmd->name, error));
		return -1;
	}
	return 0;
}

/* Returns 0, or -1 with the outcome set. */
static int
subscribe_check_existence(struct imap2_command *cmd, struct mailbox *box)
{
	enum mailbox_existence existence;

	/* What is known of another server's mailboxes may be a second old: it
	   doesn't know yet what was created just now. The server will tell. */
	if (imap2_mailbox_is_remote(box))
		return 0;
	if (mailbox_exists(box, TRUE, &existence) < 0) {
		imap2_cmd_storage_error(cmd, box);
		return -1;
	}
	if (existence == MAILBOX_EXISTENCE_NONE) {
		imap2_cmd_failed(cmd, t_strdup_printf(
			MAIL_ERRSTR_MAILBOX_NOT_FOUND, mailbox_get_vname(box)));
		return -1;
	}
	return 0;
}

static enum imap2_cmd_status
subscribe_mailbox(struct imap2_command *cmd, struct mailbox *box,
		  bool subscribe)
{
	/* A subscription may outlive its mailbox. */
	if (subscribe && subscribe_check_existence(cmd, box) < 0)
		return IMAP2_CMD_DONE;
	if (mailbox_set_subscribed(box, subscribe) < 0)
		return imap2_cmd_storage_error(cmd, box);
	return imap2_cmd_ok(cmd, t_strdup_printf("%s completed", cmd->name));
}

static enum imap2_cmd_status
subscribe(struct imap2_command *cmd, bool subscribe)
{
	imap2_name_alloc_func_t *alloc;
	enum imap2_cmd_status status;
	const char *name, *error;
	struct mailbox *box;

	if (subscribe_read_args(cmd, &name, &alloc) < 0)
		return IMAP2_CMD_DONE;
	box = alloc(cmd->client->user, name, 0, &error);
	if (box == NULL)
		return imap2_cmd_failed(cmd, error);
	event_add_str(cmd->event, "mailbox", mailbox_get_vname(box));
	status = subscribe_mailbox(cmd, box, subscribe);
	mailbox_free(&box);
	return status;
}

enum imap2_cmd_status imap2_cmd_subscribe(struct imap2_command *cmd)
{
	return subscribe(cmd, TRUE);
}

enum imap2_cmd_status imap2_cmd_unsubscribe(struct imap2_command *cmd)
{
	return subscribe(cmd, FALSE);
}
