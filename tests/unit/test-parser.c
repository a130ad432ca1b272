/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Framing of commands (RFC 1176 p.9, p.21, p.28): each case is fed whole,
   octet by octet, and cut in two at every place. */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "proto/args.h"
#include "proto/parser.h"

#define MAX_SIZE 64

#define INPUT(str) str, sizeof(str) - 1

/* What the parser says is written down as
     +                     literal announced
     [tag|COMMAND|arg|arg] a command; an error in its arguments as !error
     [tag BAD error]       a refused command, tag "*" when there's none
     <tag|APPEND|arg:n>    a literal of n octets is left to the caller
     ~                     the input ended inside of a command

   That caller takes the literal and writes it down, unless the first argument
   is "skip", "half" or "cancel". */
struct parser_case {
	const char *input;
	size_t size;
	const char *trace;
};

static const struct parser_case parser_cases[] = {
	/* literals that are left to the caller */
	{ INPUT("a APPEND box {5}\r\nhello\r\nb NOOP\r\n"),
	  "<a|APPEND|box:5>hello[*|APPEND][b|NOOP]" },
	{ INPUT("a append {3}\r\nbox (x) {5}\r\nhello\nb NOOP\r\n"),
	  "+<a|APPEND|box|(x):5>hello[*|APPEND][b|NOOP]" },
	{ INPUT("a APPEND  {3}\r\nb x {2}\r\n\r\n\r\nb NOOP\r\n"),
	  "+<a|APPEND|b x:2>\r\n[*|APPEND][b|NOOP]" },
	{ INPUT("a APPEND box {0}\r\n\r\n"),
	  "<a|APPEND|box:0>[*|APPEND]" },
	{ INPUT("a APPEND box {100}\r\nhello"), "<a|APPEND|box:100>hello~" },
	{ INPUT("a APPEND box {2147483647}\r\nx"),
	  "<a|APPEND|box:2147483647>x~" },
	{ INPUT("a APPEND box {2147483648}\r\nb NOOP\r\n"),
	  "[a BAD Literal is too large][b|NOOP]" },
	{ INPUT("a APPEND box {5}\r\nhellox y\r\nb NOOP\r\n"),
	  "<a|APPEND|box:5>hello[*|APPEND|x|y][b|NOOP]" },
	{ INPUT("a APPEND box {2}\r\nhi {3}\r\nbye {1}\r\nx\r\nb NOOP\r\n"),
	  "<a|APPEND|box:2>hi++[* BAD Unexpected literal][b|NOOP]" },
	{ INPUT("a APPEND box {2}\r\nhi{3}\r\nb NOOP\r\n"),
	  "<a|APPEND|box:2>hi[*|APPEND!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a APPEND box {2}\r\nhi\0\r\nb NOOP\r\n"),
	  "<a|APPEND|box:2>hi[* BAD NUL character in command][b|NOOP]" },
	{ INPUT("a APPEND skip {9}\r\nx NOOP\r\n\n\r\nb NOOP\r\n"),
	  "<a|APPEND|skip:9>[b|NOOP]" },
	{ INPUT("a APPEND skip {3}\r\nxyz and {6}\r\n1 NOOP\r\nb NOOP\r\n"),
	  "<a|APPEND|skip:3>+[b|NOOP]" },
	{ INPUT("a APPEND half {8}\r\n\nx NOOP\n\r\nb NOOP\r\n"),
	  "<a|APPEND|half:8>\nx N[b|NOOP]" },
	{ INPUT("a APPEND cancel {8}\r\nb NOOP\r\n"),
	  "<a|APPEND|cancel:8>[b|NOOP]" },
	/* and those that aren't */
	{ INPUT("a APPEND {3}\r\nbox\r\n"), "+[a|APPEND|box]" },
	{ INPUT("a APPEND {0}\r\n {1}\r\nx\r\n"), "++[a|APPEND||x]" },
	{ INPUT("a APPENDS box {1}\r\nx\r\n"), "+[a|APPENDS|box|x]" },
	{ INPUT("APPEND x {1}\r\nx\r\n"), "+[APPEND|X|x]" },
	/* Tag or command word of literals: none */
	{ INPUT("a {11}\r\nAPPEND box  {1}\r\nx\r\nb NOOP\r\n"),
	  "++[a BAD Missing command][b|NOOP]" },
	{ INPUT("a {3}\r\nAPPEND box {1}\r\nx\r\nb NOOP\r\n"),
	  "++[a BAD Missing command][b|NOOP]" },
	{ INPUT("a({1}\r\n  APPEND box {1}\r\nx\r\nb NOOP\r\n"),
	  "++[* BAD Literal in place of a tag][b|NOOP]" },
	{ INPUT("a APPEND({1}\r\n  box {1}\r\nx\r\nb NOOP\r\n"),
	  "++[a BAD Missing command][b|NOOP]" },
	{ INPUT("a APPEND {0}\r\n box {1}\r\nx\r\n"),
	  "+<a|APPEND||box:1>x[*|APPEND]" },
	{ INPUT("a APPEND box{1}\r\nb NOOP\r\n"),
	  "[a|APPEND!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a APPEND box {1+}\r\nx\r\nb NOOP\r\n"),
	  "[a BAD Literal size isn't a number][b|NOOP]" },
	{ INPUT("* APPEND box {1}\r\nx\r\nb NOOP\r\n"),
	  "+[* BAD Tag is reserved for the server's responses][b|NOOP]" },
	{ INPUT("a APPEND b\0x {1}\r\nx\r\nb NOOP\r\n"),
	  "+[a BAD NUL character in command][b|NOOP]" },

	/* line ends */
	{ INPUT("a NOOP\r\n"), "[a|NOOP]" },
	{ INPUT("a NOOP\n"), "[a|NOOP]" },
	{ INPUT("a NOOP\r\nb NOOP\nc NOOP"), "[a|NOOP][b|NOOP]~" },
	{ INPUT("a NOOP\r"), "~" },
	{ INPUT("a NO\rOP\r\nb NOOP\r\n"),
	  "[a BAD CR character in command][b|NOOP]" },
	{ INPUT("a NOOP\r\r\nb NOOP\r\n"),
	  "[a BAD CR character in command][b|NOOP]" },
	{ INPUT("a LOGIN x {1}\r\r\nb NOOP\r\n"),
	  "[a BAD CR character in command][b|NOOP]" },
	{ INPUT(""), "" },
	/* NUL */
	{ INPUT("a NO\0OP\r\nb NOOP\r\n"),
	  "[a BAD NUL character in command][b|NOOP]" },
	{ INPUT("a\0b NOOP\r\n"), "[* BAD NUL character in command]" },
	{ INPUT("\0\r\n"), "[* BAD NUL character in command]" },
	{ INPUT("a LOGIN x {3}\r\na\0b\r\n"),
	  "+[a|LOGIN|x!NUL character in a literal]" },
	{ INPUT("a LOGIN\0 x {3}\r\nabc\r\nb NOOP\r\n"),
	  "+[a BAD NUL character in command][b|NOOP]" },
	{ INPUT("a LOGIN x \0{3}\r\nb NOOP\r\n"),
	  "[a BAD NUL character in command][b|NOOP]" },
	/* tags */
	{ INPUT("\r\n"), "[* BAD Null command]" },
	{ INPUT("\n"), "[* BAD Null command]" },
	{ INPUT(" NOOP\r\n"),
	  "[* BAD Command begins with a space instead of a tag]" },
	{ INPUT(" \r\n"),
	  "[* BAD Command begins with a space instead of a tag]" },
	{ INPUT("a\r\n"), "[a BAD Missing command]" },
	{ INPUT("a \r\n"), "[a BAD Missing command]" },
	{ INPUT("a   \r\n"), "[a BAD Missing command]" },
	{ INPUT("a[1] NOOP\r\n"), "[a[1]|NOOP]" },
	{ INPUT("{5} NOOP\r\n"), "[{5}|NOOP]" },
	{ INPUT("{5}\r\n"), "[{5} BAD Missing command]" },
	{ INPUT("\"x NOOP\r\n"), "[\"x|NOOP]" },
	{ INPUT("** NOOP\r\n"), "[**|NOOP]" },
	{ INPUT("%(\\) NOOP\r\n"), "[%(\\)|NOOP]" },
	{ INPUT("* NOOP\r\n"),
	  "[* BAD Tag is reserved for the server's responses]" },
	{ INPUT("+ NOOP\r\n"),
	  "[* BAD Tag is reserved for the server's responses]" },
	{ INPUT("*\r\n"),
	  "[* BAD Tag is reserved for the server's responses]" },
	{ INPUT("\xe9 NOOP\r\n"),
	  "[* BAD Tag has characters other than printable ASCII]" },
	{ INPUT("a\tb NOOP\r\n"),
	  "[* BAD Tag has characters other than printable ASCII]" },
	{ INPUT("a\x7f NOOP\r\n"),
	  "[* BAD Tag has characters other than printable ASCII]" },
	{ INPUT("x({1}\r\na b\r\nb NOOP\r\n"),
	  "+[* BAD Literal in place of a tag][b|NOOP]" },
	/* command words */
	{ INPUT("a noop\r\n"), "[a|NOOP]" },
	{ INPUT("a   NoOp  \r\n"), "[a|NOOP]" },
	{ INPUT("a \"x\" y\r\n"), "[a|\"X\"|y]" },
	{ INPUT("a {4}\r\nNOOP\r\nb NOOP\r\n"),
	  "+[a BAD Missing command][b|NOOP]" },
	{ INPUT("a {0}\r\n NOOP\r\nb NOOP\r\n"),
	  "+[a BAD Missing command][b|NOOP]" },
	{ INPUT("a NOOP({0}\r\n\r\nb NOOP\r\n"),
	  "+[a BAD Missing command][b|NOOP]" },
	{ INPUT("a NOOP({1}\r\n \r\nb NOOP\r\n"),
	  "+[a BAD Missing command][b|NOOP]" },
	{ INPUT("a NOOP({1}\r\nx\r\nb NOOP\r\n"),
	  "+[a BAD Missing command][b|NOOP]" },
	/* literals */
	{ INPUT("a LOGIN {5}\r\nleg92 {6}\r\nsecret\r\nb NOOP\r\n"),
	  "++[a|LOGIN|leg92|secret][b|NOOP]" },
	{ INPUT("a LOGIN {3}\nu\r\n {4}\np\r\n \r\n"),
	  "++[a|LOGIN|u\r\n|p\r\n ]" },
	{ INPUT("a LOGIN {0}\r\n {0}\r\n\r\nb NOOP\r\n"),
	  "++[a|LOGIN||][b|NOOP]" },
	{ INPUT("a LOGIN {0}\r\n\r\n"), "+[a|LOGIN|]" },
	{ INPUT("a LOGIN {000000000000000000000000003}\r\nabc\r\n"),
	  "+[a|LOGIN|abc]" },
	{ INPUT("a LOGIN x {12}\r\nb SELECT x\r\n\r\nc NOOP\r\n"),
	  "+[a|LOGIN|x|b SELECT x\r\n][c|NOOP]" },
	{ INPUT("a X ({3}\r\nabc)\r\nb NOOP\r\n"),
	  "+[a|X!Missing space between arguments][b|NOOP]" },
	{ INPUT("a X {1}\r\na{1}\r\nb NOOP\r\n"),
	  "+[a|X!Missing space between arguments][b|NOOP]" },
	{ INPUT("a X \"b {1}\r\nc\" d\r\nb NOOP\r\n"),
	  "+[a|X!Quoted string isn't closed][b|NOOP]" },
	{ INPUT("a X {3}"), "~" },
	{ INPUT("a X {3}\r\n"), "+~" },
	{ INPUT("a X {3}\r\nab"), "+~" },
	{ INPUT("a X {3}\r\nabc"), "+~" },
	/* what looks like a literal but isn't one */
	{ INPUT("a X y{3}\r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a X {3} \r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a X {}\r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a X {x}\r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a X {-1}\r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a X {+}\r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a X {3\r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a X {3}}\r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a X {{3}\r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a X {3 3}\r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	{ INPUT("a X \"{3}\"\r\nb NOOP\r\n"), "[a|X|{3}][b|NOOP]" },
	/* a non-synchronizing literal is swallowed unasked */
	{ INPUT("a X {6+}\r\nb NOOP\r\nc NOOP\r\n"),
	  "[a BAD Literal size isn't a number][c|NOOP]" },
	{ INPUT("a X {8+}\r\nb NOOP\r\n {1}\r\nx\r\nc NOOP\r\n"),
	  "+[a BAD Literal size isn't a number][c|NOOP]" },
	{ INPUT("a X {6++}\r\nb NOOP\r\n"),
	  "[a|X!Misplaced quote or brace][b|NOOP]" },
	/* too large to be sent: no literal follows */
	{ INPUT("a X {2147483648}\r\nb NOOP\r\n"),
	  "[a BAD Literal is too large][b|NOOP]" },
	{ INPUT("a X {4294967296}\r\nb NOOP\r\n"),
	  "[a BAD Literal is too large][b|NOOP]" },
	{ INPUT("a X {21474836470}\r\nb NOOP\r\n"),
	  "[a BAD Literal is too large][b|NOOP]" },
	{ INPUT("a X {18446744073709551617}\r\nb NOOP\r\n"),
	  "[a BAD Literal is too large][b|NOOP]" },
	{ INPUT("a X {99999999999+}\r\nb NOOP\r\n"),
	  "[a BAD Literal is too large][b|NOOP]" },
	{ INPUT("a X {2147483647}\r\nb NOOP\r\n"), "+~" },
	/* limits: MAX_SIZE octets are the most */
	{ INPUT("a X 345678901234567890123456789012345678901234567890123456789"
		"012\r\nb NOOP\r\n"),
	  "[a|X|345678901234567890123456789012345678901234567890123456789"
	  "012][b|NOOP]" },
	{ INPUT("a X 345678901234567890123456789012345678901234567890123456789"
		"0123\r\nb NOOP\r\n"),
	  "[a BAD Command is too long][b|NOOP]" },
	{ INPUT("a LOGIN x {50}\r\n"
		"12345678901234567890123456789012345678901234567890\r\n"),
	  "+[a|LOGIN|x|12345678901234567890123456789012345678901234567890]" },
	{ INPUT("a LOGIN x {51}\r\n"
		"123456789012345678901234567890123456789012345678901\r\n"
		"b NOOP\r\n"),
	  "+[a BAD Command is too long][b|NOOP]" },
	{ INPUT("a LOGIN x {50}\r\n"
		"12345678901234567890123456789012345678901234567890x\r\n"
		"b NOOP\r\n"),
	  "+[a BAD Command is too long][b|NOOP]" },
	{ INPUT("a234567890123456789012345678901234567890123456789012345678901"
		"23456789 NOOP\r\nb NOOP\r\n"),
	  "[* BAD Command is too long][b|NOOP]" },
	/* a literal is found at the end of a line too long to be stored */
	{ INPUT("a X 345678901234567890123456789012345678901234567890123456789"
		"0123456789 {6}\r\nb BAD\n\r\nc NOOP\r\n"),
	  "+[a BAD Command is too long][c|NOOP]" },
	{ INPUT("a X 345678901234567890123456789012345678901234567890123456789"
		"01 {6}\r\nb BAD\n {1}\r\nx\r\nc NOOP\r\n"),
	  "++[a BAD Command is too long][c|NOOP]" },
	{ INPUT("a X {100}\r\n"
		"12345678901234567890123456789012345678901234567890"
		"1234567890123456789012345678901234567890b NOOP\r\n\r\n"
		" {2}\r\nxx\r\nc NOOP\r\n"),
	  "++[a BAD Command is too long][c|NOOP]" }
};

static void trace_args(string_t *trace, struct imap2_args *args)
{
	const char *str, *error;

	while (!imap2_args_at_end(args)) {
		if (imap2_args_string(args, &str, &error) < 0)
			str_printfa(trace, "!%s", error);
		else
			str_printfa(trace, "|%s", str);
	}
}

/* How much of a literal the test will take, and whether it then gives up. */
static uint32_t stream_left, stream_rest;

static void stream_finish(struct imap2_parser *parser)
{
	if (stream_rest > 0)
		imap2_parser_stream_skip(parser, stream_rest);
	else
		imap2_parser_stream_end(parser);
}

static void stream_begin(struct imap2_parser *parser, const char *name)
{
	uint32_t size = imap2_parser_stream_size(parser);

	stream_rest = strcmp(name, "skip") == 0 ? size :
		strcmp(name, "half") == 0 ? size / 2 : 0;
	stream_left = size - stream_rest;
	if (strcmp(name, "cancel") == 0) {
		imap2_parser_stream_cancel(parser);
		stream_left = 0;
	} else if (stream_left == 0) {
		stream_finish(parser);
	}
}

static void trace_stream(string_t *trace, struct imap2_parser *parser)
{
	struct imap2_args args, first;
	const char *name, *error;

	test_assert(imap2_parser_is_streaming(parser));
	str_printfa(trace, "<%s|%s", imap2_parser_tag(parser),
		    imap2_parser_command(parser, &args));
	first = args;
	trace_args(trace, &args);
	str_printfa(trace, ":%u>", imap2_parser_stream_size(parser));
	test_assert(imap2_args_string(&first, &name, &error) == 0);
	stream_begin(parser, name);
	test_assert(imap2_parser_is_streaming(parser) == (stream_left > 0));
}

/* Returns how many octets were taken. */
static size_t trace_stream_octets(string_t *trace, struct imap2_parser *parser,
				  const unsigned char *data, size_t size)
{
	size = I_MIN(size, stream_left);
	str_append_data(trace, data, size);
	stream_left -= size;
	if (stream_left == 0)
		stream_finish(parser);
	return size;
}

static void trace_result(string_t *trace, struct imap2_parser *parser,
			 enum imap2_parse_result result)
{
	const char *tag = imap2_parser_tag(parser);
	struct imap2_args args;

	switch (result) {
	case IMAP2_PARSE_MORE:
		break;
	case IMAP2_PARSE_LITERAL:
		str_append_c(trace, '+');
		break;
	case IMAP2_PARSE_STREAM:
		trace_stream(trace, parser);
		break;
	case IMAP2_PARSE_COMMAND:
		str_printfa(trace, "[%s|%s", tag == NULL ? "*" : tag,
			    imap2_parser_command(parser, &args));
		trace_args(trace, &args);
		str_append_c(trace, ']');
		break;
	case IMAP2_PARSE_BAD:
		str_printfa(trace, "[%s BAD %s]", tag == NULL ? "*" : tag,
			    imap2_parser_error(parser));
		break;
	}
}

/* Every piece is copied to memory of its exact size, so that reading beyond
   it is seen by the memory checkers. */
static void feed_piece(struct imap2_parser *parser, const char *input,
		       size_t size, string_t *trace)
{
	unsigned char *piece = i_malloc(size + 1), *data;
	enum imap2_parse_result result;
	size_t used;

	data = piece + 1;
	memcpy(data, input, size);
	while (size > 0) {
		if (stream_left > 0) {
			used = trace_stream_octets(trace, parser, data, size);
		} else {
			result = imap2_parser_feed(parser, data, size, &used);
			test_assert(used > 0 && used <= size);
			test_assert(used == size ||
				    result != IMAP2_PARSE_MORE);
			trace_result(trace, parser, result);
		}
		data += used;
		size -= used;
	}
	i_free(piece);
}

static const char *
trace_pieces(const char *input, size_t size, size_t first, size_t rest)
{
	struct imap2_parser *parser = imap2_parser_create(MAX_SIZE);
	string_t *trace = t_str_new(128);
	size_t pos, len;

	imap2_parser_set_streamed(parser, "APPEND");
	stream_left = 0;
	test_assert(imap2_parser_is_idle(parser));
	for (pos = 0; pos < size; pos += len) {
		len = I_MIN(pos == 0 ? first : rest, size - pos);
		feed_piece(parser, input + pos, len, trace);
	}
	if (!imap2_parser_is_idle(parser))
		str_append_c(trace, '~');
	imap2_parser_destroy(&parser);
	test_assert(parser == NULL);
	return str_c(trace);
}

static void test_parser_cases(void)
{
	unsigned int i;
	size_t split;

	test_begin("parser: cases, whole and in pieces");
	for (i = 0; i < N_ELEMENTS(parser_cases); i++) {
		const struct parser_case *test = &parser_cases[i];

		test_assert_strcmp_idx(
			trace_pieces(test->input, test->size, SIZE_MAX, 0),
			test->trace, i);
		test_assert_strcmp_idx(
			trace_pieces(test->input, test->size, 1, 1),
			test->trace, i);
		for (split = 1; split < test->size; split++) T_BEGIN {
			test_assert_strcmp_idx(
				trace_pieces(test->input, test->size, split,
					     SIZE_MAX), test->trace, i);
		} T_END;
	}
	test_end();
}

static void test_parser_tag_length(void)
{
	struct imap2_parser *parser = imap2_parser_create(1024);
	string_t *line = t_str_new(256), *trace = t_str_new(256);
	unsigned int i;

	test_begin("parser: tag length");
	for (i = 0; i < IMAP2_MAX_TAG_LEN; i++)
		str_append_c(line, 'x');
	str_append(line, " NOOP\r\n");
	feed_piece(parser, str_c(line), str_len(line), trace);
	test_assert(strlen(imap2_parser_tag(parser)) == IMAP2_MAX_TAG_LEN);
	test_assert(strncmp(str_c(trace) + 1 + IMAP2_MAX_TAG_LEN,
			    "|NOOP]", 6) == 0);

	str_truncate(trace, 0);
	str_insert(line, 0, "x");
	feed_piece(parser, str_c(line), str_len(line), trace);
	test_assert_strcmp(str_c(trace), "[* BAD Tag is too long]");
	imap2_parser_destroy(&parser);
	test_end();
}

static void test_parser_endless_line(void)
{
	struct imap2_parser *parser = imap2_parser_create(1024);
	string_t *trace = t_str_new(128);
	char chunk[8192];
	unsigned int i;

	test_begin("parser: endless line and literal");
	memset(chunk, 'x', sizeof(chunk));
	feed_piece(parser, INPUT("a LOGIN "), trace);
	for (i = 0; i < 2000; i++)
		feed_piece(parser, chunk, sizeof(chunk), trace);
	feed_piece(parser, INPUT(" {16384000}\r\n"), trace);
	test_assert_strcmp(str_c(trace), "+");
	for (i = 0; i < 2000; i++)
		feed_piece(parser, chunk, 8192, trace);
	test_assert_strcmp(str_c(trace), "+");
	feed_piece(parser, INPUT("\r\nb NOOP\r\n"), trace);
	test_assert_strcmp(str_c(trace),
			   "+[a BAD Command is too long][b|NOOP]");
	imap2_parser_destroy(&parser);
	test_end();
}

static void test_parser_many_literals(void)
{
	struct imap2_parser *parser = imap2_parser_create(65536);
	string_t *trace = t_str_new(1024);
	const char *bad;
	unsigned int i;

	test_begin("parser: many literals");
	feed_piece(parser, INPUT("a X"), trace);
	for (i = 0; i < 256; i++)
		feed_piece(parser, INPUT(" {0}\r\n"), trace);
	feed_piece(parser, INPUT("\r\n"), trace);
	test_assert(strstr(str_c(trace), "+[a|X|||") != NULL);

	str_truncate(trace, 0);
	feed_piece(parser, INPUT("a X"), trace);
	for (i = 0; i < 257; i++)
		feed_piece(parser, INPUT(" {0}\r\n"), trace);
	feed_piece(parser, INPUT("\r\nb NOOP\r\n"), trace);
	bad = strchr(str_c(trace), '[');
	test_assert(bad == str_c(trace) + 257);
	test_assert_strcmp(bad, "[a BAD Too many literals][b|NOOP]");
	imap2_parser_destroy(&parser);
	test_end();
}

static void test_parser_wipe(void)
{
	struct imap2_parser *parser = imap2_parser_create(1024);
	struct imap2_args args;
	const unsigned char *text;
	size_t used, size, i;

	test_begin("parser: a used command is wiped");
	test_assert(imap2_parser_feed(parser, (const unsigned char *)
				      "a LOGIN user secret\r\n", 21, &used) ==
		    IMAP2_PARSE_COMMAND);
	(void)imap2_parser_command(parser, &args);
	text = args.data;
	size = args.size;
	test_assert(size == 11 && memcmp(text, "user secret", size) == 0);

	/* A small command's memory is kept for the next one, so looking at it
	   is allowed. */
	test_assert(imap2_parser_feed(parser, (const unsigned char *)"b", 1,
				      &used) == IMAP2_PARSE_MORE);
	for (i = 0; i < size; i++)
		test_assert_idx(text[i] == '\0', i);

	test_assert(imap2_parser_feed(parser, (const unsigned char *)
				      " LOGIN user secret\r\n", 20, &used) ==
		    IMAP2_PARSE_COMMAND);
	(void)imap2_parser_command(parser, &args);
	test_assert(args.data == text && memcmp(text, "user", 4) == 0);
	imap2_parser_wipe(parser);
	for (i = 0; i < size; i++)
		test_assert_idx(text[i] == '\0', i);
	test_assert(imap2_parser_is_idle(parser));
	test_assert(imap2_parser_tag(parser) == NULL);
	imap2_parser_destroy(&parser);
	test_end();
}

int main(void)
{
	static void (*const test_functions[])(void) = {
		test_parser_cases,
		test_parser_tag_length,
		test_parser_endless_line,
		test_parser_many_literals,
		test_parser_wipe,
		NULL
	};
	return test_run(test_functions);
}
