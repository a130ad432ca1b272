#ifndef IMAP2_WILDCARD_H
#define IMAP2_WILDCARD_H

/* Mailbox patterns (RFC 1176 p.12): "*" is any number of characters, "%" and
   "?" (as the period servers had it) exactly one. No character is a
   separator. Compares octets, case-sensitively.

   Never backtracks beyond the last "*" seen, and not at all when the pattern
   needs more characters than the name has: time is at most
   O(strlen(name)^2) and independent of the number of wildcards. */
bool imap2_wildcard_match(const char *pattern, const char *name);

#endif
