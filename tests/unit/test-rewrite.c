/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Values of IMAP4 read and written as IMAP2 has them. */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "proto/rewrite.h"

static void test_rewrite_nstring(void)
{
	static const struct {
		/* What is read, what's left of it, and what is written. */
		const char *text, *rest, *result;
	} tests[] = {
		{ "NIL", "", "NIL" },
		{ "NIL NIL", " NIL", "NIL" },
		{ "\"NIL\"", "", "\"NIL\"" },
		{ "\"\" x", " x", "{0}\r\n" },
		{ "\"a (b)\")", ")", "\"a (b)\"" },
		{ "\"50%\" ", " ", "{3}\r\n50%" },
		{ "\"\\\"\\\\\"\"", "\"", "{2}\r\n\"\\" },
		{ "\"\\a\\b\"", "", "\"ab\"" },
		{ "{0}\r\n)", ")", "{0}\r\n" },
		{ "{3}\r\nabc)", ")", "\"abc\"" },
		{ "{3}\r\n\"\\{x", "x", "{3}\r\n\"\\{" },
		{ "{2}\r\n\xc3\xa9", "", "{2}\r\n\xc3\xa9" },
	};
	string_t *str = t_str_new(64);
	const char *text;
	unsigned int i;

	test_begin("rewrite: strings");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		str_truncate(str, 0);
		text = tests[i].text;
		test_assert_idx(imap2_rewrite_nstring(str, &text), i);
		test_assert_strcmp_idx(text, tests[i].rest, i);
		test_assert_strcmp_idx(str_c(str), tests[i].result, i);
	}
	test_end();
}

static void test_rewrite_invalid(void)
{
	static const char *const tests[] = {
		"", "N", "NI", "nil", "x", "(", "1",
		"\"", "\"a", "\"\\", "\"\\\"", "\"a\\\\\\\"",
		"{", "{}\r\n", "{1}", "{1}\r", "{1}\n1", "{1+}\r\n1",
		"{-1}\r\n1", "{1}\r\n", "{3}\r\nab",
		"{18446744073709551615}\r\nab", "{18446744073709551616}\r\nab",
		"{99999999999999999999999999}\r\nab",
	};
	string_t *str = t_str_new(64);
	const char *text;
	unsigned int i;

	test_begin("rewrite: what isn't a string");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		text = tests[i];
		test_assert_idx(!imap2_rewrite_nstring(str, &text), i);
		test_assert_idx(text == tests[i], i);
	}
	test_assert(str_len(str) == 0);
	test_end();
}

static void test_rewrite_others(void)
{
	struct imap2_slice slice;
	string_t *str = t_str_new(64);
	const char *text = "(NIL 007 18446744073709551616)NIL";

	test_begin("rewrite: other values");
	test_assert(!imap2_rewrite_char(str, &text, ')'));
	test_assert(imap2_rewrite_char(str, &text, '('));
	test_assert(!imap2_rewrite_number(str, &text));
	test_assert(imap2_rewrite_nil(str, &text));
	test_assert(!imap2_rewrite_nil(str, &text));
	test_assert(imap2_read_char(&text, ' '));
	test_assert(imap2_rewrite_number(str, &text));
	test_assert(imap2_rewrite_char(str, &text, ' '));
	test_assert(imap2_rewrite_number(str, &text));
	test_assert(imap2_rewrite_char(str, &text, ')'));
	test_assert(!imap2_read_string(&text, &slice));
	test_assert(imap2_read_nstring(&text, &slice));
	test_assert(slice.data == NULL && slice.size == 0);
	test_assert(!imap2_read_char(&text, 'x'));
	test_assert(*text == '\0');
	test_assert_strcmp(str_c(str), "(NIL007 18446744073709551616)");
	test_end();
}

int main(void)
{
	static void (*const test_functions[])(void) = {
		test_rewrite_nstring,
		test_rewrite_invalid,
		test_rewrite_others,
		NULL
	};
	return test_run(test_functions);
}
