#ifndef IMAP2_FETCH_H
#define IMAP2_FETCH_H

/* The data of FETCH responses (RFC 1176 p.14-15, p.18-20), message by message,
   resumable at any octet. Holds no message body in memory. */

#include "seq-range-array.h"

struct imap2_client;
struct imap2_fetch;
struct imap2_fetch_items;

enum imap2_fetch_result {
	/* All responses were sent. */
	IMAP2_FETCH_DONE,
	/* Output is full. */
	IMAP2_FETCH_WAIT_OUTPUT,
	/* It's the turn of other sessions. */
	IMAP2_FETCH_AGAIN
};

/* Begin with these messages of the selected mailbox. Takes over the items;
   `seqs` must stay as they are. */
struct imap2_fetch *
imap2_fetch_begin(struct imap2_client *client, struct imap2_fetch_items *items,
		  const ARRAY_TYPE(seq_range) *seqs, const char *reason);
enum imap2_fetch_result imap2_fetch_more(struct imap2_fetch *fetch);
/* End and free. Returns 0, or -1 if some message's data couldn't be sent,
   with a plain sentence in *error_r (data stack). Flags that were set by
   reading are kept in either case. */
int imap2_fetch_finish(struct imap2_fetch **fetch, const char **error_r);
/* The client has gone, or maybe the mailbox: end, wherever it is, and free. */
void imap2_fetch_abort(struct imap2_fetch **fetch);

#endif
