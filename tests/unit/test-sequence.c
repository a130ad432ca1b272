/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Message sequences (RFC 1176 p.10, p.28). */

#include "lib.h"
#include "array.h"
#include "str.h"
#include "test-common.h"
#include "proto/sequence.h"

#define OUT_OF_RANGE "!Message sequence is out of range"
#define INVALID "!Invalid message sequence"

static const struct {
	const char *input;
	uint32_t exists;
	const char *result;
} sequence_cases[] = {
	{ "1", 1, "1" },
	{ "20", 20, "20" },
	{ "31:31", 31, "31" },
	/* the example of RFC 1176 p.10 */
	{ "2,4:7,9,12:15", 15, "2,4:7,9,12:15" },
	{ "1,2:21", 21, "1:21" },
	{ "7:4", 9, "4:7" },
	{ "2,2,1", 9, "1:2" },
	{ "3,2,1", 9, "1:3" },
	{ "5:6,1:9,2", 9, "1:9" },
	{ "1:3,5:7,4", 9, "1:7" },
	{ "9:8,6,1:2", 9, "1:2,6,8:9" },
	{ "007", 9, "7" },
	{ "1:4294967295", 4294967295U, "1:4294967295" },
	{ "4294967295,1", 4294967295U, "1,4294967295" },
	{ "4294967294,4294967295,1:2", 4294967295U,
	  "1:2,4294967294:4294967295" },

	{ "1", 0, OUT_OF_RANGE },
	{ "0", 9, OUT_OF_RANGE },
	{ "0:1", 9, OUT_OF_RANGE },
	{ "1:0", 9, OUT_OF_RANGE },
	{ "10", 9, OUT_OF_RANGE },
	{ "1:10", 9, OUT_OF_RANGE },
	{ "10:1", 9, OUT_OF_RANGE },
	{ "1,2,10", 9, OUT_OF_RANGE },
	{ "4294967296", 4294967295U, OUT_OF_RANGE },
	{ "4294967297", 9, OUT_OF_RANGE },
	{ "1:18446744073709551617", 9, OUT_OF_RANGE },

	{ "", 9, INVALID },
	{ "abc", 9, INVALID },
	{ "1a", 9, INVALID },
	{ "1,", 9, INVALID },
	{ ",1", 9, INVALID },
	{ "1,,2", 9, INVALID },
	{ "1:", 9, INVALID },
	{ ":1", 9, INVALID },
	{ "1::2", 9, INVALID },
	{ "1:2:3", 9, INVALID },
	{ "1:*", 9, INVALID },
	{ "*", 9, INVALID },
	{ "-1", 9, INVALID },
	{ "+1", 9, INVALID },
	{ "1 2", 9, INVALID },
	{ "1;2", 9, INVALID },
	{ "1-2", 9, INVALID }
};

static const char *
sequence_result(const char *input, uint32_t exists,
		ARRAY_TYPE(seq_range) *seqs)
{
	const struct seq_range *range;
	string_t *str = t_str_new(64);
	const char *error;

	if (imap2_sequence_parse(input, exists, seqs, &error) < 0) {
		test_assert(array_count(seqs) == 0);
		return t_strconcat("!", error, NULL);
	}
	array_foreach(seqs, range) {
		if (str_len(str) > 0)
			str_append_c(str, ',');
		str_printfa(str, "%u", range->seq1);
		if (range->seq1 != range->seq2)
			str_printfa(str, ":%u", range->seq2);
	}
	return str_c(str);
}

static void test_sequence_cases(void)
{
	ARRAY_TYPE(seq_range) seqs;
	unsigned int i;

	test_begin("sequence: cases");
	/* What the array held before doesn't matter. */
	t_array_init(&seqs, 1);
	for (i = 0; i < N_ELEMENTS(sequence_cases); i++) {
		test_assert_strcmp_idx(
			sequence_result(sequence_cases[i].input,
					sequence_cases[i].exists, &seqs),
			sequence_cases[i].result, i);
	}
	test_end();
}

/* Against the library's own way of adding numbers, one after another. */
static void test_sequence_random(void)
{
	ARRAY_TYPE(seq_range) seqs, expected;
	string_t *str = t_str_new(128 * 1024);
	const char *error;
	unsigned int i, round;

	test_begin("sequence: thousands of ranges in random order");
	t_array_init(&seqs, 16);
	t_array_init(&expected, 16);
	for (round = 0; round < 3; round++) {
		str_truncate(str, 0);
		array_clear(&expected);
		for (i = 0; i < 5000; i++) {
			uint32_t seq1 = i_rand_minmax(1, 100000);
			uint32_t seq2 = seq1 + i_rand_limit(10);

			if (seq2 > 100000)
				seq2 = 100000;
			str_printfa(str, "%s%u:%u", i == 0 ? "" : ",",
				    seq2, seq1);
			seq_range_array_add_range(&expected, seq1, seq2);
		}
		test_assert(imap2_sequence_parse(str_c(str), 100000, &seqs,
						 &error) == 0);
		test_assert(array_cmp(&seqs, &expected));
	}
	test_end();
}

/* The worst order for adding to a sorted array: descending, never touching.
   A quadratic algorithm would have to move 80 gigabytes here. */
static void test_sequence_descending(void)
{
	ARRAY_TYPE(seq_range) seqs;
	const struct seq_range *ranges;
	string_t *str = t_str_new(1024 * 1024);
	const char *error;
	unsigned int i, count;

	test_begin("sequence: a long list in descending order");
	t_array_init(&seqs, 16);
	for (i = 150000; i > 0; i--)
		str_printfa(str, "%u%s", i * 2, i == 1 ? "" : ",");
	test_assert(imap2_sequence_parse(str_c(str), 300000, &seqs,
					 &error) == 0);
	ranges = array_get(&seqs, &count);
	test_assert(count == 150000);
	test_assert(count > 0 && ranges[0].seq1 == 2 &&
		    ranges[count - 1].seq2 == 300000);
	test_end();
}

int main(void)
{
	static void (*const test_functions[])(void) = {
		test_sequence_cases,
		test_sequence_random,
		test_sequence_descending,
		NULL
	};
	return test_run(test_functions);
}
