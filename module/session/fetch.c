/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* FETCH responses: see fetch.h. Stands between cmd-fetch and lib-storage.

   Everything that can fail for a message is tried before the first octet of its
   response is sent: short items are written to one string, streams are opened
   and their sizes known. So a message that can't be read gives no response and
   a tagged NO, never an invented value. Only a stream that breaks in the
   middle of its literal leaves no way out but to disconnect. */

#include "lib.h"
#include "array.h"
#include "istream.h"
#include "str.h"
#include "mail-storage-private.h"
#include "imap-msgpart.h"
#include "mail-search-build.h"
#include "proto/date.h"
#include "proto/string-write.h"
#include "settings/imap2-settings.h"
#include "session/client.h"
#include "session/envelope.h"
#include "session/fetch.h"
#include "session/mailbox.h"
#include "session/reply.h"

struct fetch_item;

struct fetch_stream {
	struct fetch_item *item;
	/* NULL while it's only known that it can be opened. */
	struct istream *input;
	uoff_t size;
	/* Where in the response's text the literal's octets go. */
	size_t text_offset;
};

struct fetch_item_def {
	const char *name;
	enum mail_fetch_field wanted;
	/* A short item: append "NAME value". Returns -1 on failure. */
	int (*write)(struct imap2_fetch *fetch, struct mail *mail,
		     string_t *dest);
	/* A long item. */
	struct imap_msgpart *(*msgpart)(void);
	bool sets_seen, is_header;
};

#define FETCH_MAX_ITEMS 8

struct fetch_item {
	const struct fetch_item_def *def;
	struct imap_msgpart *msgpart;
};

struct imap2_fetch {
	struct imap2_client *client;
	struct imap2_mailbox *mbox;

	struct fetch_item items[FETCH_MAX_ITEMS];
	unsigned int item_count;
	enum mail_fetch_field wanted;
	bool sets_seen, has_flags;

	struct mailbox_transaction_context *trans;
	struct mail_search_context *search;

	/* The message being sent, or NULL. */
	struct mail *mail;
	enum mail_flags new_flags;
	string_t *text;
	size_t text_sent;
	struct fetch_stream streams[FETCH_MAX_ITEMS];
	unsigned int stream_count, stream_idx;

	const char *error;
	bool skipped_expunged;
};

/*
 * Items
 */

static int fetch_write_flags(struct imap2_fetch *fetch, struct mail *mail,
			     string_t *dest)
{
	imap2_mailbox_write_flags(fetch->mbox, dest, mail, fetch->new_flags);
	return 0;
}

static int fetch_write_internaldate(struct imap2_fetch *fetch,
				    struct mail *mail, string_t *dest)
{
	time_t date;

	if (mail_get_received_date(mail, &date) < 0)
		return -1;
	str_append(dest, "INTERNALDATE \"");
	if ((fetch->client->set->parsed_workarounds &
	     IMAP2_WORKAROUND_LONG_DATES) != 0)
		imap2_date_write_long(dest, date);
	else
		imap2_date_write(dest, date);
	str_append_c(dest, '"');
	return 0;
}

static int fetch_write_size(struct imap2_fetch *fetch ATTR_UNUSED,
			    struct mail *mail, string_t *dest)
{
	uoff_t size;

	if (mail_get_virtual_size(mail, &size) < 0)
		return -1;
	str_printfa(dest, "RFC822.SIZE %"PRIuUOFF_T, size);
	return 0;
}

static int fetch_write_envelope(struct imap2_fetch *fetch ATTR_UNUSED,
				struct mail *mail, string_t *dest)
{
	str_append(dest, "ENVELOPE ");
	return imap2_envelope_write(dest, mail);
}

enum fetch_item_idx {
	FETCH_FLAGS,
	FETCH_INTERNALDATE,
	FETCH_SIZE,
	FETCH_ENVELOPE,
	FETCH_RFC822,
	FETCH_HEADER,
	FETCH_TEXT,

	FETCH_ITEM_COUNT
};

static const struct fetch_item_def item_defs[FETCH_ITEM_COUNT] = {
	[FETCH_FLAGS] = { .name = "FLAGS", .wanted = MAIL_FETCH_FLAGS,
		.write = fetch_write_flags },
	[FETCH_INTERNALDATE] = { .name = "INTERNALDATE",
		.wanted = MAIL_FETCH_RECEIVED_DATE,
		.write = fetch_write_internaldate },
	[FETCH_SIZE] = { .name = "RFC822.SIZE",
		.wanted = MAIL_FETCH_VIRTUAL_SIZE,
		.write = fetch_write_size },
	[FETCH_ENVELOPE] = { .name = "ENVELOPE",
		.wanted = MAIL_FETCH_IMAP_ENVELOPE,
		.write = fetch_write_envelope },
	[FETCH_RFC822] = { .name = "RFC822", .msgpart = imap_msgpart_full,
		.sets_seen = TRUE },
	[FETCH_HEADER] = { .name = "RFC822.HEADER",
		.msgpart = imap_msgpart_header, .is_header = TRUE },
	[FETCH_TEXT] = { .name = "RFC822.TEXT", .msgpart = imap_msgpart_body,
		.sets_seen = TRUE },
};

/* RFC 1176 p.14: FAST is the first three of ALL. */
static const enum fetch_item_idx macro_all[] = {
	FETCH_FLAGS, FETCH_INTERNALDATE, FETCH_SIZE, FETCH_ENVELOPE
};
#define MACRO_ALL_COUNT N_ELEMENTS(macro_all)
#define MACRO_FAST_COUNT (N_ELEMENTS(macro_all) - 1)

static bool fetch_has_item(const struct imap2_fetch *fetch,
			   const struct fetch_item_def *def)
{
	unsigned int i;

	for (i = 0; i < fetch->item_count; i++) {
		if (fetch->items[i].def == def)
			return TRUE;
	}
	return FALSE;
}

/* An item that is asked for twice is sent once: it's one property. */
static void fetch_add_item(struct imap2_fetch *fetch,
			   const struct fetch_item_def *def)
{
	struct fetch_item *item;

	if (fetch_has_item(fetch, def))
		return;
	i_assert(fetch->item_count < FETCH_MAX_ITEMS);
	item = &fetch->items[fetch->item_count++];
	item->def = def;
	fetch->wanted |= def->wanted;
	if (def->msgpart != NULL) {
		item->msgpart = def->msgpart();
		fetch->wanted |= imap_msgpart_get_fetch_data(item->msgpart);
	}
	if (def->sets_seen && !fetch->mbox->read_only)
		fetch->sets_seen = TRUE;
	if (def == &item_defs[FETCH_FLAGS])
		fetch->has_flags = TRUE;
}

static bool fetch_add_macro(struct imap2_fetch *fetch, const char *name)
{
	unsigned int i, count;

	if (strcasecmp(name, "ALL") == 0)
		count = MACRO_ALL_COUNT;
	else if (strcasecmp(name, "FAST") == 0)
		count = MACRO_FAST_COUNT;
	else
		return FALSE;
	for (i = 0; i < count; i++)
		fetch_add_item(fetch, &item_defs[macro_all[i]]);
	return TRUE;
}

static bool fetch_add_name(struct imap2_fetch *fetch, const char *name)
{
	unsigned int i;

	for (i = 0; i < FETCH_ITEM_COUNT; i++) {
		if (strcasecmp(item_defs[i].name, name) == 0) {
			fetch_add_item(fetch, &item_defs[i]);
			return TRUE;
		}
	}
	return FALSE;
}

/*
 * One message
 */

static void fetch_close_streams(struct imap2_fetch *fetch)
{
	for (unsigned int i = 0; i < fetch->stream_count; i++)
		i_stream_unref(&fetch->streams[i].input);
}

static void fetch_close_message(struct imap2_fetch *fetch)
{
	fetch_close_streams(fetch);
	fetch->stream_count = fetch->stream_idx = 0;
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

	if (imap_msgpart_open(fetch->mail, stream->item->msgpart, &result) < 0)
		return -1;
	stream->input = result.input;
	stream->size = result.size;
	return 0;
}

static int fetch_add_stream(struct imap2_fetch *fetch, struct fetch_item *item)
{
	struct fetch_stream *stream = &fetch->streams[fetch->stream_count];

	stream->item = item;
	if (fetch_open_stream(fetch, stream) < 0)
		return -1;
	fetch->stream_count++;
	str_printfa(fetch->text, "%s {%"PRIuUOFF_T"}\r\n",
		    item->def->name, stream->size);
	stream->text_offset = str_len(fetch->text);
	return 0;
}

static int fetch_prepare_item(struct imap2_fetch *fetch,
			      struct fetch_item *item)
{
	if (item->msgpart != NULL)
		return fetch_add_stream(fetch, item);
	return item->def->write(fetch, fetch->mail, fetch->text);
}

/* RFC 1176 p.15: "The \SEEN flag is implicitly set; if this causes the flags
   to change they should be included as part of the fetch results." */
static void fetch_set_seen(struct imap2_fetch *fetch)
{
	fetch->new_flags = 0;
	if (fetch->sets_seen &&
	    (mail_get_flags(fetch->mail) & MAIL_SEEN) == 0)
		fetch->new_flags = MAIL_SEEN;
}

/* Build the response. Returns -1 if some part of it can't be had. */
static int fetch_prepare_message(struct imap2_fetch *fetch)
{
	unsigned int i;

	imap2_mailbox_announce_keywords(fetch->mbox);
	fetch_set_seen(fetch);
	str_truncate(fetch->text, 0);
	fetch->text_sent = 0;
	str_printfa(fetch->text, "* %u FETCH (",
		    imap2_mailbox_number(fetch->mbox, fetch->mail->seq));
	for (i = 0; i < fetch->item_count; i++) {
		if (i > 0)
			str_append_c(fetch->text, ' ');
		if (fetch_prepare_item(fetch, &fetch->items[i]) < 0)
			return -1;
	}
	if (fetch->new_flags != 0 && !fetch->has_flags) {
		str_append_c(fetch->text, ' ');
		(void)fetch_write_flags(fetch, fetch->mail, fetch->text);
	}
	str_append(fetch->text, ")\r\n");
	if (fetch->new_flags != 0) {
		mail_update_flags(fetch->mail, MODIFY_ADD,
				  fetch->new_flags);
		fetch->mbox->flags_changed = TRUE;
	}
	/* The parts of one message share its stream: one can be open. */
	if (fetch->stream_count > 1)
		fetch_close_streams(fetch);
	return 0;
}

static void fetch_send_text(struct imap2_fetch *fetch, size_t end)
{
	imap2_reply_raw(fetch->client->reply,
			str_data(fetch->text) + fetch->text_sent,
			end - fetch->text_sent);
	fetch->text_sent = end;
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
	imap2_client_disconnect(fetch->client, "FETCH failed");
}

static void fetch_count_stream(struct imap2_fetch *fetch,
			       const struct fetch_stream *stream)
{
	struct imap2_client_stats *stats = &fetch->client->stats;

	if (stream->item->def->is_header) {
		stats->hdr_count++;
		stats->hdr_bytes += stream->size;
	} else {
		stats->body_count++;
		stats->body_bytes += stream->size;
	}
}

/* Returns FALSE if it has to be continued (or never can be). */
static bool fetch_send_stream(struct imap2_fetch *fetch,
			      struct fetch_stream *stream)
{
	uoff_t announced_size = stream->size;

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

	for (; fetch->stream_idx < fetch->stream_count; fetch->stream_idx++) {
		stream = &fetch->streams[fetch->stream_idx];
		if (fetch->text_sent < stream->text_offset)
			fetch_send_text(fetch, stream->text_offset);
		if (!fetch_send_stream(fetch, stream))
			return FALSE;
	}
	fetch_send_text(fetch, str_len(fetch->text));
	fetch_close_message(fetch);
	return TRUE;
}

/*
 * All messages
 */

struct imap2_fetch *
imap2_fetch_create(struct imap2_client *client, const char *const *items,
		   bool is_list, const char **error_r)
{
	struct imap2_fetch *fetch =
		p_new(client->command_pool, struct imap2_fetch, 1);
	const char *error;

	fetch->client = client;
	fetch->mbox = client->mailbox;
	if (*items == NULL) {
		*error_r = "No data items";
		return NULL;
	}
	if (!is_list && fetch_add_macro(fetch, *items))
		items++;
	for (; *items != NULL; items++) {
		if (!fetch_add_name(fetch, *items)) {
			*error_r = t_strdup_printf("Unknown data item %s",
						   *items);
			(void)imap2_fetch_finish(&fetch, &error);
			return NULL;
		}
	}
	return fetch;
}

void imap2_fetch_begin(struct imap2_fetch *fetch,
		       const ARRAY_TYPE(seq_range) *seqs, const char *reason)
{
	struct mail_search_args *args =
		imap2_mailbox_search_args(fetch->mbox, seqs);

	fetch->text = str_new(default_pool, 512);
	/* Hidden, because the response itself tells of \Seen; refreshed, to
	   notice what other sessions expunged. */
	fetch->trans = mailbox_transaction_begin(fetch->mbox->box,
		MAILBOX_TRANSACTION_FLAG_HIDE |
		MAILBOX_TRANSACTION_FLAG_REFRESH, reason);
	fetch->search = mailbox_search_init(fetch->trans, args, NULL,
					    fetch->wanted, NULL);
	mail_search_args_unref(&args);
}

enum imap2_fetch_result imap2_fetch_more(struct imap2_fetch *fetch)
{
	int ret;

	while (!fetch->client->disconnected) {
		if (fetch->mail != NULL && !fetch_send_message(fetch))
			return IMAP2_FETCH_WAIT_OUTPUT;
		if (imap2_reply_is_full(fetch->client->reply))
			return IMAP2_FETCH_WAIT_OUTPUT;
		if (!mailbox_search_next(fetch->search, &fetch->mail)) {
			fetch->mail = NULL;
			break;
		}
		if (fetch->mail->expunged) {
			fetch_skip_message(fetch);
			continue;
		}
		T_BEGIN {
			ret = fetch_prepare_message(fetch);
		} T_END;
		if (ret < 0)
			fetch_skip_message(fetch);
	}
	return IMAP2_FETCH_DONE;
}

int imap2_fetch_finish(struct imap2_fetch **_fetch, const char **error_r)
{
	struct imap2_fetch *fetch = *_fetch;
	struct mailbox *box = fetch->mbox->box;
	enum mail_error error;

	*_fetch = NULL;
	*error_r = fetch->error;
	if (fetch->mail != NULL)
		fetch_close_message(fetch);
	if (fetch->search != NULL && mailbox_search_deinit(&fetch->search) < 0)
		*error_r = t_strdup(mailbox_get_last_error(box, &error));
	if (fetch->trans != NULL &&
	    mailbox_transaction_commit(&fetch->trans) < 0)
		*error_r = t_strdup(mailbox_get_last_error(box, &error));
	if (*error_r == NULL && fetch->skipped_expunged)
		*error_r = "some of the messages no longer exist";
	for (unsigned int i = 0; i < fetch->item_count; i++) {
		if (fetch->items[i].msgpart != NULL)
			imap_msgpart_free(&fetch->items[i].msgpart);
	}
	str_free(&fetch->text);
	return *error_r == NULL ? 0 : -1;
}
