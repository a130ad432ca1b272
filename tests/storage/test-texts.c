/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* ENVELOPE and BODY out of the texts that lib-storage has, which may come from
   a damaged cache file: all shapes, and nothing that isn't whole. */

#include "lib.h"
#include "str.h"
#include "hostpid.h"
#include "test-common.h"
#include "session/body.h"
#include "session/envelope.h"
#include "harness.h"

#define A "(NIL NIL \"a\" \"x\")"
#define B "(\"B b\" \"@r1,@r2:\" \"b\" \"y\")"
#define C "({3}\r\n\"c\" NIL {4}\r\nc{%} \"z\")"
#define GROUP "(NIL NIL \"group\" NIL)"
#define END "(NIL NIL NIL NIL)"
#define NILS "NIL NIL NIL NIL NIL"

#define PLAIN "\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL " \
	"\"7bit\" 5 1"
#define PLAIN_OUT "\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL " \
	"\"7BIT\" 5 1"
#define MESSAGE "\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 56"
#define MESSAGE_OUT "\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 56"

struct text_test {
	const char *text;
	/* NULL if it's refused. */
	const char *result;
};

typedef bool rewrite_t(string_t *dest, const char **text);

/* In memory of its own, so that a checker of memory sees if more is read. */
static bool
rewrite(rewrite_t *function, const char *text, size_t size, string_t *dest)
{
	char *copy = i_strndup(text, size);
	const char *pos = copy;
	bool ok = function(dest, &pos) && *pos == '\0';

	i_free(copy);
	return ok;
}

static void test_texts(const struct text_test *tests, unsigned int count,
		       rewrite_t *function)
{
	string_t *str = t_str_new(256);
	unsigned int i;
	size_t size;

	for (i = 0; i < count; i++) {
		size = strlen(tests[i].text);
		/* Behind something else */
		str_truncate(str, 0);
		str_append(str, "* ");
		test_assert_idx(rewrite(function, tests[i].text, size, str) ==
				(tests[i].result != NULL), i);
		if (tests[i].result == NULL)
			continue;
		test_assert_strcmp_idx(str_c(str) + 2, tests[i].result, i);
		/* Never whole before its end */
		while (size-- > 0) {
			test_assert_idx(!rewrite(function, tests[i].text,
						 size, str), i);
		}
	}
}

static void test_envelope_texts(void)
{
	static const struct text_test tests[] = {
		{ NILS" "NILS, "("NILS" "NILS")" },
		{ "\"d\" {3}\r\n\"s\" NIL NIL NIL NIL NIL NIL \"r\" \"i\"",
		  "(\"d\" {3}\r\n\"s\" NIL NIL NIL NIL NIL NIL \"r\" \"i\")" },
		/* From for Sender and Reply-To, which have none or only groups
		   of nobody */
		{ "NIL NIL ("A") ("GROUP END") NIL ("A B C") NIL NIL NIL NIL",
		  "(NIL NIL ("A") ("A") ("A") ("A B C") NIL NIL NIL NIL)" },
		{ "NIL NIL ("A B") ("B") ("C") NIL NIL NIL NIL NIL",
		  "(NIL NIL ("A B") ("B") ("C") NIL NIL NIL NIL NIL)" },
		/* Members without their group, and nobody is NIL */
		{ NILS" ("GROUP A END B") ("GROUP END GROUP END") () NIL NIL",
		  "("NILS" ("A B") NIL NIL NIL NIL)" },
		/* Escapes are gone, and what can't be quoted is a literal. */
		{ "\"a\\\\b\" \"100%\" "NILS" NIL \"\\\"\" \"\"",
		  "({3}\r\na\\b {4}\r\n100% "NILS" NIL {1}\r\n\" {0}\r\n)" },
		/* Too few, too many */
		{ NILS" NIL NIL NIL NIL", NULL },
		{ NILS" "NILS" ", NULL },
		{ NILS" "NILS" NIL", NULL },
		{ NILS" "NILS")", NULL },
		{ NILS" ((NIL NIL \"a\")) NIL NIL NIL NIL", NULL },
		{ NILS" ((NIL NIL \"a\" \"x\" NIL)) NIL NIL NIL NIL", NULL },
		/* What stands where something else must be */
		{ "NIL ("A") NIL "NILS" NIL NIL", NULL },
		{ NILS" \"a@x\" NIL NIL NIL NIL", NULL },
		{ NILS" ("A" "B") NIL NIL NIL NIL", NULL },
		{ NILS" (("A")) NIL NIL NIL NIL", NULL },
		{ NILS"  "NILS, NULL },
		{ " "NILS" "NILS, NULL },
		{ NILS" nil NIL NIL NIL NIL", NULL },
	};

	test_begin("texts: ENVELOPE");
	test_texts(tests, N_ELEMENTS(tests), imap2_envelope_rewrite);
	test_end();
}

static void test_envelope_hosts(void)
{
	const char *text = "NIL NIL ((NIL NIL \"a\" \"MISSING_DOMAIN\")"
		"(NIL NIL \"b\" \"MISSING_DOMAINS\")(NIL NIL \"c\" \"\")) "
		"NIL "NILS" NIL";
	const char *list, *result;
	string_t *str = t_str_new(256);

	test_begin("texts: hosts");
	test_assert(imap2_envelope_rewrite(str, &text));
	list = t_strdup_printf("((NIL NIL \"a\" \"%s\")"
		"(NIL NIL \"b\" \"MISSING_DOMAINS\")"
		"(NIL NIL \"c\" {0}\r\n))", my_hostname);
	result = t_strdup_printf("(NIL NIL %s %s %s "NILS")",
				 list, list, list);
	test_assert_strcmp(str_c(str), result);
	test_end();
}

static void test_body_texts(void)
{
	static const struct text_test tests[] = {
		{ PLAIN, "("PLAIN_OUT")" },
		{ "\"a\" \"b\" NIL \"<i@x>\" {3}\r\n\"d\" \"Base64\" 0",
		  "(\"A\" \"B\" NIL \"<i@x>\" {3}\r\n\"d\" \"BASE64\" 0)" },
		{ "\"a\" \"b\" (\"Name\" \"Mixed\\\\Case\" {7}\r\ncharset "
		  "{3}\r\n\xe9""e\") NIL NIL \"8bit\" 5",
		  "(\"A\" \"B\" (\"NAME\" {10}\r\nMixed\\Case \"CHARSET\" "
		  "{3}\r\n\xe9""E\") NIL NIL \"8BIT\" 5)" },
		/* Parts in parts */
		{ "("PLAIN") \"mixed\"", "(("PLAIN_OUT") \"MIXED\")" },
		{ "("PLAIN")("PLAIN")(("PLAIN") \"x\") \"mixed\"",
		  "(("PLAIN_OUT")("PLAIN_OUT")(("PLAIN_OUT") \"X\") "
		  "\"MIXED\")" },
		{ MESSAGE" ("NILS" "NILS") ("PLAIN") 3",
		  "("MESSAGE_OUT" ("NILS" "NILS") ("PLAIN_OUT") 3)" },
		{ "((("MESSAGE" ("NILS" "NILS") (("MESSAGE" ("NILS" "NILS") ("
		  PLAIN") 3)("PLAIN") \"a\") 3) \"b\") \"c\")("PLAIN") \"d\"",
		  "(((("MESSAGE_OUT" ("NILS" "NILS") (("MESSAGE_OUT" ("NILS" "
		  NILS") ("PLAIN_OUT") 3)("PLAIN_OUT") \"A\") 3) \"B\") \"C\")"
		  "("PLAIN_OUT") \"D\")" },
		/* Too few, too many */
		{ PLAIN")", NULL },
		{ PLAIN" NIL", NULL },
		{ "("PLAIN")", NULL },
		{ "("PLAIN"))", NULL },
		{ "("PLAIN") \"mixed\" NIL", NULL },
		{ "\"a\" \"b\" NIL NIL NIL \"7bit\" 5 1", NULL },
		{ "\"text\" \"b\" NIL NIL NIL \"7bit\" 5", NULL },
		{ "\"a\" \"b\" () NIL NIL \"7bit\" 5", NULL },
		{ "\"a\" \"b\" (\"c\") NIL NIL \"7bit\" 5", NULL },
		{ MESSAGE" 3", NULL },
		{ MESSAGE" ("NILS" "NILS") 3", NULL },
		{ MESSAGE" ("NILS" "NILS") ("PLAIN")("PLAIN") 3", NULL },
		{ MESSAGE" ("NILS" "NILS") ("PLAIN") \"mixed\"", NULL },
		{ MESSAGE" ("NILS" "NILS" NIL) ("PLAIN") 3", NULL },
		/* What stands where something else must be */
		{ "NIL \"b\" NIL NIL NIL \"7bit\" 5", NULL },
		{ "\"a\" \"b\" NIL NIL NIL NIL 5", NULL },
		{ "\"a\" \"b\" NIL NIL NIL \"7bit\" \"5\"", NULL },
		{ "\"a\" \"b\" NIL NIL NIL \"7bit\" -5", NULL },
		{ "("PLAIN") 3", NULL },
		{ "("PLAIN") ("PLAIN") \"mixed\"", NULL },
		{ "("MESSAGE" ("NILS" "NILS") ("PLAIN") 3) 3", NULL },
	};

	test_begin("texts: BODY");
	test_texts(tests, N_ELEMENTS(tests), imap2_body_rewrite);
	test_end();
}

/* However deep it goes: no recursion. */
static void test_body_depth(void)
{
	string_t *text = str_new(default_pool, 1024);
	string_t *result = str_new(default_pool, 1024);
	string_t *str = str_new(default_pool, 1024);
	unsigned int i, depth = 100000;

	test_begin("texts: deep BODY");
	for (i = 0; i < depth; i++) {
		str_append_c(text, '(');
		str_append_c(result, '(');
	}
	str_append(text, PLAIN);
	str_append(result, "("PLAIN_OUT")");
	for (i = 0; i < depth; i++) {
		str_append(text, ") \"m\"");
		str_append(result, " \"M\")");
	}
	test_assert(rewrite(imap2_body_rewrite, str_c(text), str_len(text),
			    str));
	test_assert(str_equals(str, result));
	str_truncate(text, str_len(text) - 1);
	test_assert(!rewrite(imap2_body_rewrite, str_c(text), str_len(text),
			     str));
	str_free(&text);
	str_free(&result);
	str_free(&str);
	test_end();
}

int main(int argc, char *argv[])
{
	void (*const tests[])(void) = {
		test_envelope_texts,
		test_envelope_hosts,
		test_body_texts,
		test_body_depth,
		NULL
	};

	return harness_main(argc, argv, tests);
}
