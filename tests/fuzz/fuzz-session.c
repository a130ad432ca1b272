/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Any octets as a whole session on a real in-process mailbox. Whatever comes,
   the answer consists of whole lines, and the two messages that nobody marked
   \Deleted by a well-formed command are still there. */

#include "lib.h"
#include "ioloop.h"
#include "master-service.h"
#include "fuzzer.h"
#include "tests/storage/harness.h"

/* Fits into the socket's buffer. */
#define MAX_INPUT_SIZE (16*1024)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc ATTR_UNUSED, char ***argv ATTR_UNUSED)
{
	static char name[] = "fuzz-session", *names[] = { name, NULL };
	static char **service_argv = names;
	static int service_argc = 1;

	/* The options on the command line are the fuzzer's. */
	harness_service_init(&service_argc, &service_argv);
	return 0;
}

static bool has_command(const uint8_t *data, size_t size, const char *word)
{
	size_t i, len = strlen(word);

	for (i = 0; i + len <= size; i++) {
		if (strncasecmp((const char *)data + i, word, len) == 0)
			return TRUE;
	}
	return FALSE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char message[] = "Subject: test\n\nbody\n";
	struct harness *harness;

	if (size > MAX_INPUT_SIZE)
		return 0;
	T_BEGIN {
		const char *output;
		size_t len;

		harness = harness_init("sdbox");
		harness_save(harness, "INBOX", message, 0, NULL, 0);
		harness_save(harness, "INBOX", message, MAIL_FLAGGED, "kw", 0);
		output = harness_feed(harness, data, size);
		len = strlen(output);
		i_assert(len == 0 || (len > 2 &&
				      strcmp(output + len - 2, "\r\n") == 0));
		if (!has_command(data, size, "EXPUNGE") &&
		    !has_command(data, size, "RENAME"))
			i_assert(harness_count(harness, "INBOX") >= 2);
		harness_deinit(&harness);
	} T_END;
	return 0;
}
