/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* imap2_max_message_size: what a client gets of long messages, on a real
   mailbox of each storage format. */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "harness.h"

#define LIMIT 4096
/* So little room there is for the text at least. */
#define ROOM (LIMIT - 1000 - 300)
#define RECEIVED_TIME 631238400 /* 2-Jan-1990 00:00:00 UTC */
#define HEADER "From: a@x.example\nSubject: long\n\n"
#define NOTICE_BEGIN "[Cut here. "
#define NOTICE_END "raised on the mail server.]\r\n"

static bool begins_with(const char *str, const char *prefix)
{
	return strncmp(str, prefix, strlen(prefix)) == 0;
}

static const char *crlf(const char *text)
{
	string_t *str = t_str_new(strlen(text) * 2);

	for (; *text != '\0'; text++) {
		if (*text == '\n')
			str_append_c(str, '\r');
		str_append_c(str, *text);
	}
	return str_c(str);
}

/* The beginning, then this as often as there's room in `size` octets with
   CRLFs, then so many x and a line end, which mbox would add. */
static const char *
text_of_size(const char *begin, const char *line, size_t size)
{
	string_t *str = t_str_new(size);
	size_t left = size - strlen(crlf(begin)), len = strlen(crlf(line));

	str_append(str, begin);
	for (; left > len + 2; left -= len)
		str_append(str, line);
	for (; left > 2; left--)
		str_append_c(str, 'x');
	str_append_c(str, '\n');
	return str_c(str);
}

/* Save a message and return it as IMAP2 should have it. */
static const char *save_and_select(struct harness *harness, const char *text)
{
	const char *tagged;

	harness->set.imap2_max_message_size = LIMIT;
	harness_save(harness, "INBOX", text, MAIL_SEEN, NULL, RECEIVED_TIME);
	(void)harness_cmd(harness, "SELECT INBOX", &tagged);
	test_assert_strcmp(tagged, "OK [READ-WRITE] SELECT completed");
	return crlf(text);
}

/* The string in the response to a command for one. */
static const char *fetch_text(struct harness *harness, const char *command)
{
	const char *response, *tagged, *text;
	uoff_t size;

	response = harness_cmd(harness, command, &tagged);
	test_assert(begins_with(tagged, "OK "));
	text = strchr(response, '{');
	if (text == NULL || str_parse_uoff(text + 1, &size, &text) < 0 ||
	    strlen(text) < strlen("}\r\n)\r\n") + size) {
		test_assert(FALSE);
		return "";
	}
	text += strlen("}\r\n");
	test_assert_strcmp(text + size, ")\r\n");
	return t_strndup(text, size);
}

static uoff_t fetch_size(struct harness *harness)
{
	const char *response, *tagged;
	uoff_t size;

	response = harness_cmd(harness, "FETCH 1 RFC822.SIZE", &tagged);
	response = strstr(response, "SIZE ");
	if (response == NULL ||
	    str_parse_uoff(response + strlen("SIZE "), &size, NULL) < 0)
		return 0;
	return size;
}

/* Test that `cut` is the beginning of `text`, ending at a line end, an empty
   line, and the notice. Returns how much there is of the text. */
static size_t test_is_cut(const char *cut, const char *text)
{
	const char *notice = strstr(cut, NOTICE_BEGIN);
	size_t kept, len = strlen(cut);
	uoff_t more;

	test_assert(len <= LIMIT);
	if (notice == NULL) {
		test_assert(FALSE);
		return 0;
	}
	test_assert(strstr(notice, NOTICE_END) != NULL);
	test_assert_strcmp(cut + len - strlen(NOTICE_END), NOTICE_END);
	test_assert(str_parse_uoff(notice + strlen(NOTICE_BEGIN), &more,
				   NULL) == 0);
	kept = strlen(text) - more;
	test_assert(kept >= ROOM && kept < len);
	test_assert(strncmp(cut, text, kept) == 0);
	test_assert_strcmp(t_strdup_until(cut + kept, notice),
			   cut[kept - 1] == '\n' ? "\r\n" : "\r\n\r\n");
	return kept;
}

/* What's sent of a message is consistent. Returns it. */
static const char *fetch_message(struct harness *harness)
{
	const char *message = fetch_text(harness, "FETCH 1 RFC822");
	const char *header = fetch_text(harness, "FETCH 1 RFC822.HEADER");
	const char *body = fetch_text(harness, "FETCH 1 RFC822.TEXT");

	test_assert_strcmp(message, t_strconcat(header, body, NULL));
	test_assert_strcmp(fetch_text(harness, "FETCH 1 BODY[0]"), header);
	test_assert_cmp(fetch_size(harness), ==, strlen(message));
	return message;
}

static void test_limit_on(struct harness *harness, size_t size)
{
	const char *text, *sent;

	text = save_and_select(harness, text_of_size(HEADER, "a line\n", size));
	i_assert(strlen(text) == size);
	sent = fetch_message(harness);
	if (size <= LIMIT)
		test_assert_strcmp(sent, text);
	else {
		size_t kept = test_is_cut(sent, text);
		test_assert(text[kept - 1] == '\n');
	}
}

static void test_limit_below_on(struct harness *harness)
{
	test_limit_on(harness, LIMIT - 1);
}

static void test_limit_at_on(struct harness *harness)
{
	test_limit_on(harness, LIMIT);
}

static void test_limit_above_on(struct harness *harness)
{
	test_limit_on(harness, LIMIT + 1);
}

static void test_limit_far_above_on(struct harness *harness)
{
	test_limit_on(harness, LIMIT * 100);
}

static void test_limit(void)
{
	on_each_driver("message one shorter", test_limit_below_on);
	on_each_driver("message of maximum size", test_limit_at_on);
	on_each_driver("message one longer", test_limit_above_on);
	on_each_driver("message far longer", test_limit_far_above_on);
}

/* All ways in which a CRLF and the end of the room can meet. */
static void test_line_ends(void)
{
	static const char *const lines[] = {
		"\n", "a\n", "ab\n", "abc\n", "more than a few octets\n"
	};
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(lines); i++) T_BEGIN {
		struct harness *harness = harness_init("sdbox");
		const char *text;
		size_t kept;

		test_begin(t_strdup_printf("cut in lines %u", i));
		text = save_and_select(harness, text_of_size(HEADER, lines[i],
							     LIMIT * 3));
		kept = test_is_cut(fetch_message(harness), text);
		test_assert(text[kept - 1] == '\n');
		test_assert(kept > LIMIT - 300);
		test_end();
		harness_deinit(&harness);
	} T_END;
}

/* A line that's longer than lines can be is cut anywhere. */
static void test_long_line_on(struct harness *harness)
{
	const char *text, *sent;
	size_t kept;

	text = save_and_select(harness, text_of_size(HEADER "short\n", "x",
						     LIMIT * 3));
	sent = fetch_message(harness);
	kept = test_is_cut(sent, text);
	test_assert(text[kept] == 'x' && kept > LIMIT - 300);
}

static void test_long_line(void)
{
	on_each_driver("cut in a long line", test_long_line_on);
}

/* Cut in the middle of a text with this beginning, and return where. */
static size_t cut_after(const char *begin)
{
	struct harness *harness = harness_init("sdbox");
	const char *text;
	size_t kept;

	text = save_and_select(harness, text_of_size(begin, "x", LIMIT * 2));
	kept = test_is_cut(fetch_message(harness), text);
	harness_deinit(&harness);
	return kept;
}

/* A long line ends where the room does, between CR and LF. */
static void test_line_end_split(void)
{
	string_t *begin = t_str_new(LIMIT);
	size_t room, left;

	test_begin("cut between CR and LF");
	room = cut_after(HEADER);
	str_append(begin, HEADER);
	for (left = room - 1 - strlen(crlf(HEADER)); left > 0; left--)
		str_append_c(begin, 'x');
	str_append_c(begin, '\n');
	test_assert_cmp(cut_after(str_c(begin)), ==, room - 1);
	test_end();
}

/* The body of a message whose header is too long is the notice. */
static void test_long_header_on(struct harness *harness)
{
	const char *text, *sent, *header;

	text = save_and_select(harness, t_strconcat(
		text_of_size("Subject: long\n", "To: b@x.example\n",
			     LIMIT * 2), "\nbody\n", NULL));
	sent = fetch_message(harness);
	(void)test_is_cut(sent, text);
	header = fetch_text(harness, "FETCH 1 RFC822.HEADER");
	test_assert_strcmp(strstr(header, "\r\n\r\n"), "\r\n\r\n");
	test_assert(begins_with(fetch_text(harness, "FETCH 1 RFC822.TEXT"),
				    NOTICE_BEGIN));
	/* Such a choice of lines isn't too long. */
	test_assert_strcmp(fetch_text(harness,
			"FETCH 1 RFC822.HEADER.LINES (Subject)"),
			   "Subject: long\r\n\r\n");
	test_assert(strlen(fetch_text(harness,
			"FETCH 1 RFC822.HEADER.LINES (To)")) <= LIMIT);
}

static void test_long_header(void)
{
	on_each_driver("cut in the header", test_long_header_on);
}

static void test_partial_on(struct harness *harness)
{
	const char *sent, *expected;
	size_t len, offset, notice;
	unsigned int i, j;

	(void)save_and_select(harness, text_of_size(HEADER, "a line\n",
						    LIMIT * 2));
	sent = fetch_message(harness);
	len = strlen(sent);
	notice = strstr(sent, NOTICE_BEGIN) - sent;
	const size_t offsets[] = {
		0, 1, notice - 5, notice - 3, notice - 2, notice - 1, notice,
		notice + 1, len - 1, len, len + 1, LIMIT * 2, LIMIT * 3
	};
	const size_t sizes[] = { 0, 1, 2, 3, 5, 1000, LIMIT * 3, 4294967295 };

	for (i = 0; i < N_ELEMENTS(offsets); i++) {
		for (j = 0; j < N_ELEMENTS(sizes); j++) T_BEGIN {
			offset = I_MIN(offsets[i], len);
			expected = t_strndup(sent + offset, sizes[j]);
			test_assert_strcmp(fetch_text(harness,
				t_strdup_printf("PARTIAL 1 RFC822 %zu %zu",
						offsets[i] + 1, sizes[j])),
					   expected);
		} T_END;
	}
}

static void test_partial(void)
{
	on_each_driver("parts of a cut text", test_partial_on);
}

static void test_part_on(struct harness *harness)
{
	const char *text, *part;

	text = text_of_size("first\n", "a line\n", LIMIT * 2);
	(void)save_and_select(harness, t_strdup_printf(
		"MIME-Version: 1.0\n"
		"Content-Type: multipart/mixed; boundary=b\n\n"
		"--b\n\n%s\n--b\n\nsecond\n--b--\n", text));
	part = fetch_text(harness, "FETCH 1 BODY[1]");
	(void)test_is_cut(part, crlf(text));
	test_assert_strcmp(fetch_text(harness, "PARTIAL 1 BODY[1] 3 5000"),
			   part + 2);
	test_assert_strcmp(fetch_text(harness, "FETCH 1 BODY[2]"), "second");
	test_assert_strcmp(fetch_text(harness, "FETCH 1 BODY[3]"), "");
	/* Several of one message. */
	(void)fetch_message(harness);
	expect(harness, "FETCH 1 (BODY[2] RFC822.HEADER.LINES (MIME-Version))",
	       "* 1 FETCH (BODY[2] {6}\r\nsecond RFC822.HEADER {21}\r\n"
	       "MIME-Version: 1.0\r\n\r\n)\r\n", "OK FETCH completed");
}

static void test_part(void)
{
	on_each_driver("cut MIME part", test_part_on);
}

/* SEARCH and COPY know all of a message. */
static void test_whole_on(struct harness *harness)
{
	const char *text, *tagged;

	text = save_and_select(harness, t_strconcat(
		text_of_size(HEADER, "a line\n", LIMIT * 2), "findme\n", NULL));
	expect(harness, "SEARCH BODY findme", "* SEARCH 1\r\n",
	       "OK SEARCH completed");
	expect(harness, "COPY 1 other", "* 1 COPY\r\n", "OK COPY completed");
	harness->set.imap2_max_message_size = 0;
	(void)harness_cmd(harness, "SELECT other", &tagged);
	test_assert_strcmp(fetch_message(harness), text);
}

static void test_whole(void)
{
	on_each_driver("SEARCH and COPY of a cut message", test_whole_on);
}

int main(int argc, char *argv[])
{
	static void (*const tests[])(void) = {
		test_limit,
		test_line_ends,
		test_long_line,
		test_line_end_split,
		test_long_header,
		test_partial,
		test_part,
		test_whole,
		NULL
	};
	return harness_main(argc, argv, tests);
}
