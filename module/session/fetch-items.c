/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The data items of FETCH: see fetch-items.h. Stands between the arguments of
   a command and fetch.c, which sends what is listed here. */

#include "lib.h"
#include "array.h"
#include "str.h"
#include "mail-storage.h"
#include "imap-msgpart.h"
#include "proto/args.h"
#include "proto/date.h"
#include "proto/string-write.h"
#include "settings/imap2-settings.h"
#include "session/body.h"
#include "session/client.h"
#include "session/envelope.h"
#include "session/fetch-items.h"
#include "session/mailbox.h"

#define HEADER_NAME "RFC822.HEADER"
/* More than any client asks for. Each text costs a look into the message. */
#define MAX_ITEMS 64
/* The same for lines of the header: Dovecot looks through all names for each of
   them. */
#define MAX_HEADER_NAMES 256

struct fetch_items_parser {
	struct imap2_client *client;
	struct imap2_args *args;
	struct imap2_fetch_items *items;
	/* The header's name is taken by some of its lines. */
	bool header_lines;
	const char *error;
};

struct fetch_item_def {
	const char *name;
	enum mail_fetch_field wanted;
	/* What's wanted of some messages only. */
	void (*want)(struct imap2_mailbox *mbox, struct mail *mail);
	/* A short item, or: */
	int (*write)(struct imap2_client *client, struct mail *mail,
		     enum mail_flags new_flags, string_t *dest);
	/* a text, or: */
	struct imap_msgpart *(*msgpart)(void);
	/* a text that the arguments tell more of. */
	int (*parse)(struct fetch_items_parser *parser,
		     struct imap_msgpart **msgpart_r);
	enum imap2_text_kind kind;

	bool imap2bis;
	bool sets_seen;
};

/*
 * Short items
 */

static int fetch_write_flags(struct imap2_client *client, struct mail *mail,
			     enum mail_flags new_flags, string_t *dest)
{
	imap2_mailbox_write_flags(client->mailbox, dest, mail, new_flags);
	return 0;
}

static int
fetch_write_internaldate(struct imap2_client *client, struct mail *mail,
			 enum mail_flags new_flags ATTR_UNUSED, string_t *dest)
{
	time_t date;

	if (mail_get_received_date(mail, &date) < 0)
		return -1;
	str_append(dest, "INTERNALDATE \"");
	if ((client->set->parsed_workarounds &
	     IMAP2_WORKAROUND_LONG_DATES) != 0)
		imap2_date_write_long(dest, date);
	else
		imap2_date_write(dest, date);
	str_append_c(dest, '"');
	return 0;
}

static int
fetch_write_size(struct imap2_client *client, struct mail *mail,
		 enum mail_flags new_flags ATTR_UNUSED, string_t *dest)
{
	uoff_t size;

	if (imap2_cut_get_size(mail, client->set->imap2_max_message_size,
			       &size) < 0)
		return -1;
	str_append(dest, "RFC822.SIZE ");
	imap2_write_number(dest, size);
	return 0;
}

/* MacMS wants to know beforehand how many octets stand between the
   parentheses. */
static int
fetch_write_envelope(struct imap2_client *client, struct mail *mail,
		     enum mail_flags new_flags ATTR_UNUSED, string_t *dest)
{
	size_t start;

	str_append(dest, "ENVELOPE ");
	start = str_len(dest);
	if (imap2_envelope_write(client->mailbox, dest, mail) < 0)
		return -1;
	if (client->macms) {
		str_insert(dest, start, t_strdup_printf("%zu ",
			str_len(dest) - start - strlen("()")));
	}
	return 0;
}

static int
fetch_write_body(struct imap2_client *client ATTR_UNUSED, struct mail *mail,
		 enum mail_flags new_flags ATTR_UNUSED, string_t *dest)
{
	str_append(dest, "BODY ");
	return imap2_body_write(dest, mail);
}

/*
 * Texts with arguments
 */

/* A header field name of RFC 822: what the filter below can't mistake. */
static bool header_name_is_valid(const char *name)
{
	if (*name == '\0')
		return FALSE;
	for (; *name != '\0'; name++) {
		if (*name <= ' ' || *name >= '\x7f' ||
		    strchr(":\"\\", *name) != NULL)
			return FALSE;
	}
	return TRUE;
}

/* RFC822.HEADER.LINES (names): the header with these lines only; section:
   IMAP4's name of that. */
static int
fetch_parse_header_list(struct fetch_items_parser *parser, const char *section,
			struct imap_msgpart **msgpart_r)
{
	string_t *str = t_str_new(128);
	const char *const *names;

	if (imap2_args_string_list(parser->args, &names, &parser->error) < 0)
		return -1;
	if (str_array_length(names) > MAX_HEADER_NAMES) {
		parser->error = "Too many header field names";
		return -1;
	}
	str_append(str, section);
	for (; *names != NULL; names++) {
		if (!header_name_is_valid(*names)) {
			parser->error = "Invalid header field name";
			return -1;
		}
		str_printfa(str, "%c\"%s\"",
			    str_len(str) == strlen(section) ? '(' : ' ',
			    *names);
	}
	str_append_c(str, ')');
	if (imap_msgpart_parse(str_c(str), msgpart_r) < 0)
		i_panic("lib-storage refuses %s", str_c(str));
	return 0;
}

static int fetch_parse_header_lines(struct fetch_items_parser *parser,
				    struct imap_msgpart **msgpart_r)
{
	return fetch_parse_header_list(parser, "HEADER.FIELDS ", msgpart_r);
}

static int fetch_parse_header_lines_not(struct fetch_items_parser *parser,
					struct imap_msgpart **msgpart_r)
{
	return fetch_parse_header_list(parser, "HEADER.FIELDS.NOT ",
				       msgpart_r);
}

/* The section of BODY[section]: part numbers separated by periods, of which
   the last may be 0, the header of the message that this part is (RFC 1730
   p.30). Returns lib-storage's name for it, or NULL. */
static const char *body_section_parse(const char *section)
{
	const char *const *numbers = t_strsplit(section, ".");
	const char *const *number;
	string_t *str = t_str_new(32);
	uint32_t n;

	if (*section == '\0')
		return NULL;
	for (number = numbers; *number != NULL; number++) {
		if (str_to_uint32(*number, &n) < 0 ||
		    (**number == '0' && (n != 0 || number[1] != NULL ||
					 (*number)[1] != '\0')))
			return NULL;
		if (number != numbers)
			str_append_c(str, '.');
		str_append(str, n == 0 ? "HEADER" : *number);
	}
	return str_c(str);
}

/*
 * The table
 */

static const struct fetch_item_def item_defs[] = {
	/* Those of the macros come first, in the order of FULL. */
	{ .name = "FLAGS", .wanted = MAIL_FETCH_FLAGS,
	  .write = fetch_write_flags },
	{ .name = "INTERNALDATE", .wanted = MAIL_FETCH_RECEIVED_DATE,
	  .write = fetch_write_internaldate },
	{ .name = "RFC822.SIZE", .wanted = MAIL_FETCH_VIRTUAL_SIZE,
	  .write = fetch_write_size },
	{ .name = "ENVELOPE", .want = imap2_envelope_want,
	  .write = fetch_write_envelope },
	{ .name = "BODY", .wanted = MAIL_FETCH_IMAP_BODY,
	  .write = fetch_write_body, .imap2bis = TRUE },

	{ .name = "RFC822", .msgpart = imap_msgpart_full,
	  .kind = IMAP2_TEXT_MESSAGE, .sets_seen = TRUE },
	{ .name = HEADER_NAME, .msgpart = imap_msgpart_header,
	  .kind = IMAP2_TEXT_HEADER },
	{ .name = "RFC822.TEXT", .msgpart = imap_msgpart_body,
	  .kind = IMAP2_TEXT_BODY, .sets_seen = TRUE },
	{ .name = "RFC822.HEADER.LINES", .parse = fetch_parse_header_lines,
	  .imap2bis = TRUE },
	{ .name = "RFC822.HEADER.LINES.NOT",
	  .parse = fetch_parse_header_lines_not, .imap2bis = TRUE },
};

static const struct {
	const char *name;
	/* So many of the table. */
	unsigned int count;
	bool imap2bis;
} macros[] = {
	{ "FAST", 3, FALSE },
	{ "ALL", 4, FALSE },
	{ "FULL", 5, TRUE },
};

static bool fetch_is_known(struct fetch_items_parser *parser, bool imap2bis)
{
	return !imap2bis || imap2_client_has_imap2bis(parser->client);
}

/* An item that is asked for twice is sent once: it's one property. */
static bool fetch_has_item(const struct imap2_fetch_items *items,
			   const char *name)
{
	const struct imap2_fetch_item *item;

	array_foreach(&items->list, item) {
		if (strcmp(item->name, name) == 0)
			return TRUE;
	}
	return FALSE;
}

static int
fetch_add_text(struct fetch_items_parser *parser, const char *name,
	       struct imap_msgpart *msgpart, enum imap2_text_kind kind,
	       bool sets_seen)
{
	struct imap2_fetch_items *items = parser->items;
	struct imap2_fetch_item *item;

	if (array_count(&items->list) == MAX_ITEMS) {
		imap_msgpart_free(&msgpart);
		parser->error = "Too many data items";
		return -1;
	}
	item = array_append_space(&items->list);
	item->name = name;
	item->msgpart = msgpart;
	item->kind = kind;
	item->range.size = UOFF_T_MAX;
	item->range.end = "";
	items->wanted |= imap_msgpart_get_fetch_data(msgpart);
	if (sets_seen && !parser->client->mailbox->read_only)
		items->sets_seen = TRUE;
	return 0;
}

static void fetch_add_short(struct imap2_fetch_items *items,
			    const struct fetch_item_def *def)
{
	struct imap2_fetch_item *item = array_append_space(&items->list);

	item->name = def->name;
	item->want = def->want;
	item->write = def->write;
	items->wanted |= def->wanted;
	if (def->write == fetch_write_flags)
		items->has_flags = TRUE;
}

/* RFC 2062 p.4: the response has the whole header's name, whatever lines of it
   were asked for. */
static int fetch_add_header_lines(struct fetch_items_parser *parser,
				  const struct fetch_item_def *def)
{
	struct imap_msgpart *msgpart;

	if (fetch_has_item(parser->items, HEADER_NAME)) {
		parser->error = "The header can be asked for only once";
		return -1;
	}
	parser->header_lines = TRUE;
	if (def->parse(parser, &msgpart) < 0)
		return -1;
	return fetch_add_text(parser, HEADER_NAME, msgpart, IMAP2_TEXT_OTHER,
			      FALSE);
}

static int fetch_add_def(struct fetch_items_parser *parser,
			 const struct fetch_item_def *def)
{
	if (def->parse != NULL)
		return fetch_add_header_lines(parser, def);
	if (fetch_has_item(parser->items, def->name)) {
		if (!parser->header_lines ||
		    strcmp(def->name, HEADER_NAME) != 0)
			return 0;
		parser->error = "The header can be asked for only once";
		return -1;
	}
	if (def->msgpart != NULL) {
		return fetch_add_text(parser, def->name, def->msgpart(),
				      def->kind, def->sets_seen);
	}
	fetch_add_short(parser->items, def);
	return 0;
}

static bool fetch_add_macro(struct fetch_items_parser *parser,
			    const char *name)
{
	unsigned int i, j;

	for (i = 0; i < N_ELEMENTS(macros); i++) {
		if (strcasecmp(macros[i].name, name) != 0 ||
		    !fetch_is_known(parser, macros[i].imap2bis))
			continue;
		for (j = 0; j < macros[i].count; j++)
			fetch_add_short(parser->items, &item_defs[j]);
		return TRUE;
	}
	return FALSE;
}

static int fetch_unknown(struct fetch_items_parser *parser, const char *name)
{
	parser->error = t_strdup_printf("Unknown data item %s", name);
	return -1;
}

/* BODY[section] */
static int fetch_add_section(struct fetch_items_parser *parser,
			     const char *name)
{
	const char *section, *full_name;
	struct imap_msgpart *msgpart;
	size_t len = strlen(name);

	if (name[len - 1] != ']' || !fetch_is_known(parser, TRUE))
		return fetch_unknown(parser, name);
	section = body_section_parse(t_strdup_until(name + strlen("BODY["),
						    name + len - 1));
	if (section == NULL || imap_msgpart_parse(section, &msgpart) < 0)
		return fetch_unknown(parser, name);
	full_name = p_strdup(parser->client->command_pool, t_str_ucase(name));
	if (fetch_has_item(parser->items, full_name)) {
		imap_msgpart_free(&msgpart);
		return 0;
	}
	return fetch_add_text(parser, full_name, msgpart,
			      strcmp(section, "HEADER") == 0 ?
			      IMAP2_TEXT_HEADER : IMAP2_TEXT_OTHER, TRUE);
}

static int fetch_add_name(struct fetch_items_parser *parser, const char *name)
{
	unsigned int i;

	if (strncasecmp(name, "BODY[", strlen("BODY[")) == 0)
		return fetch_add_section(parser, name);
	for (i = 0; i < N_ELEMENTS(item_defs); i++) {
		if (strcasecmp(item_defs[i].name, name) == 0 &&
		    fetch_is_known(parser, item_defs[i].imap2bis))
			return fetch_add_def(parser, &item_defs[i]);
	}
	return fetch_unknown(parser, name);
}

/*
 * Arguments
 */

static void fetch_parser_init(struct fetch_items_parser *parser,
			      struct imap2_client *client,
			      struct imap2_args *args)
{
	i_zero(parser);
	parser->client = client;
	parser->args = args;
	parser->items = p_new(client->command_pool,
			      struct imap2_fetch_items, 1);
	p_array_init(&parser->items->list, client->command_pool, 8);
}

static int fetch_parse_list(struct fetch_items_parser *parser)
{
	const char *name;
	int ret;

	while ((ret = imap2_args_list_next(parser->args, &name,
					   &parser->error)) > 0) {
		if (fetch_add_name(parser, name) < 0)
			return -1;
	}
	if (ret == 0 && array_count(&parser->items->list) == 0) {
		parser->error = "No data items";
		return -1;
	}
	return ret;
}

static int fetch_parse_single(struct fetch_items_parser *parser)
{
	const char *name;

	if (imap2_args_atom(parser->args, &name, &parser->error) < 0)
		return -1;
	return fetch_add_macro(parser, name) ? 0 :
		fetch_add_name(parser, name);
}

int imap2_fetch_items_parse(struct imap2_client *client,
			    struct imap2_args *args,
			    struct imap2_fetch_items **items_r,
			    const char **error_r)
{
	struct fetch_items_parser parser;
	int ret;

	fetch_parser_init(&parser, client, args);
	*items_r = parser.items;
	if (imap2_args_list_open(args))
		ret = fetch_parse_list(&parser);
	else
		ret = fetch_parse_single(&parser);
	if (ret == 0)
		ret = imap2_args_end(args, &parser.error);
	*error_r = parser.error;
	return ret;
}

static int fetch_parse_number(struct fetch_items_parser *parser,
			      uint32_t *number_r)
{
	const char *str;

	if (imap2_args_atom(parser->args, &str, &parser->error) < 0)
		return -1;
	if (str_to_uint32(str, number_r) < 0) {
		parser->error = t_strdup_printf("Invalid number %s", str);
		return -1;
	}
	return 0;
}

static int fetch_parse_range(struct fetch_items_parser *parser)
{
	struct imap2_fetch_item *item =
		array_front_modifiable(&parser->items->list);
	uint32_t first, count;

	if (item->msgpart == NULL) {
		parser->error = "Only a text can be had in parts";
		return -1;
	}
	if (fetch_parse_number(parser, &first) < 0 ||
	    fetch_parse_number(parser, &count) < 0)
		return -1;
	if (first == 0) {
		parser->error = "The first octet is number 1";
		return -1;
	}
	item->range.offset = first - 1;
	item->range.size = count;
	return 0;
}

int imap2_fetch_items_parse_partial(struct imap2_client *client,
				    struct imap2_args *args,
				    struct imap2_fetch_items **items_r,
				    const char **error_r)
{
	struct fetch_items_parser parser;
	const char *name;
	int ret;

	fetch_parser_init(&parser, client, args);
	*items_r = parser.items;
	ret = imap2_args_atom(args, &name, &parser.error);
	if (ret == 0)
		ret = fetch_add_name(&parser, name);
	if (ret == 0)
		ret = fetch_parse_range(&parser);
	if (ret == 0)
		ret = imap2_args_end(args, &parser.error);
	*error_r = parser.error;
	return ret;
}

void imap2_fetch_items_free(struct imap2_fetch_items **_items)
{
	struct imap2_fetch_items *items = *_items;
	struct imap2_fetch_item *item;

	*_items = NULL;
	array_foreach_modifiable(&items->list, item) {
		if (item->msgpart != NULL)
			imap_msgpart_free(&item->msgpart);
	}
}
