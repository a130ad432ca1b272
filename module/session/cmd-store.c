/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* STORE (RFC 1176 p.15-16): FLAGS, +FLAGS and -FLAGS. Flags may stand in
   parentheses or not, and several may stand without (the 1988 and 1992
   C-clients send that). Every message of the sequence is answered with its
   flags, changed or not: clients refresh on nothing else.

   It concerns what the client can know of: \Draft, and keywords hidden from it,
   stay as they are, whatever is stored. */

#include "lib.h"
#include "array.h"
#include "mail-storage.h"
#include "proto/flags.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/flag-list.h"
#include "session/mailbox.h"

struct store_context {
	struct imap2_command *cmd;
	struct imap2_mailbox *mbox;
	enum modify_type modify_type;

	struct imap2_flag_list list;

	/* What to add and to remove, or NULL. */
	struct mail_keywords *add, *remove;
	enum mail_flags add_flags, remove_flags;
	unsigned int deleted_count;
};

/* Returns 0, or -1 with the command's outcome set. */
static int store_parse_item(struct store_context *ctx)
{
	const char *item = ctx->cmd->strings[0];

	if (strcmp(item, "FLAGS") == 0)
		ctx->modify_type = MODIFY_REPLACE;
	else if (strcmp(item, "+FLAGS") == 0)
		ctx->modify_type = MODIFY_ADD;
	else if (strcmp(item, "-FLAGS") == 0)
		ctx->modify_type = MODIFY_REMOVE;
	else {
		imap2_cmd_bad(ctx->cmd, t_strdup_printf(
			"STORE: Unknown data item %s", item));
		return -1;
	}
	return 0;
}

/* Either one parenthesised list, or atoms up to the end of the command. */
static int store_parse_flags(struct store_context *ctx)
{
	struct imap2_args *args = &ctx->cmd->args;
	const char *const *atoms, *error = NULL;
	bool is_list;

	imap2_flag_list_init(ctx->cmd, &ctx->list);
	do {
		if (imap2_args_atom_list(args, &atoms, &is_list, &error) < 0 ||
		    (is_list && imap2_args_end(args, &error) < 0)) {
			imap2_cmd_bad(ctx->cmd, t_strdup_printf(
				"STORE: %s", error));
			return -1;
		}
		for (; *atoms != NULL; atoms++) {
			if (imap2_flag_list_add(ctx->cmd, &ctx->list,
						*atoms) < 0)
				return -1;
		}
	} while (!imap2_args_at_end(args));
	return 0;
}

/* To name a keyword when changing mail makes it known in the mailbox, even if
   there's nothing to remove. */
static void store_drop_unknown_keywords(struct store_context *ctx)
{
	ARRAY_TYPE(const_string) names;
	const char *name;

	if (array_count(&ctx->list.keywords) > 0)
		imap2_mailbox_refresh_keywords(ctx->mbox);
	p_array_init(&names, ctx->cmd->pool, 8);
	array_foreach_elem(&ctx->list.keywords, name) {
		if (imap2_mailbox_shows_keyword(ctx->mbox, name))
			array_push_back(&names, &name);
	}
	ctx->list.keywords = names;
}

static int store_check_keywords(struct store_context *ctx)
{
	if (ctx->modify_type != MODIFY_REMOVE) {
		return imap2_flag_list_check_limit(ctx->cmd, &ctx->list,
						   ctx->mbox->box);
	}
	store_drop_unknown_keywords(ctx);
	return 0;
}

static int store_create_keywords(struct store_context *ctx,
				 ARRAY_TYPE(const_string) *names,
				 struct mail_keywords **keywords_r)
{
	return imap2_flag_list_create_keywords(ctx->cmd, names, ctx->mbox->box,
					       keywords_r);
}

/* The keywords the client knows and didn't name. */
static void store_get_other_keywords(struct store_context *ctx,
				     ARRAY_TYPE(const_string) *names)
{
	const char *name;

	t_array_init(names, 32);
	array_foreach_elem(&ctx->mbox->keywords, name) {
		if (name != NULL &&
		    !imap2_flag_list_has_keyword(&ctx->list, name))
			array_push_back(names, &name);
	}
}

static int store_prepare(struct store_context *ctx)
{
	ARRAY_TYPE(const_string) others;

	if (ctx->modify_type == MODIFY_REMOVE) {
		ctx->remove_flags = ctx->list.flags;
		return store_create_keywords(ctx, &ctx->list.keywords,
					     &ctx->remove);
	}
	ctx->add_flags = ctx->list.flags;
	if (store_create_keywords(ctx, &ctx->list.keywords, &ctx->add) < 0)
		return -1;
	if (ctx->modify_type == MODIFY_ADD)
		return 0;
	ctx->remove_flags = IMAP2_STORABLE_FLAGS & ENUM_NEGATE(ctx->list.flags);
	store_get_other_keywords(ctx, &others);
	return store_create_keywords(ctx, &others, &ctx->remove);
}

static void store_update_mail(struct mail *mail, void *context)
{
	struct store_context *ctx = context;

	if ((ctx->add_flags & MAIL_DELETED) != 0 &&
	    (mail_get_flags(mail) & MAIL_DELETED) == 0)
		ctx->deleted_count++;
	if (ctx->remove_flags != 0)
		mail_update_flags(mail, MODIFY_REMOVE, ctx->remove_flags);
	if (ctx->add_flags != 0)
		mail_update_flags(mail, MODIFY_ADD, ctx->add_flags);
	if (ctx->remove != NULL)
		mail_update_keywords(mail, MODIFY_REMOVE, ctx->remove);
	if (ctx->add != NULL)
		mail_update_keywords(mail, MODIFY_ADD, ctx->add);
}

static void store_deinit(struct store_context *ctx)
{
	if (ctx->add != NULL)
		mailbox_keywords_unref(&ctx->add);
	if (ctx->remove != NULL)
		mailbox_keywords_unref(&ctx->remove);
}

enum imap2_cmd_status imap2_cmd_store(struct imap2_command *cmd)
{
	struct store_context ctx;

	i_zero(&ctx);
	ctx.cmd = cmd;
	ctx.mbox = cmd->client->mailbox;
	if (store_parse_item(&ctx) < 0 || store_parse_flags(&ctx) < 0 ||
	    store_check_keywords(&ctx) < 0)
		return IMAP2_CMD_DONE;
	if (store_prepare(&ctx) < 0) {
		store_deinit(&ctx);
		return IMAP2_CMD_DONE;
	}
	if (imap2_mailbox_change(ctx.mbox, &cmd->seqs, cmd->reason,
				 store_update_mail, &ctx) < 0)
		imap2_cmd_storage_error(cmd, ctx.mbox->box);
	else {
		cmd->client->stats.deleted_count += ctx.deleted_count;
		imap2_mailbox_queue_flags(ctx.mbox, &cmd->seqs);
		imap2_cmd_ok(cmd, "STORE completed");
	}
	store_deinit(&ctx);
	return IMAP2_CMD_DONE;
}
