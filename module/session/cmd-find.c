/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* FIND MAILBOXES and FIND BBOARDS (RFC 1176 p.12-13), and the same with ALL. of
   IMAP2bis. Names are shown as SELECT and BBOARD take them, and patterns are
   matched by our own rules: "%" is one character here, unlike in IMAP4.

   The period servers listed what was subscribed without ALL., which nobody
   keeps up to date today: here both show the same, except that INBOX is in ALL.
   only. */

#include "lib.h"
#include "array.h"
#include "str.h"
#include "mail-namespace.h"
#include "mail-storage.h"
#include "mail-user.h"
#include "mailbox-list-iter.h"
#include "proto/string-write.h"
#include "proto/wildcard.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/names.h"
#include "session/reply.h"

#define MAILBOX_TYPES (MAIL_NAMESPACE_TYPE_PRIVATE | MAIL_NAMESPACE_TYPE_SHARED)
#define BBOARD_TYPES MAIL_NAMESPACE_TYPE_PUBLIC

struct find_kind {
	const char *name;
	/* What a name is called in the responses. */
	const char *label;
	enum mail_namespace_type types;
	bool inbox, imap2bis;
};

static const struct find_kind find_kinds[] = {
	{ "MAILBOXES", "MAILBOX", MAILBOX_TYPES, FALSE, FALSE },
	{ "BBOARDS", "BBOARD", BBOARD_TYPES, FALSE, FALSE },
	{ "ALL.MAILBOXES", "MAILBOX", MAILBOX_TYPES, TRUE, TRUE },
	{ "ALL.BBOARDS", "BBOARD", BBOARD_TYPES, FALSE, TRUE },
};

struct find_context {
	const struct find_kind *kind;
	struct mailbox_list_iterate_context *iter;
	const char *pattern;
};

static const struct find_kind *
find_kind_lookup(const struct imap2_client *client, const char *name)
{
	const struct find_kind *kind;
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(find_kinds); i++) {
		kind = &find_kinds[i];
		if (strcmp(kind->name, name) == 0 &&
		    (!kind->imap2bis || imap2_client_has_imap2bis(client)))
			return kind;
	}
	return NULL;
}

static bool find_is_selectable(const struct mailbox_info *info)
{
	return (info->flags & (MAILBOX_NOSELECT | MAILBOX_NONEXISTENT)) == 0;
}

static void find_send_name(struct imap2_command *cmd, const char *name)
{
	struct find_context *ctx = cmd->context;
	string_t *line = t_str_new(128);

	str_append(line, ctx->kind->label);
	str_append_c(line, ' ');
	imap2_write_name(line, name);
	imap2_reply_untagged(cmd->client->reply, str_c(line));
}

/* It always exists, though the storage may not have made it yet. Its name has
   no case. */
static void find_check_inbox(struct imap2_command *cmd)
{
	struct find_context *ctx = cmd->context;

	if (ctx->kind->inbox &&
	    imap2_wildcard_match(t_str_ucase(ctx->pattern), "INBOX"))
		find_send_name(cmd, "INBOX");
}

static void find_check_mailbox(struct imap2_command *cmd,
			       const struct mailbox_info *info)
{
	struct find_context *ctx = cmd->context;
	string_t *name = t_str_new(128);
	const char *vname = info->vname;

	if (ctx->kind->types == BBOARD_TYPES) {
		/* Not the namespace's own root, which may be listed too. */
		if (strncmp(vname, info->ns->prefix,
			    info->ns->prefix_len) != 0 ||
		    vname[info->ns->prefix_len] == '\0')
			return;
		vname += info->ns->prefix_len;
	} else if (strcmp(vname, "INBOX") == 0)
		return;
	imap2_name_write(name, vname);
	if (imap2_wildcard_match(ctx->pattern, str_c(name)))
		find_send_name(cmd, str_c(name));
}

static void find_abort(struct imap2_command *cmd)
{
	struct find_context *ctx = cmd->context;

	if (ctx->iter != NULL)
		(void)mailbox_list_iter_deinit(&ctx->iter);
}

static enum imap2_cmd_status find_more(struct imap2_command *cmd)
{
	struct find_context *ctx = cmd->context;
	const struct mailbox_info *info;

	while (!imap2_reply_is_full(cmd->client->reply)) {
		info = mailbox_list_iter_next(ctx->iter);
		if (info == NULL) {
			if (mailbox_list_iter_deinit(&ctx->iter) < 0) {
				return imap2_cmd_no(cmd, "FIND failed: the "
					"list of mailboxes can't be read");
			}
			return imap2_cmd_ok(cmd, "FIND completed");
		}
		if (find_is_selectable(info)) T_BEGIN {
			find_check_mailbox(cmd, info);
		} T_END;
	}
	return IMAP2_CMD_WAIT_OUTPUT;
}

/* All names in these namespaces, unless the administrator hides them with
   list=no. Not just "*": that lists an INBOX for public namespaces that have
   none. */
static const char *const *
find_list_patterns(const struct mail_namespace *ns,
		   enum mail_namespace_type types)
{
	ARRAY_TYPE(const_string) patterns;
	const char *pattern;

	t_array_init(&patterns, 4);
	for (; ns != NULL; ns = ns->next) {
		if ((ns->type & types) != 0 &&
		    (ns->flags & (NAMESPACE_FLAG_LIST_PREFIX |
				  NAMESPACE_FLAG_LIST_CHILDREN)) != 0) {
			pattern = t_strconcat(ns->prefix, "*", NULL);
			array_push_back(&patterns, &pattern);
		}
	}
	array_append_zero(&patterns);
	return array_front(&patterns);
}

enum imap2_cmd_status imap2_cmd_find(struct imap2_command *cmd)
{
	struct mail_namespace *namespaces = cmd->client->user->namespaces;
	struct find_context *ctx = p_new(cmd->pool, struct find_context, 1);
	const char *const *patterns;

	ctx->kind = find_kind_lookup(cmd->client, cmd->strings[0]);
	if (ctx->kind == NULL) {
		return imap2_cmd_bad(cmd, t_strdup_printf(
			"Unknown command FIND %s", cmd->strings[0]));
	}
	ctx->pattern = cmd->strings[1];
	cmd->context = ctx;
	find_check_inbox(cmd);
	/* alpine asks for "" to learn the separator and gives up FIND for the
	   session if that is refused. */
	patterns = find_list_patterns(namespaces, ctx->kind->types);
	if (*ctx->pattern == '\0' || *patterns == NULL)
		return imap2_cmd_ok(cmd, "FIND completed");

	ctx->iter = mailbox_list_iter_init_namespaces(namespaces, patterns,
						      ctx->kind->types, 0);
	cmd->resume = find_more;
	cmd->abort = find_abort;
	return find_more(cmd);
}
