#ifndef IMAP2_INDEX_DIR_H
#define IMAP2_INDEX_DIR_H

/* Whether an open mailbox is still the one of its name. If it was deleted or
   renamed, its index mustn't be touched any more, though there may be another
   mailbox of its name by now: Dovecot would show mails of the other one, or
   take its index for a corrupted one and lose its mails. */

struct mailbox;

/* Returns the directory of its index, opened so that no other one can be taken
   for it; -1 if it has none. */
int imap2_index_dir_open(struct mailbox *box);
/* Returns TRUE if the mailbox's index is in that directory, or in none. */
bool imap2_index_dir_is_there(struct mailbox *box, int fd);

#endif
