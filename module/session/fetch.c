/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* FETCH responses: see fetch.h. Stands between cmd-fetch, whose data items it
   sends, and lib-storage.

   Everything that can fail for a message is tried before the first octet of its
   response is sent: short items and texts are written to one string, streams of
   long texts are opened and their sizes known. So a message that can't be read
   gives no response and a tagged NO, never an invented value. Only a stream
   that breaks in the middle of its literal leaves no way out but to disconnect.

   Responses without streams are gathered and sent together. */

#include "lib.h"
#include "array.h"
#include "istream.h"
#include "str.h"
#include "mail-storage-private.h"
#include "imap-msgpart.h"
#include "mail-search-build.h"
#include "proto/string-write.h"
#include "settings/imap2-settings.h"
#include "session/client.h"
#include "session/cut.h"
#include "session/fetch.h"
#include "session/fetch-items.h"
#include "session/mailbox.h"
#include "session/reply.h"

/* Send gathered responses when they are so long. */
#define FETCH_GATHER_SIZE (32*1024)
/* A text that makes the string longer than this is sent from its stream. */
#define FETCH_TEXT_MAX_SIZE (64*1024)

struct fetch_stream {
	const struct imap2_fetch_item *item;
	/* What is sent of the text; its string is in the response's text. */
	struct imap2_text_range range;
	/* NULL while it's only known that it can be opened. */
	struct istream *input;
	uoff_t size;
	/* Where in the response's text the literal's octets go. */
	size_t text_offset;
};

struct imap2_fetch {
	struct imap2_client *client;
	struct imap2_mailbox *mbox;

	struct imap2_fetch_items *items;

	struct mailbox_transaction_context *trans;
	struct mail_search_context *search;
	/* Instead of the search, where nothing is read ahead. */
	struct mail *next_mail;
	struct seq_range_iter seqs;
	unsigned int seqs_n;

	/* The message being sent, or NULL. */
	struct mail *mail;
	enum mail_flags new_flags;
	/* Whole responses, and what's prepared of that of `mail`. */
	string_t *text;
	size_t text_sent;
	ARRAY(struct fetch_stream) streams;
	unsigned int stream_idx;

	const char *error;
	bool skipped_expunged;
};

/*
 * One message
 */

static void fetch_close_streams(struct imap2_fetch *fetch)
{
	struct fetch_stream *stream;

	array_foreach_modifiable(&fetch->streams, stream)
		i_stream_unref(&stream->input);
}

static void fetch_close_message(struct imap2_fetch *fetch)
{
	fetch_close_streams(fetch);
	array_clear(&fetch->streams);
	fetch->stream_idx = 0;
	fetch->mail = NULL;
}

/* The message's data can't be had: remember why, and go on with the next. */
static void fetch_skip_message(struct imap2_fetch *fetch)
{
	enum mail_error error;

	if (fetch->mail->expunged)
		fetch->skipped_expunged = TRUE;
	else if (fetch->error == NULL) {
		fetch->error = p_strdup(fetch->client->command_pool,
			mailbox_get_last_error(fetch->mbox->box, &error));
		if (error == MAIL_ERROR_EXPUNGED)
			fetch->skipped_expunged = TRUE;
	}
	fetch_close_message(fetch);
}

static int fetch_open_stream(struct imap2_fetch *fetch,
			     struct fetch_stream *stream)
{
	struct imap_msgpart_open_result result;

	imap_msgpart_set_partial(stream->item->msgpart, stream->range.offset,
				 stream->range.size);
	if (imap_msgpart_open(fetch->mail, stream->item->msgpart, &result) < 0)
		return -1;
	stream->input = result.input;
	stream->size = result.size;
	return 0;
}

static void fetch_count_stream(struct imap2_fetch *fetch,
			       const struct fetch_stream *stream)
{
	struct imap2_client_stats *stats = &fetch->client->stats;

	if (!imap_msgpart_contains_body(stream->item->msgpart)) {
		stats->hdr_count++;
		stats->hdr_bytes += stream->size;
	} else {
		stats->body_count++;
		stats->body_bytes += stream->size;
	}
}

static void fetch_stream_failed(struct imap2_fetch *fetch,
				const struct fetch_stream *stream)
{
	if (stream->input->stream_errno == 0) {
		mail_set_critical(fetch->mail,
			"FETCH: %s gave %"PRIuUOFF_T" octets instead of "
			"%"PRIuUOFF_T, i_stream_get_name(stream->input),
			stream->input->v_offset, stream->size);
	} else if (!fetch->mail->expunged) {
		mail_set_critical(fetch->mail, "FETCH: read(%s) failed: %s",
			i_stream_get_name(stream->input),
			i_stream_get_error(stream->input));
	}
}

/* A short text goes to the others. */
static int fetch_read_stream(struct imap2_fetch *fetch,
			     struct fetch_stream *stream)
{
	const unsigned char *data;
	size_t size;

	while (stream->input->v_offset < stream->size &&
	       i_stream_read_more(stream->input, &data, &size) > 0) {
		str_append_data(fetch->text, data, size);
		i_stream_skip(stream->input, size);
	}
	if (stream->input->v_offset != stream->size) {
		fetch_stream_failed(fetch, stream);
		return -1;
	}
	fetch_count_stream(fetch, stream);
	i_stream_unref(&stream->input);
	return 0;
}

static int fetch_add_stream(struct imap2_fetch *fetch,
			    const struct imap2_fetch_item *item)
{
	struct fetch_stream *stream;

	/* The parts of one message share its stream: one can be open. */
	fetch_close_streams(fetch);
	stream = array_append_space(&fetch->streams);
	stream->item = item;
	stream->range = item->range;
	if (imap2_cut_text(fetch->mail, item->msgpart, item->kind,
			   fetch->client->set->imap2_max_message_size,
			   &stream->range) < 0 ||
	    fetch_open_stream(fetch, stream) < 0)
		return -1;
	str_append(fetch->text, item->name);
	str_append(fetch->text, " {");
	imap2_write_number(fetch->text,
			   stream->size + strlen(stream->range.end));
	str_append(fetch->text, "}\r\n");
	if (str_len(fetch->text) + stream->size <= FETCH_TEXT_MAX_SIZE &&
	    fetch_read_stream(fetch, stream) < 0)
		return -1;
	stream->text_offset = str_len(fetch->text);
	str_append(fetch->text, stream->range.end);
	stream->range.end = NULL;
	if (stream->input == NULL)
		array_pop_back(&fetch->streams);
	return 0;
}

static int fetch_prepare_item(struct imap2_fetch *fetch,
			      const struct imap2_fetch_item *item)
{
	if (item->msgpart != NULL)
		return fetch_add_stream(fetch, item);
	return item->write(fetch->client, fetch->mail, fetch->new_flags,
			   fetch->text);
}

/* RFC 1176 p.15: "The \SEEN flag is implicitly set; if this causes the flags
   to change they should be included as part of the fetch results." */
static void fetch_set_seen(struct imap2_fetch *fetch)
{
	fetch->new_flags = 0;
	if (fetch->items->sets_seen &&
	    (mail_get_flags(fetch->mail) & MAIL_SEEN) == 0)
		fetch->new_flags = MAIL_SEEN;
}

static void fetch_append_flags(struct imap2_fetch *fetch)
{
	str_append_c(fetch->text, ' ');
	imap2_mailbox_write_flags(fetch->mbox, fetch->text, fetch->mail,
				  fetch->new_flags);
}

/* Build the response. Returns -1 if some part of it can't be had. */
static int fetch_prepare_message(struct imap2_fetch *fetch)
{
	const struct imap2_fetch_item *item;

	imap2_mailbox_announce_keywords(fetch->mbox);
	fetch_set_seen(fetch);
	array_foreach(&fetch->items->list, item) {
		if (item->want != NULL)
			item->want(fetch->mbox, fetch->mail);
	}
	str_append(fetch->text, "* ");
	imap2_write_number(fetch->text, imap2_mailbox_number(fetch->mbox,
							fetch->mail->seq));
	str_append(fetch->text, " FETCH (");
	array_foreach(&fetch->items->list, item) {
		if (item != array_front(&fetch->items->list))
			str_append_c(fetch->text, ' ');
		if (fetch_prepare_item(fetch, item) < 0)
			return -1;
	}
	if (fetch->new_flags != 0 && !fetch->items->has_flags)
		fetch_append_flags(fetch);
	str_append(fetch->text, ")\r\n");
	if (fetch->new_flags != 0) {
		mail_update_flags(fetch->mail, MODIFY_ADD,
				  fetch->new_flags);
		fetch->mbox->flags_changed = TRUE;
	}
	/* They will be opened in turn. */
	if (array_count(&fetch->streams) > 1)
		fetch_close_streams(fetch);
	return 0;
}

static void fetch_send_text(struct imap2_fetch *fetch, size_t end)
{
	if (end > fetch->text_sent) {
		imap2_reply_raw(fetch->client->reply,
				str_data(fetch->text) + fetch->text_sent,
				end - fetch->text_sent);
	}
	fetch->text_sent = end;
}

static void fetch_send_gathered(struct imap2_fetch *fetch)
{
	fetch_send_text(fetch, str_len(fetch->text));
	str_truncate(fetch->text, 0);
	fetch->text_sent = 0;
}

/* Returns FALSE if it has to be continued (or never can be). */
static bool fetch_send_stream(struct imap2_fetch *fetch,
			      struct fetch_stream *stream)
{
	uoff_t announced_size = stream->size;

	/* Dovecot 2.4 panics where it's asked to read nothing of a stream that
	   others read before. */
	if (stream->size == 0) {
		fetch_count_stream(fetch, stream);
		return TRUE;
	}
	if (stream->input == NULL &&
	    (fetch_open_stream(fetch, stream) < 0 ||
	     stream->size != announced_size)) {
		imap2_client_disconnect(fetch->client, "FETCH failed");
		return FALSE;
	}
	switch (imap2_reply_stream(fetch->client->reply, stream->input)) {
	case IMAP2_REPLY_STREAM_SENT:
		if (stream->input->v_offset == stream->size) {
			fetch_count_stream(fetch, stream);
			return TRUE;
		}
		/* fall through */
	case IMAP2_REPLY_STREAM_FAILED:
		fetch_stream_failed(fetch, stream);
		imap2_client_disconnect(fetch->client, "FETCH failed");
		return FALSE;
	case IMAP2_REPLY_STREAM_CLOSED:
		imap2_client_disconnect(fetch->client, NULL);
		return FALSE;
	case IMAP2_REPLY_STREAM_BLOCKED:
		return FALSE;
	}
	i_unreached();
}

/* Send the prepared response, text and streams in turn. */
static bool fetch_send_message(struct imap2_fetch *fetch)
{
	struct fetch_stream *stream;

	for (; fetch->stream_idx < array_count(&fetch->streams);
	     fetch->stream_idx++) {
		stream = array_idx_modifiable(&fetch->streams,
					      fetch->stream_idx);
		fetch_send_text(fetch, stream->text_offset);
		if (!fetch_send_stream(fetch, stream))
			return FALSE;
	}
	if (array_count(&fetch->streams) > 0 ||
	    str_len(fetch->text) >= FETCH_GATHER_SIZE)
		fetch_send_gathered(fetch);
	fetch_close_message(fetch);
	return TRUE;
}

/*
 * All messages
 */

/* Whether mail is read ahead, which takes a search. Otherwise that search is
   work for nothing. Flags are in the index. */
static bool fetch_reads_ahead(const struct imap2_fetch *fetch)
{
	struct mailbox *box = fetch->mbox->box;
	bool is_of_flags = fetch->items->has_flags &&
		array_count(&fetch->items->list) == 1;

	return !is_of_flags && (imap2_mailbox_is_remote(box) ||
		mailbox_get_storage(box)->set->mail_prefetch_count > 0);
}

static void fetch_begin_messages(struct imap2_fetch *fetch,
				 const ARRAY_TYPE(seq_range) *seqs)
{
	struct mail_search_args *args;

	if (!fetch_reads_ahead(fetch)) {
		fetch->next_mail = mail_alloc(fetch->trans,
					      fetch->items->wanted, NULL);
		seq_range_array_iter_init(&fetch->seqs, seqs);
		return;
	}
	args = imap2_mailbox_search_args(fetch->mbox, seqs);
	fetch->search = mailbox_search_init(fetch->trans, args, NULL,
					    fetch->items->wanted, NULL);
	mail_search_args_unref(&args);
}

static bool fetch_next_message(struct imap2_fetch *fetch)
{
	uint32_t seq;

	if (fetch->search != NULL)
		return mailbox_search_next(fetch->search, &fetch->mail);
	if (!seq_range_array_iter_nth(&fetch->seqs, fetch->seqs_n++, &seq))
		return FALSE;
	fetch->mail = fetch->next_mail;
	mail_set_seq(fetch->mail, fetch->mbox->hidden + seq);
	return TRUE;
}

static int fetch_end_messages(struct imap2_fetch *fetch)
{
	if (fetch->mail != NULL)
		fetch_close_message(fetch);
	if (fetch->search != NULL)
		return mailbox_search_deinit(&fetch->search);
	mail_free(&fetch->next_mail);
	return 0;
}

struct imap2_fetch *
imap2_fetch_begin(struct imap2_client *client, struct imap2_fetch_items *items,
		  const ARRAY_TYPE(seq_range) *seqs, const char *reason)
{
	struct imap2_fetch *fetch =
		p_new(client->command_pool, struct imap2_fetch, 1);

	fetch->client = client;
	fetch->mbox = client->mailbox;
	fetch->items = items;
	fetch->text = str_new(default_pool, 512);
	i_array_init(&fetch->streams, 4);
	if (items->sets_seen)
		imap2_mailbox_expect_change(fetch->mbox);
	/* Hidden, because the response itself tells of \Seen; refreshed, to
	   notice what other sessions expunged. */
	fetch->trans = mailbox_transaction_begin(fetch->mbox->box,
		MAILBOX_TRANSACTION_FLAG_HIDE |
		MAILBOX_TRANSACTION_FLAG_REFRESH, reason);
	fetch_begin_messages(fetch, seqs);
	return fetch;
}

enum imap2_fetch_result imap2_fetch_more(struct imap2_fetch *fetch)
{
	size_t start;
	int ret;

	while (!fetch->client->disconnected) {
		if (fetch->mail != NULL && !fetch_send_message(fetch))
			return IMAP2_FETCH_WAIT_OUTPUT;
		if (imap2_reply_is_full(fetch->client->reply))
			return IMAP2_FETCH_WAIT_OUTPUT;
		if (imap2_reply_is_broken(fetch->client->reply)) {
			/* What nobody gets isn't to be \Seen. */
			imap2_client_disconnect(fetch->client, NULL);
			break;
		}
		if (imap2_client_turn_is_over(fetch->client))
			return IMAP2_FETCH_AGAIN;
		if (!fetch_next_message(fetch)) {
			fetch->mail = NULL;
			fetch_send_gathered(fetch);
			break;
		}
		if (fetch->mail->expunged) {
			fetch_skip_message(fetch);
			continue;
		}
		start = str_len(fetch->text);
		T_BEGIN {
			ret = fetch_prepare_message(fetch);
		} T_END;
		if (ret < 0) {
			str_truncate(fetch->text, start);
			fetch_skip_message(fetch);
		}
	}
	return IMAP2_FETCH_DONE;
}

static void fetch_free(struct imap2_fetch *fetch)
{
	imap2_fetch_items_free(&fetch->items);
	array_free(&fetch->streams);
	str_free(&fetch->text);
}

int imap2_fetch_finish(struct imap2_fetch **_fetch, const char **error_r)
{
	struct imap2_fetch *fetch = *_fetch;
	struct mailbox *box = fetch->mbox->box;
	enum mail_error error;

	*_fetch = NULL;
	*error_r = fetch->error;
	if (fetch_end_messages(fetch) < 0)
		*error_r = t_strdup(mailbox_get_last_error(box, &error));
	if (mailbox_transaction_commit(&fetch->trans) < 0)
		*error_r = t_strdup(mailbox_get_last_error(box, &error));
	if (*error_r == NULL && fetch->skipped_expunged)
		*error_r = "some of the messages no longer exist";
	fetch_free(fetch);
	return *error_r == NULL ? 0 : -1;
}

void imap2_fetch_abort(struct imap2_fetch **_fetch)
{
	struct imap2_fetch *fetch = *_fetch;

	*_fetch = NULL;
	(void)fetch_end_messages(fetch);
	if (imap2_mailbox_is_there(fetch->mbox))
		(void)mailbox_transaction_commit(&fetch->trans);
	else
		mailbox_transaction_rollback(&fetch->trans);
	fetch_free(fetch);
}
