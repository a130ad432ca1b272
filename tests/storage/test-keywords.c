/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* imap2_max_keywords: those beyond the limit don't exist for the client, and
   nothing it does makes it otherwise or changes them. */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "harness.h"

#define RECEIVED_TIME 631238400 /* 2-Jan-1990 00:00:00 UTC */
#define SYSTEM_FLAGS "\\Answered \\Flagged \\Deleted \\Seen"

/* Two messages, the first with keywords a, b and c, of which c is hidden. */
static void begin(struct harness *harness)
{
	unsigned int i;

	harness->set.imap2_max_keywords = 2;
	for (i = 0; i < 2; i++) {
		harness_save(harness, "INBOX", "Subject: s\n\nb\n", 0, NULL,
			     RECEIVED_TIME);
	}
	harness_set_flags(harness, "INBOX", 1, 1, 0, "a");
	harness_set_flags(harness, "INBOX", 1, 1, 0, "b");
	harness_set_flags(harness, "INBOX", 1, 1, 0, "c");
	expect(harness, "SELECT INBOX", "* FLAGS (a b "SYSTEM_FLAGS")\r\n"
	       "* 2 EXISTS\r\n* 2 RECENT\r\n",
	       "OK [READ-WRITE] SELECT completed");
}

static void test_hidden_on(struct harness *harness)
{
	begin(harness);
	expect(harness, "FETCH 1:2 FLAGS",
	       "* 1 FETCH (FLAGS (\\Recent a b))\r\n"
	       "* 2 FETCH (FLAGS (\\Recent))\r\n", "OK FETCH completed");
	expect(harness, "SEARCH KEYWORD b", "* SEARCH 1\r\n",
	       "OK SEARCH completed");
	expect(harness, "SEARCH KEYWORD c", "* SEARCH\r\n",
	       "OK SEARCH completed");
	expect(harness, "SEARCH UNKEYWORD C", "* SEARCH 1 2\r\n",
	       "OK SEARCH completed");
	/* Others that come are hidden too. */
	harness_set_flags(harness, "INBOX", 2, 2, 0, "d");
	expect(harness, "NOOP", "* 2 FETCH (FLAGS (\\Recent))\r\n",
	       "OK NOOP completed");
	expect(harness, "FETCH 2 FLAGS", "* 2 FETCH (FLAGS (\\Recent))\r\n",
	       "OK FETCH completed");
}

static void test_hidden(void)
{
	on_each_driver("Hidden keywords", test_hidden_on);
}

static void test_not_stored_on(struct harness *harness)
{
	static const char *const refused[] = {
		"STORE 2 +FLAGS c", "STORE 2 FLAGS (\\Seen C)",
		"STORE 1:2 FLAGS new", "STORE 2 +FLAGS (a new)"
	};
	unsigned int i;

	begin(harness);
	for (i = 0; i < N_ELEMENTS(refused); i++) {
		expect(harness, refused[i], "", "NO STORE failed: "
		       "the mailbox can't have more than 2 keywords");
	}
	test_assert_strcmp(harness_flags(harness, "INBOX", 2), "");
	/* Removing what isn't there. */
	expect(harness, "STORE 1 -FLAGS (c d e)",
	       "* 1 FETCH (FLAGS (\\Recent a b))\r\n", "OK STORE completed");
	test_assert_strcmp(harness_flags(harness, "INBOX", 1), " a b c");
	/* Replacing what there is. */
	expect(harness, "STORE 1 FLAGS B",
	       "* 1 FETCH (FLAGS (\\Recent b))\r\n", "OK STORE completed");
	expect(harness, "STORE 2 +FLAGS (a A a)",
	       "* 2 FETCH (FLAGS (\\Recent a))\r\n", "OK STORE completed");
	test_assert_strcmp(harness_flags(harness, "INBOX", 1), " b c");
	test_assert_strcmp(harness_flags(harness, "INBOX", 2), " a");
}

static void test_not_stored(void)
{
	on_each_driver("STORE of hidden keywords", test_not_stored_on);
}

static void test_removing_creates_nothing_on(struct harness *harness)
{
	harness->set.imap2_max_keywords = 2;
	harness_save(harness, "INBOX", "Subject: s\n\nb\n", 0, NULL,
		     RECEIVED_TIME);
	expect(harness, "SELECT INBOX", "* FLAGS ("SYSTEM_FLAGS")\r\n"
	       "* 1 EXISTS\r\n* 1 RECENT\r\n",
	       "OK [READ-WRITE] SELECT completed");
	expect(harness, "STORE 1 -FLAGS (a b c)",
	       "* 1 FETCH (FLAGS (\\Recent))\r\n", "OK STORE completed");
	/* There's room for two, however often they're named. */
	expect(harness, "STORE 1 +FLAGS (d D e E d)",
	       "* FLAGS (d e "SYSTEM_FLAGS")\r\n"
	       "* 1 FETCH (FLAGS (\\Recent d e))\r\n", "OK STORE completed");
	expect(harness, "STORE 1 +FLAGS f", "", "NO STORE failed: "
	       "the mailbox can't have more than 2 keywords");
}

static void test_removing_creates_nothing(void)
{
	on_each_driver("STORE -FLAGS of unknown keywords",
		       test_removing_creates_nothing_on);
}

static void test_made_elsewhere_on(struct harness *harness)
{
	/* The client is told of them before anything is said of them. */
	harness->set.imap2_max_keywords = 2;
	harness_save(harness, "INBOX", "Subject: s\n\nb\n", 0, NULL,
		     RECEIVED_TIME);
	expect(harness, "SELECT INBOX", "* FLAGS ("SYSTEM_FLAGS")\r\n"
	       "* 1 EXISTS\r\n* 1 RECENT\r\n",
	       "OK [READ-WRITE] SELECT completed");
	harness_set_flags(harness, "INBOX", 1, 1, 0, "a");
	harness_set_flags(harness, "INBOX", 1, 1, 0, "b");
	harness_set_flags(harness, "INBOX", 1, 1, 0, "c");
	expect(harness, "NOOP", "* FLAGS (a b "SYSTEM_FLAGS")\r\n"
	       "* 1 FETCH (FLAGS (\\Recent a b))\r\n", "OK NOOP completed");
	expect(harness, "STORE 1 -FLAGS a",
	       "* 1 FETCH (FLAGS (\\Recent b))\r\n", "OK STORE completed");
	test_assert_strcmp(harness_flags(harness, "INBOX", 1), " b c");
}

static void test_made_elsewhere(void)
{
	on_each_driver("Keywords made elsewhere", test_made_elsewhere_on);
}

static void test_copied_on(struct harness *harness)
{
	const char *tagged;

	/* What is hidden goes along. */
	begin(harness);
	(void)harness_cmd(harness, "COPY 1 saved", &tagged);
	test_assert_strcmp(tagged, "OK COPY completed");
	test_assert_strcmp(harness_flags(harness, "saved", 1), " a b c");
}

static void test_copied(void)
{
	on_each_driver("COPY of hidden keywords", test_copied_on);
}

static void test_none_on(struct harness *harness)
{
	begin(harness);
	harness->set.imap2_max_keywords = 0;
	expect(harness, "SELECT INBOX", "* FLAGS ("SYSTEM_FLAGS")\r\n"
	       "* 2 EXISTS\r\n* 0 RECENT\r\n",
	       "OK [READ-WRITE] SELECT completed");
	expect(harness, "FETCH 1 FLAGS", "* 1 FETCH (FLAGS ())\r\n",
	       "OK FETCH completed");
	expect(harness, "STORE 1 FLAGS \\Seen",
	       "* 1 FETCH (FLAGS (\\Seen))\r\n", "OK STORE completed");
	expect(harness, "STORE 1 +FLAGS a", "", "NO STORE failed: "
	       "the mailbox can't have more than 0 keywords");
	test_assert_strcmp(harness_flags(harness, "INBOX", 1), "\\Seen a b c");
}

static void test_none(void)
{
	on_each_driver("No keywords", test_none_on);
}

static void test_many_named_on(struct harness *harness)
{
	string_t *command = t_str_new(4096);
	unsigned int i;

	begin(harness);
	str_append(command, "STORE 1 +FLAGS (");
	for (i = 0; i < 500; i++)
		str_printfa(command, "%sk%u", i == 0 ? "" : " ", i);
	expect(harness, t_strconcat(str_c(command), ")", NULL), "",
	       "NO STORE failed: the mailbox can't have more than 2 keywords");
	/* Wrong is wrong, at the end too. */
	expect(harness, t_strconcat(str_c(command), " %)", NULL), "",
	       "BAD STORE: Invalid flag name %");
}

static void test_many_named(void)
{
	on_each_driver("STORE of many keywords", test_many_named_on);
}

int main(int argc, char *argv[])
{
	void (*const tests[])(void) = {
		test_hidden,
		test_not_stored,
		test_removing_creates_nothing,
		test_made_elsewhere,
		test_copied,
		test_none,
		test_many_named,
		NULL
	};

	return harness_main(argc, argv, tests);
}
