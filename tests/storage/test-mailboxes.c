/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The commands of IMAP2bis for mailboxes, and VERSION, on a real mailbox of
   each storage format. */

#include "lib.h"
#include "test-common.h"
#include "harness.h"

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
		test_version,
		NULL
	};

	return harness_main(argc, argv, tests);
}
