#ifndef IMAP2_FLAG_LIST_H
#define IMAP2_FLAG_LIST_H

/* Flags that a client wants to set: those of STORE and APPEND. */

#include "mail-types.h"

struct mailbox;
struct imap2_command;

struct imap2_flag_list {
	enum mail_flags flags;
	ARRAY_TYPE(const_string) keywords;
};

void imap2_flag_list_init(struct imap2_command *cmd,
			  struct imap2_flag_list *list);
/* Add a flag by its name. Returns 0, or -1 with the outcome of the command
   set: NO for what can't be stored, BAD for what can't be a flag. */
int imap2_flag_list_add(struct imap2_command *cmd,
			struct imap2_flag_list *list, const char *name);
/* Keywords are compared without case, as lib-storage does. */
bool imap2_flag_list_has_keyword(const struct imap2_flag_list *list,
				 const char *keyword);
/* A keyword that couldn't be shown to the client afterwards isn't set in the
   mailbox, which is open: returns -1 with the outcome of the command set. */
int imap2_flag_list_check_limit(struct imap2_command *cmd,
				const struct imap2_flag_list *list,
				struct mailbox *box);
/* Sets *keywords_r to the keywords of these names, to be unreferenced, or to
   NULL if there are none. Returns -1 with the outcome of the command set. */
int imap2_flag_list_create_keywords(struct imap2_command *cmd,
				    ARRAY_TYPE(const_string) *names,
				    struct mailbox *box,
				    struct mail_keywords **keywords_r);

#endif
