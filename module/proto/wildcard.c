/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Wildcard patterns of FIND MAILBOXES and FIND BBOARDS (RFC 1176 p.12).

   Used by the FIND commands to filter the names that lib-storage listed.
   The pattern comes from the client: must never recurse, and never take more
   time for more wildcards. */

#include "lib.h"
#include "proto/wildcard.h"

/* The fewest characters a name must have to match. */
static size_t pattern_min_length(const char *pattern)
{
	size_t len = 0;

	for (; *pattern != '\0'; pattern++) {
		if (*pattern != '*')
			len++;
	}
	return len;
}

bool imap2_wildcard_match(const char *pattern, const char *name)
{
	const char *star_pattern = NULL, *star_name = NULL;

	if (pattern_min_length(pattern) > strlen(name))
		return FALSE;

	while (*name != '\0') {
		if (*pattern == '*') {
			while (*pattern == '*')
				pattern++;
			star_pattern = pattern;
			star_name = name;
		} else if (*pattern == '%' || *pattern == '?' ||
			   *pattern == *name) {
			pattern++;
			name++;
		} else if (star_pattern != NULL) {
			/* The earlier stars needn't be tried again: what they
			   matched is the shortest possible, so the last one
			   has the most to choose from. */
			pattern = star_pattern;
			name = ++star_name;
		} else {
			return FALSE;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
