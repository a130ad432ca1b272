#ifndef IMAP2_ENVELOPE_H
#define IMAP2_ENVELOPE_H

struct mail;
struct imap2_mailbox;

/* Append the ENVELOPE of a message: "(" date subject from sender reply-to to
   cc bcc in-reply-to message-id ")" (RFC 1176 p.18-19, p.26-27). Returns -1 if
   the mail couldn't be read, with the error in its mailbox. */
int imap2_envelope_write(struct imap2_mailbox *mbox, string_t *dest,
			 struct mail *mail);
/* Say beforehand that it will be written, so that the message is read only
   once. */
void imap2_envelope_want(struct imap2_mailbox *mbox, struct mail *mail);
/* The same from lib-storage's IMAP4 syntax (without its parentheses), such as
   that of a message in a message: see proto/rewrite.h. */
bool imap2_envelope_rewrite(string_t *dest, const char **text);

#endif
