/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* EXPUNGE (RFC 1176 p.13): an implicit check, the removal, and a check again
   (by the command table), which tells what was removed. */

#include "lib.h"
#include "array.h"
#include "mail-storage.h"
#include "mail-search-build.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"

/* As Dovecot's imap: one transaction isn't to grow without limit. */
#define EXPUNGE_BATCH_SIZE 1000

/* Only messages whose numbers the client has been told. Those here are
   lib-storage's. */
static int expunge_find_deleted(struct imap2_mailbox *mbox,
				ARRAY_TYPE(seq_range) *seqs)
{
	struct mailbox_transaction_context *trans;
	struct mail_search_args *args;
	struct mail_search_context *search;
	struct mail *mail;
	int ret;

	args = mail_search_build_init();
	mail_search_build_add(args, SEARCH_FLAGS)->value.flags = MAIL_DELETED;
	imap2_mailbox_limit_search(mbox, args);
	/* Flags of other sessions count, also those set just now. */
	trans = mailbox_transaction_begin(mbox->box,
		MAILBOX_TRANSACTION_FLAG_REFRESH, "IMAP2 EXPUNGE");
	search = mailbox_search_init(trans, args, NULL, 0, NULL);
	mail_search_args_unref(&args);
	while (mailbox_search_next(search, &mail)) {
		if (imap2_mailbox_number(mbox, mail->seq) != 0)
			seq_range_array_add(seqs, mail->seq);
	}
	ret = mailbox_search_deinit(&search);
	if (mailbox_transaction_commit(&trans) < 0)
		ret = -1;
	return ret;
}

static int expunge_batch(struct imap2_command *cmd, struct seq_range_iter *iter,
			 unsigned int *n)
{
	struct mailbox_transaction_context *trans;
	unsigned int end = *n + EXPUNGE_BATCH_SIZE;
	struct mail *mail;
	uint32_t seq;

	trans = mailbox_transaction_begin(cmd->client->mailbox->box, 0,
					  cmd->reason);
	mail = mail_alloc(trans, 0, NULL);
	while (*n < end && seq_range_array_iter_nth(iter, *n, &seq)) {
		mail_set_seq(mail, seq);
		mail_expunge(mail);
		(*n)++;
	}
	mail_free(&mail);
	return imap2_mailbox_commit(cmd->client->mailbox, &trans);
}

static int expunge_seqs(struct imap2_command *cmd,
			const ARRAY_TYPE(seq_range) *seqs)
{
	struct seq_range_iter iter;
	unsigned int n = 0, count = seq_range_count(seqs);

	seq_range_array_iter_init(&iter, seqs);
	while (n < count) {
		if (expunge_batch(cmd, &iter, &n) < 0)
			return -1;
	}
	cmd->client->stats.expunged_count += count;
	return 0;
}

static enum imap2_cmd_status expunge_run(struct imap2_command *cmd)
{
	struct imap2_mailbox *mbox = cmd->client->mailbox;
	ARRAY_TYPE(seq_range) seqs;

	if (!imap2_mailbox_report_more(mbox))
		return IMAP2_CMD_WAIT_OUTPUT;

	t_array_init(&seqs, 64);
	if (expunge_find_deleted(mbox, &seqs) < 0 ||
	    expunge_seqs(cmd, &seqs) < 0)
		return imap2_cmd_storage_error(cmd, mbox->box);
	return imap2_cmd_ok(cmd, t_strdup_printf(
		"EXPUNGE completed, %u messages removed",
		seq_range_count(&seqs)));
}

enum imap2_cmd_status imap2_cmd_expunge(struct imap2_command *cmd)
{
	struct imap2_mailbox *mbox = cmd->client->mailbox;

	/* The client has to know every message before one can go: EXISTS is
	   told first (RFC 1176 p.9 shows it so). */
	if (imap2_mailbox_sync(mbox, IMAP2_MAILBOX_SYNC_COUNTS |
			       IMAP2_MAILBOX_SYNC_EXPUNGES) < 0)
		return imap2_cmd_storage_error(cmd, mbox->box);
	cmd->resume = expunge_run;
	return expunge_run(cmd);
}
