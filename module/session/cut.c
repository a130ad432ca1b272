/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Long messages, cut for the client: see cut.h. Stands between fetch.c, which
   sends texts, and lib-storage, whose mails stay as they are.

   Where the cut is depends on the message and the limit alone, so it's found
   anew each time: by a look at what stands right before the limit, no matter
   how much follows. */

#include "lib.h"
#include "istream.h"
#include "message-size.h"
#include "str.h"
#include "mail-storage-private.h"
#include "imap-msgpart.h"
#include "session/cut.h"

/* RFC 821 p.43: a text line has at most 1000 octets. A longer one is no line to
   keep together; so that much is left of the message, it's cut anywhere. */
#define MAX_LINE_LENGTH 1000

#define NOTICE \
	"[Cut here. %"PRIuUOFF_T" octets more follow, but messages this " \
	"long are not\r\n" \
	"sent to this mail program. To read the rest use another one, or " \
	"have\r\n" \
	"imap2_max_message_size raised on the mail server.]\r\n"
#define NOTICE_MAX_LENGTH (sizeof(NOTICE) + MAX_INT_STRLEN)

struct cut {
	/* So many octets of the text, and then: */
	uoff_t kept;
	/* the end of their line and an empty one, which ends the header if
	   they are part of that, */
	const char *line_end;
	/* and why there is no more. */
	const char *notice;
};

/* Read all of the message part's range. */
static int cut_read(struct mail *mail, struct imap_msgpart *msgpart,
		    string_t *dest)
{
	struct imap_msgpart_open_result result;
	const unsigned char *data;
	size_t size;
	int ret = 0;

	if (imap_msgpart_open(mail, msgpart, &result) < 0)
		return -1;
	while (i_stream_read_more(result.input, &data, &size) > 0) {
		str_append_data(dest, data, size);
		i_stream_skip(result.input, size);
	}
	if (result.input->stream_errno != 0) {
		mail_set_critical(mail, "read(%s) failed: %s",
			i_stream_get_name(result.input),
			i_stream_get_error(result.input));
		ret = -1;
	}
	i_stream_unref(&result.input);
	return ret;
}

/* Cut before the last line that isn't whole. */
static void cut_at_line_end(const string_t *last, struct cut *cut)
{
	const unsigned char *data = str_data(last);
	size_t len = str_len(last);

	while (len > 0 && data[len - 1] != '\n')
		len--;
	cut->line_end = "\r\n";
	if (len == 0) {
		/* Not between CR and LF. */
		len = str_len(last);
		if (len > 0 && data[len - 1] == '\r')
			len--;
		cut->line_end = "\r\n\r\n";
	}
	cut->kept += len;
}

static int cut_find(struct mail *mail, struct imap_msgpart *msgpart,
		    uoff_t size, uoff_t max_size, struct cut *cut)
{
	string_t *last = t_str_new(MAX_LINE_LENGTH);

	cut->kept = max_size - NOTICE_MAX_LENGTH - strlen("\r\n\r\n") -
		MAX_LINE_LENGTH;
	imap_msgpart_set_partial(msgpart, cut->kept, MAX_LINE_LENGTH);
	if (cut_read(mail, msgpart, last) < 0)
		return -1;
	cut_at_line_end(last, cut);
	cut->notice = t_strdup_printf(NOTICE, size - cut->kept);
	return 0;
}

static int cut_find_message(struct mail *mail, uoff_t size, uoff_t max_size,
			    struct cut *cut)
{
	struct imap_msgpart *msgpart = imap_msgpart_full();
	int ret;

	ret = cut_find(mail, msgpart, size, max_size, cut);
	imap_msgpart_free(&msgpart);
	return ret;
}

static const char *cut_end(const struct cut *cut)
{
	return t_strconcat(cut->line_end, cut->notice, NULL);
}

/* Narrow a range of the text to a text that has `kept` octets of it, and then
   `end`. */
static void cut_range(struct imap2_text_range *range, uoff_t kept,
		      const char *end)
{
	uoff_t wanted = range->size, skip = 0;

	if (range->offset < kept)
		range->size = I_MIN(wanted, kept - range->offset);
	else {
		skip = I_MIN(range->offset - kept, strlen(end));
		range->size = 0;
	}
	end += skip;
	range->end = t_strndup(end, I_MIN(wanted - range->size, strlen(end)));
}

/* The cut is inside of the header: the body is the notice. */
static void cut_header(struct imap2_text_range *range,
		       enum imap2_text_kind kind, const struct cut *cut)
{
	if (kind == IMAP2_TEXT_HEADER)
		cut_range(range, cut->kept, cut->line_end);
	else
		cut_range(range, 0, cut->notice);
}

static int
cut_message_text(struct mail *mail, enum imap2_text_kind kind,
		 uoff_t max_size, struct imap2_text_range *range)
{
	struct message_size hdr_size;
	struct istream *input;
	struct cut cut;
	uoff_t size;

	if (mail_get_virtual_size(mail, &size) < 0)
		return -1;
	if (size <= max_size)
		return 0;
	if (mail_get_hdr_stream(mail, &hdr_size, &input) < 0 ||
	    cut_find_message(mail, size, max_size, &cut) < 0)
		return -1;

	if (kind == IMAP2_TEXT_MESSAGE)
		cut_range(range, cut.kept, cut_end(&cut));
	else if (cut.kept < hdr_size.virtual_size)
		cut_header(range, kind, &cut);
	else if (kind == IMAP2_TEXT_BODY) {
		cut_range(range, cut.kept - hdr_size.virtual_size,
			  cut_end(&cut));
	}
	return 0;
}

static int
cut_other_text(struct mail *mail, struct imap_msgpart *msgpart,
	       uoff_t max_size, struct imap2_text_range *range)
{
	struct cut cut;
	uoff_t size;

	imap_msgpart_set_partial(msgpart, 0, UOFF_T_MAX);
	if (imap_msgpart_size(mail, msgpart, &size) < 0)
		return -1;
	if (size <= max_size)
		return 0;
	if (cut_find(mail, msgpart, size, max_size, &cut) < 0)
		return -1;
	cut_range(range, cut.kept, cut_end(&cut));
	return 0;
}

int imap2_cut_text(struct mail *mail, struct imap_msgpart *msgpart,
		   enum imap2_text_kind kind, uoff_t max_size,
		   struct imap2_text_range *range)
{
	if (max_size == 0)
		return 0;
	if (kind == IMAP2_TEXT_OTHER)
		return cut_other_text(mail, msgpart, max_size, range);
	return cut_message_text(mail, kind, max_size, range);
}

int imap2_cut_get_size(struct mail *mail, uoff_t max_size, uoff_t *size_r)
{
	struct cut cut;

	if (mail_get_virtual_size(mail, size_r) < 0)
		return -1;
	if (max_size == 0 || *size_r <= max_size)
		return 0;
	if (cut_find_message(mail, *size_r, max_size, &cut) < 0)
		return -1;
	*size_r = cut.kept + strlen(cut_end(&cut));
	return 0;
}
