/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Message sequences (RFC 1176 p.10, p.28 sequence).

   Used by FETCH, STORE and COPY. The text comes from the client: thousands of
   ranges in any order must not take more than sorting them does. */

#include "lib.h"
#include "array.h"
#include "proto/number.h"
#include "proto/sequence.h"

static int
sequence_parse_number(const char **str, uint32_t exists, uint32_t *seq_r,
		      const char **error_r)
{
	if (**str < '0' || **str > '9') {
		*error_r = "Invalid message sequence";
		return -1;
	}
	if (!imap2_read_number(str, seq_r) || *seq_r == 0 || *seq_r > exists) {
		*error_r = "Message sequence is out of range";
		return -1;
	}
	return 0;
}

/* NUMBER, or two of them with a colon between.

   RFC 1176 p.28: the grammar would also allow "1:2:3", to which p.10 gives no
   meaning (only pairs of numbers): refused. */
static int
sequence_parse_range(const char **str, uint32_t exists,
		     struct seq_range *range_r, const char **error_r)
{
	if (sequence_parse_number(str, exists, &range_r->seq1, error_r) < 0)
		return -1;
	range_r->seq2 = range_r->seq1;
	if (**str != ':')
		return 0;

	*str += 1;
	if (sequence_parse_number(str, exists, &range_r->seq2, error_r) < 0)
		return -1;
	if (range_r->seq1 > range_r->seq2) {
		uint32_t seq = range_r->seq1;

		range_r->seq1 = range_r->seq2;
		range_r->seq2 = seq;
	}
	return 0;
}

static int
sequence_parse_list(const char *str, uint32_t exists,
		    ARRAY_TYPE(seq_range) *seqs, const char **error_r)
{
	for (;;) {
		struct seq_range *range = array_append_space(seqs);

		if (sequence_parse_range(&str, exists, range, error_r) < 0)
			return -1;
		if (*str == '\0')
			return 0;
		if (*str != ',') {
			*error_r = "Invalid message sequence";
			return -1;
		}
		str++;
	}
}

static int seq_range_cmp(const struct seq_range *r1, const struct seq_range *r2)
{
	if (r1->seq1 < r2->seq1)
		return -1;
	return r1->seq1 > r2->seq1 ? 1 : 0;
}

/* seq_range_array_add_range() would move the rest of the array for each range
   that comes out of order. */
static void sequence_sort_and_merge(ARRAY_TYPE(seq_range) *seqs)
{
	struct seq_range *ranges;
	unsigned int i, count, last = 0;

	array_sort(seqs, seq_range_cmp);
	ranges = array_get_modifiable(seqs, &count);
	for (i = 1; i < count; i++) {
		if (ranges[i].seq1 - 1 > ranges[last].seq2)
			ranges[++last] = ranges[i];
		else if (ranges[i].seq2 > ranges[last].seq2)
			ranges[last].seq2 = ranges[i].seq2;
	}
	array_delete(seqs, last + 1, count - (last + 1));
}

int imap2_sequence_parse(const char *str, uint32_t exists,
			 ARRAY_TYPE(seq_range) *seqs, const char **error_r)
{
	array_clear(seqs);
	if (sequence_parse_list(str, exists, seqs, error_r) < 0) {
		array_clear(seqs);
		return -1;
	}
	sequence_sort_and_merge(seqs);
	return 0;
}
