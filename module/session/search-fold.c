/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Case folding for SEARCH: see search-fold.h. Nine tenths of a search in texts
   is folding, and most of what is folded is ASCII, which needs no tables. NUL
   isn't taken for ASCII: Dovecot 2.3 keeps it, 2.4.5 drops it. */

#include "lib.h"
#include "buffer.h"
#include "unichar.h"
#include "session/search-fold.h"

/* Eight octets at a time: 0x01 in each, times something */
#define EIGHT(octet) (UINT64_C(0x0101010101010101) * (octet))

static bool is_ascii(unsigned char octet)
{
	return octet != '\0' && octet < 0x80;
}

/* The same of eight: each sum reaches 0x80 but NUL's, and goes beyond its octet
   only where one isn't ASCII anyway. */
static bool are_eight_ascii(uint64_t octets)
{
	return ((octets + EIGHT(0x7f)) & ~octets & EIGHT(0x80)) == EIGHT(0x80);
}

/* To Unicode's title case, which is ASCII's upper case. */
static unsigned char fold_octet(unsigned char octet)
{
	return octet >= 'a' && octet <= 'z' ? octet - 'a' + 'A' : octet;
}

/* The same of eight, all ASCII: none of the sums goes beyond its octet. */
static uint64_t fold_eight(uint64_t octets)
{
	uint64_t from_a = octets + EIGHT(0x80 - 'a');
	uint64_t after_z = octets + EIGHT(0x80 - 'z' - 1);

	return octets - ((from_a & ~after_z & EIGHT(0x80)) >> 2);
}

/* Up to the first octet that isn't ASCII: how many. */
static size_t
fold_ascii(const unsigned char *input, size_t size, buffer_t *output)
{
	size_t i = 0, used = output->used;
	unsigned char *dest = buffer_append_space_unsafe(output, size);
	uint64_t octets;

	for (; size - i >= sizeof(octets); i += sizeof(octets)) {
		memcpy(&octets, input + i, sizeof(octets));
		if (!are_eight_ascii(octets))
			break;
		octets = fold_eight(octets);
		memcpy(dest + i, &octets, sizeof(octets));
	}
	for (; i < size && is_ascii(input[i]); i++)
		dest[i] = fold_octet(input[i]);
	buffer_set_used_size(output, used + i);
	return i;
}

static size_t other_len(const unsigned char *input, size_t size)
{
	size_t i;

	for (i = 0; i < size && !is_ascii(input[i]); )
		i++;
	return i;
}

int imap2_search_fold(const void *input, size_t size, buffer_t *output)
{
	const unsigned char *pos = input, *end = pos + size;
	size_t len;
	int ret = 0;

	while (pos < end) {
		pos += fold_ascii(pos, end - pos, output);
		len = other_len(pos, end - pos);
		if (len > 0 &&
		    uni_utf8_to_decomposed_titlecase(pos, len, output) < 0)
			ret = -1;
		pos += len;
	}
	return ret;
}
