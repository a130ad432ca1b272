/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Flag names (RFC 1176 p.14, p.28 system_flags). */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "proto/flags.h"

static void test_flag_parse(void)
{
	static const struct {
		const char *name;
		enum mail_flags flag;
	} tests[] = {
		{ "\\Answered", MAIL_ANSWERED },
		{ "\\ANSWERED", MAIL_ANSWERED },
		{ "\\Flagged", MAIL_FLAGGED },
		{ "\\deleted", MAIL_DELETED },
		{ "\\DELETED", MAIL_DELETED },
		{ "\\seen", MAIL_SEEN },
		{ "\\Recent", MAIL_RECENT },
		{ "\\Draft", 0 },
		{ "\\*", 0 },
		{ "\\", 0 },
		{ "", 0 },
		{ "Seen", 0 },
		{ "\\Seen ", 0 },
		{ "\\See", 0 },
		{ "\\\\Seen", 0 }
	};
	unsigned int i;

	test_begin("flags: parse");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		test_assert_idx(imap2_flag_parse(tests[i].name) ==
				tests[i].flag, i);
	}
	test_end();
}

static void test_flags_write(void)
{
	static const struct {
		enum mail_flags flags;
		const char *result;
	} tests[] = {
		{ 0, "" },
		{ MAIL_SEEN, "\\Seen" },
		{ MAIL_SEEN | MAIL_ANSWERED, "\\Answered \\Seen" },
		{ IMAP2_STORABLE_FLAGS,
		  "\\Answered \\Flagged \\Deleted \\Seen" },
		{ MAIL_RECENT, "\\Recent" },
		{ MAIL_RECENT | MAIL_DELETED, "\\Recent \\Deleted" },
		{ MAIL_DRAFT, "" },
		{ MAIL_FLAGS_MASK | MAIL_RECENT,
		  "\\Recent \\Answered \\Flagged \\Deleted \\Seen" }
	};
	string_t *str = t_str_new(64);
	unsigned int i;

	test_begin("flags: write");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		str_truncate(str, 0);
		str_append_c(str, '(');
		imap2_flags_write(str, tests[i].flags);
		test_assert_strcmp_idx(str_c(str) + 1, tests[i].result, i);
	}
	test_end();
}

static void test_keyword_is_valid(void)
{
	static const char invalid[] = " (){}%\"\\*";
	unsigned int chr;

	test_begin("flags: keyword");
	test_assert(!imap2_keyword_is_valid(""));
	test_assert(imap2_keyword_is_valid("$Label1"));
	test_assert(imap2_keyword_is_valid("NonJunk"));
	test_assert(imap2_keyword_is_valid("a[b]+c,d:e"));
	for (chr = 1; chr < 256; chr++) {
		const char name[] = { 'x', (char)chr, 'y', '\0' };
		bool valid = chr > 0x20 && chr < 0x7f &&
			strchr(invalid, (int)chr) == NULL;

		test_assert_idx(imap2_keyword_is_valid(name) == valid, chr);
	}
	test_end();
}

int main(void)
{
	static void (*const test_functions[])(void) = {
		test_flag_parse,
		test_flags_write,
		test_keyword_is_valid,
		NULL
	};
	return test_run(test_functions);
}
