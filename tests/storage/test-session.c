/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Each command of RFC 1176 on a real mailbox of each storage format, with the
   changes made by another session in between. */

#include "lib.h"
#include "hostpid.h"
#include "str.h"
#include "test-common.h"
#include "harness.h"

#define RECEIVED_TIME 631238400 /* 2-Jan-1990 00:00:00 UTC */

static const char *const message_a =
	"From: Fred \"F.\" Foobar <fred@example.com>\r\n"
	"To: Friends: ann@example.org, Bob <bob@example.org>;\r\n"
	"Subject: Say \"hello\"\r\n"
	"Date: Tue, 2 Jan 90 00:00:00 GMT\r\n"
	"Message-ID: <a@example.com>\r\n"
	"\r\n"
	"The body of a.\r\n";
static const char *const message_b =
	"From: ann@example.org\n"
	"To: fred@example.com\n"
	"Subject: lunch\n"
	"\n"
	"Body of b\n";

static bool begins_with(const char *str, const char *prefix)
{
	return strncmp(str, prefix, strlen(prefix)) == 0;
}

static void save_ab(struct harness *harness)
{
	harness_save(harness, "INBOX", message_a, 0, NULL, RECEIVED_TIME);
	harness_save(harness, "INBOX", message_b, MAIL_SEEN, "work",
		     RECEIVED_TIME + 86400);
}

static void select_inbox(struct harness *harness)
{
	const char *tagged;

	(void)harness_cmd(harness, "SELECT INBOX", &tagged);
	test_assert_strcmp(tagged, "OK [READ-WRITE] SELECT completed");
}

static void test_select_on(struct harness *harness)
{
	expect(harness, "FETCH 1 FLAGS", "",
	       "BAD FETCH needs a selected mailbox: SELECT one first");
	save_ab(harness);
	expect(harness, "select inbox",
	       "* FLAGS (work \\Answered \\Flagged \\Deleted \\Seen)\r\n"
	       "* 2 EXISTS\r\n* 2 RECENT\r\n",
	       "OK [READ-WRITE] SELECT completed");
	expect(harness, "FETCH 1:2 FLAGS",
	       "* 1 FETCH (FLAGS (\\Recent))\r\n"
	       "* 2 FETCH (FLAGS (\\Recent \\Seen work))\r\n",
	       "OK FETCH completed");
	/* A failed SELECT leaves nothing selected. */
	expect(harness, "SELECT nonexistent", "",
	       "NO SELECT failed: Mailbox doesn't exist: nonexistent");
	expect(harness, "CHECK", "",
	       "BAD CHECK needs a selected mailbox: SELECT one first");
}

static void test_select(void)
{
	on_each_driver("SELECT", test_select_on);
}

static void test_fetch_on(struct harness *harness)
{
	unsigned int i;

	save_ab(harness);
	select_inbox(harness);
	expect(harness, "FETCH 1 (RFC822.SIZE INTERNALDATE)",
	       "* 1 FETCH (RFC822.SIZE 200 "
	       "INTERNALDATE \" 2-Jan-90 00:00:00-GMT\")\r\n",
	       "OK FETCH completed");
	/* Made, and from the cache */
	for (i = 0; i < 2; i++) {
		expect(harness, "FETCH 1 ENVELOPE",
		       "* 1 FETCH (ENVELOPE (\"Tue, 2 Jan 90 00:00:00 GMT\" "
		       "{11}\r\nSay \"hello\" "
		       "((\"Fred F. Foobar\" NIL \"fred\" \"example.com\")) "
		       "((\"Fred F. Foobar\" NIL \"fred\" \"example.com\")) "
		       "((\"Fred F. Foobar\" NIL \"fred\" \"example.com\")) "
		       "((NIL NIL \"ann\" \"example.org\")"
		       "(\"Bob\" NIL \"bob\" \"example.org\")) "
		       "NIL NIL NIL \"<a@example.com>\"))\r\n",
		       "OK FETCH completed");
	}
	/* HEADER doesn't set \Seen; TEXT does, and says so. */
	expect(harness, "FETCH 1 RFC822.HEADER",
	       t_strdup_printf("* 1 FETCH (RFC822.HEADER {184}\r\n%s)\r\n",
			       t_strdup_until(message_a, message_a + 184)),
	       "OK FETCH completed");
	expect(harness, "FETCH 1 RFC822.TEXT",
	       "* 1 FETCH (RFC822.TEXT {16}\r\nThe body of a.\r\n"
	       " FLAGS (\\Recent \\Seen))\r\n", "OK FETCH completed");
	expect(harness, "FETCH 1 RFC822.TEXT",
	       "* 1 FETCH (RFC822.TEXT {16}\r\nThe body of a.\r\n)\r\n",
	       "OK FETCH completed");
	test_assert_strcmp(harness_flags(harness, "INBOX", 1), "\\Seen");
	/* Stored line ends don't show. */
	expect(harness, "FETCH 2 (RFC822.SIZE RFC822)",
	       "* 2 FETCH (RFC822.SIZE 74 RFC822 {74}\r\n"
	       "From: ann@example.org\r\nTo: fred@example.com\r\n"
	       "Subject: lunch\r\n\r\nBody of b\r\n)\r\n",
	       "OK FETCH completed");
	expect(harness, "FETCH 3 ALL", "",
	       "BAD FETCH: Message sequence is out of range");
	expect(harness, "FETCH 1 (ALL)", "",
	       "BAD FETCH: Unknown data item ALL");
	expect(harness, "FETCH 1 UID", "",
	       "BAD FETCH: Unknown data item UID");
}

static void test_fetch(void)
{
	on_each_driver("FETCH", test_fetch_on);
}

static void test_envelope_on(struct harness *harness)
{
	static const struct {
		const char *header, *envelope;
	} tests[] = {
		/* Nothing is NIL; there's no "()". */
		{ "X-Nothing: here\n",
		  "NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL" },
		{ "To: nobody:;\n", "NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL" },
		{ "To: A: a@x, B <b@y>;, c@z\nCc: D:;, d@w\n",
		  "NIL NIL NIL NIL NIL ((NIL NIL \"a\" \"x\")"
		  "(\"B\" NIL \"b\" \"y\")(NIL NIL \"c\" \"z\")) "
		  "((NIL NIL \"d\" \"w\")) NIL NIL NIL" },
		/* Legacy clients reply to this form only. */
		{ "To: <f@xn--bcher-kva.example>\n",
		  "NIL NIL NIL NIL NIL "
		  "((NIL NIL \"f\" \"xn--bcher-kva.example\")) "
		  "NIL NIL NIL NIL" },
		/* Defaulted and not defaulted */
		{ "From: a@x\nSender: s@y\n",
		  "NIL NIL ((NIL NIL \"a\" \"x\")) ((NIL NIL \"s\" \"y\")) "
		  "((NIL NIL \"a\" \"x\")) NIL NIL NIL NIL NIL" },
		{ "From: a@x\nSender: none:;\nReply-To: too:;\n",
		  "NIL NIL ((NIL NIL \"a\" \"x\")) ((NIL NIL \"a\" \"x\")) "
		  "((NIL NIL \"a\" \"x\")) NIL NIL NIL NIL NIL" },
		/* What can't be quoted */
		{ "Subject: 100% {a} b\\c\nIn-Reply-To: <1@x> \"yesterday\"\n",
		  "NIL {12}\r\n100% {a} b\\c NIL NIL NIL NIL NIL NIL "
		  "{17}\r\n<1@x> \"yesterday\" NIL" },
		{ "Subject: =?utf-8?q?caf=C3=A9?= caf\xc3\xa9\n\tfolded\n",
		  "NIL {34}\r\n=?utf-8?q?caf=C3=A9?= caf\xc3\xa9 folded "
		  "NIL NIL NIL NIL NIL NIL NIL NIL" },
	};
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(tests); i++) {
		harness_save(harness, "INBOX", t_strconcat(
			tests[i].header, "\nbody\n", NULL), 0, NULL,
			RECEIVED_TIME);
	}
	select_inbox(harness);
	for (i = 0; i < N_ELEMENTS(tests); i++) T_BEGIN {
		expect(harness, t_strdup_printf("FETCH %u ENVELOPE", i + 1),
		       t_strdup_printf("* %u FETCH (ENVELOPE (%s))\r\n",
				       i + 1, tests[i].envelope),
		       "OK FETCH completed");
	} T_END;
}

static void test_envelope(void)
{
	on_each_driver("ENVELOPE", test_envelope_on);
}

static void expect_envelope_host(struct harness *harness)
{
	expect(harness, "FETCH 1 ENVELOPE", t_strdup_printf(
		"* 1 FETCH (ENVELOPE (NIL NIL ((NIL NIL \"fred\" \"%s\")) "
		"((NIL NIL \"fred\" \"%s\")) ((NIL NIL \"fred\" \"%s\")) "
		"NIL NIL NIL NIL NIL))\r\n",
		my_hostname, my_hostname, my_hostname),
	       "OK FETCH completed");
}

static void test_envelope_host_on(struct harness *harness)
{
	const char *hostname = my_hostname;

	harness_save(harness, "INBOX", "From: fred\n\nbody\n", 0, NULL,
		     RECEIVED_TIME);
	select_inbox(harness);
	expect_envelope_host(harness);
	/* The server's new name, not that of an envelope kept in the cache */
	my_hostname = "new.example.org";
	expect_envelope_host(harness);
	my_hostname = hostname;
}

static void test_envelope_host(void)
{
	on_each_driver("ENVELOPE without a host", test_envelope_host_on);
}

static void test_fetch_order_on(struct harness *harness)
{
	save_ab(harness);
	select_inbox(harness);
	/* In the order asked, each once; \Seen shows where FLAGS was asked
	   for. */
	expect(harness, "FETCH 1 (RFC822.SIZE flags RFC822.TEXT RFC822.SIZE)",
	       "* 1 FETCH (RFC822.SIZE 200 FLAGS (\\Recent \\Seen) "
	       "RFC822.TEXT {16}\r\nThe body of a.\r\n)\r\n",
	       "OK FETCH completed");
	expect(harness, "FETCH 2:1 (RFC822.SIZE)",
	       "* 1 FETCH (RFC822.SIZE 200)\r\n"
	       "* 2 FETCH (RFC822.SIZE 74)\r\n", "OK FETCH completed");
	/* Header and text in one command (C-client of 1992) */
	expect(harness, "FETCH 2 (RFC822.HEADER RFC822.TEXT)",
	       "* 2 FETCH (RFC822.HEADER {63}\r\n"
	       "From: ann@example.org\r\nTo: fred@example.com\r\n"
	       "Subject: lunch\r\n\r\n RFC822.TEXT {11}\r\n"
	       "Body of b\r\n)\r\n", "OK FETCH completed");
}

static void test_fetch_order(void)
{
	on_each_driver("FETCH of several items", test_fetch_order_on);
}

static void test_fetch_expunged_on(struct harness *harness)
{
	const char *tagged, *out;

	save_ab(harness);
	select_inbox(harness);
	harness_expunge(harness, "INBOX", 1, 1);
	out = harness_cmd(harness, "FETCH 1:2 (FLAGS RFC822.TEXT)", &tagged);
	test_assert(strstr(out, "* 1 FETCH") == NULL);
	test_assert(strstr(out, "* 2 FETCH (FLAGS (") != NULL);
	test_assert(strstr(out, "EXPUNGE") == NULL);
	test_assert_strcmp(tagged, "NO FETCH failed: "
			   "some of the messages no longer exist");
	/* Flags alone aren't searched for. */
	out = harness_cmd(harness, "FETCH 1:2 FLAGS", &tagged);
	test_assert(begins_with(out, "* 2 FETCH (FLAGS ("));
	test_assert(strstr(out, "EXPUNGE") == NULL);
	test_assert_strcmp(tagged, "NO FETCH failed: "
			   "some of the messages no longer exist");
	expect(harness, "COPY 1:2 elsewhere", "",
	       "NO COPY failed: some of the messages no longer exist, "
	       "nothing was copied");
	test_assert(harness_count(harness, "elsewhere") == 0);
	out = harness_cmd(harness, "NOOP", &tagged);
	test_assert(begins_with(out, "* 1 EXPUNGE\r\n* 1 EXISTS\r\n"));
}

static void test_fetch_expunged(void)
{
	on_each_driver("FETCH of expunged", test_fetch_expunged_on);
}

static void test_store_on(struct harness *harness)
{
	save_ab(harness);
	select_inbox(harness);
	expect(harness, "STORE 1 +Flags \\DELETED",
	       "* 1 FETCH (FLAGS (\\Recent \\Deleted))\r\n",
	       "OK STORE completed");
	expect(harness, "STORE 1:2 +FLAGS \\Flagged \\Answered",
	       "* 1 FETCH (FLAGS (\\Recent \\Answered \\Flagged \\Deleted))\r\n"
	       "* 2 FETCH (FLAGS (\\Recent \\Answered \\Flagged \\Seen work))"
	       "\r\n", "OK STORE completed");
	/* Answered although nothing changes. */
	expect(harness, "STORE 1 -FLAGS (\\Seen)",
	       "* 1 FETCH (FLAGS (\\Recent \\Answered \\Flagged \\Deleted))"
	       "\r\n", "OK STORE completed");
	/* A new keyword is in FLAGS before it is in FETCH. */
	expect(harness, "STORE 1 FLAGS (urgent \\Seen)",
	       "* FLAGS (work urgent \\Answered \\Flagged \\Deleted \\Seen)\r\n"
	       "* 1 FETCH (FLAGS (\\Recent \\Seen urgent))\r\n",
	       "OK STORE completed");
	test_assert_strcmp(harness_flags(harness, "INBOX", 1),
			   "\\Seen urgent");
	expect(harness, "STORE 2 FLAGS ()",
	       "* 2 FETCH (FLAGS (\\Recent))\r\n", "OK STORE completed");
	expect(harness, "STORE 1 FLAGS (\\Recent)", "",
	       "NO STORE failed: \\Recent is set by the server only");
	expect(harness, "STORE 1 FLAGS \\Draft", "",
	       "NO STORE failed: Unknown system flag \\Draft");
	expect(harness, "STORE 1 FLAGS.SILENT \\Seen", "",
	       "BAD STORE: Unknown data item FLAGS.SILENT");
	expect(harness, "STORE 1 FLAGS", "", "BAD STORE: Missing argument");
	expect(harness, "STORE 1 FLAGS (a) b", "",
	       "BAD STORE: Unexpected argument");
	test_assert_strcmp(harness_flags(harness, "INBOX", 1),
			   "\\Seen urgent");
}

static void test_store(void)
{
	on_each_driver("STORE", test_store_on);
}

static void test_store_hidden_on(struct harness *harness)
{
	unsigned int i;

	/* The 31st keyword is hidden from the client. */
	harness_save(harness, "INBOX", message_b, 0, NULL, RECEIVED_TIME);
	for (i = 0; i < 31; i++) T_BEGIN {
		harness_set_flags(harness, "INBOX", 1, 1, MAIL_DRAFT,
				  t_strdup_printf("kw%u", i));
	} T_END;
	select_inbox(harness);
	expect(harness, "STORE 1 FLAGS (kw0 \\Seen)",
	       "* 1 FETCH (FLAGS (\\Recent \\Seen kw0))\r\n",
	       "OK STORE completed");
	/* What it doesn't know it didn't replace. */
	test_assert_strcmp(harness_flags(harness, "INBOX", 1),
			   "\\Seen draft kw0 kw30");
	expect(harness, "STORE 1 +FLAGS another", "",
	       "NO STORE failed: the mailbox can't have more than 30 keywords");
}

static void test_store_hidden(void)
{
	struct harness *harness;

	/* Maildir and mbox have fewer keywords than that. */
	test_begin("STORE with hidden keywords on sdbox");
	harness = harness_init("sdbox");
	test_store_hidden_on(harness);
	harness_deinit(&harness);
	test_end();
}

static void test_search_on(struct harness *harness)
{
	static const struct {
		const char *criteria, *result;
	} tests[] = {
		{ "ALL", " 1 2" },
		{ "all", " 1 2" },
		{ "SEEN", " 2" },
		{ "UNSEEN", " 1" },
		{ "NEW", " 1" },
		{ "OLD", "" },
		{ "RECENT SEEN", " 2" },
		{ "ANSWERED", "" },
		{ "UNANSWERED UNFLAGGED UNDELETED", " 1 2" },
		{ "FLAGGED", "" },
		{ "DELETED", "" },
		{ "KEYWORD work", " 2" },
		{ "UNKEYWORD WORK", " 1" },
		{ "KEYWORD unheard", "" },
		{ "UNKEYWORD unheard", " 1 2" },
		{ "FROM FRED", " 1" },
		{ "FROM \"ann@\"", " 2" },
		{ "TO bob", " 1" },
		{ "CC bob", "" },
		{ "BCC bob", "" },
		{ "SUBJECT {5}\r\nhello", " 1" },
		{ "BODY \"body of\"", " 1 2" },
		{ "BODY lunch", "" },
		{ "TEXT lunch", " 2" },
		{ "ON 2-Jan-90", " 1" },
		{ "ON \" 2-Jan-1990\"", " 1" },
		{ "BEFORE 3-jan-90", " 1" },
		{ "SINCE 3-JAN-90", " 2" },
		{ "SINCE 2-Jan-90 BEFORE 3-Jan-90", " 1" },
	};
	const char *out, *tagged;
	unsigned int i;

	save_ab(harness);
	select_inbox(harness);
	for (i = 0; i < N_ELEMENTS(tests); i++) T_BEGIN {
		out = harness_cmd(harness, t_strconcat(
			"SEARCH ", tests[i].criteria, NULL), &tagged);
		if (begins_with(out, "+ "))
			out = strstr(out, "\r\n") + 2;
		test_assert_strcmp_idx(out, t_strdup_printf(
			"* SEARCH%s\r\n", tests[i].result), i);
		test_assert_strcmp_idx(tagged, "OK SEARCH completed", i);
	} T_END;
	/* Asking for a keyword didn't create it. */
	expect(harness, "SELECT INBOX",
	       "* FLAGS (work \\Answered \\Flagged \\Deleted \\Seen)\r\n"
	       "* 2 EXISTS\r\n* 0 RECENT\r\n",
	       "OK [READ-WRITE] SELECT completed");
	expect(harness, "SEARCH", "", "BAD SEARCH: Missing argument");
	expect(harness, "SEARCH BOGUS", "",
	       "BAD SEARCH: Unknown search criterion BOGUS");
	expect(harness, "SEARCH ON 31-Feb-90", "", "BAD SEARCH: "
	       "Invalid date 31-Feb-90: use d-mmm-yy or d-mmm-yyyy");
	expect(harness, "SEARCH TEXT \"\xe9\"", "", "NO SEARCH failed: "
	       "Search strings must be ASCII or UTF-8");
}

static void test_search_strings_on(struct harness *harness)
{
	string_t *criteria = t_str_new(1024);
	unsigned int i;

	save_ab(harness);
	select_inbox(harness);
	for (i = 1; i <= 64; i++)
		str_printfa(criteria, " UNKEYWORD k%u SUBJECT h", i);
	expect(harness, t_strconcat("SEARCH", str_c(criteria), NULL),
	       "* SEARCH 1 2\r\n", "OK SEARCH completed");
	expect(harness, t_strconcat("SEARCH", str_c(criteria), " TEXT h", NULL),
	       "", "BAD SEARCH: Too many strings to look for");
}

static void test_search_strings(void)
{
	on_each_driver("SEARCH of many strings", test_search_strings_on);
}

static void test_search(void)
{
	on_each_driver("SEARCH", test_search_on);
}

static void test_copy_on(struct harness *harness)
{
	save_ab(harness);
	select_inbox(harness);
	expect(harness, "COPY 1:2 saved",
	       "* 1 COPY\r\n* 2 COPY\r\n"
	       "* 1 FETCH (FLAGS (\\Recent \\Seen))\r\n",
	       "OK COPY completed");
	test_assert(harness_count(harness, "saved") == 2);
	test_assert_strcmp(harness_flags(harness, "saved", 1), "");
	test_assert_strcmp(harness_flags(harness, "saved", 2), "\\Seen work");
	expect(harness, "SELECT saved",
	       "* FLAGS (work \\Answered \\Flagged \\Deleted \\Seen)\r\n"
	       "* 2 EXISTS\r\n* 2 RECENT\r\n",
	       "OK [READ-WRITE] SELECT completed");
	expect(harness, "FETCH 2 INTERNALDATE", "* 2 FETCH "
	       "(INTERNALDATE \" 3-Jan-90 00:00:00-GMT\")\r\n",
	       "OK FETCH completed");
	expect(harness, "COPY 3 saved", "",
	       "BAD COPY: Message sequence is out of range");
}

static void test_copy(void)
{
	on_each_driver("COPY", test_copy_on);
}

static void test_expunge_on(struct harness *harness)
{
	unsigned int i;

	for (i = 0; i < 9; i++) {
		harness_save(harness, "INBOX", message_b,
			     i < 4 ? 0 : MAIL_DELETED, NULL, RECEIVED_TIME);
	}
	select_inbox(harness);
	/* RFC 1176 p.13's own example. */
	expect(harness, "EXPUNGE",
	       "* 9 EXISTS\r\n* 9 RECENT\r\n"
	       "* 5 EXPUNGE\r\n* 5 EXPUNGE\r\n* 5 EXPUNGE\r\n"
	       "* 5 EXPUNGE\r\n* 5 EXPUNGE\r\n* 4 EXISTS\r\n* 4 RECENT\r\n",
	       "OK EXPUNGE completed, 5 messages removed");
	expect(harness, "EXPUNGE",
	       "* 4 EXISTS\r\n* 4 RECENT\r\n* 4 EXISTS\r\n* 4 RECENT\r\n",
	       "OK EXPUNGE completed, 0 messages removed");
	test_assert(harness_count(harness, "INBOX") == 4);
}

static void test_expunge(void)
{
	on_each_driver("EXPUNGE", test_expunge_on);
}

static void test_news_on(struct harness *harness)
{
	const char *out, *tagged;

	save_ab(harness);
	harness_save(harness, "INBOX", message_b, 0, NULL, RECEIVED_TIME);
	select_inbox(harness);
	expect(harness, "NOOP", "", "OK NOOP completed");
	expect(harness, "CHECK", "* 3 EXISTS\r\n* 3 RECENT\r\n",
	       "OK CHECK completed");

	/* Flags change on 1 and 3 with a new keyword, 2 is expunged, a new
	   message comes: numbers are those of after the expunge. */
	harness_set_flags(harness, "INBOX", 1, 1, MAIL_FLAGGED, NULL);
	harness_set_flags(harness, "INBOX", 3, 3, 0, "fresh");
	harness_expunge(harness, "INBOX", 2, 2);
	harness_save(harness, "INBOX", message_a, 0, NULL, RECEIVED_TIME);
	out = harness_cmd(harness, "SEARCH FLAGGED", &tagged);
	test_assert(strstr(out, "EXPUNGE") == NULL);
	test_assert(strstr(out, "* 4 EXISTS\r\n") != NULL);
	out = harness_cmd(harness, "NOOP", &tagged);
	test_assert(begins_with(out, "* 2 EXPUNGE\r\n* 3 EXISTS\r\n"));
	out = harness_cmd(harness, "FETCH 1:3 FLAGS", &tagged);
	test_assert(strstr(out, "* 1 FETCH (FLAGS (\\Recent \\Flagged))") !=
		    NULL);
	test_assert(strstr(out, "* 2 FETCH (FLAGS (\\Recent fresh))") != NULL);
	test_assert_strcmp(tagged, "OK FETCH completed");
}

static void test_news(void)
{
	on_each_driver("Unsolicited data", test_news_on);
}

static void test_find_on(struct harness *harness)
{
	harness_save(harness, "saved", message_b, 0, NULL, RECEIVED_TIME);
	harness_save(harness, "new box", message_b, 0, NULL, RECEIVED_TIME);
	harness_save(harness, "d\xc3\xa9j\xc3\xa0", message_b, 0, NULL,
		     RECEIVED_TIME);
	harness_save(harness, "Public/board", message_b, 0, NULL,
		     RECEIVED_TIME);
	expect(harness, "FIND MAILBOXES s*d", "* MAILBOX saved\r\n",
	       "OK FIND completed");
	expect(harness, "FIND MAILBOXES sa%ed", "* MAILBOX saved\r\n",
	       "OK FIND completed");
	expect(harness, "FIND MAILBOXES sav%", "", "OK FIND completed");
	expect(harness, "FIND MAILBOXES \"new*\"", "* MAILBOX \"new box\"\r\n",
	       "OK FIND completed");
	expect(harness, "FIND MAILBOXES d*", "* MAILBOX d&AOk-j&AOA-\r\n",
	       "OK FIND completed");
	expect(harness, "FIND MAILBOXES IN*", "", "OK FIND completed");
	expect(harness, "FIND MAILBOXES \"\"", "", "OK FIND completed");
	expect(harness, "FIND BBOARDS *", "* BBOARD board\r\n",
	       "OK FIND completed");
	expect(harness, "FIND OTHERS *", "", "BAD Unknown command FIND OTHERS");
	expect(harness, "FIND MAILBOXES", "", "BAD FIND: Missing argument");
	expect(harness, "BBOARD board",
	       "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen)\r\n"
	       "* 1 EXISTS\r\n* 1 RECENT\r\n",
	       "OK [READ-WRITE] BBOARD completed");
	expect(harness, "BBOARD none", "",
	       "NO BBOARD failed: No such bulletin board");
}

static void test_find(void)
{
	on_each_driver("FIND and BBOARD", test_find_on);
}

static void test_pipeline_on(struct harness *harness)
{
	const char *out;

	save_ab(harness);
	out = harness_run(harness, "p4",
		"p1 SELECT {5}\r\nINBOX\r\n"
		"p2 FROB {7}\r\np9 NOOP\r\n"
		"p3 LOGIN a b\np4 NOOP\r\n");
	test_assert_strcmp(out,
		"+ Ready for literal\r\n"
		"* FLAGS (work \\Answered \\Flagged \\Deleted \\Seen)\r\n"
		"* 2 EXISTS\r\n* 2 RECENT\r\n"
		"p1 OK [READ-WRITE] SELECT completed\r\n"
		"+ Ready for literal\r\n"
		"p2 BAD Unknown command FROB\r\n"
		"p3 BAD Already logged in: LOGOUT first\r\n"
		"p4 OK NOOP completed\r\n");
}

static void test_pipeline(void)
{
	on_each_driver("Pipelined commands and literals", test_pipeline_on);
}

int main(int argc, char *argv[])
{
	void (*const tests[])(void) = {
		test_select,
		test_fetch,
		test_envelope,
		test_envelope_host,
		test_fetch_order,
		test_fetch_expunged,
		test_store,
		test_store_hidden,
		test_search,
		test_search_strings,
		test_copy,
		test_expunge,
		test_news,
		test_find,
		test_pipeline,
		NULL
	};

	return harness_main(argc, argv, tests);
}
