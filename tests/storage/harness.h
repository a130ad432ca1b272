#ifndef STORAGE_HARNESS_H
#define STORAGE_HARNESS_H

/* Runs an IMAP2 session on a real mailbox inside the test's process: the
   session program's code without its main() and login hand-over, connected to
   the test by a socket pair. */

#include "shim/test.h"
#include "settings/imap2-settings.h"

struct harness {
	/* Of the session; a test may change them. */
	struct imap2_settings set;
	struct test_mail_storage_ctx *storage;
	int fd;
	string_t *output;
	struct timeout *to;
};

/* driver: maildir, sdbox, mdbox or mbox. */
struct harness *harness_init(const char *driver);
void harness_deinit(struct harness **harness);

/* Send `input` as it is and run until a line begins with `tag` and a space.
   Returns everything received since the last call (data stack). */
const char *harness_run(struct harness *harness, const char *tag,
			const char *input);
/* Send "tag SP command CRLF"; returns the responses without the tagged line,
   which goes to *tagged_r without its tag. */
const char *harness_cmd(struct harness *harness, const char *command,
			const char **tagged_r);

/* Run a command and test what it gives. */
void expect(struct harness *harness, const char *command,
	    const char *untagged, const char *tagged);

/* Send any octets, then close the sending side, and run until the session has
   ended. Returns everything received. */
const char *harness_feed(struct harness *harness, const void *data,
			 size_t size);
/* The same, but sent in pieces. */
const char *harness_feed_pieces(struct harness *harness, const void *data,
				size_t size, size_t piece_size);

/* Save a message into a mailbox, as another session would. */
void harness_save(struct harness *harness, const char *mailbox,
		  const char *text, enum mail_flags flags,
		  const char *keyword, time_t received);
/* Change messages seq1..seq2 of a mailbox as another session would. */
void harness_set_flags(struct harness *harness, const char *mailbox,
		       uint32_t seq1, uint32_t seq2, enum mail_flags flags,
		       const char *keyword);
void harness_expunge(struct harness *harness, const char *mailbox,
		     uint32_t seq1, uint32_t seq2);
/* "flags keywords" of a message, as another session sees them. */
const char *harness_flags(struct harness *harness, const char *mailbox,
			  uint32_t seq);
unsigned int harness_count(struct harness *harness, const char *mailbox);

/* Run `test` on a fresh user of each storage format. */
void on_each_driver(const char *name, void (*test)(struct harness *));
/* Initialise Dovecot's services in this process, which then logs errors
   only. */
void harness_service_init(int *argc, char **argv[]);
/* Do so and run the tests. */
int harness_main(int argc, char *argv[], void (*const tests[])(void));

#endif
