/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* ENVELOPE (RFC 1176 p.18-19). lib-storage gives the envelope, possibly from
   its cache, in IMAP4 syntax; it's parsed and written anew because IMAP2 has
   neither backslash escapes nor group markers. */

#include "lib.h"
#include "hostpid.h"
#include "str.h"
#include "imap-envelope.h"
#include "mail-storage-private.h"
#include "message-address.h"
#include "message-part-data.h"
#include "mail-user.h"
#include "proto/string-write.h"
#include "shim/address.h"
#include "session/envelope.h"

/* What lib-mail says when an address has no "@host". RFC 1176 wants a host,
   and mail that never left this server belongs to it. */
#define MISSING_HOST "MISSING_DOMAIN"

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

int imap2_envelope_write(string_t *dest, struct mail *mail)
{
	struct message_part_envelope *envelope;
	const char *text, *error;
	pool_t pool;
	bool ok;

	if (mail_get_special(mail, MAIL_FETCH_IMAP_ENVELOPE, &text) < 0)
		return -1;

	pool = pool_alloconly_create("imap2 envelope", 2048);
	ok = imap_envelope_parse(text, pool, &envelope, &error);
	if (ok)
		imap2_envelope_write_data(dest, envelope);
	else {
		mail_set_critical(mail, "Invalid ENVELOPE: %s", error);
	}
	pool_unref(&pool);
	return ok ? 0 : -1;
}
