#ifndef IMAP2_SEARCH_H
#define IMAP2_SEARCH_H

/* Search criteria (RFC 1176 p.16-17) as lib-storage's search arguments. */

struct mail_search_args;
struct imap2_args;
struct imap2_mailbox;

enum imap2_search_result {
	IMAP2_SEARCH_OK,
	/* The criteria aren't RFC 1176's. */
	IMAP2_SEARCH_BAD,
	/* They are, but can't be searched for. */
	IMAP2_SEARCH_IMPOSSIBLE
};

/* Read all criteria of a command and AND them. Unless OK is returned, a plain
   sentence is in *error_r (data stack). *search_r is unreferenced by the
   caller. */
enum imap2_search_result
imap2_search_parse(struct imap2_mailbox *mbox, struct imap2_args *args,
		   struct mail_search_args **search_r, const char **error_r);

#endif
