/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* From IMAP4 syntax to that of RFC 1176: see rewrite.h.

   Used for what lib-storage says of a message, from its cache too, so that it
   isn't sure to be right. lib-imap's parser would make a tree of it: many times
   the memory, and more work than all the rest. */

#include "lib.h"
#include "str.h"
#include "strescape.h"
#include "proto/number.h"
#include "proto/rewrite.h"
#include "proto/string-write.h"

#define LITERAL_END "}\r\n"

bool imap2_read_char(const char **text, char chr)
{
	if (**text != chr)
		return FALSE;
	(*text)++;
	return TRUE;
}

static bool read_quoted(const char **text, struct imap2_slice *slice_r)
{
	const char *start = *text + 1, *end = start;
	bool escaped = FALSE;

	while (*(end += strcspn(end, "\"\\")) == '\\' && end[1] != '\0') {
		escaped = TRUE;
		end += 2;
	}
	if (*end != '"')
		return FALSE;
	*text = end + 1;
	slice_r->data = start;
	slice_r->size = end - start;
	if (escaped) {
		slice_r->data = str_unescape(p_strdup_until(
			pool_datastack_create(), start, end));
		slice_r->size = strlen(slice_r->data);
	}
	return TRUE;
}

static bool read_literal(const char **text, struct imap2_slice *slice_r)
{
	const char *start = *text + 1;
	uint32_t size;

	if (!imap2_read_number(&start, &size) ||
	    strncmp(start, LITERAL_END, strlen(LITERAL_END)) != 0)
		return FALSE;
	start += strlen(LITERAL_END);
	if (strnlen(start, size) < size)
		return FALSE;
	*text = start + size;
	slice_r->data = start;
	slice_r->size = size;
	return TRUE;
}

bool imap2_read_string(const char **text, struct imap2_slice *slice_r)
{
	switch (**text) {
	case '"':
		return read_quoted(text, slice_r);
	case '{':
		return read_literal(text, slice_r);
	default:
		return FALSE;
	}
}

static bool read_nil(const char **text)
{
	if (strncmp(*text, "NIL", strlen("NIL")) != 0)
		return FALSE;
	*text += strlen("NIL");
	return TRUE;
}

bool imap2_read_nstring(const char **text, struct imap2_slice *slice_r)
{
	i_zero(slice_r);
	return read_nil(text) || imap2_read_string(text, slice_r);
}

void imap2_write_slice(string_t *dest, const struct imap2_slice *slice)
{
	if (slice->data == NULL)
		str_append(dest, "NIL");
	else
		imap2_write_string_data(dest, slice->data, slice->size);
}

bool imap2_rewrite_char(string_t *dest, const char **text, char chr)
{
	if (!imap2_read_char(text, chr))
		return FALSE;
	str_append_c(dest, chr);
	return TRUE;
}

bool imap2_rewrite_nil(string_t *dest, const char **text)
{
	if (!read_nil(text))
		return FALSE;
	str_append(dest, "NIL");
	return TRUE;
}

bool imap2_rewrite_nstring(string_t *dest, const char **text)
{
	struct imap2_slice slice;

	if (!imap2_read_nstring(text, &slice))
		return FALSE;
	imap2_write_slice(dest, &slice);
	return TRUE;
}

bool imap2_rewrite_number(string_t *dest, const char **text)
{
	size_t size = strspn(*text, "0123456789");

	str_append_data(dest, *text, size);
	*text += size;
	return size > 0;
}
