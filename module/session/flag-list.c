/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Flags named by a client: see flag-list.h. */

#include "lib.h"
#include "array.h"
#include "mail-storage.h"
#include "proto/flags.h"
#include "settings/imap2-settings.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/flag-list.h"

void imap2_flag_list_init(struct imap2_command *cmd,
			  struct imap2_flag_list *list)
{
	list->flags = 0;
	p_array_init(&list->keywords, cmd->pool, 8);
}

static unsigned int flag_list_max_keywords(struct imap2_command *cmd)
{
	return cmd->client->set->imap2_max_keywords;
}

bool imap2_flag_list_has_keyword(const struct imap2_flag_list *list,
				 const char *keyword)
{
	const char *name;

	array_foreach_elem(&list->keywords, name) {
		if (strcasecmp(name, keyword) == 0)
			return TRUE;
	}
	return FALSE;
}

static int flag_list_add_keyword(struct imap2_command *cmd,
				 struct imap2_flag_list *list,
				 const char *name)
{
	if (!imap2_keyword_is_valid(name)) {
		imap2_cmd_bad(cmd, t_strdup_printf(
			"%s: Invalid flag name %s", cmd->name, name));
		return -1;
	}
	/* With more of them than can be set there's no need to compare
	   thousands. */
	if (array_count(&list->keywords) <= flag_list_max_keywords(cmd) &&
	    imap2_flag_list_has_keyword(list, name))
		return 0;
	name = p_strdup(cmd->pool, name);
	array_push_back(&list->keywords, &name);
	return 0;
}

int imap2_flag_list_add(struct imap2_command *cmd,
			struct imap2_flag_list *list, const char *name)
{
	enum mail_flags flag;

	if (*name != '\\')
		return flag_list_add_keyword(cmd, list, name);
	flag = imap2_flag_parse(name);
	if ((flag & IMAP2_STORABLE_FLAGS) == 0) {
		imap2_cmd_failed(cmd, t_strdup_printf(flag == MAIL_RECENT ?
			"%s is set by the server only" :
			"Unknown system flag %s", name));
		return -1;
	}
	list->flags |= flag;
	return 0;
}

int imap2_flag_list_check_limit(struct imap2_command *cmd,
				const struct imap2_flag_list *list,
				struct mailbox *box)
{
	unsigned int max = flag_list_max_keywords(cmd), shown = 0;
	unsigned int added = array_count(&list->keywords);
	struct mailbox_status status;
	const char *name;

	/* The first ones are those shown, as mailbox.c has it. */
	mailbox_get_open_status(box, STATUS_KEYWORDS, &status);
	array_foreach_elem(status.keywords, name) {
		if (shown == max || !imap2_keyword_is_valid(name))
			continue;
		shown++;
		if (imap2_flag_list_has_keyword(list, name))
			added--;
	}
	if (added > 0 && shown + added > max) {
		imap2_cmd_failed(cmd, t_strdup_printf(
			"the mailbox can't have more than %u keywords", max));
		return -1;
	}
	return 0;
}

int imap2_flag_list_create_keywords(struct imap2_command *cmd,
				    ARRAY_TYPE(const_string) *names,
				    struct mailbox *box,
				    struct mail_keywords **keywords_r)
{
	int ret;

	*keywords_r = NULL;
	if (array_count(names) == 0)
		return 0;
	array_append_zero(names);
	ret = mailbox_keywords_create(box, array_front(names), keywords_r);
	array_pop_back(names);
	if (ret < 0)
		imap2_cmd_storage_error(cmd, box);
	return ret;
}
