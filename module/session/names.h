#ifndef IMAP2_NAMES_H
#define IMAP2_NAMES_H

/* Mailbox names on the wire: 7-bit (modified UTF-7, as Dovecot's imap has
   them), INBOX in any case. Bulletin boards are the mailboxes of public
   namespaces, named without the namespace's prefix (RFC 1176 p.11-13). */

#include "mail-storage.h"

struct mail_user;

/* How a name that a command was given finds its mailbox. */
typedef struct mailbox *
imap2_name_alloc_func_t(struct mail_user *user, const char *name,
			enum mailbox_flags flags, const char **error_r);

/* Allocate the mailbox a SELECT or COPY names. Returns NULL, with a plain
   sentence in *error_r, if no mailbox could have this name. */
struct mailbox *
imap2_name_alloc_mailbox(struct mail_user *user, const char *name,
			 enum mailbox_flags flags, const char **error_r);
/* The same for CREATE. *directory_r: the name ended with the separator of its
   namespace, which says that it is to have mailboxes below it. */
struct mailbox *
imap2_name_alloc_new(struct mail_user *user, const char *name,
		     bool *directory_r, const char **error_r);
/* The same for a BBOARD: the first public namespace that has it. */
struct mailbox *
imap2_name_alloc_bboard(struct mail_user *user, const char *name,
			enum mailbox_flags flags, const char **error_r);

/* Append the wire form of a storage name. */
void imap2_name_write(string_t *dest, const char *vname);

#endif
