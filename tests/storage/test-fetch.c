/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* What IMAP2bis adds to FETCH, and MacMS's ENVELOPE, on a real mailbox of each
   storage format. */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "harness.h"

#define RECEIVED_TIME 631238400 /* 2-Jan-1990 00:00:00 UTC */

static const char *const message_parts =
	"From: a@x.example\r\n"
	"Subject: parts\r\n"
	"MIME-Version: 1.0\r\n"
	"Content-Type: multipart/mixed; boundary=\"b 1\"\r\n"
	"\r\n"
	"--b 1\r\n"
	"Content-Type: Text/Plain; Charset=us-ascii\r\n"
	"\r\n"
	"first\r\n"
	"--b 1\r\n"
	"Content-Type: message/rfc822\r\n"
	"Content-Description: 100% inner\r\n"
	"\r\n"
	"From: b@y.example\r\n"
	"Subject: inner \"quoted\"\r\n"
	"\r\n"
	"inner text\r\n"
	"--b 1\r\n"
	"Content-Type: application/octet-stream; name=\"a\\\"b.bin\"\r\n"
	"Content-Transfer-Encoding: base64\r\n"
	"Content-ID: <c@x>\r\n"
	"\r\n"
	"AAECAw==\r\n"
	"--b 1--\r\n";
static const char *const message_plain =
	"Date: Tue, 2 Jan 90 00:00:00 GMT\n"
	"From: ann@example.org\n"
	"Subject: lunch\n"
	"To: fred@example.com\n"
	"subject: again\n"
	"\n"
	"Body of b\n";

static bool begins_with(const char *str, const char *prefix)
{
	return strncmp(str, prefix, strlen(prefix)) == 0;
}

static void select_messages(struct harness *harness)
{
	const char *tagged;

	harness_save(harness, "INBOX", message_parts, MAIL_SEEN, NULL,
		     RECEIVED_TIME);
	harness_save(harness, "INBOX", message_plain, 0, NULL, RECEIVED_TIME);
	(void)harness_cmd(harness, "SELECT INBOX", &tagged);
	test_assert_strcmp(tagged, "OK [READ-WRITE] SELECT completed");
}

static void test_body_on(struct harness *harness)
{
	select_messages(harness);
	expect(harness, "FETCH 1 BODY",
	       "* 1 FETCH (BODY ("
	       "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL "
	       "\"7BIT\" 5 0)"
	       "(\"MESSAGE\" \"RFC822\" NIL NIL {10}\r\n100% inner \"7BIT\" "
	       "56 (NIL {14}\r\ninner \"quoted\" "
	       "((NIL NIL \"b\" \"y.example\")) "
	       "((NIL NIL \"b\" \"y.example\")) "
	       "((NIL NIL \"b\" \"y.example\")) NIL NIL NIL NIL NIL) "
	       "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL "
	       "\"7BIT\" 10 0) 3)"
	       "(\"APPLICATION\" \"OCTET-STREAM\" (\"NAME\" {7}\r\na\"b.bin) "
	       "\"<c@x>\" NIL \"BASE64\" 8)"
	       " \"MIXED\"))\r\n", "OK FETCH completed");
	/* Again, from the cache. */
	expect(harness, "FETCH 2 (BODY FLAGS)",
	       "* 2 FETCH (BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" "
	       "\"US-ASCII\") NIL NIL \"7BIT\" 11 1) FLAGS (\\Recent))\r\n",
	       "OK FETCH completed");
	expect(harness, "FETCH 2 FULL",
	       "* 2 FETCH (FLAGS (\\Recent) "
	       "INTERNALDATE \" 2-Jan-90 00:00:00-GMT\" RFC822.SIZE 124 "
	       "ENVELOPE (\"Tue, 2 Jan 90 00:00:00 GMT\" \"again\" "
	       "((NIL NIL \"ann\" \"example.org\")) "
	       "((NIL NIL \"ann\" \"example.org\")) "
	       "((NIL NIL \"ann\" \"example.org\")) "
	       "((NIL NIL \"fred\" \"example.com\")) NIL NIL NIL NIL) "
	       "BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") "
	       "NIL NIL \"7BIT\" 11 1))\r\n", "OK FETCH completed");
	expect(harness, "FETCH 2 (FULL)", "",
	       "BAD FETCH: Unknown data item FULL");
}

static void test_body(void)
{
	on_each_driver("FETCH BODY", test_body_on);
}

static void test_section_on(struct harness *harness)
{
	static const struct {
		const char *section, *text;
	} tests[] = {
		{ "1", "first" },
		{ "2", "From: b@y.example\r\nSubject: inner \"quoted\"\r\n"
		  "\r\ninner text" },
		{ "2.0", "From: b@y.example\r\n"
		  "Subject: inner \"quoted\"\r\n\r\n" },
		{ "2.1", "inner text" },
		{ "3", "AAECAw==" },
		/* There are no such parts. */
		{ "4", "" },
		{ "1.0", "" },
		{ "2.2", "" },
		{ "4000000000", "" },
	};
	static const char *const unknown[] = {
		"", ".", "1.", ".1", "1..2", "01", "00", "0.1", "1.00", "2.0.1",
		"TEXT", "HEADER", "1.MIME", "-1", "1 ", "4294967297", "1]]",
	};
	unsigned int i;

	select_messages(harness);
	for (i = 0; i < N_ELEMENTS(tests); i++) T_BEGIN {
		expect(harness, t_strdup_printf("FETCH 1 body[%s]",
						tests[i].section),
		       t_strdup_printf("* 1 FETCH (BODY[%s] {%zu}\r\n%s)\r\n",
				       tests[i].section, strlen(tests[i].text),
				       tests[i].text), "OK FETCH completed");
	} T_END;
	for (i = 0; i < N_ELEMENTS(unknown); i++) T_BEGIN {
		const char *tagged;

		(void)harness_cmd(harness, t_strdup_printf("FETCH 1 BODY[%s]",
							   unknown[i]),
				  &tagged);
		test_assert_idx(begins_with(tagged, "BAD FETCH: "), i);
	} T_END;
	/* Several of one message, one of them twice. */
	expect(harness, "FETCH 1 (BODY[3] FLAGS BODY[1] Body[3])",
	       "* 1 FETCH (BODY[3] {8}\r\nAAECAw== FLAGS (\\Recent \\Seen) "
	       "BODY[1] {5}\r\nfirst)\r\n", "OK FETCH completed");
	/* The header, too, sets \Seen (RFC 2062 p.4). */
	expect(harness, "FETCH 2 BODY[0]",
	       "* 2 FETCH (BODY[0] {113}\r\n"
	       "Date: Tue, 2 Jan 90 00:00:00 GMT\r\n"
	       "From: ann@example.org\r\nSubject: lunch\r\n"
	       "To: fred@example.com\r\nsubject: again\r\n\r\n"
	       " FLAGS (\\Recent \\Seen))\r\n", "OK FETCH completed");
	expect(harness, "FETCH 2 BODY[1]",
	       "* 2 FETCH (BODY[1] {11}\r\nBody of b\r\n)\r\n",
	       "OK FETCH completed");
}

static void test_section(void)
{
	on_each_driver("FETCH BODY[section]", test_section_on);
}

static void test_header_lines_on(struct harness *harness)
{
	select_messages(harness);
	expect(harness, "FETCH 2 RFC822.HEADER.LINES (SUBJECT \"from\")",
	       "* 2 FETCH (RFC822.HEADER {57}\r\nFrom: ann@example.org\r\n"
	       "Subject: lunch\r\nsubject: again\r\n\r\n)\r\n",
	       "OK FETCH completed");
	expect(harness,
	       "FETCH 2 (FLAGS RFC822.HEADER.LINES.NOT (Subject Date) "
	       "RFC822.SIZE)",
	       "* 2 FETCH (FLAGS (\\Recent) RFC822.HEADER {47}\r\n"
	       "From: ann@example.org\r\nTo: fred@example.com\r\n\r\n "
	       "RFC822.SIZE 124)\r\n", "OK FETCH completed");
	expect(harness, "FETCH 1 RFC822.HEADER.LINES (X-None)",
	       "* 1 FETCH (RFC822.HEADER {2}\r\n\r\n)\r\n",
	       "OK FETCH completed");
	expect(harness, "FETCH 1 RFC822.HEADER.LINES", "",
	       "BAD FETCH: Missing list");
	expect(harness, "FETCH 1 RFC822.HEADER.LINES ()", "",
	       "BAD FETCH: List is empty");
	expect(harness, "FETCH 1 RFC822.HEADER.LINES (a:b)", "",
	       "BAD FETCH: Invalid header field name");
	expect(harness, "FETCH 1 RFC822.HEADER.LINES (\"a b\")", "",
	       "BAD FETCH: Invalid header field name");
	expect(harness, "FETCH 1 RFC822.HEADER.LINES (a) FLAGS", "",
	       "BAD FETCH: Unexpected argument");
	expect(harness,
	       "FETCH 1 (RFC822.HEADER.LINES (a) RFC822.HEADER.LINES (b))", "",
	       "BAD FETCH: The header can be asked for only once");
	expect(harness, "FETCH 1 (RFC822.HEADER.LINES (a) RFC822.HEADER)", "",
	       "BAD FETCH: The header can be asked for only once");
	expect(harness, "FETCH 1 (RFC822.HEADER RFC822.HEADER.LINES.NOT (a))",
	       "", "BAD FETCH: The header can be asked for only once");
}

static void test_header_lines(void)
{
	on_each_driver("FETCH RFC822.HEADER.LINES", test_header_lines_on);
}

static void test_many_header_lines_on(struct harness *harness)
{
	string_t *names = t_str_new(1024);
	unsigned int i;

	select_messages(harness);
	for (i = 1; i < 256; i++)
		str_printfa(names, "X-%u ", i);
	expect(harness, t_strdup_printf(
			"FETCH 1 RFC822.HEADER.LINES (%sX)", str_c(names)),
	       "* 1 FETCH (RFC822.HEADER {2}\r\n\r\n)\r\n",
	       "OK FETCH completed");
	expect(harness, t_strdup_printf(
			"FETCH 1 RFC822.HEADER.LINES (%sX Y)", str_c(names)),
	       "", "BAD FETCH: Too many header field names");
}

static void test_many_header_lines(void)
{
	on_each_driver("FETCH RFC822.HEADER.LINES of many names",
		       test_many_header_lines_on);
}

static void test_many_items_on(struct harness *harness)
{
	string_t *items = t_str_new(1024);
	const char *tagged;
	unsigned int i;

	select_messages(harness);
	for (i = 1; i <= 64; i++)
		str_printfa(items, "%sBODY[%u]", i == 1 ? "" : " ", i);
	(void)harness_cmd(harness, t_strdup_printf(
		"FETCH 1:2 (%s FLAGS ENVELOPE)", str_c(items)), &tagged);
	test_assert_strcmp(tagged, "OK FETCH completed");
	expect(harness, t_strdup_printf("FETCH 1 (%s BODY[65])", str_c(items)),
	       "", "BAD FETCH: Too many data items");
}

static void test_many_items(void)
{
	on_each_driver("FETCH of many items", test_many_items_on);
}

static void test_partial_on(struct harness *harness)
{
	select_messages(harness);
	expect(harness, "PARTIAL 2 RFC822.HEADER 1 5",
	       "* 2 FETCH (RFC822.HEADER {5}\r\nDate:)\r\n",
	       "OK PARTIAL completed");
	/* Across the end of a line that is stored as LF */
	expect(harness, "PARTIAL 2 RFC822 110 8",
	       "* 2 FETCH (RFC822 {8}\r\n\r\n\r\nBody "
	       "FLAGS (\\Recent \\Seen))\r\n", "OK PARTIAL completed");
	expect(harness, "PARTIAL 2 RFC822.TEXT 6 4294967295",
	       "* 2 FETCH (RFC822.TEXT {6}\r\nof b\r\n)\r\n",
	       "OK PARTIAL completed");
	expect(harness, "PARTIAL 2 RFC822.TEXT 11 1",
	       "* 2 FETCH (RFC822.TEXT {1}\r\n\n)\r\n",
	       "OK PARTIAL completed");
	expect(harness, "PARTIAL 2 RFC822.TEXT 12 1",
	       "* 2 FETCH (RFC822.TEXT {0}\r\n)\r\n",
	       "OK PARTIAL completed");
	expect(harness, "PARTIAL 2 RFC822.TEXT 4294967295 4294967295",
	       "* 2 FETCH (RFC822.TEXT {0}\r\n)\r\n",
	       "OK PARTIAL completed");
	expect(harness, "PARTIAL 1 BODY[2.1] 7 4",
	       "* 1 FETCH (BODY[2.1] {4}\r\ntext)\r\n",
	       "OK PARTIAL completed");
	/* (A panic of Dovecot 2.4, if it is read.) */
	expect(harness, "PARTIAL 1 RFC822.TEXT 1 0",
	       "* 1 FETCH (RFC822.TEXT {0}\r\n)\r\n",
	       "OK PARTIAL completed");
	expect(harness, "PARTIAL 1 RFC822 0 1", "",
	       "BAD PARTIAL: The first octet is number 1");
	expect(harness, "PARTIAL 1 RFC822 1 4294967296", "",
	       "BAD PARTIAL: Invalid number 4294967296");
	expect(harness, "PARTIAL 1 RFC822 1", "",
	       "BAD PARTIAL: Missing argument");
	expect(harness, "PARTIAL 1 RFC822 1 1 1", "",
	       "BAD PARTIAL: Unexpected argument");
	expect(harness, "PARTIAL 1 FLAGS 1 1", "",
	       "BAD PARTIAL: Only a text can be had in parts");
	expect(harness, "PARTIAL 1 ALL 1 1", "",
	       "BAD PARTIAL: Unknown data item ALL");
	expect(harness, "PARTIAL 1:2 RFC822 1 1", "",
	       "BAD PARTIAL: Only of one message");
	expect(harness, "PARTIAL 3 RFC822 1 1", "",
	       "BAD PARTIAL: Message sequence is out of range");
}

static void test_partial(void)
{
	on_each_driver("PARTIAL", test_partial_on);
}

static void test_macms_on(struct harness *harness)
{
	const char *tagged;

	harness->set.parsed_workarounds = IMAP2_WORKAROUND_MACMS;
	select_messages(harness);
	(void)harness_cmd(harness, "VERSION 4", &tagged);
	expect(harness, "FETCH 2 (ENVELOPE FLAGS)",
	       "* 2 FETCH (ENVELOPE 181 (\"Tue, 2 Jan 90 00:00:00 GMT\" "
	       "\"again\" ((NIL NIL \"ann\" \"example.org\")) "
	       "((NIL NIL \"ann\" \"example.org\")) "
	       "((NIL NIL \"ann\" \"example.org\")) "
	       "((NIL NIL \"fred\" \"example.com\")) NIL NIL NIL NIL) "
	       "FLAGS (\\Recent))\r\n", "OK FETCH completed");
	/* Not of a message in a message. */
	(void)harness_cmd(harness, "FETCH 1 BODY", &tagged);
	test_assert_strcmp(tagged, "OK FETCH completed");
}

static void test_macms(void)
{
	on_each_driver("ENVELOPE for MacMS", test_macms_on);
}

int main(int argc, char *argv[])
{
	void (*const tests[])(void) = {
		test_body,
		test_section,
		test_header_lines,
		test_many_header_lines,
		test_many_items,
		test_partial,
		test_macms,
		NULL
	};

	return harness_main(argc, argv, tests);
}
