/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Folding for SEARCH gives what libdovecot's own gives, whatever the octets. */

#include "lib.h"
#include "buffer.h"
#include "test-common.h"
#include "unichar.h"
#include "session/search-fold.h"
#include "tests/storage/harness.h"

#define RANDOM_ROUNDS 20000
#define BLOCK_CHARACTERS 128

static bool fold_is_same(const void *data, size_t size)
{
	bool same;

	T_BEGIN {
		buffer_t *mine = t_buffer_create(64);
		buffer_t *theirs = t_buffer_create(64);

		same = imap2_search_fold(data, size, mine) ==
			uni_utf8_to_decomposed_titlecase(data, size, theirs) &&
			mine->used == theirs->used &&
			memcmp(mine->data, theirs->data, mine->used) == 0;
	} T_END;
	return same;
}

static void append_block(buffer_t *buf, unichar_t first)
{
	unichar_t chr;

	for (chr = first; chr < first + BLOCK_CHARACTERS; chr++) {
		uni_ucs4_to_utf8_c(chr, buf);
		buffer_append(buf, "aZ", 2);
	}
}

static void test_every_character(void)
{
	unichar_t first;

	test_begin("search fold: every character");
	for (first = 0; first <= 0x10ffff; first += BLOCK_CHARACTERS) {
		/* No characters, but half of two in UTF-16. */
		if (first >= 0xd800 && first <= 0xdfff)
			continue;
		T_BEGIN {
			buffer_t *buf = t_buffer_create(1024);

			append_block(buf, first);
			test_assert_idx(fold_is_same(buf->data, buf->used),
					first);
		} T_END;
	}
	test_end();
}

/* Lead octets without their rest, rests without lead, what no UTF-8 has, in
   between runs of ASCII of all lengths */
static void test_broken(void)
{
	static const unsigned char ascii[] = "@AMZ[`amz{ \x7f\r\n\0";
	static const unsigned char others[] = {
		0x80, 0xbf, 0xc0, 0xc3, 0xa9, 0xcc, 0x81, 0xe2, 0x82, 0xac,
		0xed, 0xa0, 0xf0, 0x9f, 0xfe, 0xff
	};
	unsigned char data[64];
	unsigned int round, i;

	test_begin("search fold: broken UTF-8");
	for (round = 0; round < RANDOM_ROUNDS; round++) {
		for (i = 0; i < sizeof(data); i++) {
			data[i] = i_rand_limit(16) == 0 ?
				others[i_rand_limit(N_ELEMENTS(others))] :
				ascii[i_rand_limit(N_ELEMENTS(ascii))];
		}
		test_assert_idx(fold_is_same(data, i_rand_limit(
			sizeof(data) + 1)), round);
	}
	test_end();
}

int main(int argc, char *argv[])
{
	static void (*const tests[])(void) = {
		test_every_character,
		test_broken,
		NULL
	};
	return harness_main(argc, argv, tests);
}
