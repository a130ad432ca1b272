#ifndef IMAP2_REPLY_H
#define IMAP2_REPLY_H

/* The sole writer to the client (RFC 1176 p.18-21).

   A reply is composed in one string and handed to the output stream together
   with its CRLF (and with a literal's header, when one follows), so that CR
   and LF leave in one write: the 1988 C-client loses its place otherwise.
   Command handlers watch imap2_reply_is_full() and return to the event loop
   when the client doesn't read, so that the buffer stays small whatever the
   size of the whole answer. */

struct imap2_reply;

/* Takes a reference to output, whose own buffer must be unlimited. */
struct imap2_reply *imap2_reply_create(struct ostream *output);
void imap2_reply_destroy(struct imap2_reply **reply);

/* "* " text CRLF. The text must be what RFC 1176's grammar wants. */
void imap2_reply_untagged(struct imap2_reply *reply, const char *text);
/* "* " number SP what CRLF: EXISTS, RECENT, EXPUNGE, COPY. */
void imap2_reply_number(struct imap2_reply *reply, uint32_t number,
			const char *what);
/* Untagged OK, NO, BAD or BYE with text for people, made 7-bit and one line. */
void imap2_reply_untagged_text(struct imap2_reply *reply, const char *state,
			       const char *text);
/* tag SP state SP text, the text made 7-bit and one line. An untagged
   response if tag is NULL. */
void imap2_reply_tagged(struct imap2_reply *reply, const char *tag,
			const char *state, const char *text);
/* "+ " text, flushed to the network at once: clients wait for it. */
void imap2_reply_continue(struct imap2_reply *reply, const char *text);

/* Send a part of a longer response as it stands. */
void imap2_reply_raw(struct imap2_reply *reply, const void *data, size_t size);

enum imap2_reply_stream_result {
	/* All of the stream was sent. */
	IMAP2_REPLY_STREAM_SENT,
	/* The client doesn't read: continue after the output is flushed. */
	IMAP2_REPLY_STREAM_BLOCKED,
	/* The input stream failed: see its stream_errno. */
	IMAP2_REPLY_STREAM_FAILED,
	/* The client is gone. */
	IMAP2_REPLY_STREAM_CLOSED
};
/* Send a stream without buffering it. */
enum imap2_reply_stream_result
imap2_reply_stream(struct imap2_reply *reply, struct istream *input);

/* TRUE if so much output waits that nothing more should be produced now. Tries
   to flush first. */
bool imap2_reply_is_full(struct imap2_reply *reply);
/* TRUE if nothing more can be sent, as was seen when it was tried. */
bool imap2_reply_is_broken(const struct imap2_reply *reply);
/* Octets sent or buffered so far in this session. */
uoff_t imap2_reply_get_offset(const struct imap2_reply *reply);
/* When something was last written (time of the event loop). */
time_t imap2_reply_get_last_time(const struct imap2_reply *reply);

#endif
