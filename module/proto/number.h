#ifndef IMAP2_NUMBER_H
#define IMAP2_NUMBER_H

/* Numbers (RFC 1176 p.28 number). */

/* Reads decimal digits and moves `text` behind them. Returns FALSE if there's
   none, or if the number is larger than 2^32-1. Looks at nothing behind them,
   while libdovecot's str_parse_uint32() looks at all the rest of the text from
   Dovecot 2.4.5 on: too much for one of many numbers. */
bool imap2_read_number(const char **text, uint32_t *number_r);

#endif
