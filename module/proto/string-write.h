#ifndef IMAP2_STRING_WRITE_H
#define IMAP2_STRING_WRITE_H

/* Strings sent to the client (RFC 1176 p.9, p.28 string).

   Append `value` quoted when it is not empty and all its octets are
   CHARACTERs (ASCII without " { CR LF % \ and NUL), else as a literal
   "{n}" CRLF octets. Never an escape, never "". Control characters other than
   CR and LF are CHARACTERs by RFC 1176 p.9. */
void imap2_write_string(string_t *dest, const char *value);
/* The same of so many octets, none of them a NUL. */
void imap2_write_string_data(string_t *dest, const char *value, size_t size);
/* The same, but as an atom when the value can be one without being mistaken by
   a Lisp reader: printable, no SP ( ) *, and not NIL. C-clients take all of a
   "* MAILBOX" line for the name and don't unquote it. */
void imap2_write_name(string_t *dest, const char *value);
/* In decimal. A message's response has several, and printf costs more than all
   that is printed. */
void imap2_write_number(string_t *dest, uintmax_t number);
/* Make text safe for a human-readable TEXT_LINE: one line of printable ASCII
   (others become "?"), at most 512 octets. Allocated from the data stack. */
const char *imap2_text_line(const char *text);

#endif
