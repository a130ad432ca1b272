/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* FIND MAILBOXES and FIND BBOARDS (RFC 1176 p.12-13). Names are shown as
   SELECT and BBOARD take them, and patterns are matched by our own rules: "%"
   is one character here, unlike in IMAP4. */

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

struct find_context {
	struct mailbox_list_iterate_context *iter;
	const char *pattern;
	bool bboards;
};

static bool find_is_selectable(const struct mailbox_info *info)
{
	return (info->flags & (MAILBOX_NOSELECT | MAILBOX_NONEXISTENT)) == 0;
}

static void find_send_name(struct imap2_command *cmd,
			   const struct mailbox_info *info)
{
	struct find_context *ctx = cmd->context;
	string_t *name = t_str_new(128), *line = t_str_new(128);
	const char *vname = info->vname;

	if (ctx->bboards) {
		/* Not the namespace's own root, which may be listed too. */
		if (strncmp(vname, info->ns->prefix,
			    info->ns->prefix_len) != 0 ||
		    vname[info->ns->prefix_len] == '\0')
			return;
		vname += info->ns->prefix_len;
	} else if (strcmp(vname, "INBOX") == 0)
		return;
	imap2_name_write(name, vname);
	if (!imap2_wildcard_match(ctx->pattern, str_c(name)))
		return;
	str_append(line, ctx->bboards ? "BBOARD " : "MAILBOX ");
	imap2_write_name(line, str_c(name));
	imap2_reply_untagged(cmd->client->reply, str_c(line));
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
			find_send_name(cmd, info);
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
	enum mail_namespace_type types;

	ctx->pattern = cmd->strings[1];
	if (strcmp(cmd->strings[0], "MAILBOXES") == 0) {
		types = MAIL_NAMESPACE_TYPE_PRIVATE |
			MAIL_NAMESPACE_TYPE_SHARED;
	} else if (strcmp(cmd->strings[0], "BBOARDS") == 0) {
		types = MAIL_NAMESPACE_TYPE_PUBLIC;
		ctx->bboards = TRUE;
	} else {
		return imap2_cmd_bad(cmd, t_strdup_printf(
			"Unknown command FIND %s", cmd->strings[0]));
	}
	/* alpine asks for "" to learn the separator and gives up FIND for the
	   session if that is refused. */
	patterns = find_list_patterns(namespaces, types);
	if (*ctx->pattern == '\0' || *patterns == NULL)
		return imap2_cmd_ok(cmd, "FIND completed");

	ctx->iter = mailbox_list_iter_init_namespaces(namespaces, patterns,
						      types, 0);
	cmd->context = ctx;
	cmd->resume = find_more;
	cmd->abort = find_abort;
	return find_more(cmd);
}
