/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Search criteria: see search.h. The criteria are those of the prose of RFC
   1176 p.16-17; its grammar (p.28) forgets FROM, SUBJECT and the argument of
   UNKEYWORD. */

#include "lib.h"
#include "array.h"
#include "unichar.h"
#include "mail-storage.h"
#include "mail-search-build.h"
#include "proto/args.h"
#include "proto/date.h"
#include "session/mailbox.h"
#include "session/search.h"

/* More than any client asks for. Dovecot keeps some 18 kB for each while it
   looks into the messages, and compares each octet of these with each. */
#define MAX_STRINGS 64

struct search_parser {
	struct imap2_mailbox *mbox;
	struct imap2_args *args;
	struct mail_search_args *search;
	unsigned int string_count;
	const char *error;
};

struct search_criterion {
	const char *name;
	enum imap2_search_result (*parse)(struct search_parser *parser,
		const struct search_criterion *criterion);

	enum mail_search_arg_type type;
	enum mail_flags flags;
	bool match_not;
	const char *header;
};

static struct mail_search_arg *
search_add(struct search_parser *parser,
	   const struct search_criterion *criterion)
{
	struct mail_search_arg *arg =
		mail_search_build_add(parser->search, criterion->type);

	arg->match_not = criterion->match_not;
	return arg;
}

static enum imap2_search_result
search_parse_all(struct search_parser *parser,
		 const struct search_criterion *criterion)
{
	(void)search_add(parser, criterion);
	return IMAP2_SEARCH_OK;
}

static enum imap2_search_result
search_parse_flag(struct search_parser *parser,
		  const struct search_criterion *criterion)
{
	search_add(parser, criterion)->value.flags = criterion->flags;
	return IMAP2_SEARCH_OK;
}

/* "functionally equivalent to RECENT UNSEEN" */
static enum imap2_search_result
search_parse_new(struct search_parser *parser,
		 const struct search_criterion *criterion)
{
	struct mail_search_arg *arg;

	search_add(parser, criterion)->value.flags = MAIL_RECENT;
	arg = search_add(parser, criterion);
	arg->value.flags = MAIL_SEEN;
	arg->match_not = TRUE;
	return IMAP2_SEARCH_OK;
}

static enum imap2_search_result
search_parse_keyword(struct search_parser *parser,
		     const struct search_criterion *criterion)
{
	struct mail_search_arg *arg;
	const char *name;

	if (imap2_args_atom(parser->args, &name, &parser->error) < 0)
		return IMAP2_SEARCH_BAD;
	if (!imap2_mailbox_shows_keyword(parser->mbox, name)) {
		/* Asking for a keyword mustn't make it known in the mailbox,
		   as searching for it would. One that is hidden doesn't exist
		   for the client. */
		arg = mail_search_build_add(parser->search, SEARCH_ALL);
		arg->match_not = !criterion->match_not;
		return IMAP2_SEARCH_OK;
	}
	arg = search_add(parser, criterion);
	arg->value.str = p_strdup(parser->search->pool, name);
	return IMAP2_SEARCH_OK;
}

static enum imap2_search_result
search_parse_date(struct search_parser *parser,
		  const struct search_criterion *criterion)
{
	struct mail_search_arg *arg;
	const char *str;
	time_t date;

	if (imap2_args_string(parser->args, &str, &parser->error) < 0)
		return IMAP2_SEARCH_BAD;
	if (imap2_date_parse(str, &date) < 0) {
		parser->error = t_strdup_printf("Invalid date %s: use "
			"d-mmm-yy or d-mmm-yyyy", str);
		return IMAP2_SEARCH_BAD;
	}
	arg = search_add(parser, criterion);
	arg->value.time = date;
	arg->value.date_type = MAIL_SEARCH_DATE_TYPE_RECEIVED;
	return IMAP2_SEARCH_OK;
}

static enum imap2_search_result
search_parse_string(struct search_parser *parser,
		    const struct search_criterion *criterion)
{
	struct mail_search_arg *arg;
	const char *str;

	if (imap2_args_string(parser->args, &str, &parser->error) < 0)
		return IMAP2_SEARCH_BAD;
	if (++parser->string_count > MAX_STRINGS) {
		parser->error = "Too many strings to look for";
		return IMAP2_SEARCH_BAD;
	}
	if (!uni_utf8_str_is_valid(str)) {
		/* RFC 1176 knows ASCII only; guessing a character set could
		   find the wrong messages. */
		parser->error = "Search strings must be ASCII or UTF-8";
		return IMAP2_SEARCH_IMPOSSIBLE;
	}
	arg = search_add(parser, criterion);
	arg->value.str = p_strdup(parser->search->pool, str);
	arg->hdr_field_name = criterion->header;
	return IMAP2_SEARCH_OK;
}

#define FLAG(name, flag, not) \
	{ name, search_parse_flag, SEARCH_FLAGS, flag, not, NULL }
#define ADDRESS(name, header) \
	{ name, search_parse_string, SEARCH_HEADER_ADDRESS, 0, FALSE, header }

static const struct search_criterion criteria[] = {
	{ "ALL", search_parse_all, SEARCH_ALL, 0, FALSE, NULL },
	FLAG("ANSWERED", MAIL_ANSWERED, FALSE),
	ADDRESS("BCC", "bcc"),
	{ "BEFORE", search_parse_date, SEARCH_BEFORE, 0, FALSE, NULL },
	{ "BODY", search_parse_string, SEARCH_BODY, 0, FALSE, NULL },
	ADDRESS("CC", "cc"),
	FLAG("DELETED", MAIL_DELETED, FALSE),
	FLAG("FLAGGED", MAIL_FLAGGED, FALSE),
	ADDRESS("FROM", "from"),
	{ "KEYWORD", search_parse_keyword, SEARCH_KEYWORDS, 0, FALSE, NULL },
	{ "NEW", search_parse_new, SEARCH_FLAGS, 0, FALSE, NULL },
	FLAG("OLD", MAIL_RECENT, TRUE),
	{ "ON", search_parse_date, SEARCH_ON, 0, FALSE, NULL },
	FLAG("RECENT", MAIL_RECENT, FALSE),
	FLAG("SEEN", MAIL_SEEN, FALSE),
	/* R says "later than"; every server has included the day itself. */
	{ "SINCE", search_parse_date, SEARCH_SINCE, 0, FALSE, NULL },
	{ "SUBJECT", search_parse_string, SEARCH_HEADER_COMPRESS_LWSP, 0,
	  FALSE, "subject" },
	{ "TEXT", search_parse_string, SEARCH_TEXT, 0, FALSE, NULL },
	ADDRESS("TO", "to"),
	FLAG("UNANSWERED", MAIL_ANSWERED, TRUE),
	FLAG("UNDELETED", MAIL_DELETED, TRUE),
	FLAG("UNFLAGGED", MAIL_FLAGGED, TRUE),
	{ "UNKEYWORD", search_parse_keyword, SEARCH_KEYWORDS, 0, TRUE, NULL },
	FLAG("UNSEEN", MAIL_SEEN, TRUE),
};

static enum imap2_search_result
search_parse_criterion(struct search_parser *parser)
{
	const char *name;
	unsigned int i;

	if (imap2_args_atom(parser->args, &name, &parser->error) < 0)
		return IMAP2_SEARCH_BAD;
	for (i = 0; i < N_ELEMENTS(criteria); i++) {
		if (strcasecmp(criteria[i].name, name) == 0)
			return criteria[i].parse(parser, &criteria[i]);
	}
	parser->error = t_strdup_printf("Unknown search criterion %s", name);
	return IMAP2_SEARCH_BAD;
}

enum imap2_search_result
imap2_search_parse(struct imap2_mailbox *mbox, struct imap2_args *args,
		   struct mail_search_args **search_r, const char **error_r)
{
	struct search_parser parser = {
		.mbox = mbox,
		.args = args,
		.search = mail_search_build_init(),
	};
	enum imap2_search_result result;

	do {
		result = search_parse_criterion(&parser);
	} while (result == IMAP2_SEARCH_OK && !imap2_args_at_end(args));

	if (result == IMAP2_SEARCH_OK)
		*search_r = parser.search;
	else
		mail_search_args_unref(&parser.search);
	*error_r = parser.error;
	return result;
}
