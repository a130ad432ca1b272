/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* APPEND of IMAP2bis (RFC 1730 6.3.10): mailbox, optional flags, optional date,
   and the message, a literal of any size that goes to the storage as it comes.

   What can be refused without the message is refused before it's asked for.
   IMAP2bis clients wait for "+" and then don't send it. If something of it is
   there already, the client doesn't wait, and the message is swallowed: its
   sender could have put commands there. A message that is still on its way
   can't be told from the next command.

   Until the command's last line end has come nothing is in the mailbox: a
   message that was cut off never appears. */

#include "lib.h"
#include "array.h"
#include "istream.h"
#include "mail-storage.h"
#include "proto/date.h"
#include "proto/parser.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/flag-list.h"
#include "session/index-dir.h"
#include "session/names.h"
#include "session/reply.h"

struct append_context {
	struct imap2_command *cmd;

	struct imap2_flag_list flags;
	/* (time_t)-1 means now. */
	time_t date;

	struct mailbox *box;
	/* See index-dir.h: the message may be long on its way. */
	int index_dir_fd;
	struct mailbox_transaction_context *trans;
	struct mail_save_context *save_ctx;
	/* The part of the client's input that is the message */
	struct istream *message;
	uint32_t message_size;
};

/* Returns 0, or -1 with the outcome of the command set. */
static int append_parse_flags(struct append_context *ctx)
{
	struct imap2_command *cmd = ctx->cmd;
	const char *name, *error;
	int ret;

	while ((ret = imap2_args_list_next(&cmd->args, &name, &error)) > 0) {
		if (imap2_flag_list_add(cmd, &ctx->flags, name) < 0)
			return -1;
	}
	if (ret < 0)
		imap2_cmd_bad(cmd, t_strdup_printf("APPEND: %s", error));
	return ret;
}

static int append_parse_date(struct append_context *ctx)
{
	struct imap2_command *cmd = ctx->cmd;
	const char *str, *error;

	if (imap2_args_string(&cmd->args, &str, &error) < 0) {
		imap2_cmd_bad(cmd, t_strdup_printf("APPEND: %s", error));
		return -1;
	}
	if (imap2_datetime_parse(str, &ctx->date) < 0) {
		imap2_cmd_bad(cmd, t_strdup_printf(
			"APPEND: Invalid date %s", str));
		return -1;
	}
	return 0;
}

static int append_parse(struct append_context *ctx)
{
	struct imap2_command *cmd = ctx->cmd;
	const char *error;

	ctx->date = (time_t)-1;
	imap2_flag_list_init(cmd, &ctx->flags);
	if (imap2_args_list_open(&cmd->args) && append_parse_flags(ctx) < 0)
		return -1;
	if (!imap2_args_at_end(&cmd->args) && append_parse_date(ctx) < 0)
		return -1;
	if (imap2_args_end(&cmd->args, &error) < 0) {
		imap2_cmd_bad(cmd, t_strdup_printf("APPEND: %s", error));
		return -1;
	}
	if (!imap2_parser_is_streaming(cmd->client->parser)) {
		imap2_cmd_bad(cmd, "APPEND: The message must be a literal");
		return -1;
	}
	ctx->message_size = imap2_parser_stream_size(cmd->client->parser);
	if (ctx->message_size == 0) {
		imap2_cmd_failed(cmd, "the message is empty");
		return -1;
	}
	return 0;
}

static int append_open_mailbox(struct append_context *ctx)
{
	struct imap2_command *cmd = ctx->cmd;
	const char *error;

	ctx->box = imap2_name_alloc_mailbox(cmd->client->user, cmd->strings[0],
					    MAILBOX_FLAG_SAVEONLY, &error);
	if (ctx->box == NULL) {
		imap2_cmd_failed(cmd, error);
		return -1;
	}
	event_add_str(cmd->event, "mailbox", mailbox_get_vname(ctx->box));
	if (mailbox_open(ctx->box) == 0) {
		ctx->index_dir_fd = imap2_index_dir_open(ctx->box);
		return 0;
	}
	if (mailbox_get_last_mail_error(ctx->box) == MAIL_ERROR_NOTFOUND) {
		/* Later C-clients then offer to CREATE it. */
		imap2_cmd_no(cmd, "[TRYCREATE] APPEND failed: "
			     "there is no such mailbox");
	} else {
		imap2_cmd_storage_error(cmd, ctx->box);
	}
	return -1;
}

/* Storages check here what they can know by the size, such as quotas. */
static int append_begin_message(struct append_context *ctx)
{
	struct imap2_command *cmd = ctx->cmd;
	struct mail_keywords *keywords;

	if (imap2_flag_list_check_limit(cmd, &ctx->flags, ctx->box) < 0 ||
	    imap2_flag_list_create_keywords(cmd, &ctx->flags.keywords,
					    ctx->box, &keywords) < 0)
		return -1;
	ctx->trans = mailbox_transaction_begin(ctx->box,
		MAILBOX_TRANSACTION_FLAG_EXTERNAL, cmd->reason);
	ctx->save_ctx = mailbox_save_alloc(ctx->trans);
	mailbox_save_set_flags(ctx->save_ctx, ctx->flags.flags, keywords);
	if (keywords != NULL)
		mailbox_keywords_unref(&keywords);
	if (ctx->date != (time_t)-1)
		mailbox_save_set_received_date(ctx->save_ctx, ctx->date, 0);

	ctx->message = i_stream_create_limit(cmd->client->input,
					     ctx->message_size);
	i_stream_set_name(ctx->message, "<imap2 APPEND>");
	if (mailbox_save_begin(&ctx->save_ctx, ctx->message) == 0)
		return 0;
	imap2_cmd_storage_error(cmd, ctx->box);
	return -1;
}

static void append_deinit(struct append_context *ctx)
{
	if (ctx->save_ctx != NULL)
		mailbox_save_cancel(&ctx->save_ctx);
	if (ctx->trans != NULL)
		mailbox_transaction_rollback(&ctx->trans);
	i_stream_unref(&ctx->message);
	if (ctx->box != NULL)
		mailbox_free(&ctx->box);
	i_close_fd(&ctx->index_dir_fd);
}

static void append_abort(struct imap2_command *cmd)
{
	append_deinit(cmd->context);
}

/* The outcome is set. */
static enum imap2_cmd_status append_finish(struct append_context *ctx)
{
	append_deinit(ctx);
	ctx->cmd->abort = NULL;
	return IMAP2_CMD_DONE;
}

static enum imap2_cmd_status append_commit(struct append_context *ctx)
{
	struct imap2_command *cmd = ctx->cmd;

	if (!imap2_index_dir_is_there(ctx->box, ctx->index_dir_fd))
		imap2_cmd_failed(cmd, "the mailbox was deleted or replaced");
	else if (mailbox_transaction_commit(&ctx->trans) < 0)
		imap2_cmd_storage_error(cmd, ctx->box);
	else
		imap2_cmd_ok(cmd, "APPEND completed");
	return append_finish(ctx);
}

static enum imap2_cmd_status
append_bad(struct append_context *ctx, const char *error)
{
	imap2_cmd_bad(ctx->cmd, t_strdup_printf("APPEND: %s", error));
	return append_finish(ctx);
}

static enum imap2_cmd_status append_finish_line(struct append_context *ctx)
{
	struct imap2_parser *parser = ctx->cmd->client->parser;
	struct imap2_args args;
	const char *error;

	(void)imap2_parser_command(parser, &args);
	if (imap2_args_end(&args, &error) < 0)
		return append_bad(ctx, error);
	return append_commit(ctx);
}

/* The rest of the command: nothing but its line end. */
static enum imap2_cmd_status append_read_line(struct imap2_command *cmd)
{
	struct append_context *ctx = cmd->context;
	struct imap2_client *client = cmd->client;
	const unsigned char *data;
	size_t size, used;

	while (i_stream_read_more(client->input, &data, &size) > 0) {
		enum imap2_parse_result result =
			imap2_parser_feed(client->parser, data, size, &used);

		i_stream_skip(client->input, used);
		switch (result) {
		case IMAP2_PARSE_MORE:
			break;
		case IMAP2_PARSE_LITERAL:
			/* It's swallowed. */
			imap2_reply_continue(client->reply,
					     "Ready for literal");
			break;
		case IMAP2_PARSE_STREAM:
			i_unreached();
		case IMAP2_PARSE_COMMAND:
			return append_finish_line(ctx);
		case IMAP2_PARSE_BAD:
			return append_bad(ctx,
				imap2_parser_error(client->parser));
		}
	}
	return IMAP2_CMD_WAIT_INPUT;
}

/* The storage has failed in the midst of the message. */
static enum imap2_cmd_status append_failed(struct append_context *ctx)
{
	imap2_parser_stream_skip(ctx->cmd->client->parser,
				 ctx->message_size - ctx->message->v_offset);
	imap2_cmd_storage_error(ctx->cmd, ctx->box);
	return append_finish(ctx);
}

static enum imap2_cmd_status append_finish_message(struct append_context *ctx)
{
	struct imap2_command *cmd = ctx->cmd;

	if (mailbox_save_finish(&ctx->save_ctx) < 0)
		return append_failed(ctx);
	/* Only now the client's input stands behind it. */
	i_stream_unref(&ctx->message);
	imap2_parser_stream_end(cmd->client->parser);
	cmd->resume = append_read_line;
	return append_read_line(cmd);
}

static enum imap2_cmd_status append_read_message(struct imap2_command *cmd)
{
	struct append_context *ctx = cmd->context;
	ssize_t ret;

	do {
		ret = i_stream_read(ctx->message);
		if (mailbox_save_continue(ctx->save_ctx) < 0)
			return append_failed(ctx);
	} while (ret != 0 && ret != -1);

	if (ctx->message->v_offset == ctx->message_size)
		return append_finish_message(ctx);
	return IMAP2_CMD_WAIT_INPUT;
}

enum imap2_cmd_status imap2_cmd_append(struct imap2_command *cmd)
{
	struct append_context *ctx = p_new(cmd->pool, struct append_context, 1);

	ctx->cmd = cmd;
	ctx->index_dir_fd = -1;
	cmd->context = ctx;
	if (append_parse(ctx) < 0 || append_open_mailbox(ctx) < 0 ||
	    append_begin_message(ctx) < 0)
		return append_finish(ctx);

	imap2_reply_continue(cmd->client->reply, "Ready for the message");
	cmd->resume = append_read_message;
	cmd->abort = append_abort;
	return append_read_message(cmd);
}
