/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* COPY (RFC 1176 p.13-14): creates a missing destination, copies all messages
   or none, keeps flags, keywords and internal date, then sets \Seen on the
   source messages ("a copy should set the \SEEN flag for all messages that
   were successfully copied") if the mailbox is writable. */

#include "lib.h"
#include "array.h"
#include "istream.h"
#include "mail-storage.h"
#include "mail-search-build.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"
#include "session/names.h"
#include "session/reply.h"

/* Look whether the client is still there after this many messages. */
#define COPY_CHECK_INTERVAL 100

enum copy_result {
	COPY_OK,
	/* Error in the destination, or in the source mailbox. */
	COPY_DEST_FAILED,
	COPY_SOURCE_FAILED,
	/* A message went away. */
	COPY_EXPUNGED,
	/* The client went away: it will repeat the command when it's back. */
	COPY_DISCONNECTED
};

struct copy_context {
	struct imap2_command *cmd;
	struct imap2_mailbox *mbox;
	struct mailbox *dest;

	struct mailbox_transaction_context *dest_trans;
	unsigned int count;
	/* Those copied without \Seen: nothing is to be done for others. */
	ARRAY_TYPE(seq_range) unseen;

	/* For the responses. */
	struct seq_range_iter iter;
	unsigned int reply_n;
};

static int copy_create_dest(struct mailbox *dest)
{
	if (mailbox_create(dest, NULL, FALSE) == 0)
		return 0;
	/* Another session was quicker; or it's hidden from this user, which
	   opening it will tell better. */
	return mailbox_get_last_mail_error(dest) == MAIL_ERROR_EXISTS ? 0 : -1;
}

/* Opening a mailbox of another server doesn't tell that it's missing. Neither
   does the list of its mailboxes tell all, as it may be a second old: then
   creating fails, and the copy itself gives the answer. */
static void copy_create_remote(struct mailbox *dest)
{
	enum mailbox_existence existence;

	if (imap2_mailbox_is_remote(dest) &&
	    mailbox_exists(dest, FALSE, &existence) == 0 &&
	    existence == MAILBOX_EXISTENCE_NONE)
		(void)mailbox_create(dest, NULL, FALSE);
}

/* Open the destination, creating it if it doesn't exist. */
static int copy_open_dest(struct copy_context *ctx, const char *name)
{
	struct imap2_command *cmd = ctx->cmd;
	const char *text;
	enum mail_error error;

	ctx->dest = imap2_name_alloc_mailbox(cmd->client->user, name,
					     MAILBOX_FLAG_SAVEONLY, &text);
	if (ctx->dest == NULL) {
		imap2_cmd_no(cmd, t_strdup_printf("COPY failed: %s", text));
		return -1;
	}
	copy_create_remote(ctx->dest);
	if (mailbox_open(ctx->dest) == 0)
		return 0;
	(void)mailbox_get_last_error(ctx->dest, &error);
	if (error == MAIL_ERROR_NOTFOUND &&
	    copy_create_dest(ctx->dest) == 0 &&
	    mailbox_open(ctx->dest) == 0)
		return 0;
	imap2_cmd_storage_error(cmd, ctx->dest);
	return -1;
}

static bool copy_is_disconnected(struct imap2_client *client)
{
	ssize_t ret = i_stream_read(client->input);

	/* What was read is for after this command. */
	if (ret != 0)
		i_stream_set_input_pending(client->input, TRUE);
	return ret == -1 && i_stream_get_data_size(client->input) == 0;
}

static enum copy_result copy_mail(struct copy_context *ctx, struct mail *mail)
{
	struct mail_save_context *save_ctx;

	if (mail->expunged)
		return COPY_EXPUNGED;
	if (++ctx->count % COPY_CHECK_INTERVAL == 0 &&
	    copy_is_disconnected(ctx->cmd->client))
		return COPY_DISCONNECTED;

	save_ctx = mailbox_save_alloc(ctx->dest_trans);
	mailbox_save_copy_flags(save_ctx, mail);
	if (mailbox_copy(&save_ctx, mail) < 0)
		return mail->expunged ? COPY_EXPUNGED : COPY_DEST_FAILED;
	if ((mail_get_flags(mail) & MAIL_SEEN) == 0) {
		seq_range_array_add(&ctx->unseen,
			imap2_mailbox_number(ctx->mbox, mail->seq));
	}
	return COPY_OK;
}

static enum copy_result
copy_all(struct copy_context *ctx, struct mailbox_transaction_context *trans)
{
	struct mail_search_args *args;
	struct mail_search_context *search;
	enum copy_result result = COPY_OK;
	struct mail *mail;

	args = imap2_mailbox_search_args(ctx->mbox, &ctx->cmd->seqs);
	search = mailbox_search_init(trans, args, NULL, 0, NULL);
	mail_search_args_unref(&args);
	while (result == COPY_OK && mailbox_search_next(search, &mail))
		result = copy_mail(ctx, mail);
	if (mailbox_search_deinit(&search) < 0 && result == COPY_OK)
		result = COPY_SOURCE_FAILED;
	if (result == COPY_OK && ctx->count != seq_range_count(&ctx->cmd->seqs))
		result = COPY_EXPUNGED;
	if (result == COPY_OK && copy_is_disconnected(ctx->cmd->client))
		result = COPY_DISCONNECTED;
	return result;
}

static enum copy_result copy_commit(struct copy_context *ctx)
{
	if (mailbox_transaction_commit(&ctx->dest_trans) == 0)
		return COPY_OK;
	return mailbox_get_last_mail_error(ctx->dest) == MAIL_ERROR_EXPUNGED ?
		COPY_EXPUNGED : COPY_DEST_FAILED;
}

static enum copy_result copy_run(struct copy_context *ctx)
{
	struct mailbox_transaction_context *trans;
	enum copy_result result;

	ctx->dest_trans = mailbox_transaction_begin(ctx->dest,
		MAILBOX_TRANSACTION_FLAG_EXTERNAL, ctx->cmd->reason);
	/* Refreshed, to notice what other sessions expunged. */
	trans = mailbox_transaction_begin(ctx->mbox->box,
		MAILBOX_TRANSACTION_FLAG_REFRESH, ctx->cmd->reason);
	result = copy_all(ctx, trans);
	if (result == COPY_OK)
		result = copy_commit(ctx);
	else
		mailbox_transaction_rollback(&ctx->dest_trans);
	/* Only read from. */
	(void)mailbox_transaction_commit(&trans);
	return result;
}

static enum imap2_cmd_status
copy_failed(struct copy_context *ctx, enum copy_result result)
{
	struct imap2_command *cmd = ctx->cmd;

	switch (result) {
	case COPY_DEST_FAILED:
		return imap2_cmd_storage_error(cmd, ctx->dest);
	case COPY_SOURCE_FAILED:
		return imap2_cmd_storage_error(cmd, ctx->mbox->box);
	case COPY_EXPUNGED:
		return imap2_cmd_no(cmd, "COPY failed: some of the messages "
			"no longer exist, nothing was copied");
	case COPY_DISCONNECTED:
		return imap2_cmd_no(cmd, "COPY failed: disconnected");
	case COPY_OK:
		break;
	}
	i_unreached();
}

static void copy_set_seen(struct mail *mail, void *context ATTR_UNUSED)
{
	mail_update_flags(mail, MODIFY_ADD, MAIL_SEEN);
}

/* "* n COPY" for each message (RFC 1176 p.13). */
static enum imap2_cmd_status copy_reply_more(struct imap2_command *cmd)
{
	struct copy_context *ctx = cmd->context;
	uint32_t seq;

	while (!imap2_reply_is_full(cmd->client->reply)) {
		if (!seq_range_array_iter_nth(&ctx->iter, ctx->reply_n++, &seq))
			return imap2_cmd_ok(cmd, "COPY completed");
		imap2_reply_number(cmd->client->reply, seq, "COPY");
	}
	return IMAP2_CMD_WAIT_OUTPUT;
}

/* The copy itself has succeeded, come what may. */
static enum imap2_cmd_status copy_succeeded(struct copy_context *ctx)
{
	struct imap2_command *cmd = ctx->cmd;

	/* Have EXISTS and RECENT told together: only a thorough look at the
	   storage finds out which of its messages are recent. */
	if (mailbox_backends_equal(ctx->dest, ctx->mbox->box))
		ctx->mbox->flags_changed = TRUE;
	if (!ctx->mbox->read_only && array_count(&ctx->unseen) > 0 &&
	    imap2_mailbox_change(ctx->mbox, &ctx->unseen, cmd->reason,
				 copy_set_seen, NULL) < 0) {
		e_error(cmd->event, "COPY couldn't set \\Seen: %s",
			mailbox_get_last_internal_error(ctx->mbox->box, NULL));
	}
	seq_range_array_iter_init(&ctx->iter, &cmd->seqs);
	cmd->context = ctx;
	cmd->resume = copy_reply_more;
	return copy_reply_more(cmd);
}

enum imap2_cmd_status imap2_cmd_copy(struct imap2_command *cmd)
{
	struct copy_context *ctx = p_new(cmd->pool, struct copy_context, 1);
	enum imap2_cmd_status status = IMAP2_CMD_DONE;
	enum copy_result result;

	ctx->cmd = cmd;
	ctx->mbox = cmd->client->mailbox;
	p_array_init(&ctx->unseen, cmd->pool, 8);
	if (copy_open_dest(ctx, cmd->strings[0]) == 0) {
		result = copy_run(ctx);
		status = result == COPY_OK ? copy_succeeded(ctx) :
			copy_failed(ctx, result);
	}
	if (ctx->dest != NULL)
		mailbox_free(&ctx->dest);
	return status;
}
