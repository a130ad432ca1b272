/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* ENVELOPE (RFC 1176 p.18-19). lib-storage gives the envelope in IMAP4 syntax;
   it's parsed and written anew because IMAP2 has neither backslash escapes nor
   group markers. Making one from cached headers costs more than all else in
   FETCH ALL, so what was written once is kept in the mailbox's cache file. */

#include "lib.h"
#include "buffer.h"
#include "byteorder.h"
#include "crc32.h"
#include "hostpid.h"
#include "str.h"
#include "imap-envelope.h"
#include "mail-cache.h"
#include "mail-storage-private.h"
#include "message-address.h"
#include "message-part-data.h"
#include "mail-user.h"
#include "proto/string-write.h"
#include "shim/address.h"
#include "shim/cache.h"
#include "session/envelope.h"

/* What lib-mail says when an address has no "@host". RFC 1176 wants a host,
   and mail that never left this server belongs to it. */
#define MISSING_HOST "MISSING_DOMAIN"

/* Of the cache file. Another number when what's written changes. */
#define ENVELOPE_CACHE_FIELD "imap2.envelope.1"

static void envelope_write_address(string_t *dest,
				   const struct message_address *addr)
{
	str_append_c(dest, '(');
	imap2_write_nstring(dest, addr->name);
	str_append_c(dest, ' ');
	imap2_write_nstring(dest, addr->route);
	str_append_c(dest, ' ');
	imap2_write_string(dest, addr->mailbox);
	str_append_c(dest, ' ');
	imap2_write_string(dest, strcmp(addr->domain, MISSING_HOST) == 0 ?
			   my_hostname : shim_address_host(addr->domain));
	str_append_c(dest, ')');
}

/* Group markers (those without mailbox or host) are IMAP4's: the members are
   shown without them. */
static const struct message_address *
envelope_next_address(const struct message_address *addr)
{
	while (addr != NULL && (addr->mailbox == NULL || addr->domain == NULL))
		addr = addr->next;
	return addr;
}

/* A list without members is NIL, never "()". */
static void envelope_write_list(string_t *dest,
				const struct message_address_list *list)
{
	const struct message_address *addr = envelope_next_address(list->head);

	if (addr == NULL) {
		str_append(dest, "NIL");
		return;
	}
	str_append_c(dest, '(');
	for (; addr != NULL; addr = envelope_next_address(addr->next))
		envelope_write_address(dest, addr);
	str_append_c(dest, ')');
}

/* "Note that the server must default the reply-to and sender fields from the
   from field; a client is not expected to know to do this." */
static const struct message_address_list *
envelope_default(const struct message_address_list *list,
		 const struct message_address_list *from)
{
	return envelope_next_address(list->head) == NULL ? from : list;
}

void imap2_envelope_write_data(string_t *dest,
			       const struct message_part_envelope *envelope)
{
	const struct message_address_list *lists[] = {
		&envelope->from,
		envelope_default(&envelope->sender, &envelope->from),
		envelope_default(&envelope->reply_to, &envelope->from),
		&envelope->to, &envelope->cc, &envelope->bcc
	};
	unsigned int i;

	str_append_c(dest, '(');
	imap2_write_nstring(dest, envelope->date);
	str_append_c(dest, ' ');
	imap2_write_nstring(dest, envelope->subject);
	str_append_c(dest, ' ');
	for (i = 0; i < N_ELEMENTS(lists); i++) {
		envelope_write_list(dest, lists[i]);
		str_append_c(dest, ' ');
	}
	imap2_write_nstring(dest, envelope->in_reply_to);
	str_append_c(dest, ' ');
	imap2_write_nstring(dest, envelope->message_id);
	str_append_c(dest, ')');
}

static unsigned int envelope_cache_field(struct mail_cache *cache)
{
	struct mail_cache_field field = {
		.name = ENVELOPE_CACHE_FIELD,
		.type = MAIL_CACHE_FIELD_STRING,
		/* Until it's used for the first time */
		.decision = MAIL_CACHE_DECISION_NO,
	};
	unsigned int idx = mail_cache_register_lookup(cache, field.name);

	if (idx != UINT_MAX)
		return idx;
	shim_cache_register_field(cache, &field);
	return field.idx;
}

/* What's read goes to the client as it is, so it's kept with a checksum: not
   even a damaged cache file may break the syntax of a response. */
static bool envelope_cache_read(string_t *dest, struct mail *mail)
{
	unsigned int field = envelope_cache_field(mail->box->cache);
	buffer_t *buf = t_buffer_create(512);
	uint32_t crc;

	if (mail_cache_lookup_field(mail->transaction->cache_view, buf,
				    mail->seq, field) <= 0)
		return FALSE;
	if (buf->used < sizeof(crc) ||
	    be32_to_cpu_unaligned(buf->data) !=
	    crc32_data(CONST_PTR_OFFSET(buf->data, sizeof(crc)),
		       buf->used - sizeof(crc))) {
		mail_set_cache_corrupted(mail, MAIL_FETCH_IMAP_ENVELOPE,
					 "Damaged "ENVELOPE_CACHE_FIELD);
		return FALSE;
	}
	buffer_append(dest, CONST_PTR_OFFSET(buf->data, sizeof(crc)),
		      buf->used - sizeof(crc));
	return TRUE;
}

static void
envelope_cache_add(struct mail *mail, const char *envelope, size_t size)
{
	struct mail_cache_transaction_ctx *cache_trans =
		mail->transaction->cache_trans;
	unsigned int field = envelope_cache_field(mail->box->cache);
	uint32_t crc = cpu32_to_be(crc32_data(envelope, size));
	buffer_t *buf;

	if (!mail_cache_field_can_add(cache_trans, mail->seq, field))
		return;
	buf = t_buffer_create(sizeof(crc) + size);
	buffer_append(buf, &crc, sizeof(crc));
	buffer_append(buf, envelope, size);
	mail_cache_add(cache_trans, mail->seq, field, buf->data, buf->used);
}

/* Returns -1 if lib-storage's envelope isn't one. */
static int
envelope_rewrite(string_t *dest, const char *text, const char **error_r)
{
	struct message_part_envelope *envelope;
	pool_t pool = pool_alloconly_create("imap2 envelope", 2048);
	bool ok;

	ok = imap_envelope_parse(text, pool, &envelope, error_r);
	if (ok)
		imap2_envelope_write_data(dest, envelope);
	pool_unref(&pool);
	return ok ? 0 : -1;
}

/* Not of all messages: for want of the header fields lib-storage would open
   those whose envelope is in the cache. */
void imap2_envelope_want(struct mail *mail)
{
	unsigned int field = envelope_cache_field(mail->box->cache);

	if (mail_cache_field_exists(mail->transaction->cache_view, mail->seq,
				    field) <= 0) {
		mail_add_temp_wanted_fields(mail, MAIL_FETCH_IMAP_ENVELOPE,
					    NULL);
	}
}

int imap2_envelope_write(string_t *dest, struct mail *mail)
{
	size_t start = str_len(dest);
	const char *text, *error;

	if (envelope_cache_read(dest, mail))
		return 0;
	if (mail_get_special(mail, MAIL_FETCH_IMAP_ENVELOPE, &text) < 0)
		return -1;
	if (envelope_rewrite(dest, text, &error) < 0) {
		mail_set_critical(mail, "Invalid ENVELOPE: %s", error);
		return -1;
	}
	/* The server's name may be another one some day. */
	if (strstr(text, MISSING_HOST) == NULL) {
		envelope_cache_add(mail, str_c(dest) + start,
				   str_len(dest) - start);
	}
	return 0;
}
