#ifndef IMAP2_FLAGS_H
#define IMAP2_FLAGS_H

/* Flag names (RFC 1176 p.14, p.28 system_flags). lib-mail's enum mail_flags
   gives the bits. */

#include "mail-types.h"

/* The system flags a client may store. */
#define IMAP2_STORABLE_FLAGS \
	(MAIL_ANSWERED | MAIL_FLAGGED | MAIL_DELETED | MAIL_SEEN)

/* Returns the flag of a name beginning with a backslash, in any case, or 0 if
   RFC 1176 doesn't have it (\Draft for example). \Recent is MAIL_RECENT. */
enum mail_flags imap2_flag_parse(const char *name);

/* Append the system flags of RFC 1176 in `flags`, separated by spaces, in the
   order of p.28 with \Recent first. Other bits are ignored. */
void imap2_flags_write(string_t *dest, enum mail_flags flags);

/* TRUE if the keyword can stand as an ATOM in a flag list: printable ASCII
   without SP ( ) { } % " \ * . */
bool imap2_keyword_is_valid(const char *name);

#endif
