#ifndef IMAP2_FETCH_ITEMS_H
#define IMAP2_FETCH_ITEMS_H

/* The data items a client can FETCH: those of RFC 1176 p.14-15, and those of
   IMAP2bis (RFC 1730 6.4.5, as far as its clients use them). */

#include "mail-storage.h"
#include "session/cut.h"

struct imap2_args;
struct imap2_client;
struct imap2_mailbox;

struct imap2_fetch_item {
	/* As the response names it. */
	const char *name;
	/* Called before anything is got of the message, or NULL. */
	void (*want)(struct imap2_mailbox *mbox, struct mail *mail);
	/* A short value: append it. new_flags are set by this FETCH. Returns
	   -1 if it can't be had, with the error in the mail's mailbox. */
	int (*write)(struct imap2_client *client, struct mail *mail,
		     enum mail_flags new_flags, string_t *dest);
	/* A long value, sent as a literal; or NULL. */
	struct imap_msgpart *msgpart;
	enum imap2_text_kind kind;
	/* What the client wants of it. */
	struct imap2_text_range range;
};

/* What one command asks for, in its order. */
struct imap2_fetch_items {
	ARRAY(struct imap2_fetch_item) list;
	enum mail_fetch_field wanted;
	/* Reading them sets \Seen. */
	bool sets_seen;
	bool has_flags;
};

/* Read what FETCH asks for: a macro, an item, or a list of items, to the end
   of the command. Returns 0, or -1 with a plain sentence in *error_r (data
   stack). The items are allocated from the client's command pool and are to be
   freed in either case. */
int imap2_fetch_items_parse(struct imap2_client *client,
			    struct imap2_args *args,
			    struct imap2_fetch_items **items_r,
			    const char **error_r);
/* Read what PARTIAL asks for: an item that is a text, the number of its first
   octet wanted, and how many. Returns as above. */
int imap2_fetch_items_parse_partial(struct imap2_client *client,
				    struct imap2_args *args,
				    struct imap2_fetch_items **items_r,
				    const char **error_r);
void imap2_fetch_items_free(struct imap2_fetch_items **items);

#endif
