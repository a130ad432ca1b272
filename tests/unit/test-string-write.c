/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Strings on the way to the client (RFC 1176 p.9, p.28). */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "proto/string-write.h"

static void test_write_string(void)
{
	static const struct {
		const char *value, *result;
	} tests[] = {
		{ "", "{0}\r\n" },
		{ "x", "\"x\"" },
		{ " ", "\" \"" },
		{ "NIL", "\"NIL\"" },
		{ "a b (c) }", "\"a b (c) }\"" },
		{ "say \"hi\"", "{8}\r\nsay \"hi\"" },
		{ "back\\slash", "{10}\r\nback\\slash" },
		{ "line\r\n", "{6}\r\nline\r\n" },
		{ "caf\xc3\xa9", "{5}\r\ncaf\xc3\xa9" }
	};
	string_t *str = t_str_new(64);
	unsigned int i;

	test_begin("string write: cases");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		str_truncate(str, 0);
		imap2_write_string(str, tests[i].value);
		test_assert_strcmp_idx(str_c(str), tests[i].result, i);
		/* The same, and after something else */
		str_truncate(str, 0);
		str_append(str, "x ");
		imap2_write_string_data(str, tests[i].value,
					strlen(tests[i].value));
		test_assert_strcmp_idx(str_c(str) + 2, tests[i].result, i);
	}
	test_end();
}

static void test_write_name(void)
{
	static const struct {
		const char *value, *result;
	} tests[] = {
		{ "saved", "saved" },
		{ "work/one.two", "work/one.two" },
		{ "d&AOk-j&AOA-", "d&AOk-j&AOA-" },
		{ "new box", "\"new box\"" },
		{ "a(b)", "\"a(b)\"" },
		{ "a*", "\"a*\"" },
		{ "nil", "\"nil\"" },
		{ "nile", "nile" },
		{ "50%", "{3}\r\n50%" },
		{ "", "{0}\r\n" }
	};
	string_t *str = t_str_new(64);
	unsigned int i;

	test_begin("string write: names");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		str_truncate(str, 0);
		imap2_write_name(str, tests[i].value);
		test_assert_strcmp_idx(str_c(str), tests[i].result, i);
	}
	test_end();
}

static void test_write_string_octets(void)
{
	string_t *str = t_str_new(64);
	unsigned int chr;

	test_begin("string write: every octet");
	for (chr = 1; chr < 256; chr++) {
		const char value[] = { 'a', (char)chr, 'b', '\0' };
		bool literal = chr >= 0x80 ||
			strchr("\"{%\\\r\n", (int)chr) != NULL;

		str_truncate(str, 0);
		imap2_write_string(str, value);
		test_assert_strcmp_idx(
			str_c(str),
			literal ? t_strdup_printf("{3}\r\n%s", value) :
			t_strdup_printf("\"%s\"", value), chr);
	}
	test_end();
}

static void test_text_line(void)
{
	static const struct {
		const char *text, *line;
	} tests[] = {
		{ "", "" },
		{ "plain text, 100% \"fine\" {5} \\", NULL },
		{ "two\r\nlines", "two??lines" },
		{ "tab\tescape\x1b[2J", "tab?escape?[2J" },
		{ "caf\xc3\xa9\x7f\xff", "caf????" }
	};
	const char *line;
	unsigned int i;

	test_begin("string write: text line");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		line = tests[i].line != NULL ? tests[i].line : tests[i].text;
		test_assert_strcmp_idx(imap2_text_line(tests[i].text), line,
				       i);
	}
	line = imap2_text_line(t_strdup_printf("%01000d", 0));
	test_assert(strlen(line) == 512);
	test_assert(line[511] == '0');
	test_end();
}

int main(void)
{
	static void (*const test_functions[])(void) = {
		test_write_string,
		test_write_name,
		test_write_string_octets,
		test_text_line,
		NULL
	};
	return test_run(test_functions);
}
