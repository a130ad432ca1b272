/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* imap2_max_messages: a client that sees the newest messages of a mailbox only,
   while another session works on all of it. Message n of these tests is known
   by its size, the message numbers of the responses are the client's. */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "harness.h"

#include <stdarg.h>

#define RECEIVED_TIME 631238400 /* 2-Jan-1990 00:00:00 UTC */
#define BASE_SIZE (strlen("Subject: \r\n\r\nb\r\n"))
#define LAST 0

static void save_message(struct harness *harness, unsigned int n,
			 enum mail_flags flags)
{
	string_t *text = t_str_new(128);

	str_append(text, "Subject: ");
	while (n-- > 0)
		str_append_c(text, 'x');
	str_append(text, "\n\nb\n");
	harness_save(harness, "INBOX", str_c(text), flags, NULL, RECEIVED_TIME);
}

static void save_messages(struct harness *harness, unsigned int n1,
			  unsigned int n2)
{
	for (; n1 <= n2; n1++) T_BEGIN {
		save_message(harness, n1, 0);
	} T_END;
}

static void select_window(struct harness *harness, unsigned int max,
			  unsigned int exists, unsigned int recent)
{
	harness->set.imap2_max_messages = max;
	expect(harness, "SELECT INBOX", t_strdup_printf(
		"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen)\r\n"
		"* %u EXISTS\r\n* %u RECENT\r\n", exists, recent),
	       "OK [READ-WRITE] SELECT completed");
}

/* A user with messages 1..count, of whom the client sees the last `max`. */
static void begin_window(struct harness *harness, unsigned int count,
			 unsigned int max)
{
	save_messages(harness, 1, count);
	select_window(harness, max, max, max);
}

/* The client's messages are these, the last of them followed by LAST. */
static void expect_shown(struct harness *harness, ...)
{
	string_t *responses = t_str_new(256), *numbers = t_str_new(64);
	unsigned int n, count = 0;
	va_list args;

	va_start(args, harness);
	while ((n = va_arg(args, unsigned int)) != LAST) {
		str_printfa(responses, "* %u FETCH (RFC822.SIZE %zu)\r\n",
			    ++count, BASE_SIZE + n);
		str_printfa(numbers, " %u", count);
	}
	va_end(args);
	if (count > 0) {
		expect(harness, t_strdup_printf("FETCH 1:%u RFC822.SIZE",
						count),
		       str_c(responses), "OK FETCH completed");
	}
	expect(harness, t_strdup_printf("FETCH %u RFC822.SIZE", count + 1), "",
	       "BAD FETCH: Message sequence is out of range");
	expect(harness, "SEARCH ALL",
	       t_strdup_printf("* SEARCH%s\r\n", str_c(numbers)),
	       "OK SEARCH completed");
	expect(harness, "SEARCH BODY b",
	       t_strdup_printf("* SEARCH%s\r\n", str_c(numbers)),
	       "OK SEARCH completed");
}

static void test_newest_on(struct harness *harness)
{
	begin_window(harness, 5, 3);
	expect_shown(harness, 3, 4, 5, LAST);
	expect(harness, "SEARCH SUBJECT xxxx", "* SEARCH 2 3\r\n",
	       "OK SEARCH completed");
	expect(harness, "FETCH 1 RFC822.TEXT",
	       "* 1 FETCH (RFC822.TEXT {3}\r\nb\r\n"
	       " FLAGS (\\Recent \\Seen))\r\n", "OK FETCH completed");
	expect(harness, "STORE 3,2 +FLAGS \\Flagged",
	       "* 2 FETCH (FLAGS (\\Recent \\Flagged))\r\n"
	       "* 3 FETCH (FLAGS (\\Recent \\Flagged))\r\n",
	       "OK STORE completed");
	expect(harness, "SEARCH FLAGGED", "* SEARCH 2 3\r\n",
	       "OK SEARCH completed");
	expect(harness, "SEARCH UNSEEN", "* SEARCH 2 3\r\n",
	       "OK SEARCH completed");
	expect(harness, "CHECK", "* 3 EXISTS\r\n* 3 RECENT\r\n",
	       "OK CHECK completed");
	test_assert_strcmp(harness_flags(harness, "INBOX", 2), "");
	test_assert_strcmp(harness_flags(harness, "INBOX", 3), "\\Seen");
	test_assert_strcmp(harness_flags(harness, "INBOX", 4), "\\Flagged");
	test_assert_strcmp(harness_flags(harness, "INBOX", 5), "\\Flagged");
}

static void test_newest(void)
{
	on_each_driver("Newest messages", test_newest_on);
}

static void test_sizes_on(struct harness *harness)
{
	/* Of an empty mailbox, of a smaller one, one as large, and of one
	   that came to be larger. */
	select_window(harness, 3, 0, 0);
	expect_shown(harness, LAST);
	save_messages(harness, 1, 2);
	select_window(harness, 3, 2, 2);
	expect_shown(harness, 1, 2, LAST);
	save_message(harness, 3, 0);
	select_window(harness, 3, 3, 1);
	expect_shown(harness, 1, 2, 3, LAST);
	save_message(harness, 4, 0);
	expect(harness, "NOOP", "* 4 EXISTS\r\n* 2 RECENT\r\n",
	       "OK NOOP completed");
	expect_shown(harness, 1, 2, 3, 4, LAST);
	select_window(harness, 3, 3, 0);
	expect_shown(harness, 2, 3, 4, LAST);
	select_window(harness, 1, 1, 0);
	expect_shown(harness, 4, LAST);
	select_window(harness, UINT_MAX, 4, 0);
	expect_shown(harness, 1, 2, 3, 4, LAST);
	select_window(harness, 0, 4, 0);
	expect_shown(harness, 1, 2, 3, 4, LAST);
}

static void test_sizes(void)
{
	on_each_driver("Window sizes", test_sizes_on);
}

static void test_older_expunged_on(struct harness *harness)
{
	begin_window(harness, 6, 2);
	harness_expunge(harness, "INBOX", 2, 3);
	/* Before and after the mailbox is told to let them go. */
	expect_shown(harness, 5, 6, LAST);
	expect(harness, "NOOP", "", "OK NOOP completed");
	expect_shown(harness, 5, 6, LAST);
	harness_expunge(harness, "INBOX", 1, 2);
	expect(harness, "CHECK", "* 2 EXISTS\r\n* 2 RECENT\r\n",
	       "OK CHECK completed");
	expect_shown(harness, 5, 6, LAST);
	expect(harness, "STORE 2 +FLAGS \\Deleted",
	       "* 2 FETCH (FLAGS (\\Recent \\Deleted))\r\n",
	       "OK STORE completed");
	test_assert_strcmp(harness_flags(harness, "INBOX", 2), "\\Deleted");
}

static void test_older_expunged(void)
{
	on_each_driver("Older messages expunged", test_older_expunged_on);
}

static void test_all_expunged_on(struct harness *harness)
{
	begin_window(harness, 4, 2);
	harness_set_flags(harness, "INBOX", 1, 1, MAIL_DELETED, NULL);
	harness_expunge(harness, "INBOX", 3, 4);
	expect(harness, "NOOP", "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n"
	       "* 0 EXISTS\r\n* 0 RECENT\r\n", "OK NOOP completed");
	expect_shown(harness, LAST);
	expect(harness, "EXPUNGE", "* 0 EXISTS\r\n* 0 RECENT\r\n"
	       "* 0 EXISTS\r\n* 0 RECENT\r\n",
	       "OK EXPUNGE completed, 0 messages removed");
	save_message(harness, 5, 0);
	expect(harness, "NOOP", "* 1 EXISTS\r\n* 1 RECENT\r\n",
	       "OK NOOP completed");
	expect_shown(harness, 5, LAST);
	/* And those before too. */
	harness_expunge(harness, "INBOX", 1, 3);
	expect(harness, "NOOP", "* 1 EXPUNGE\r\n* 0 EXISTS\r\n* 0 RECENT\r\n",
	       "OK NOOP completed");
	expect_shown(harness, LAST);
	save_message(harness, 6, 0);
	expect(harness, "NOOP", "* 1 EXISTS\r\n* 1 RECENT\r\n",
	       "OK NOOP completed");
	expect_shown(harness, 6, LAST);
}

static void test_all_expunged(void)
{
	on_each_driver("All of the window expunged", test_all_expunged_on);
}

static void test_expunge_on(struct harness *harness)
{
	/* What the client can't see it doesn't expunge. */
	begin_window(harness, 6, 3);
	harness_set_flags(harness, "INBOX", 1, 4, MAIL_DELETED, NULL);
	harness_set_flags(harness, "INBOX", 6, 6, MAIL_DELETED, NULL);
	expect(harness, "EXPUNGE",
	       "* 3 EXISTS\r\n* 3 RECENT\r\n"
	       "* 1 FETCH (FLAGS (\\Recent \\Deleted))\r\n"
	       "* 3 FETCH (FLAGS (\\Recent \\Deleted))\r\n"
	       "* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n"
	       "* 1 EXISTS\r\n* 1 RECENT\r\n",
	       "OK EXPUNGE completed, 2 messages removed");
	expect_shown(harness, 5, LAST);
	test_assert(harness_count(harness, "INBOX") == 4);
	test_assert_strcmp(harness_flags(harness, "INBOX", 3), "\\Deleted");
}

static void test_expunge(void)
{
	on_each_driver("EXPUNGE in a window", test_expunge_on);
}

static void test_news_on(struct harness *harness)
{
	const char *out, *tagged;

	/* At once: flags of 2, 4 and 6, two messages before the window and one
	   in it go, a new one comes. */
	begin_window(harness, 6, 4);
	harness_set_flags(harness, "INBOX", 2, 2, MAIL_FLAGGED, NULL);
	harness_set_flags(harness, "INBOX", 4, 4, MAIL_FLAGGED, NULL);
	harness_set_flags(harness, "INBOX", 6, 6, MAIL_ANSWERED, NULL);
	harness_expunge(harness, "INBOX", 1, 3);
	save_message(harness, 7, 0);

	/* No expunge is told in FETCH: 3 is still 1, and can't be had. */
	out = harness_cmd(harness, "FETCH 1:4 RFC822.SIZE", &tagged);
	test_assert(strstr(out, "EXPUNGE") == NULL);
	test_assert(strstr(out, "* 1 FETCH (RFC822.SIZE") == NULL);
	test_assert(strstr(out, "* 2 FETCH (RFC822.SIZE 20)\r\n") != NULL);
	test_assert(strstr(out, "* 4 FETCH (RFC822.SIZE 22)\r\n") != NULL);
	test_assert(strstr(out, "* 5 EXISTS\r\n") != NULL);
	test_assert(strstr(out, "* 2 FETCH (FLAGS (\\Recent \\Flagged))\r\n") !=
		    NULL);
	test_assert(strstr(out, "* 4 FETCH (FLAGS (\\Recent \\Answered))\r\n")
		    != NULL);
	expect(harness, "NOOP", "* 1 EXPUNGE\r\n* 4 EXISTS\r\n* 4 RECENT\r\n",
	       "OK NOOP completed");
	expect_shown(harness, 4, 5, 6, 7, LAST);
	expect(harness, "FETCH 1:3 FLAGS",
	       "* 1 FETCH (FLAGS (\\Recent \\Flagged))\r\n"
	       "* 2 FETCH (FLAGS (\\Recent))\r\n"
	       "* 3 FETCH (FLAGS (\\Recent \\Answered))\r\n",
	       "OK FETCH completed");
}

static void test_news(void)
{
	on_each_driver("Unsolicited data in a window", test_news_on);
}

static void test_flags_and_expunges_on(struct harness *harness)
{
	/* Numbers of flag changes are those after the expunges. */
	begin_window(harness, 6, 4);
	harness_set_flags(harness, "INBOX", 1, 6, MAIL_FLAGGED, NULL);
	harness_expunge(harness, "INBOX", 4, 5);
	harness_expunge(harness, "INBOX", 1, 1);
	expect(harness, "NOOP",
	       "* 2 EXPUNGE\r\n* 2 EXPUNGE\r\n* 2 EXISTS\r\n* 2 RECENT\r\n"
	       "* 1 FETCH (FLAGS (\\Recent \\Flagged))\r\n"
	       "* 2 FETCH (FLAGS (\\Recent \\Flagged))\r\n",
	       "OK NOOP completed");
	expect_shown(harness, 3, 6, LAST);
}

static void test_flags_and_expunges(void)
{
	on_each_driver("Flags and expunges in a window",
		       test_flags_and_expunges_on);
}

static void test_arrivals_on(struct harness *harness)
{
	begin_window(harness, 3, 1);
	save_messages(harness, 4, 5);
	expect(harness, "NOOP", "* 3 EXISTS\r\n* 3 RECENT\r\n",
	       "OK NOOP completed");
	expect_shown(harness, 3, 4, 5, LAST);
	/* The last of the mailbox, then one that was never told. */
	harness_expunge(harness, "INBOX", 5, 5);
	save_message(harness, 6, 0);
	harness_expunge(harness, "INBOX", 5, 5);
	expect(harness, "NOOP", "* 3 EXPUNGE\r\n* 2 EXISTS\r\n* 2 RECENT\r\n",
	       "OK NOOP completed");
	expect_shown(harness, 3, 4, LAST);
	save_message(harness, 7, 0);
	harness_expunge(harness, "INBOX", 1, 4);
	expect(harness, "NOOP",
	       "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 1 EXISTS\r\n* 1 RECENT\r\n",
	       "OK NOOP completed");
	expect_shown(harness, 7, LAST);
}

static void test_arrivals(void)
{
	on_each_driver("Arrivals in a window", test_arrivals_on);
}

static void test_copy_on(struct harness *harness)
{
	const char *out, *tagged;

	begin_window(harness, 4, 2);
	out = harness_cmd(harness, "COPY 1:2 saved", &tagged);
	test_assert(strncmp(out, "* 1 COPY\r\n* 2 COPY\r\n", 20) == 0);
	test_assert_strcmp(tagged, "OK COPY completed");
	select_window(harness, 0, 4, 0);
	expect(harness, "SEARCH SEEN", "* SEARCH 3 4\r\n",
	       "OK SEARCH completed");

	/* To itself */
	select_window(harness, 2, 2, 0);
	out = harness_cmd(harness, "COPY 1 INBOX", &tagged);
	test_assert(strncmp(out, "* 1 COPY\r\n", 10) == 0);
	test_assert_strcmp(tagged, "OK COPY completed");
	test_assert(strstr(out, "* 3 EXISTS\r\n") != NULL);
	expect_shown(harness, 3, 4, 3, LAST);
	harness->set.imap2_max_messages = 2;
	(void)harness_cmd(harness, "SELECT saved", &tagged);
	expect_shown(harness, 3, 4, LAST);
}

static void test_copy(void)
{
	on_each_driver("COPY in a window", test_copy_on);
}

int main(int argc, char *argv[])
{
	void (*const tests[])(void) = {
		test_newest,
		test_sizes,
		test_older_expunged,
		test_all_expunged,
		test_expunge,
		test_news,
		test_flags_and_expunges,
		test_arrivals,
		test_copy,
		NULL
	};

	return harness_main(argc, argv, tests);
}
