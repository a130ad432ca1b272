/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Numbers (RFC 1176 p.28): see number.h. */

#include "lib.h"
#include "proto/number.h"

bool imap2_read_number(const char **text, uint32_t *number_r)
{
	const char *pos = *text;
	uint64_t number = 0;

	for (; *pos >= '0' && *pos <= '9'; pos++) {
		number = number * 10 + (*pos - '0');
		if (number > UINT32_MAX)
			return FALSE;
	}
	if (pos == *text)
		return FALSE;
	*text = pos;
	*number_r = number;
	return TRUE;
}
