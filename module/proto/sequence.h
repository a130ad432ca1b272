#ifndef IMAP2_SEQUENCE_H
#define IMAP2_SEQUENCE_H

#include "seq-range-array.h"

/* sequence ::= NUMBER / (NUMBER "," sequence) / (NUMBER ":" sequence)
   (RFC 1176 p.10, p.28).

   Parse a message sequence for a mailbox of `exists` messages into sorted,
   merged ranges. A reversed range means the same as the right way round.
   Returns 0, or -1 with a plain sentence in *error_r when the text isn't a
   sequence or names 0 or a number beyond `exists`; then *seqs_r is empty.
   seqs must be initialised by the caller. Takes O(n log n) time. */
int imap2_sequence_parse(const char *str, uint32_t exists,
			 ARRAY_TYPE(seq_range) *seqs, const char **error_r);

#endif
