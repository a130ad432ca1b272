/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Arguments (RFC 1176 p.9, p.26-28) in the three shapes commands ask for. */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "proto/args.h"
#include "proto/parser.h"

enum shape {
	/* strings up to the end */
	SHAPE_STRINGS,
	/* atoms up to the end */
	SHAPE_ATOMS,
	/* an atom or list, then the end */
	SHAPE_LIST,
	/* a list of atoms, in which "L" is followed by a list of strings */
	SHAPE_NESTED
};

struct args_case {
	enum shape shape;
	const char *input;
	/* Values in <>, a list in (), an error after "!" */
	const char *result;
};

static const struct args_case args_cases[] = {
	{ SHAPE_STRINGS, "", "" },
	{ SHAPE_STRINGS, "   ", "" },
	{ SHAPE_STRINGS, "a b", "<a><b>" },
	{ SHAPE_STRINGS, "  a   b  ", "<a><b>" },
	{ SHAPE_STRINGS, "a(b) (c d)", "<a(b)><(c><d)>" },
	{ SHAPE_STRINGS, "*%?\\x }", "<*%?\\x><}>" },
	{ SHAPE_STRINGS, "\xe9\x01\x7f\t", "<\xe9\x01\x7f\t>" },
	{ SHAPE_STRINGS, "\"a b\" \"c\"", "<a b><c>" },
	{ SHAPE_STRINGS, "\"\" x", "<><x>" },
	{ SHAPE_STRINGS, "\"a\\\" b", "<a\\><b>" },
	{ SHAPE_STRINGS, "\"{5} (%) \xe9\"", "<{5} (%) \xe9>" },
	{ SHAPE_STRINGS, "\"a", "!Quoted string isn't closed" },
	{ SHAPE_STRINGS, "\"", "!Quoted string isn't closed" },
	{ SHAPE_STRINGS, "\"a\\\"b\" c",
	  "!Missing space between arguments" },
	{ SHAPE_STRINGS, "\"a\"b", "!Missing space between arguments" },
	{ SHAPE_STRINGS, "\"a\"\"b\"", "!Missing space between arguments" },
	{ SHAPE_STRINGS, "a\"b\"", "!Misplaced quote or brace" },
	{ SHAPE_STRINGS, "a{b", "!Misplaced quote or brace" },
	{ SHAPE_STRINGS, "x {b}", "<x>!Misplaced quote or brace" },
	{ SHAPE_STRINGS, "{3}\r\na b {1}\r\n\" c", "<a b><\"><c>" },
	{ SHAPE_STRINGS, "{2}\r\n   {2}\r\n  ", "<  ><  >" },
	{ SHAPE_STRINGS, "{0}\r\n {0}\r\n", "<><>" },
	{ SHAPE_STRINGS, "x {0}\r\n  ", "<x><>" },
	{ SHAPE_STRINGS, "{1}\r\nab", "!Missing space between arguments" },
	{ SHAPE_STRINGS, "({1}\r\na)",
	  "!Missing space between arguments" },
	{ SHAPE_STRINGS, "\"a({1}\r\nb\" c", "!Quoted string isn't closed" },

	{ SHAPE_ATOMS, "", "" },
	{ SHAPE_ATOMS, "1:3  +FLAGS \\Seen", "<1:3><+FLAGS><\\Seen>" },
	{ SHAPE_ATOMS, "a) (b", "<a)><(b>" },
	{ SHAPE_ATOMS, "\"a\"", "!Unexpected quoted string" },
	{ SHAPE_ATOMS, "a\"b\"", "!Misplaced quote or brace" },
	{ SHAPE_ATOMS, "{a}", "!Misplaced quote or brace" },
	{ SHAPE_ATOMS, "a {1}\r\nb", "<a>!Unexpected literal" },

	{ SHAPE_LIST, "", "!Missing argument" },
	{ SHAPE_LIST, "  ", "!Missing argument" },
	{ SHAPE_LIST, "ALL", "<ALL>" },
	{ SHAPE_LIST, " ALL ", "<ALL>" },
	{ SHAPE_LIST, "(A)", "(<A>)" },
	{ SHAPE_LIST, "(A B C)", "(<A><B><C>)" },
	{ SHAPE_LIST, "( A  B )  ", "(<A><B>)" },
	{ SHAPE_LIST, "()", "()" },
	{ SHAPE_LIST, "( )", "()" },
	{ SHAPE_LIST, "A)", "<A)>" },
	{ SHAPE_LIST, "A(B)", "<A(B)>" },
	{ SHAPE_LIST, "(A B", "!List isn't closed" },
	{ SHAPE_LIST, "(A ", "!List isn't closed" },
	{ SHAPE_LIST, "(", "!List isn't closed" },
	{ SHAPE_LIST, "((A) B)", "!Unexpected list in a list" },
	{ SHAPE_LIST, "(A(B)", "!Unexpected list in a list" },
	{ SHAPE_LIST, "(A \"B\")", "!Unexpected string in a list" },
	{ SHAPE_LIST, "(A{B)", "!Unexpected string in a list" },
	{ SHAPE_LIST, "({1}\r\nA)", "!Unexpected literal in a list" },
	{ SHAPE_LIST, "(A {1}\r\nB)", "!Unexpected literal in a list" },
	{ SHAPE_LIST, "(A)B", "!Missing space between arguments" },
	{ SHAPE_LIST, "(A))", "!Missing space between arguments" },
	{ SHAPE_LIST, "(A) B", "(<A>)!Unexpected argument" },
	{ SHAPE_LIST, "A B", "<A>!Unexpected argument" },
	{ SHAPE_LIST, "A {0}\r\n", "<A>!Unexpected argument" },
	{ SHAPE_LIST, "{1}\r\nA", "!Unexpected literal" },
	{ SHAPE_LIST, "\"A\"", "!Unexpected quoted string" },

	{ SHAPE_NESTED, "(A B)", "<A><B>" },
	{ SHAPE_NESTED, "()", "" },
	{ SHAPE_NESTED, "A", "!Not a list" },
	{ SHAPE_NESTED, "(L (a B) C)", "<L>(<a><B>)<C>" },
	{ SHAPE_NESTED, "(A L ( a ) )", "<A><L>(<a>)" },
	{ SHAPE_NESTED, "(L (\"a b\" {3}\r\n)\"( c) L (\"d\"))",
	  "<L>(<a b><)\"(><c>)<L>(<d>)" },
	{ SHAPE_NESTED, "(L ({1}\r\na))", "<L>(<a>)" },
	{ SHAPE_NESTED, "(L a)", "<L>!Missing list" },
	{ SHAPE_NESTED, "(L)", "<L>!Missing list" },
	{ SHAPE_NESTED, "(L {1}\r\na)", "<L>!Missing list" },
	{ SHAPE_NESTED, "(L ())", "<L>!List is empty" },
	{ SHAPE_NESTED, "(L (a)", "<L>(<a>)!List isn't closed" },
	{ SHAPE_NESTED, "(L (a", "<L>!List isn't closed" },
	{ SHAPE_NESTED, "(L (a {0}\r\n", "<L>!List isn't closed" },
	{ SHAPE_NESTED, "(L (a)b)", "<L>!Missing space between arguments" },
	{ SHAPE_NESTED, "(L (\"a\"b))", "<L>!Missing space between arguments" },
	{ SHAPE_NESTED, "(L ({1}\r\nab))",
	  "<L>!Missing space between arguments" },
	{ SHAPE_NESTED, "(L (a(b)))", "<L>!Unexpected list in a list" },
	{ SHAPE_NESTED, "(L (\"a))", "<L>!Quoted string isn't closed" },
	{ SHAPE_NESTED, "(L (a)) B", "<L>(<a>)!Unexpected argument" },
};

/* Let the parser frame "t X input". */
static struct imap2_parser *
args_create(const char *input, struct imap2_args *args_r)
{
	struct imap2_parser *parser = imap2_parser_create(4096);
	const char *line = t_strdup_printf("t X %s\r\n", input);
	const unsigned char *data = (const unsigned char *)line;
	enum imap2_parse_result result;
	size_t size = strlen(line), used;

	do {
		result = imap2_parser_feed(parser, data, size, &used);
		data += used;
		size -= used;
	} while (result == IMAP2_PARSE_LITERAL);
	i_assert(result == IMAP2_PARSE_COMMAND);
	i_assert(size == 0);
	(void)imap2_parser_command(parser, args_r);
	return parser;
}

static int
read_string(struct imap2_args *args, enum shape shape, string_t *result,
	    const char **error_r)
{
	const char *str;
	int ret;

	if (shape == SHAPE_STRINGS)
		ret = imap2_args_string(args, &str, error_r);
	else
		ret = imap2_args_atom(args, &str, error_r);
	if (ret == 0)
		str_printfa(result, "<%s>", str);
	return ret;
}

static int
read_list(struct imap2_args *args, string_t *result, const char **error_r)
{
	const char *const *atoms;
	bool is_list;

	if (imap2_args_atom_list(args, &atoms, &is_list, error_r) < 0)
		return -1;
	if (is_list)
		str_append_c(result, '(');
	for (; *atoms != NULL; atoms++)
		str_printfa(result, "<%s>", *atoms);
	if (is_list)
		str_append_c(result, ')');
	return imap2_args_end(args, error_r);
}

static int
read_nested(struct imap2_args *args, string_t *result, const char **error_r)
{
	const char *atom, *const *strings;
	int ret;

	if (!imap2_args_list_open(args)) {
		*error_r = "Not a list";
		args->pos = args->size;
		return -1;
	}
	while ((ret = imap2_args_list_next(args, &atom, error_r)) > 0) {
		str_printfa(result, "<%s>", atom);
		if (strcmp(atom, "L") != 0)
			continue;
		if (imap2_args_string_list(args, &strings, error_r) < 0)
			return -1;
		str_append_c(result, '(');
		for (; *strings != NULL; strings++)
			str_printfa(result, "<%s>", *strings);
		str_append_c(result, ')');
	}
	return ret < 0 ? -1 : imap2_args_end(args, error_r);
}

static const char *read_args(struct imap2_args *args, enum shape shape)
{
	string_t *result = t_str_new(64);
	const char *error;
	int ret = 0;

	if (shape == SHAPE_LIST)
		ret = read_list(args, result, &error);
	else if (shape == SHAPE_NESTED)
		ret = read_nested(args, result, &error);
	else while (ret == 0 && !imap2_args_at_end(args))
		ret = read_string(args, shape, result, &error);
	if (ret < 0)
		str_printfa(result, "!%s", error);
	/* After an error the cursor is spent. */
	test_assert(imap2_args_at_end(args));
	return str_c(result);
}

static void test_args_cases(void)
{
	struct imap2_parser *parser;
	struct imap2_args args;
	unsigned int i;

	test_begin("args: cases");
	for (i = 0; i < N_ELEMENTS(args_cases); i++) {
		parser = args_create(args_cases[i].input, &args);
		test_assert_strcmp_idx(read_args(&args, args_cases[i].shape),
				       args_cases[i].result, i);
		imap2_parser_destroy(&parser);
	}
	test_end();
}

static void test_args_missing(void)
{
	struct imap2_parser *parser;
	struct imap2_args args;
	const char *str, *error;

	test_begin("args: missing and surplus");
	parser = args_create("one ", &args);
	test_assert(imap2_args_string(&args, &str, &error) == 0);
	test_assert(imap2_args_end(&args, &error) == 0);
	test_assert(imap2_args_string(&args, &str, &error) < 0);
	test_assert_strcmp(error, "Missing argument");
	test_assert(imap2_args_atom(&args, &str, &error) < 0);
	test_assert_strcmp(error, "Missing argument");
	imap2_parser_destroy(&parser);

	parser = args_create("one two", &args);
	test_assert(imap2_args_string(&args, &str, &error) == 0);
	test_assert(imap2_args_end(&args, &error) < 0);
	test_assert_strcmp(error, "Unexpected argument");
	imap2_parser_destroy(&parser);
	test_end();
}

static void test_args_human(void)
{
	static const struct {
		const char *input, *human;
	} tests[] = {
		{ "", "" },
		{ "1:3 (FLAGS)", "1:3 (FLAGS)" },
		{ "a {6}\r\nse\ncre \"b\"", "a {6} \"b\"" },
		{ "{0}\r\n {1}\r\nx", "{0} {1}" },
		{ "a\tb\x1b[2J", "a?b?[2J" }
	};
	struct imap2_parser *parser;
	struct imap2_args args;
	const char *str, *error;
	unsigned int i;

	test_begin("args: human");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		parser = args_create(tests[i].input, &args);
		test_assert_strcmp_idx(imap2_args_human(&args),
				       tests[i].human, i);
		imap2_parser_destroy(&parser);
	}

	/* Bounded, and the cursor isn't moved. */
	parser = args_create(t_strdup_printf("first %0400d {3}\r\nabc", 0),
			     &args);
	test_assert(imap2_args_string(&args, &str, &error) == 0);
	test_assert(strlen(imap2_args_human(&args)) <= 200);
	test_assert(imap2_args_string(&args, &str, &error) == 0);
	test_assert(strlen(str) == 400);
	test_assert(imap2_args_string(&args, &str, &error) == 0);
	test_assert_strcmp(str, "abc");
	imap2_parser_destroy(&parser);
	test_end();
}

int main(void)
{
	static void (*const test_functions[])(void) = {
		test_args_cases,
		test_args_missing,
		test_args_human,
		NULL
	};
	return test_run(test_functions);
}
