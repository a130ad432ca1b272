/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Strings and numbers on the way to the client (RFC 1176 p.9 STRING, p.28
   string).

   Used by everything that builds a response. RFC 1176 clients end a quoted
   string at the first '"' and know no escapes, so whatever isn't made of
   CHARACTERs alone goes out as a literal. Must never write a backslash
   escape, an empty quoted string or a NUL. */

#include "lib.h"
#include "str.h"
#include "proto/string-write.h"

/* Long enough for any message meant for a human, and well below the 1024
   octet line buffers of the oldest clients. */
#define TEXT_LINE_MAX_LEN 512

/* Not CHARACTERs of RFC 1176 p.9. A table, as all that is sent of a header goes
   through it. */
static const bool unquotable[UCHAR_MAX + 1] = {
	['\0'] = TRUE, ['\r'] = TRUE, ['\n'] = TRUE, ['"'] = TRUE,
	['{'] = TRUE, ['%'] = TRUE, ['\\'] = TRUE,
	[0x80 ... UCHAR_MAX] = TRUE
};

static bool string_is_quotable(const char *value, size_t size)
{
	const unsigned char *data = (const unsigned char *)value;
	size_t i;

	for (i = 0; i < size; i++) {
		if (unquotable[data[i]])
			return FALSE;
	}
	/* RFC 1176 p.28: the grammar wants at least one character. */
	return size > 0;
}

void imap2_write_string_data(string_t *dest, const char *value, size_t size)
{
	if (string_is_quotable(value, size)) {
		str_append_c(dest, '"');
		str_append_data(dest, value, size);
		str_append_c(dest, '"');
	} else {
		str_append_c(dest, '{');
		imap2_write_number(dest, size);
		str_append(dest, "}\r\n");
		str_append_data(dest, value, size);
	}
}

void imap2_write_string(string_t *dest, const char *value)
{
	imap2_write_string_data(dest, value, strlen(value));
}

static bool string_is_plain_atom(const char *value)
{
	if (!string_is_quotable(value, strlen(value)) ||
	    strcasecmp(value, "NIL") == 0)
		return FALSE;
	for (; *value != '\0'; value++) {
		if (*value <= ' ' || *value == 0x7f ||
		    strchr("()*", *value) != NULL)
			return FALSE;
	}
	return TRUE;
}

void imap2_write_name(string_t *dest, const char *value)
{
	if (string_is_plain_atom(value))
		str_append(dest, value);
	else
		imap2_write_string(dest, value);
}

void imap2_write_number(string_t *dest, uintmax_t number)
{
	char buffer[MAX_INT_STRLEN];

	str_append(dest, dec2str_buf(buffer, number));
}

const char *imap2_text_line(const char *text)
{
	string_t *line = t_str_new(128);

	for (; *text != '\0' && str_len(line) < TEXT_LINE_MAX_LEN; text++) {
		if (*text >= ' ' && *text < 0x7f)
			str_append_c(line, *text);
		else
			str_append_c(line, '?');
	}
	return str_c(line);
}
