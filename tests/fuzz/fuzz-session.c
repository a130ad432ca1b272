/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Any octets as a whole session on a real in-process mailbox.

   The first octet of the input chooses settings, the second in which pieces
   the session gets the rest: a message that somebody sent, up to a line with a
   period, and then what the client says. Whatever comes: the answer consists
   of whole responses of known kinds, its message numbers add up, nobody gets
   an answer with a tag that wasn't sent, and messages that no command could
   have removed are still there. */

#include "lib.h"
#include "ioloop.h"
#include "str.h"
#include "master-service.h"
#include "fuzzer.h"
#include "tests/storage/harness.h"

#include <ctype.h>

/* Fits into the socket's buffer. */
#define MAX_INPUT_SIZE (16*1024)

#define OPTION_STRICT 0x01
#define OPTION_WINDOW 0x02
#define OPTION_CUT 0x04
#define OPTION_KEYWORDS 0x08
#define OPTION_WORKAROUNDS 0x10

struct answer {
	const char *pos;
	/* What the client knows. */
	unsigned int exists;
	/* EXISTS said less than before: it must be SELECT's. */
	bool shrunk;
};

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

static bool has_command(const char *input, const char *word)
{
	for (; *input != '\0'; input++) {
		if (strncasecmp(input, word, strlen(word)) == 0)
			return TRUE;
	}
	return FALSE;
}

static bool begins_with(const char *str, const char *prefix)
{
	return strncmp(str, prefix, strlen(prefix)) == 0;
}

/*
 * The answer
 */

/* Elsewhere "{5}" is only text for people. */
static bool answer_has_strings(const struct answer *answer)
{
	const char *line = t_strdup_until(answer->pos, answer->pos +
					  strcspn(answer->pos, "\r"));

	return begins_with(line, "* MAILBOX ") ||
		begins_with(line, "* BBOARD ") ||
		(begins_with(line, "* ") && strstr(line, " FETCH (") != NULL);
}

/* To the end of a response: its lines, and the literals between them. Returns
   FALSE if the answer ends before. */
static bool answer_skip_response(struct answer *answer)
{
	bool has_strings = answer_has_strings(answer);
	const char *end, *brace;
	unsigned int size;

	for (;;) {
		end = strstr(answer->pos, "\r\n");
		if (end == NULL)
			return FALSE;
		brace = end;
		if (has_strings && brace > answer->pos &&
		    brace[-1] == '}') {
			for (brace--; brace > answer->pos &&
			     i_isdigit(brace[-1]); brace--) ;
		}
		answer->pos = end + 2;
		if (brace == end || brace[-1] != '{' || brace[0] == '}')
			return TRUE;
		if (str_to_uint(t_strdup_until(brace, end - 1), &size) < 0 ||
		    strlen(answer->pos) < size)
			return FALSE;
		answer->pos += size;
	}
}

static void answer_number(struct answer *answer, unsigned int number,
			  const char *word)
{
	if (begins_with(word, "EXISTS\r\n")) {
		if (number < answer->exists)
			answer->shrunk = TRUE;
		answer->exists = number;
	} else if (begins_with(word, "EXPUNGE\r\n")) {
		i_assert(number > 0 && number <= answer->exists);
		answer->exists--;
	} else if (begins_with(word, "FETCH (") ||
		   begins_with(word, "COPY\r\n")) {
		i_assert(number > 0 && number <= answer->exists);
	} else {
		i_assert(begins_with(word, "RECENT\r\n"));
		i_assert(number <= answer->exists);
	}
}

static void answer_untagged(struct answer *answer)
{
	static const char *const kinds[] = {
		"OK ", "NO ", "BAD ", "BYE ", "PREAUTH ", "FLAGS (",
		"MAILBOX ", "BBOARD ", "SEARCH"
	};
	const char *word = answer->pos + 2, *rest;
	unsigned int i, number;

	if (str_parse_uint(word, &number, &rest) == 0 && *rest == ' ') {
		answer_number(answer, number, rest + 1);
		return;
	}
	for (i = 0; i < N_ELEMENTS(kinds); i++) {
		if (begins_with(word, kinds[i]))
			return;
	}
	i_panic("Unknown response: %s", answer->pos);
}

static void answer_tagged(struct answer *answer, const char *input)
{
	const char *space = strchr(answer->pos, ' ');

	i_assert(space != NULL);
	i_assert(strstr(input, t_strdup_until(answer->pos, space)) != NULL);
	i_assert(begins_with(space, " OK ") ||
		 begins_with(space, " NO ") ||
		 begins_with(space, " BAD "));
	if (answer->shrunk)
		i_assert(strstr(space, "[READ-") != NULL);
	answer->shrunk = FALSE;
}

static void check_answer(const char *output, const char *input)
{
	struct answer answer = { .pos = output };

	while (*answer.pos != '\0') T_BEGIN {
		if (begins_with(answer.pos, "* "))
			answer_untagged(&answer);
		else if (!begins_with(answer.pos, "+ "))
			answer_tagged(&answer, input);
		if (!answer_skip_response(&answer))
			i_panic("Unfinished response: %s", output);
	} T_END;
}

/*
 * The session
 */

static void set_options(struct imap2_settings *set, uint8_t options)
{
	if ((options & OPTION_STRICT) != 0)
		set->parsed_extensions = 0;
	if ((options & OPTION_WINDOW) != 0)
		set->imap2_max_messages = 2;
	if ((options & OPTION_CUT) != 0)
		set->imap2_max_message_size = 4096;
	if ((options & OPTION_KEYWORDS) != 0)
		set->imap2_max_keywords = 1;
	if ((options & OPTION_WORKAROUNDS) != 0) {
		set->parsed_workarounds = IMAP2_WORKAROUND_MACMS |
			IMAP2_WORKAROUND_LONG_DATES;
	}
}

/* The message's end in the input, which may be all of it. */
static size_t message_size(const uint8_t *data, size_t size)
{
	size_t i;

	for (i = 0; i + 3 <= size; i++) {
		if (memcmp(data + i, "\n.\n", 3) == 0)
			return i + 1;
	}
	return 0;
}

/* Commands behind a NUL are commands too. */
static const char *input_string(const uint8_t *data, size_t size)
{
	string_t *str = t_str_new(size + 1);
	size_t i;

	for (i = 0; i < size; i++)
		str_append_c(str, data[i] == '\0' ? '?' : data[i]);
	return str_c(str);
}

static void run_session(uint8_t options, uint8_t pieces, const char *message,
			const uint8_t *data, size_t size)
{
	struct harness *harness = harness_init("sdbox");
	const char *input = input_string(data, size);
	unsigned int messages = *message == '\0' ? 2 : 3;

	set_options(&harness->set, options);
	harness_save(harness, "INBOX", "Subject: test\n\nbody\n", 0, NULL, 0);
	harness_save(harness, "INBOX", "Subject: test\n\nbody\n",
		     MAIL_FLAGGED, "kw", 0);
	if (*message != '\0')
		harness_save(harness, "INBOX", message, 0, NULL, 0);
	check_answer(harness_feed_pieces(harness, data, size,
					 pieces == 0 ? size : pieces), input);
	if (!has_command(input, "EXPUNGE") && !has_command(input, "RENAME"))
		i_assert(harness_count(harness, "INBOX") >= messages);
	harness_deinit(&harness);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len;

	if (size < 3 || size > MAX_INPUT_SIZE)
		return 0;
	len = message_size(data + 2, size - 2);
	T_BEGIN {
		const char *message = len == 0 ? "" :
			t_strndup(data + 2, len);
		size_t skip = len == 0 ? 2 : 2 + len + 2;

		run_session(data[0], data[1], message, data + skip,
			    size - skip);
	} T_END;
	return 0;
}
