/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Flag names between the wire and lib-mail's bits (RFC 1176 p.14, p.28
   system_flags).

   Used by STORE and APPEND on the way in, by FLAGS and FETCH on the way out.
   Must never let a flag through that RFC 1176 clients don't know, such as
   \Draft. */

#include "lib.h"
#include "str.h"
#include "proto/flags.h"

static const struct {
	const char *name;
	enum mail_flags flag;
} system_flags[] = {
	{ "\\Recent", MAIL_RECENT },
	{ "\\Answered", MAIL_ANSWERED },
	{ "\\Flagged", MAIL_FLAGGED },
	{ "\\Deleted", MAIL_DELETED },
	{ "\\Seen", MAIL_SEEN }
};

enum mail_flags imap2_flag_parse(const char *name)
{
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(system_flags); i++) {
		if (strcasecmp(system_flags[i].name, name) == 0)
			return system_flags[i].flag;
	}
	return 0;
}

void imap2_flags_write(string_t *dest, enum mail_flags flags)
{
	const char *separator = "";
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(system_flags); i++) {
		if ((flags & system_flags[i].flag) == 0)
			continue;
		str_append(dest, separator);
		str_append(dest, system_flags[i].name);
		separator = " ";
	}
}

bool imap2_keyword_is_valid(const char *name)
{
	const unsigned char *p = (const unsigned char *)name;

	if (*p == '\0')
		return FALSE;
	for (; *p != '\0'; p++) {
		if (*p <= ' ' || *p >= 0x7f || strchr("(){}%\"\\*", *p) != NULL)
			return FALSE;
	}
	return TRUE;
}
