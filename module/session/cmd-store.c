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
#include "settings/imap2-settings.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"

struct store_context {
	struct imap2_command *cmd;
	struct imap2_mailbox *mbox;
	enum modify_type modify_type;

	enum mail_flags flags;
	ARRAY_TYPE(const_string) keyword_names;

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

static unsigned int store_max_keywords(struct store_context *ctx)
{
	return ctx->cmd->client->set->imap2_max_keywords;
}

static bool store_names_keyword(struct store_context *ctx, const char *keyword)
{
	const char *name;

	array_foreach_elem(&ctx->keyword_names, name) {
		if (strcasecmp(name, keyword) == 0)
			return TRUE;
	}
	return FALSE;
}

static int store_add_keyword(struct store_context *ctx, const char *name)
{
	if (!imap2_keyword_is_valid(name)) {
		imap2_cmd_bad(ctx->cmd, t_strdup_printf(
			"STORE: Invalid flag name %s", name));
		return -1;
	}
	/* To name a keyword when changing mail makes it known in the mailbox,
	   even if there's nothing to remove. */
	if (ctx->modify_type == MODIFY_REMOVE &&
	    !imap2_mailbox_shows_keyword(ctx->mbox, name))
		return 0;
	/* With so many the command will be refused; no need to compare
	   thousands. */
	if (array_count(&ctx->keyword_names) > store_max_keywords(ctx) ||
	    store_names_keyword(ctx, name))
		return 0;
	name = p_strdup(ctx->cmd->pool, name);
	array_push_back(&ctx->keyword_names, &name);
	return 0;
}

static int store_add_flag(struct store_context *ctx, const char *name)
{
	enum mail_flags flag;

	if (*name != '\\')
		return store_add_keyword(ctx, name);
	flag = imap2_flag_parse(name);
	if ((flag & IMAP2_STORABLE_FLAGS) == 0) {
		imap2_cmd_no(ctx->cmd, t_strdup_printf(flag == MAIL_RECENT ?
			"STORE failed: %s is set by the server only" :
			"STORE failed: Unknown system flag %s", name));
		return -1;
	}
	ctx->flags |= flag;
	return 0;
}

/* Either one parenthesised list, or atoms up to the end of the command. */
static int store_parse_flags(struct store_context *ctx)
{
	struct imap2_args *args = &ctx->cmd->args;
	const char *const *atoms, *error = NULL;
	bool is_list;

	p_array_init(&ctx->keyword_names, ctx->cmd->pool, 8);
	do {
		if (imap2_args_atom_list(args, &atoms, &is_list, &error) < 0 ||
		    (is_list && imap2_args_end(args, &error) < 0)) {
			imap2_cmd_bad(ctx->cmd, t_strdup_printf(
				"STORE: %s", error));
			return -1;
		}
		for (; *atoms != NULL; atoms++) {
			if (store_add_flag(ctx, *atoms) < 0)
				return -1;
		}
	} while (!imap2_args_at_end(args));
	return 0;
}

/* A keyword that couldn't be shown to the client afterwards isn't set. */
static int store_check_keyword_limit(struct store_context *ctx)
{
	unsigned int max = store_max_keywords(ctx), new_count = 0;
	const char *name;

	if (ctx->modify_type == MODIFY_REMOVE)
		return 0;
	array_foreach_elem(&ctx->keyword_names, name) {
		if (!imap2_mailbox_shows_keyword(ctx->mbox, name))
			new_count++;
	}
	if (new_count > 0 && ctx->mbox->shown_keywords + new_count > max) {
		imap2_cmd_no(ctx->cmd, t_strdup_printf(
			"STORE failed: the mailbox can't have more than "
			"%u keywords", max));
		return -1;
	}
	return 0;
}

static int store_create_keywords(struct store_context *ctx,
				 ARRAY_TYPE(const_string) *names,
				 struct mail_keywords **keywords_r)
{
	int ret;

	*keywords_r = NULL;
	if (array_count(names) == 0)
		return 0;
	array_append_zero(names);
	ret = mailbox_keywords_create(ctx->mbox->box, array_front(names),
				      keywords_r);
	array_pop_back(names);
	if (ret < 0)
		imap2_cmd_storage_error(ctx->cmd, ctx->mbox->box);
	return ret;
}

/* The keywords the client knows and didn't name. */
static void store_get_other_keywords(struct store_context *ctx,
				     ARRAY_TYPE(const_string) *names)
{
	const char *name;

	t_array_init(names, 32);
	array_foreach_elem(&ctx->mbox->keywords, name) {
		if (name != NULL && !store_names_keyword(ctx, name))
			array_push_back(names, &name);
	}
}

static int store_prepare(struct store_context *ctx)
{
	ARRAY_TYPE(const_string) others;

	if (ctx->modify_type == MODIFY_REMOVE) {
		ctx->remove_flags = ctx->flags;
		return store_create_keywords(ctx, &ctx->keyword_names,
					     &ctx->remove);
	}
	ctx->add_flags = ctx->flags;
	if (store_create_keywords(ctx, &ctx->keyword_names, &ctx->add) < 0)
		return -1;
	if (ctx->modify_type == MODIFY_ADD)
		return 0;
	ctx->remove_flags = IMAP2_STORABLE_FLAGS & ENUM_NEGATE(ctx->flags);
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
	    store_check_keyword_limit(&ctx) < 0)
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
