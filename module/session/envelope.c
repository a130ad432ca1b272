/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* ENVELOPE (RFC 1176 p.18-19). lib-storage gives the envelope in IMAP4 syntax;
   it's written anew on the way because IMAP2 has neither backslash escapes nor
   group markers. Making one from cached headers costs more than all else in
   FETCH ALL, so what was written once is kept in the mailbox's cache file. */

#include "lib.h"
#include "byteorder.h"
#include "crc32.h"
#include "hostpid.h"
#include "str.h"
#include "mail-cache.h"
#include "mail-storage-private.h"
#include "mail-user.h"
#include "proto/rewrite.h"
#include "proto/string-write.h"
#include "shim/address.h"
#include "shim/cache.h"
#include "session/envelope.h"
#include "session/mailbox.h"

/* What lib-mail says when an address has no "@host". RFC 1176 wants a host,
   and mail that never left this server belongs to it. */
#define MISSING_HOST "MISSING_DOMAIN"

/* Of the cache file. Another number when what's written changes. */
#define ENVELOPE_CACHE_FIELD "imap2.envelope.2"

static void envelope_write_host(string_t *dest, const struct imap2_slice *host)
{
	const char *other_name;

	if (host->size == strlen(MISSING_HOST) &&
	    memcmp(host->data, MISSING_HOST, host->size) == 0)
		other_name = my_hostname;
	else
		other_name = shim_address_host(host->data, host->size);
	if (other_name != NULL)
		imap2_write_string(dest, other_name);
	else
		imap2_write_slice(dest, host);
}

/* Group markers (those without mailbox or host) are IMAP4's: the members are
   shown without them. */
static bool envelope_rewrite_address(string_t *dest, const char **text)
{
	struct imap2_slice name, route, mailbox, host;

	if (!imap2_read_char(text, '(') ||
	    !imap2_read_nstring(text, &name) ||
	    !imap2_read_char(text, ' ') ||
	    !imap2_read_nstring(text, &route) ||
	    !imap2_read_char(text, ' ') ||
	    !imap2_read_nstring(text, &mailbox) ||
	    !imap2_read_char(text, ' ') ||
	    !imap2_read_nstring(text, &host) ||
	    !imap2_read_char(text, ')'))
		return FALSE;
	if (mailbox.data == NULL || host.data == NULL)
		return TRUE;
	str_append_c(dest, '(');
	imap2_write_slice(dest, &name);
	str_append_c(dest, ' ');
	imap2_write_slice(dest, &route);
	str_append_c(dest, ' ');
	imap2_write_slice(dest, &mailbox);
	str_append_c(dest, ' ');
	envelope_write_host(dest, &host);
	str_append_c(dest, ')');
	return TRUE;
}

/* A list without members is NIL, never "()". */
static bool envelope_rewrite_list(string_t *dest, const char **text)
{
	size_t start = str_len(dest);
	bool ok = TRUE;

	if (!imap2_read_char(text, '('))
		return imap2_rewrite_nil(dest, text);
	str_append_c(dest, '(');
	while (ok && !imap2_read_char(text, ')'))
		ok = envelope_rewrite_address(dest, text);
	if (str_len(dest) > start + 1)
		str_append_c(dest, ')');
	else {
		str_truncate(dest, start);
		str_append(dest, "NIL");
	}
	return ok;
}

/* "Note that the server must default the reply-to and sender fields from the
   from field; a client is not expected to know to do this." From is what
   stands there in what's written. */
static bool
envelope_rewrite_default(string_t *dest, const char **text,
			 size_t from, size_t from_size)
{
	size_t start = str_len(dest);

	if (!envelope_rewrite_list(dest, text))
		return FALSE;
	if (str_data(dest)[start] != '(') {
		str_truncate(dest, start);
		buffer_append_buf(dest, dest, from, from_size);
	}
	return TRUE;
}

bool imap2_envelope_rewrite(string_t *dest, const char **text)
{
	size_t from, from_size;
	unsigned int i;

	str_append_c(dest, '(');
	/* date subject */
	for (i = 0; i < 2; i++) {
		if (!imap2_rewrite_nstring(dest, text) ||
		    !imap2_rewrite_char(dest, text, ' '))
			return FALSE;
	}
	from = str_len(dest);
	if (!envelope_rewrite_list(dest, text))
		return FALSE;
	from_size = str_len(dest) - from;
	/* sender reply-to */
	for (i = 0; i < 2; i++) {
		if (!imap2_rewrite_char(dest, text, ' ') ||
		    !envelope_rewrite_default(dest, text, from, from_size))
			return FALSE;
	}
	/* to cc bcc */
	for (i = 0; i < 3; i++) {
		if (!imap2_rewrite_char(dest, text, ' ') ||
		    !envelope_rewrite_list(dest, text))
			return FALSE;
	}
	/* in-reply-to message-id */
	for (i = 0; i < 2; i++) {
		if (!imap2_rewrite_char(dest, text, ' ') ||
		    !imap2_rewrite_nstring(dest, text))
			return FALSE;
	}
	str_append_c(dest, ')');
	return TRUE;
}

static unsigned int envelope_cache_field(struct imap2_mailbox *mbox)
{
	struct mail_cache_field field = {
		.name = ENVELOPE_CACHE_FIELD,
		.type = MAIL_CACHE_FIELD_STRING,
		/* Until it's used for the first time */
		.decision = MAIL_CACHE_DECISION_NO,
	};

	if (mbox->envelope_cache_field == UINT_MAX) {
		shim_cache_register_field(mbox->box->cache, &field);
		mbox->envelope_cache_field = field.idx;
	}
	return mbox->envelope_cache_field;
}

/* What's read goes to the client as it is, so a checksum is kept behind it: not
   even a damaged cache file may break the syntax of a response. */
static uint32_t envelope_checksum(const string_t *dest, size_t start)
{
	return cpu32_to_be(crc32_data(str_data(dest) + start,
				      str_len(dest) - start));
}

static bool envelope_cut_checksum(string_t *dest, size_t start)
{
	size_t end = str_len(dest) - sizeof(uint32_t);
	uint32_t crc;

	if (str_len(dest) - start < sizeof(crc))
		return FALSE;
	memcpy(&crc, str_data(dest) + end, sizeof(crc));
	str_truncate(dest, end);
	return crc == envelope_checksum(dest, start);
}

static bool
envelope_cache_read(string_t *dest, struct mail *mail, unsigned int field)
{
	size_t start = str_len(dest);

	if (mail_cache_lookup_field(mail->transaction->cache_view, dest,
				    mail->seq, field) <= 0)
		return FALSE;
	if (!envelope_cut_checksum(dest, start)) {
		str_truncate(dest, start);
		mail_set_cache_corrupted(mail, MAIL_FETCH_IMAP_ENVELOPE,
					 "Damaged "ENVELOPE_CACHE_FIELD);
		return FALSE;
	}
	return TRUE;
}

static void envelope_cache_add(string_t *dest, size_t start, struct mail *mail,
			       unsigned int field)
{
	struct mail_cache_transaction_ctx *cache_trans =
		mail->transaction->cache_trans;
	uint32_t crc;

	if (!mail_cache_field_can_add(cache_trans, mail->seq, field))
		return;
	crc = envelope_checksum(dest, start);
	str_append_data(dest, &crc, sizeof(crc));
	mail_cache_add(cache_trans, mail->seq, field,
		       str_data(dest) + start, str_len(dest) - start);
	str_truncate(dest, str_len(dest) - sizeof(crc));
}

/* Not of all messages: for want of the header fields lib-storage would open
   those whose envelope is in the cache. */
void imap2_envelope_want(struct imap2_mailbox *mbox, struct mail *mail)
{
	if (mail_cache_field_exists(mail->transaction->cache_view, mail->seq,
				    envelope_cache_field(mbox)) <= 0) {
		mail_add_temp_wanted_fields(mail, MAIL_FETCH_IMAP_ENVELOPE,
					    NULL);
	}
}

int imap2_envelope_write(struct imap2_mailbox *mbox, string_t *dest,
			 struct mail *mail)
{
	unsigned int field = envelope_cache_field(mbox);
	size_t start = str_len(dest);
	const char *text, *pos;

	if (envelope_cache_read(dest, mail, field))
		return 0;
	if (mail_get_special(mail, MAIL_FETCH_IMAP_ENVELOPE, &text) < 0)
		return -1;
	pos = text;
	if (!imap2_envelope_rewrite(dest, &pos) || *pos != '\0') {
		mail_set_critical(mail, "Invalid ENVELOPE at octet %zu",
				  (size_t)(pos - text));
		return -1;
	}
	/* The server's name may be another one some day. */
	if (strstr(text, MISSING_HOST) == NULL)
		envelope_cache_add(dest, start, mail, field);
	return 0;
}
