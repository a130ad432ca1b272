/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The commands of IMAP2bis for mailboxes, and VERSION, on a real mailbox of
   each storage format. */

#include "lib.h"
#include "test-common.h"
#include "harness.h"

static const char *const message =
	"From: ann@example.org\r\n"
	"\r\n"
	"text\r\n";
static const char *const no_mailbox =
	"BAD FETCH needs a selected mailbox: SELECT one first";

static void expect_selected(struct harness *harness, const char *command,
			    const char *counts, const char *tagged)
{
	expect(harness, command, t_strconcat(
		"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen)\r\n",
		counts, NULL), tagged);
}

static void select_mailbox(struct harness *harness, const char *name)
{
	const char *tagged;

	(void)harness_cmd(harness, t_strconcat("SELECT ", name, NULL), &tagged);
	test_assert_strcmp(tagged, "OK [READ-WRITE] SELECT completed");
}

static void test_create_on(struct harness *harness)
{
	expect(harness, "CREATE new", "", "OK CREATE completed");
	expect_selected(harness, "SELECT new", "* 0 EXISTS\r\n* 0 RECENT\r\n",
			"OK [READ-WRITE] SELECT completed");
	expect(harness, "Create new", "",
	       "NO CREATE failed: Mailbox already exists");
	/* With what is missing above it. */
	expect(harness, "CREATE a/b/c", "", "OK CREATE completed");
	expect(harness, "FIND MAILBOXES */*", "* MAILBOX a/b/c\r\n",
	       "OK FIND completed");
	expect(harness, "CREATE d&AOk-j&AOA-", "", "OK CREATE completed");
	test_assert(harness_count(harness, "d\xc3\xa9j\xc3\xa0") == 0);
	expect(harness, "CREATE dir/", "", "OK CREATE completed");
	expect(harness, "CREATE {9}\r\nwith room", "+ Ready for literal\r\n",
	       "OK CREATE completed");
	expect(harness, "FIND MAILBOXES with*", "* MAILBOX \"with room\"\r\n",
	       "OK FIND completed");

	expect(harness, "CREATE InBox", "",
	       "NO CREATE failed: INBOX always exists");
	expect(harness, "CREATE inbox/", "",
	       "NO CREATE failed: INBOX always exists");
	expect(harness, "CREATE \"\"", "",
	       "NO CREATE failed: The mailbox name is empty");
	expect(harness, "CREATE", "", "BAD CREATE: Missing argument");
	expect(harness, "CREATE a b", "", "BAD CREATE: Unexpected argument");
	/* The selected mailbox is another matter. */
	expect(harness, "CHECK", "* 0 EXISTS\r\n* 0 RECENT\r\n",
	       "OK CHECK completed");
}

static void test_create(void)
{
	on_each_driver("CREATE", test_create_on);
}

static void test_delete_on(struct harness *harness)
{
	harness_save(harness, "old", message, 0, NULL, 0);
	harness_save(harness, "selected", message, 0, NULL, 0);
	select_mailbox(harness, "selected");
	expect(harness, "DELETE old", "", "OK DELETE completed");
	expect(harness, "DELETE old", "",
	       "NO DELETE failed: Mailbox doesn't exist: old");
	expect(harness, "DELETE INBOX", "",
	       "NO DELETE failed: INBOX can't be deleted");
	expect(harness, "FETCH 1 FLAGS", "* 1 FETCH (FLAGS (\\Recent))\r\n",
	       "OK FETCH completed");
	expect(harness, "DELETE selected", "", "OK DELETE completed");
	expect(harness, "FETCH 1 FLAGS", "", no_mailbox);
	expect(harness, "FIND MAILBOXES *e*", "", "OK FIND completed");
	/* The name is free for another. */
	expect(harness, "CREATE selected", "", "OK CREATE completed");
	test_assert(harness_count(harness, "selected") == 0);
}

static void test_delete(void)
{
	on_each_driver("DELETE", test_delete_on);
}

static void test_rename_on(struct harness *harness)
{
	const char *tagged;

	harness_save(harness, "here", message, MAIL_FLAGGED, NULL, 0);
	harness_save(harness, "work/one", message, 0, NULL, 0);
	select_mailbox(harness, "work/one");
	expect(harness, "RENAME here there", "", "OK RENAME completed");
	test_assert_strcmp(harness_flags(harness, "there", 1), "\\Flagged");
	expect(harness, "RENAME here elsewhere", "",
	       "NO RENAME failed: Mailbox doesn't exist: here");
	expect(harness, "RENAME there work/one", "",
	       "NO RENAME failed: Target mailbox already exists");
	expect(harness, "RENAME there there", "",
	       "NO RENAME failed: Can't rename mailbox to itself.");
	expect(harness, "RENAME there there/below", "",
	       "NO RENAME failed: A mailbox can't be below itself");
	expect(harness, "RENAME there therein", "", "OK RENAME completed");
	(void)harness_cmd(harness, "RENAME therein Public/there", &tagged);
	test_assert(strstr(tagged, "NO RENAME failed: ") == tagged);
	expect(harness, "RENAME therein", "", "BAD RENAME: Missing argument");

	/* What failed has left the selected mailbox alone. Those below go with
	   their parent. */
	expect(harness, "RENAME work/one work/one/two", "",
	       "NO RENAME failed: A mailbox can't be below itself");
	expect(harness, "STORE 1 +FLAGS \\Seen",
	       "* 1 FETCH (FLAGS (\\Recent \\Seen))\r\n",
	       "OK STORE completed");
	expect(harness, "RENAME work play", "", "OK RENAME completed");
	expect(harness, "FETCH 1 FLAGS", "", no_mailbox);
	test_assert_strcmp(harness_flags(harness, "play/one", 1), "\\Seen");
	select_mailbox(harness, "play/one");
	expect(harness, "RENAME play/one one", "", "OK RENAME completed");
	expect(harness, "FETCH 1 FLAGS", "", no_mailbox);
	test_assert_strcmp(harness_flags(harness, "one", 1), "\\Seen");
}

static void test_rename(void)
{
	on_each_driver("RENAME", test_rename_on);
}

static void test_examine_on(struct harness *harness)
{
	harness_save(harness, "INBOX", message, 0, NULL, 0);
	expect_selected(harness, "EXAMINE INBOX",
			"* 1 EXISTS\r\n* 1 RECENT\r\n",
			"OK [READ-ONLY] EXAMINE completed");
	expect(harness, "FETCH 1 (RFC822.TEXT FLAGS)",
	       "* 1 FETCH (RFC822.TEXT {6}\r\ntext\r\n"
	       " FLAGS (\\Recent))\r\n", "OK FETCH completed");
	expect(harness, "STORE 1 +FLAGS \\Deleted", "",
	       "NO STORE failed: the mailbox is read-only");
	expect(harness, "EXPUNGE", "* 1 EXISTS\r\n* 1 RECENT\r\n",
	       "NO EXPUNGE failed: the mailbox is read-only");
	expect(harness, "COPY 1 other", "* 1 COPY\r\n", "OK COPY completed");
	test_assert(harness_count(harness, "other") == 1);
	expect(harness, "EXAMINE missing", "",
	       "NO EXAMINE failed: Mailbox doesn't exist: missing");
	expect(harness, "FETCH 1 FLAGS", "", no_mailbox);
	/* Nothing was changed, \Recent neither. */
	expect_selected(harness, "SELECT INBOX",
			"* 1 EXISTS\r\n* 1 RECENT\r\n",
			"OK [READ-WRITE] SELECT completed");
	expect(harness, "FETCH 1 FLAGS", "* 1 FETCH (FLAGS (\\Recent))\r\n",
	       "OK FETCH completed");
}

static void test_examine(void)
{
	on_each_driver("EXAMINE", test_examine_on);
}

static void test_subscribe_on(struct harness *harness)
{
	const char *missing =
		"NO SUBSCRIBE failed: Mailbox doesn't exist: missing";

	harness_save(harness, "saved", message, 0, NULL, 0);
	harness_save(harness, "MAILBOX", message, 0, NULL, 0);
	expect(harness, "Subscribe Mailbox saved", "",
	       "OK SUBSCRIBE completed");
	expect(harness, "SUBSCRIBE saved", "", "OK SUBSCRIBE completed");
	expect(harness, "SUBSCRIBE MAILBOX", "", "OK SUBSCRIBE completed");
	expect(harness, "SUBSCRIBE MAILBOX MAILBOX", "",
	       "OK SUBSCRIBE completed");
	expect(harness, "SUBSCRIBE MAILBOX missing", "", missing);
	expect(harness, "SUBSCRIBE missing", "", missing);
	expect(harness, "SUBSCRIBE BBOARD missing", "",
	       "NO SUBSCRIBE failed: No such bulletin board");
	expect(harness, "SUBSCRIBE NEWSGROUP saved", "",
	       "BAD Unknown command SUBSCRIBE NEWSGROUP");
	expect(harness, "SUBSCRIBE MAILBOX saved more", "",
	       "BAD SUBSCRIBE: Unexpected argument");
	expect(harness, "SUBSCRIBE", "", "BAD SUBSCRIBE: Missing argument");
	expect(harness, "UNSUBSCRIBE MAILBOX", "", "OK UNSUBSCRIBE completed");
	expect(harness, "Unsubscribe Mailbox saved", "",
	       "OK UNSUBSCRIBE completed");
	expect(harness, "UNSUBSCRIBE missing", "", "OK UNSUBSCRIBE completed");
}

static void test_subscribe(void)
{
	on_each_driver("SUBSCRIBE", test_subscribe_on);
}

static void test_find_all_on(struct harness *harness)
{
	harness_save(harness, "saved", message, 0, NULL, 0);
	harness_save(harness, "Public/board", message, 0, NULL, 0);
	expect(harness, "FIND ALL.MAILBOXES INBOX", "* MAILBOX INBOX\r\n",
	       "OK FIND completed");
	expect(harness, "FIND ALL.MAILBOXES in%ox", "* MAILBOX INBOX\r\n",
	       "OK FIND completed");
	expect(harness, "FIND ALL.MAILBOXES s*", "* MAILBOX saved\r\n",
	       "OK FIND completed");
	expect(harness, "FIND ALL.MAILBOXES SAVED", "", "OK FIND completed");
	expect(harness, "FIND ALL.MAILBOXES \"\"", "", "OK FIND completed");
	expect(harness, "FIND ALL.BBOARDS *", "* BBOARD board\r\n",
	       "OK FIND completed");
	expect(harness, "FIND ALL.BBOARDS INBOX", "", "OK FIND completed");
	expect(harness, "FIND ALL.OTHERS *", "",
	       "BAD Unknown command FIND ALL.OTHERS");
	harness->set.parsed_extensions = 0;
	expect(harness, "FIND ALL.BBOARDS *", "",
	       "BAD Unknown command FIND ALL.BBOARDS");
}

static void test_find_all(void)
{
	on_each_driver("FIND ALL", test_find_all_on);
}

static void test_version_on(struct harness *harness)
{
	const char *refused =
		"NO VERSION failed: this server doesn't speak version 4";

	expect(harness, "VERSION 1", "", "OK VERSION completed");
	expect(harness, "version \"3\"", "", "OK VERSION completed");
	expect(harness, "VERSION 4", "", refused);
	expect(harness, "VERSION 0", "", "BAD VERSION: Invalid number");
	expect(harness, "VERSION 4x", "", "BAD VERSION: Invalid number");
	expect(harness, "VERSION", "", "BAD VERSION: Missing argument");

	harness->set.parsed_workarounds = IMAP2_WORKAROUND_MACMS;
	expect(harness, "VERSION 4", "* OK The MacMS kludge is enabled\r\n",
	       "OK VERSION completed");
	expect(harness, "VERSION 5", "",
	       "NO VERSION failed: this server doesn't speak version 5");
	expect(harness, "VERSION 3", "", "OK VERSION completed");

	harness->set.parsed_extensions = 0;
	expect(harness, "VERSION 4", "* OK The MacMS kludge is enabled\r\n",
	       "OK VERSION completed");
	harness->set.parsed_workarounds = 0;
	expect(harness, "VERSION 3", "", "BAD Unknown command VERSION");
}

static void test_version(void)
{
	on_each_driver("VERSION", test_version_on);
}

int main(int argc, char *argv[])
{
	void (*const tests[])(void) = {
		test_create,
		test_delete,
		test_rename,
		test_examine,
		test_subscribe,
		test_find_all,
		test_version,
		NULL
	};

	return harness_main(argc, argv, tests);
}
