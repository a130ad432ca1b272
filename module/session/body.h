#ifndef IMAP2_BODY_H
#define IMAP2_BODY_H

struct mail;

/* Append the BODY of a message, its MIME structure without extension data (RFC
   1730 p.46-48, p.71-73). Returns -1 if the mail couldn't be read, with the
   error in its mailbox. */
int imap2_body_write(string_t *dest, struct mail *mail);
/* The same from lib-storage's IMAP4 syntax: see proto/rewrite.h. */
bool imap2_body_rewrite(string_t *dest, const char **text);

#endif
