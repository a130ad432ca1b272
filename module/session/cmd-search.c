/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* SEARCH (RFC 1176 p.16-17): exactly one "* SEARCH" line, also when nothing
   matches. A long search lets other sessions of the process go on, and a long
   answer is sent as the client reads it. */

#include "lib.h"
#include "array.h"
#include "str.h"
#include "mail-storage.h"
#include "mail-search.h"
#include "proto/string-write.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"
#include "session/reply.h"
#include "session/search.h"

/* So many numbers are composed before looking whether the client reads. */
#define SEARCH_REPLY_BATCH 1000

struct search_context {
	struct mail_search_args *args;
	struct mailbox_transaction_context *trans;
	struct mail_search_context *search;

	ARRAY_TYPE(seq_range) result;
	struct seq_range_iter iter;
	unsigned int reply_n, reply_count;

	bool aborted;
};

static int search_deinit(struct search_context *ctx)
{
	int ret = mailbox_search_deinit(&ctx->search);

	/* Only read from. What was read goes to the cache, unless the mailbox
	   may be gone. */
	if (ctx->aborted)
		mailbox_transaction_rollback(&ctx->trans);
	else
		(void)mailbox_transaction_commit(&ctx->trans);
	mail_search_args_deinit(ctx->args);
	mail_search_args_unref(&ctx->args);
	return ret;
}

static void search_abort(struct imap2_command *cmd)
{
	struct search_context *ctx = cmd->context;

	ctx->aborted = TRUE;
	if (ctx->search != NULL)
		(void)search_deinit(ctx);
	array_free(&ctx->result);
}

/* The numbers n, n+1 ... of the answer, each with its space before it. */
static void search_append_batch(struct search_context *ctx, string_t *str)
{
	unsigned int end = I_MIN(ctx->reply_n + SEARCH_REPLY_BATCH,
				 ctx->reply_count);
	uint32_t seq;

	for (; ctx->reply_n < end; ctx->reply_n++) {
		if (!seq_range_array_iter_nth(&ctx->iter, ctx->reply_n, &seq))
			i_unreached();
		str_append_c(str, ' ');
		imap2_write_number(str, seq);
	}
	if (ctx->reply_n == ctx->reply_count)
		str_append(str, "\r\n");
}

static enum imap2_cmd_status search_reply_more(struct imap2_command *cmd)
{
	struct search_context *ctx = cmd->context;
	bool first = ctx->reply_n == 0;

	do {
		if (imap2_reply_is_full(cmd->client->reply))
			return IMAP2_CMD_WAIT_OUTPUT;
		T_BEGIN {
			string_t *str = t_str_new(1024);

			if (first)
				str_append(str, "* SEARCH");
			first = FALSE;
			search_append_batch(ctx, str);
			imap2_reply_raw(cmd->client->reply,
					str_data(str), str_len(str));
		} T_END;
	} while (ctx->reply_n < ctx->reply_count);

	array_free(&ctx->result);
	cmd->abort = NULL;
	return imap2_cmd_ok(cmd, "SEARCH completed");
}

static enum imap2_cmd_status search_finish(struct imap2_command *cmd)
{
	struct search_context *ctx = cmd->context;

	if (search_deinit(ctx) < 0) {
		array_free(&ctx->result);
		cmd->abort = NULL;
		return imap2_cmd_storage_error(cmd,
					       cmd->client->mailbox->box);
	}
	ctx->reply_count = seq_range_count(&ctx->result);
	seq_range_array_iter_init(&ctx->iter, &ctx->result);
	cmd->resume = search_reply_more;
	return search_reply_more(cmd);
}

static enum imap2_cmd_status search_more(struct imap2_command *cmd)
{
	struct search_context *ctx = cmd->context;
	struct mail *mail;
	uint32_t number;
	bool tryagain;

	while (mailbox_search_next_nonblock(ctx->search, &mail, &tryagain)) {
		number = imap2_mailbox_number(cmd->client->mailbox, mail->seq);
		if (number != 0)
			seq_range_array_add(&ctx->result, number);
	}
	if (tryagain)
		return IMAP2_CMD_AGAIN;
	return search_finish(cmd);
}

enum imap2_cmd_status imap2_cmd_search(struct imap2_command *cmd)
{
	struct imap2_mailbox *mbox = cmd->client->mailbox;
	struct search_context *ctx = p_new(cmd->pool, struct search_context, 1);
	const char *error;

	switch (imap2_search_parse(mbox, &cmd->args, &ctx->args, &error)) {
	case IMAP2_SEARCH_OK:
		break;
	case IMAP2_SEARCH_BAD:
		return imap2_cmd_bad(cmd, t_strdup_printf("SEARCH: %s", error));
	case IMAP2_SEARCH_IMPOSSIBLE:
		return imap2_cmd_no(cmd, t_strdup_printf("SEARCH failed: %s",
							 error));
	}
	imap2_mailbox_limit_search(mbox, ctx->args);
	mail_search_args_init(ctx->args, mbox->box, TRUE, NULL);
	ctx->trans = mailbox_transaction_begin(mbox->box, 0, cmd->reason);
	ctx->search = mailbox_search_init(ctx->trans, ctx->args, NULL, 0, NULL);
	i_array_init(&ctx->result, 64);
	cmd->context = ctx;
	cmd->resume = search_more;
	cmd->abort = search_abort;
	return search_more(cmd);
}
