/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* BODY, the MIME structure (IMAP2bis; RFC 1730 p.46-48). lib-storage gives it,
   possibly from its cache, in IMAP4 syntax; it's parsed and written anew
   because IMAP2 has no backslash escapes, and because its clients know the
   names in it only in upper case. */

#include "lib.h"
#include "str.h"
#include "imap-bodystructure.h"
#include "mail-storage-private.h"
#include "message-part-data.h"
#include "proto/string-write.h"
#include "session/body.h"
#include "session/envelope.h"

static void body_write_name(string_t *dest, const char *name)
{
	imap2_write_string(dest, t_str_ucase(name));
}

static void body_write_params(string_t *dest,
			      const struct message_part_data *data)
{
	const struct message_part_param *param = data->content_type_params;
	unsigned int i;

	if (data->content_type_params_count == 0) {
		str_append(dest, "NIL");
		return;
	}
	str_append_c(dest, '(');
	for (i = 0; i < data->content_type_params_count; i++, param++) {
		if (i > 0)
			str_append_c(dest, ' ');
		body_write_name(dest, param->name);
		str_append_c(dest, ' ');
		/* Names of character sets are names too; other values may be
		   in any case for a reason. */
		if (strcasecmp(param->name, "charset") == 0)
			body_write_name(dest, param->value);
		else
			imap2_write_string(dest, param->value);
	}
	str_append_c(dest, ')');
}

/* type subtype parameters id description encoding size */
static void body_write_fields(string_t *dest, const struct message_part *part)
{
	const struct message_part_data *data = part->data;

	body_write_name(dest, data->content_type);
	str_append_c(dest, ' ');
	body_write_name(dest, data->content_subtype);
	str_append_c(dest, ' ');
	body_write_params(dest, data);
	str_append_c(dest, ' ');
	imap2_write_nstring(dest, data->content_id);
	str_append_c(dest, ' ');
	imap2_write_nstring(dest, data->content_description);
	str_append_c(dest, ' ');
	body_write_name(dest, data->content_transfer_encoding);
	str_printfa(dest, " %"PRIuUOFF_T, part->body_size.virtual_size);
}

/* What stands before the parts inside of it. */
static void body_begin(string_t *dest, const struct message_part *part)
{
	str_append_c(dest, '(');
	if ((part->flags & MESSAGE_PART_FLAG_MULTIPART) != 0)
		return;
	body_write_fields(dest, part);
	if ((part->flags & MESSAGE_PART_FLAG_MESSAGE_RFC822) != 0) {
		str_append_c(dest, ' ');
		imap2_envelope_write_data(dest,
					  part->children->data->envelope);
		str_append_c(dest, ' ');
	}
}

/* What stands behind them. */
static void body_end(string_t *dest, const struct message_part *part)
{
	if ((part->flags & MESSAGE_PART_FLAG_MULTIPART) != 0) {
		str_append_c(dest, ' ');
		body_write_name(dest, part->data->content_subtype);
	} else if ((part->flags & (MESSAGE_PART_FLAG_TEXT |
				   MESSAGE_PART_FLAG_MESSAGE_RFC822)) != 0) {
		str_printfa(dest, " %u", part->body_size.lines);
	}
	str_append_c(dest, ')');
}

/* Not by recursion: how deep it goes is the sender's choice. */
static void body_write(string_t *dest, const struct message_part *part)
{
	for (;;) {
		body_begin(dest, part);
		if (part->children != NULL) {
			part = part->children;
			continue;
		}
		body_end(dest, part);
		while (part->next == NULL && part->parent != NULL) {
			part = part->parent;
			body_end(dest, part);
		}
		if (part->next == NULL)
			return;
		part = part->next;
	}
}

int imap2_body_write(string_t *dest, struct mail *mail)
{
	struct message_part *parts = NULL;
	const char *text, *error;
	pool_t pool;
	int ret;

	if (mail_get_special(mail, MAIL_FETCH_IMAP_BODY, &text) < 0)
		return -1;

	pool = pool_alloconly_create("imap2 body", 4096);
	ret = imap_bodystructure_parse_full(text, pool, &parts, &error);
	if (ret == 0)
		body_write(dest, parts);
	else
		mail_set_critical(mail, "Invalid BODY: %s", error);
	pool_unref(&pool);
	return ret;
}
