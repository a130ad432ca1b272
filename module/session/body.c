/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* BODY, the MIME structure (IMAP2bis; RFC 1730 p.46-48). lib-storage gives it,
   possibly from its cache, in IMAP4 syntax; it's written anew on the way
   because IMAP2 has no backslash escapes, and because its clients know the
   names in it only in upper case. */

#include "lib.h"
#include "str.h"
#include "mail-storage-private.h"
#include "proto/rewrite.h"
#include "session/body.h"
#include "session/envelope.h"

enum body_kind {
	BODY_OTHER,
	BODY_TEXT,
	/* those with others inside of them */
	BODY_MULTIPART,
	BODY_MESSAGE
};

static bool body_rewrite_name(string_t *dest, const char **text,
			      struct imap2_slice *name_r)
{
	size_t start = str_len(dest);

	if (!imap2_read_string(text, name_r))
		return FALSE;
	imap2_write_slice(dest, name_r);
	str_ucase(str_c_modifiable(dest) + start);
	return TRUE;
}

static bool body_name_is(const struct imap2_slice *name, const char *str)
{
	return name->size == strlen(str) &&
		strncasecmp(name->data, str, name->size) == 0;
}

/* Names of character sets are names too; other values may be in any case for a
   reason. */
static bool body_rewrite_param(string_t *dest, const char **text)
{
	struct imap2_slice name, value;

	if (!body_rewrite_name(dest, text, &name) ||
	    !imap2_rewrite_char(dest, text, ' '))
		return FALSE;
	if (body_name_is(&name, "charset"))
		return body_rewrite_name(dest, text, &value);
	if (!imap2_read_string(text, &value))
		return FALSE;
	imap2_write_slice(dest, &value);
	return TRUE;
}

static bool body_rewrite_params(string_t *dest, const char **text)
{
	if (!imap2_rewrite_char(dest, text, '('))
		return imap2_rewrite_nil(dest, text);
	do {
		if (!body_rewrite_param(dest, text))
			return FALSE;
	} while (imap2_rewrite_char(dest, text, ' '));
	return imap2_rewrite_char(dest, text, ')');
}

/* type subtype parameters id description encoding size */
static bool body_rewrite_fields(string_t *dest, const char **text,
				enum body_kind *kind_r)
{
	struct imap2_slice type, subtype, encoding;

	if (!body_rewrite_name(dest, text, &type) ||
	    !imap2_rewrite_char(dest, text, ' ') ||
	    !body_rewrite_name(dest, text, &subtype) ||
	    !imap2_rewrite_char(dest, text, ' ') ||
	    !body_rewrite_params(dest, text) ||
	    !imap2_rewrite_char(dest, text, ' ') ||
	    !imap2_rewrite_nstring(dest, text) ||
	    !imap2_rewrite_char(dest, text, ' ') ||
	    !imap2_rewrite_nstring(dest, text) ||
	    !imap2_rewrite_char(dest, text, ' ') ||
	    !body_rewrite_name(dest, text, &encoding) ||
	    !imap2_rewrite_char(dest, text, ' ') ||
	    !imap2_rewrite_number(dest, text))
		return FALSE;
	if (body_name_is(&type, "text"))
		*kind_r = BODY_TEXT;
	else if (body_name_is(&type, "message") &&
		 body_name_is(&subtype, "rfc822"))
		*kind_r = BODY_MESSAGE;
	else
		*kind_r = BODY_OTHER;
	return TRUE;
}

/* What stands before the parts inside of it. */
static bool body_rewrite_begin(string_t *dest, const char **text,
			       enum body_kind *kind_r)
{
	if (**text == '(') {
		*kind_r = BODY_MULTIPART;
		return TRUE;
	}
	if (!body_rewrite_fields(dest, text, kind_r))
		return FALSE;
	if (*kind_r != BODY_MESSAGE)
		return TRUE;
	return imap2_rewrite_char(dest, text, ' ') &&
		imap2_read_char(text, '(') &&
		imap2_envelope_rewrite(dest, text) &&
		imap2_read_char(text, ')') &&
		imap2_rewrite_char(dest, text, ' ');
}

/* What stands behind them. */
static bool
body_rewrite_end(string_t *dest, const char **text, enum body_kind kind)
{
	struct imap2_slice subtype;

	if (kind == BODY_OTHER)
		return TRUE;
	if (!imap2_rewrite_char(dest, text, ' '))
		return FALSE;
	return kind == BODY_MULTIPART ?
		body_rewrite_name(dest, text, &subtype) :
		imap2_rewrite_number(dest, text);
}

/* A part ends, and maybe some of those around it. Returns 1 if another part
   begins then, 0 if that was all. */
static int body_rewrite_ends(string_t *dest, const char **text, string_t *open,
			     enum body_kind kind)
{
	for (;;) {
		if (!body_rewrite_end(dest, text, kind))
			return -1;
		str_append_c(dest, ')');
		if (str_len(open) == 0)
			return 0;
		if (!imap2_read_char(text, ')'))
			return -1;
		kind = str_data(open)[str_len(open) - 1];
		if (kind == BODY_MULTIPART &&
		    imap2_rewrite_char(dest, text, '('))
			return 1;
		str_truncate(open, str_len(open) - 1);
	}
}

/* Not by recursion: how deep it goes is the sender's choice. `open` has the
   kinds of those around. */
bool imap2_body_rewrite(string_t *dest, const char **text)
{
	string_t *open = t_str_new(64);
	enum body_kind kind;
	int ret = 1;

	str_append_c(dest, '(');
	while (ret > 0) {
		if (!body_rewrite_begin(dest, text, &kind))
			return FALSE;
		if (kind == BODY_MULTIPART || kind == BODY_MESSAGE) {
			str_append_c(open, kind);
			ret = imap2_rewrite_char(dest, text, '(') ? 1 : -1;
		} else {
			ret = body_rewrite_ends(dest, text, open, kind);
		}
	}
	return ret == 0;
}

int imap2_body_write(string_t *dest, struct mail *mail)
{
	const char *text, *pos;

	if (mail_get_special(mail, MAIL_FETCH_IMAP_BODY, &text) < 0)
		return -1;
	pos = text;
	if (!imap2_body_rewrite(dest, &pos) || *pos != '\0') {
		mail_set_critical(mail, "Invalid BODY at octet %zu",
				  (size_t)(pos - text));
		return -1;
	}
	return 0;
}
