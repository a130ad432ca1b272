/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* See harness.h. Takes the place of shim/session*.c: the user comes from the
   host's test-mail-storage-common instead of from a login. */

#include "lib.h"
#include "array.h"
#include "ioloop.h"
#include "istream.h"
#include "net.h"
#include "str.h"
#include "master-service.h"
#include "mail-search-build.h"
#include "test-common.h"
#include "proto/flags.h"
#include "settings/imap2-settings.h"
#include "shim/session.h"
#include "session/client.h"
#include "harness.h"

#include <sys/socket.h>
#include <unistd.h>

/* A command that takes longer hangs. */
#define HARNESS_TIMEOUT_MSECS (30*1000)

static const struct imap2_settings default_settings = {
	.rawlog_dir = "",
	.imap2_max_line_length = 4096,
	.imap2_max_keywords = 30,
	.imap2_extensions = SHIM_WORDS("imap2bis"),
	.parsed_extensions = IMAP2_EXTENSION_IMAP2BIS,
	.imap2_client_workarounds = SHIM_WORDS(""),
	.imap2_logout_format = "",
};

/*
 * shim/session.h
 */

void shim_session_activate(struct shim_session *session ATTR_UNUSED)
{
}

void shim_session_disconnected(struct shim_session *session ATTR_UNUSED)
{
}

void shim_session_free(struct shim_session **_session)
{
	struct shim_session *session = *_session;

	*_session = NULL;
	event_unref(&session->event);
	i_free(session);
}

const char *
shim_session_expand(struct shim_session *session ATTR_UNUSED,
		    const char *format,
		    const struct shim_expand_key *keys ATTR_UNUSED)
{
	return format;
}

void shim_session_rawlog(struct shim_session *session ATTR_UNUSED,
			 struct istream **input ATTR_UNUSED,
			 struct ostream **output ATTR_UNUSED)
{
}

/*
 * Session
 */

static void harness_session_init(struct harness *harness)
{
	struct shim_session *session = i_new(struct shim_session, 1);
	struct shim_session_login login = { .tag = "login" };
	int fds[2];

	session->event = event_create(NULL);
	session->user = harness->storage->user;
	session->set = &harness->set;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		i_fatal("socketpair() failed: %m");
	net_set_nonblock(fds[0], TRUE);
	harness->fd = fds[0];
	imap2_client_create(session, fds[1], fds[1], &login);
}

static void harness_timeout(void *context ATTR_UNUSED)
{
	i_fatal("The session doesn't answer");
}

/* Returns the offset behind the tagged line, or 0 if it isn't there yet. */
static size_t harness_find_tagged(const char *output, const char *tag)
{
	const char *line = output, *end;
	size_t tag_len = strlen(tag);

	while ((end = strstr(line, "\r\n")) != NULL) {
		if (strncmp(line, tag, tag_len) == 0 && line[tag_len] == ' ')
			return end + 2 - output;
		line = end + 2;
	}
	return 0;
}

/* Returns FALSE if the session has closed its side. */
static bool harness_read(struct harness *harness)
{
	unsigned char buf[4096];
	ssize_t ret;

	while ((ret = read(harness->fd, buf, sizeof(buf))) > 0)
		buffer_append(harness->output, buf, ret);
	return ret < 0 && errno == EAGAIN;
}

static void harness_loop_begin(struct harness *harness)
{
	/* The test itself isn't run by the event loop, which activates a user
	   before each callback. */
	shim_test_user_deactivate(harness->storage);
	harness->to = timeout_add(HARNESS_TIMEOUT_MSECS, harness_timeout, NULL);
	io_loop_set_running(current_ioloop);
}

static const char *harness_loop_end(struct harness *harness)
{
	const char *result = t_strdup(str_c(harness->output));

	timeout_remove(&harness->to);
	shim_test_user_activate(harness->storage);
	str_truncate(harness->output, 0);
	return result;
}

static void harness_write(struct harness *harness, const void *data,
			  size_t size)
{
	if (write(harness->fd, data, size) != (ssize_t)size)
		i_fatal("write() failed: %m");
}

const char *harness_run(struct harness *harness, const char *tag,
			const char *input)
{
	bool alive = TRUE;

	harness_write(harness, input, strlen(input));
	harness_loop_begin(harness);
	while (harness_find_tagged(str_c(harness->output), tag) == 0) {
		if (!alive) {
			i_fatal("The session ended: %s",
				str_c(harness->output));
		}
		io_loop_handler_run(current_ioloop);
		alive = harness_read(harness);
	}
	return harness_loop_end(harness);
}

const char *harness_feed_pieces(struct harness *harness, const void *data,
				size_t size, size_t piece_size)
{
	const unsigned char *pos = data, *end = pos + size;

	harness_loop_begin(harness);
	for (; pos < end && imap2_clients != NULL; pos += piece_size) {
		harness_write(harness, pos, I_MIN(piece_size,
						  (size_t)(end - pos)));
		io_loop_handler_run(current_ioloop);
		(void)harness_read(harness);
	}
	if (imap2_clients != NULL && shutdown(harness->fd, SHUT_WR) < 0)
		i_fatal("shutdown() failed: %m");
	while (imap2_clients != NULL) {
		io_loop_handler_run(current_ioloop);
		(void)harness_read(harness);
	}
	return harness_loop_end(harness);
}

const char *harness_feed(struct harness *harness, const void *data, size_t size)
{
	return harness_feed_pieces(harness, data, size, I_MAX(size, 1));
}

const char *harness_cmd(struct harness *harness, const char *command,
			const char **tagged_r)
{
	const char *output, *tagged;

	output = harness_run(harness, "t",
			     t_strconcat("t ", command, "\r\n", NULL));
	tagged = strncmp(output, "t ", 2) == 0 ? output :
		strstr(output, "\r\nt ") + 2;
	*tagged_r = t_strdup_until(tagged + 2, strstr(tagged, "\r\n"));
	return t_strdup_until(output, tagged);
}

void expect(struct harness *harness, const char *command,
	    const char *untagged, const char *tagged)
{
	const char *real_tagged;
	const char *real = harness_cmd(harness, command, &real_tagged);

	test_assert_strcmp(real, untagged);
	test_assert_strcmp(real_tagged, tagged);
}

struct harness *harness_init(const char *driver)
{
	struct harness *harness = i_new(struct harness, 1);

	harness->set = default_settings;
	harness->output = str_new(default_pool, 1024);
	harness->storage = test_mail_storage_init();
	shim_test_storage_init(harness->storage);
	shim_test_user_init(harness->storage, driver);
	harness_session_init(harness);
	/* The answer to LOGIN is there already. */
	(void)harness_read(harness);
	i_assert(harness_find_tagged(str_c(harness->output), "login") > 0);
	str_truncate(harness->output, 0);
	return harness;
}

void harness_deinit(struct harness **_harness)
{
	struct harness *harness = *_harness;

	*_harness = NULL;
	imap2_clients_destroy_all(FALSE);
	i_close_fd(&harness->fd);
	test_mail_storage_deinit_user(harness->storage);
	test_mail_storage_deinit(&harness->storage);
	str_free(&harness->output);
	i_free(harness);
}

/*
 * Another session
 */

static struct mailbox *harness_open(struct harness *harness,
				    const char *name)
{
	struct mail_namespace *ns =
		mail_namespace_find(harness->storage->user->namespaces, name);
	struct mailbox *box = mailbox_alloc(ns->list, name, 0);

	if (mailbox_open(box) < 0 && mailbox_create(box, NULL, FALSE) < 0)
		i_fatal("%s: %s", name, mailbox_get_last_internal_error(
			box, NULL));
	if (mailbox_sync(box, MAILBOX_SYNC_FLAG_FULL_READ) < 0)
		i_fatal("%s: %s", name, mailbox_get_last_internal_error(
			box, NULL));
	return box;
}

static void harness_close(struct mailbox **box)
{
	if (mailbox_sync(*box, 0) < 0)
		i_fatal("mailbox_sync() failed");
	mailbox_free(box);
}

static struct mail_keywords *
harness_keywords(struct mailbox *box, const char *keyword)
{
	const char *names[] = { keyword, NULL };
	struct mail_keywords *keywords;

	if (keyword == NULL)
		return NULL;
	if (mailbox_keywords_create(box, names, &keywords) < 0)
		i_fatal("mailbox_keywords_create(%s) failed", keyword);
	return keywords;
}

void harness_save(struct harness *harness, const char *mailbox,
		  const char *text, enum mail_flags flags,
		  const char *keyword, time_t received)
{
	struct mailbox *box = harness_open(harness, mailbox);
	struct mail_keywords *keywords = harness_keywords(box, keyword);
	struct mailbox_transaction_context *trans =
		mailbox_transaction_begin(box,
			MAILBOX_TRANSACTION_FLAG_EXTERNAL, "harness");
	struct mail_save_context *save = mailbox_save_alloc(trans);
	struct istream *input = test_istream_create(text);
	ssize_t ret;

	mailbox_save_set_flags(save, flags, keywords);
	mailbox_save_set_received_date(save, received, 0);
	if (mailbox_save_begin(&save, input) < 0)
		i_fatal("mailbox_save_begin() failed");
	do {
		if (mailbox_save_continue(save) < 0)
			i_fatal("mailbox_save_continue() failed");
	} while ((ret = i_stream_read(input)) > 0);
	i_assert(ret == -1);
	if (mailbox_save_finish(&save) < 0 ||
	    mailbox_transaction_commit(&trans) < 0)
		i_fatal("Saving failed: %s",
			mailbox_get_last_internal_error(box, NULL));
	i_stream_unref(&input);
	if (keywords != NULL)
		mailbox_keywords_unref(&keywords);
	harness_close(&box);
}

void harness_set_flags(struct harness *harness, const char *mailbox,
		       uint32_t seq1, uint32_t seq2, enum mail_flags flags,
		       const char *keyword)
{
	struct mailbox *box = harness_open(harness, mailbox);
	struct mail_keywords *keywords = harness_keywords(box, keyword);
	struct mailbox_transaction_context *trans =
		mailbox_transaction_begin(box, 0, "harness");
	struct mail *mail = mail_alloc(trans, 0, NULL);

	for (; seq1 <= seq2; seq1++) {
		mail_set_seq(mail, seq1);
		mail_update_flags(mail, MODIFY_REPLACE, flags);
		if (keywords != NULL)
			mail_update_keywords(mail, MODIFY_ADD, keywords);
	}
	mail_free(&mail);
	if (mailbox_transaction_commit(&trans) < 0)
		i_fatal("Changing flags failed");
	if (keywords != NULL)
		mailbox_keywords_unref(&keywords);
	harness_close(&box);
}

void harness_expunge(struct harness *harness, const char *mailbox,
		     uint32_t seq1, uint32_t seq2)
{
	struct mailbox *box = harness_open(harness, mailbox);
	struct mailbox_transaction_context *trans =
		mailbox_transaction_begin(box, 0, "harness");
	struct mail *mail = mail_alloc(trans, 0, NULL);

	for (; seq1 <= seq2; seq1++) {
		mail_set_seq(mail, seq1);
		mail_expunge(mail);
	}
	mail_free(&mail);
	if (mailbox_transaction_commit(&trans) < 0)
		i_fatal("Expunging failed");
	harness_close(&box);
}

const char *harness_flags(struct harness *harness, const char *mailbox,
			  uint32_t seq)
{
	struct mailbox *box = harness_open(harness, mailbox);
	struct mailbox_transaction_context *trans =
		mailbox_transaction_begin(box, 0, "harness");
	struct mail *mail = mail_alloc(trans, MAIL_FETCH_FLAGS, NULL);
	string_t *str = t_str_new(64);
	enum mail_flags flags;
	const char *const *keywords;

	mail_set_seq(mail, seq);
	flags = mail_get_flags(mail);
	imap2_flags_write(str, flags & ENUM_NEGATE(MAIL_RECENT));
	if ((flags & MAIL_DRAFT) != 0)
		str_append(str, " draft");
	for (keywords = mail_get_keywords(mail); *keywords != NULL; keywords++)
		str_printfa(str, " %s", *keywords);
	mail_free(&mail);
	(void)mailbox_transaction_commit(&trans);
	mailbox_free(&box);
	return str_c(str);
}

unsigned int harness_count(struct harness *harness, const char *mailbox)
{
	struct mailbox *box = harness_open(harness, mailbox);
	struct mailbox_status status;

	mailbox_get_open_status(box, STATUS_MESSAGES, &status);
	mailbox_free(&box);
	return status.messages;
}

void on_each_driver(const char *name, void (*test)(struct harness *))
{
	static const char *const drivers[] = {
		"maildir", "sdbox", "mdbox", "mbox"
	};
	struct harness *harness;
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(drivers); i++) T_BEGIN {
		test_begin(t_strdup_printf("%s on %s", name, drivers[i]));
		setenv("TZ", "UTC", 1);
		harness = harness_init(drivers[i]);
		test(harness);
		harness_deinit(&harness);
		test_end();
	} T_END;
}

void harness_service_init(int *argc, char **argv[])
{
	shim_test_service_init(argc, argv);
	i_set_info_file("/dev/null");
}

int harness_main(int argc, char *argv[], void (*const tests[])(void))
{
	int ret;

	harness_service_init(&argc, &argv);
	ret = test_run(tests);
	master_service_deinit(&master_service);
	return ret;
}
