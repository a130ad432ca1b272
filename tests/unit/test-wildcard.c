/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Mailbox patterns (RFC 1176 p.12). */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "proto/wildcard.h"

#include <time.h>

static void test_wildcard_cases(void)
{
	static const struct {
		const char *pattern, *name;
		bool match;
	} tests[] = {
		/* the examples of RFC 1176 p.12 */
		{ "FOO*BAR", "FOOBAR", TRUE },
		{ "FOO*BAR", "FOOD.ON.THE.BAR", TRUE },
		{ "FOO*BAR", "FOO.BAR", TRUE },
		{ "FOO%BAR", "FOO.BAR", TRUE },
		{ "FOO%BAR", "FOOBAR", FALSE },
		{ "FOO%BAR", "FOOD.ON.THE.BAR", FALSE },
		{ "*", "", TRUE },
		{ "*", "anything/at.all", TRUE },

		{ "", "", TRUE },
		{ "", "a", FALSE },
		{ "a", "", FALSE },
		{ "abc", "abc", TRUE },
		{ "abc", "abC", FALSE },
		{ "abc", "abcd", FALSE },
		{ "abcd", "abc", FALSE },
		{ "a?c", "abc", TRUE },
		{ "a?c", "ac", FALSE },
		{ "???", "abc", TRUE },
		{ "???", "ab", FALSE },
		{ "%", "a", TRUE },
		{ "%", "/", TRUE },
		{ "%", "", FALSE },
		{ "%", "ab", FALSE },
		{ "%*", "", FALSE },
		{ "%*", "a", TRUE },
		{ "*%", "abc", TRUE },
		{ "**", "", TRUE },
		{ "a**b", "ab", TRUE },
		{ "*b", "abab", TRUE },
		{ "*b", "aba", FALSE },
		{ "a*", "a", TRUE },
		{ "a*a", "a", FALSE },
		{ "a*a", "aa", TRUE },
		{ "*aab", "aaaab", TRUE },
		{ "*a*b*c", "xaxbxcxc", TRUE },
		{ "*a*b*c", "xcxbxa", FALSE },
		{ "*a?c*", "xabcabd", TRUE },
		{ "*ab%d", "abcabcd", TRUE },
		{ "work/*", "work/one/two", TRUE },
		{ "work/*", "work", FALSE },
		{ "[a-z]", "b", FALSE },
		{ "\\*", "*", FALSE },
		{ "\\*", "\\x", TRUE }
	};
	unsigned int i;

	test_begin("wildcard: cases");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		test_assert_idx(imap2_wildcard_match(tests[i].pattern,
						     tests[i].name) ==
				tests[i].match, i);
	}
	test_end();
}

static const char *repeat(const char *part, unsigned int count,
			  const char *last)
{
	string_t *str = t_str_new(4096);

	for (; count > 0; count--)
		str_append(str, part);
	str_append(str, last);
	return str_c(str);
}

/* With backtracking each of these would outlast the universe. */
static void test_wildcard_time(void)
{
	const char *name = repeat("a", 2000, "");
	clock_t start = clock();

	test_begin("wildcard: a thousand wildcards");
	test_assert(!imap2_wildcard_match(repeat("*a", 1000, "b"), name));
	test_assert(imap2_wildcard_match(repeat("*a", 1000, ""), name));
	test_assert(!imap2_wildcard_match(repeat("*%", 1000, "b"), name));
	test_assert(!imap2_wildcard_match(repeat("*", 1000, "b"), name));
	test_assert(imap2_wildcard_match(repeat("*", 1000, ""), name));
	test_assert(!imap2_wildcard_match(repeat("%*", 2001, ""), name));
	test_assert(!imap2_wildcard_match(
		t_strconcat("*", repeat("a", 1000, "b"), NULL), name));
	test_assert((clock() - start) / CLOCKS_PER_SEC < 5);
	test_end();
}

int main(void)
{
	static void (*const test_functions[])(void) = {
		test_wildcard_cases,
		test_wildcard_time,
		NULL
	};
	return test_run(test_functions);
}
