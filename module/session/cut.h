#ifndef IMAP2_CUT_H
#define IMAP2_CUT_H

/* imap2_max_message_size: for clients that can't take long messages these end
   early, at a line end, with a notice of what is left out. Such a message is
   the same whichever way it's asked for: it's its header and its body, and its
   size is that of both. Any other text, a MIME part for example, is cut by
   itself. */

struct imap_msgpart;
struct mail;

enum imap2_text_kind {
	IMAP2_TEXT_OTHER = 0,
	IMAP2_TEXT_MESSAGE,
	IMAP2_TEXT_HEADER,
	IMAP2_TEXT_BODY
};

/* What is sent of a text: so many octets of it from the offset on, or fewer if
   it ends there, and then a string. */
struct imap2_text_range {
	uoff_t offset, size;
	const char *end;
};

/* The range, whose string is empty, is what the client wants of a text, as the
   text would be with at most max_size octets (0: all). Change it to what is to
   be sent. Returns 0, or -1 if the mail couldn't be read, with the error in its
   mailbox. The string is allocated from the data stack. The message part is
   left with any range set. */
int imap2_cut_text(struct mail *mail, struct imap_msgpart *msgpart,
		   enum imap2_text_kind kind, uoff_t max_size,
		   struct imap2_text_range *range);
/* The size of a message that has at most max_size octets (0: all). Returns as
   above. */
int imap2_cut_get_size(struct mail *mail, uoff_t max_size, uoff_t *size_r);

#endif
