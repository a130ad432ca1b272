/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The sole writer to the client: see reply.h for the rules it keeps. */

#include "lib.h"
#include "ioloop.h"
#include "istream.h"
#include "ostream.h"
#include "str.h"
#include "proto/string-write.h"
#include "session/reply.h"

/* Produce no more while this much waits for the client. Large enough that a
   FETCH of many envelopes leaves in full network segments. */
#define REPLY_BUFFER_FULL_SIZE (32*1024)

struct imap2_reply {
	struct ostream *output;
	time_t last_time;
};

struct imap2_reply *imap2_reply_create(struct ostream *output)
{
	struct imap2_reply *reply = i_new(struct imap2_reply, 1);

	reply->output = output;
	reply->last_time = ioloop_time;
	o_stream_ref(output);
	return reply;
}

void imap2_reply_destroy(struct imap2_reply **_reply)
{
	struct imap2_reply *reply = *_reply;

	*_reply = NULL;
	o_stream_unref(&reply->output);
	i_free(reply);
}

void imap2_reply_raw(struct imap2_reply *reply, const void *data, size_t size)
{
	o_stream_nsend(reply->output, data, size);
	reply->last_time = ioloop_time;
}

static void reply_line(struct imap2_reply *reply, const char *tag,
		       const char *state, const char *text)
{
	T_BEGIN {
		string_t *str = t_str_new(256);

		str_append(str, tag);
		str_append_c(str, ' ');
		if (state != NULL) {
			str_append(str, state);
			str_append_c(str, ' ');
		}
		str_append(str, text);
		str_append(str, "\r\n");
		imap2_reply_raw(reply, str_data(str), str_len(str));
	} T_END;
}

void imap2_reply_untagged(struct imap2_reply *reply, const char *text)
{
	reply_line(reply, "*", NULL, text);
}

void imap2_reply_number(struct imap2_reply *reply, uint32_t number,
			const char *what)
{
	char buffer[MAX_INT_STRLEN];

	reply_line(reply, "*", dec2str_buf(buffer, number), what);
}

void imap2_reply_untagged_text(struct imap2_reply *reply, const char *state,
			       const char *text)
{
	imap2_reply_tagged(reply, NULL, state, text);
}

void imap2_reply_tagged(struct imap2_reply *reply, const char *tag,
			const char *state, const char *text)
{
	T_BEGIN {
		reply_line(reply, tag == NULL ? "*" : tag, state,
			   imap2_text_line(text));
	} T_END;
}

void imap2_reply_continue(struct imap2_reply *reply, const char *text)
{
	bool corked = o_stream_is_corked(reply->output);

	reply_line(reply, "+", NULL, text);
	/* The error, if any, is met again by the next reader or writer. */
	(void)o_stream_uncork_flush(reply->output);
	if (corked)
		o_stream_cork(reply->output);
}

enum imap2_reply_stream_result
imap2_reply_stream(struct imap2_reply *reply, struct istream *input)
{
	enum ostream_send_istream_result res;

	/* Without buffering room the stream stops where the network does. */
	o_stream_set_max_buffer_size(reply->output, 0);
	res = o_stream_send_istream(reply->output, input);
	o_stream_set_max_buffer_size(reply->output, SIZE_MAX);
	reply->last_time = ioloop_time;

	switch (res) {
	case OSTREAM_SEND_ISTREAM_RESULT_FINISHED:
		return IMAP2_REPLY_STREAM_SENT;
	case OSTREAM_SEND_ISTREAM_RESULT_WAIT_OUTPUT:
		return IMAP2_REPLY_STREAM_BLOCKED;
	case OSTREAM_SEND_ISTREAM_RESULT_WAIT_INPUT:
		/* Mail streams block. */
		i_unreached();
	case OSTREAM_SEND_ISTREAM_RESULT_ERROR_INPUT:
		return IMAP2_REPLY_STREAM_FAILED;
	case OSTREAM_SEND_ISTREAM_RESULT_ERROR_OUTPUT:
		return IMAP2_REPLY_STREAM_CLOSED;
	}
	i_unreached();
}

bool imap2_reply_is_full(struct imap2_reply *reply)
{
	if (o_stream_get_buffer_used_size(reply->output) <
	    REPLY_BUFFER_FULL_SIZE)
		return FALSE;
	/* 1 = all was sent, 0 = the client doesn't read now, -1 = it's gone and
	   nothing needs to wait for it. */
	return o_stream_flush(reply->output) == 0;
}

bool imap2_reply_is_broken(const struct imap2_reply *reply)
{
	return reply->output->stream_errno != 0;
}

uoff_t imap2_reply_get_offset(const struct imap2_reply *reply)
{
	return reply->output->offset;
}

time_t imap2_reply_get_last_time(const struct imap2_reply *reply)
{
	return reply->last_time;
}
