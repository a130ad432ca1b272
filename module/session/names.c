/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Mailbox names on the wire and in the storage: see names.h. */

#include "lib.h"
#include "str.h"
#include "unichar.h"
#include "imap-utf7.h"
#include "mail-namespace.h"
#include "mail-storage.h"
#include "mail-user.h"
#include "session/names.h"

static int name_to_vname(const char *name, const char **vname_r,
			 const char **error_r)
{
	string_t *vname = t_str_new(64);

	if (*name == '\0') {
		*error_r = "The mailbox name is empty";
		return -1;
	}
	if (strcasecmp(name, "INBOX") == 0)
		name = "INBOX";
	if (imap_utf7_to_utf8(name, vname) < 0 ||
	    !uni_utf8_str_is_valid(str_c(vname))) {
		*error_r = "The mailbox name isn't valid: "
			"use 7-bit characters, or modified UTF-7 for others";
		return -1;
	}
	*vname_r = str_c(vname);
	return 0;
}

static int name_find(struct mail_user *user, const char *name,
		     struct mail_namespace **ns_r, const char **vname_r,
		     const char **error_r)
{
	struct mail_namespace *ns;

	if (name_to_vname(name, vname_r, error_r) < 0)
		return -1;
	ns = mail_namespace_find(user->namespaces, *vname_r);
	if ((ns->flags & NAMESPACE_FLAG_AUTOCREATED) != 0 &&
	    ns->prefix_len == 0) {
		/* Only Dovecot's stand-in for a missing namespace matched. */
		*error_r = t_strdup_printf("No such mailbox: "
			"names begin with %s",
			mail_namespace_find_inbox(user->namespaces)->prefix);
		return -1;
	}
	*ns_r = ns;
	return 0;
}

struct mailbox *
imap2_name_alloc_mailbox(struct mail_user *user, const char *name,
			 enum mailbox_flags flags, const char **error_r)
{
	struct mail_namespace *ns;
	const char *vname;

	if (name_find(user, name, &ns, &vname, error_r) < 0)
		return NULL;
	return mailbox_alloc(ns->list, vname, flags);
}

struct mailbox *
imap2_name_alloc_new(struct mail_user *user, const char *name,
		     bool *directory_r, const char **error_r)
{
	struct mail_namespace *ns;
	const char *vname;
	size_t len;

	if (name_find(user, name, &ns, &vname, error_r) < 0)
		return NULL;
	len = strlen(vname);
	*directory_r = vname[len - 1] == mail_namespace_get_sep(ns);
	if (*directory_r)
		vname = t_strndup(vname, len - 1);
	return mailbox_alloc(ns->list, vname, 0);
}

struct mailbox *
imap2_name_alloc_bboard(struct mail_user *user, const char *name,
			enum mailbox_flags flags, const char **error_r)
{
	struct mail_namespace *ns;
	enum mailbox_existence existence;
	const char *bboard;

	if (name_to_vname(name, &bboard, error_r) < 0)
		return NULL;
	for (ns = user->namespaces; ns != NULL; ns = ns->next) {
		struct mailbox *box;

		if (ns->type != MAIL_NAMESPACE_TYPE_PUBLIC)
			continue;
		box = mailbox_alloc(ns->list,
				    t_strconcat(ns->prefix, bboard, NULL),
				    flags);
		if (mailbox_exists(box, TRUE, &existence) < 0 ||
		    existence != MAILBOX_EXISTENCE_NONE)
			return box;
		mailbox_free(&box);
	}
	*error_r = "No such bulletin board";
	return NULL;
}

void imap2_name_write(string_t *dest, const char *vname)
{
	if (imap_utf8_to_utf7(vname, dest) < 0)
		i_panic("Mailbox name not UTF-8: %s", vname);
}
