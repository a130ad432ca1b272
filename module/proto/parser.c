/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Framing of commands (RFC 1176 p.9 STRING, p.21 "+ text", p.28 request).

   Sees every octet of a connection once, in order, in pieces of any size, and
   keeps those of the current command, up to a limit. Whatever is wrong with a
   command, it's read to its end, announced literals included, before it's
   refused: the octets of a literal must never be taken for a command
   (RFC 1176 p.21). Must never keep more than the limit, nor leave a used
   command (it may be a password) in memory. */

#include "lib.h"
#include "array.h"
#include "safe-memset.h"
#include "proto/args.h"
#include "proto/parser.h"

/* The text buffer is kept between commands up to this size. */
#define TEXT_KEEP_SIZE 1024
/* No command has a use for this many; bounds the memory of {0} {0} {0}... */
#define MAX_LITERALS 256
/* RFC 1176 has no limit; this is what all implementations can count. */
#define LITERAL_MAX_SIZE 0x7fffffffU

/* What the octets since the last space or "(" look like. The end of the line
   then tells whether a literal follows, without looking back. */
enum token_state {
	TOKEN_OTHER,
	/* at the token's first octet */
	TOKEN_START,
	/* { */
	TOKEN_BRACE,
	/* {n */
	TOKEN_NUMBER,
	/* {n+ */
	TOKEN_PLUS,
	/* {n} */
	TOKEN_LITERAL,
	/* {n+}: IMAP4's non-synchronizing literal */
	TOKEN_NONSYNC_LITERAL
};

struct imap2_parser {
	size_t max_size;

	/* The stored part of the command. After it there's always room for
	   the NUL that ends the command word. */
	unsigned char *text;
	size_t text_size, text_alloc;
	ARRAY(struct imap2_literal) literals;

	/* Octets of the command so far, while they are stored */
	size_t command_size;
	/* The line's last token, its number (any above LITERAL_MAX_SIZE is
	   too large) and where in the text it began */
	enum token_state token;
	uint32_t token_number;
	size_t token_offset;
	/* Octets of the current literal not seen yet */
	uint32_t literal_left;

	/* The command whose literals are the caller's, or NULL */
	const char *streamed;

	const char *tag, *command;
	struct imap2_args args;
	/* Why the command will be refused; nothing is stored anymore. */
	const char *error;

	/* Something of the command was consumed. */
	bool started:1;
	/* The previous octet was a CR that may belong to the line's end. */
	bool cr:1;
	/* The previous feed gave a command; the next one begins another. */
	bool finished:1;
	/* A literal is left to the caller. */
	bool streaming:1;
	/* What is stored stands behind such a literal. */
	bool behind_stream:1;
	/* The command isn't to give a result. */
	bool skipping:1;
};

struct imap2_parser *imap2_parser_create(size_t max_size)
{
	struct imap2_parser *parser;

	parser = i_new(struct imap2_parser, 1);
	parser->max_size = max_size;
	i_array_init(&parser->literals, 4);
	return parser;
}

static void parser_free_text(struct imap2_parser *parser)
{
	if (parser->text == NULL)
		return;
	safe_memset(parser->text, 0, parser->text_alloc);
	i_free(parser->text);
	parser->text_alloc = 0;
}

void imap2_parser_destroy(struct imap2_parser **_parser)
{
	struct imap2_parser *parser = *_parser;

	*_parser = NULL;
	parser_free_text(parser);
	array_free(&parser->literals);
	i_free(parser);
}

static void parser_reset(struct imap2_parser *parser)
{
	if (parser->text_alloc > TEXT_KEEP_SIZE)
		parser_free_text(parser);
	else if (parser->text != NULL)
		safe_memset(parser->text, 0, parser->text_alloc);
	parser->text_size = 0;
	array_clear(&parser->literals);

	parser->command_size = 0;
	parser->token = TOKEN_OTHER;
	parser->tag = NULL;
	parser->command = NULL;
	parser->error = NULL;
	parser->started = FALSE;
	parser->finished = FALSE;
	parser->streaming = FALSE;
	parser->behind_stream = FALSE;
	parser->skipping = FALSE;
}

static void parser_fail(struct imap2_parser *parser, const char *error)
{
	if (parser->error == NULL)
		parser->error = error;
}

/* A plain realloc() could leave a copy of the text behind. */
static void parser_grow_text(struct imap2_parser *parser, size_t size)
{
	unsigned char *text;
	size_t alloc;

	if (size <= parser->text_alloc)
		return;
	alloc = I_MAX(size, I_MIN(parser->text_alloc * 2,
				  parser->max_size + 1));
	alloc = I_MAX(alloc, 128);
	text = i_malloc(alloc);
	if (parser->text_size > 0)
		memcpy(text, parser->text, parser->text_size);
	parser_free_text(parser);
	parser->text = text;
	parser->text_alloc = alloc;
}

/* Account for size more octets of the command. Returns FALSE if they aren't
   to be stored. */
static bool parser_want(struct imap2_parser *parser, size_t size)
{
	if (parser->error != NULL)
		return FALSE;
	if (size > parser->max_size - parser->command_size) {
		parser_fail(parser, "Command is too long");
		return FALSE;
	}
	parser->command_size += size;
	parser_grow_text(parser, parser->text_size + size + 1);
	return TRUE;
}

static void parser_token_digit(struct imap2_parser *parser, unsigned char chr)
{
	if (parser->token == TOKEN_BRACE) {
		parser->token = TOKEN_NUMBER;
		parser->token_number = 0;
	}
	if (parser->token_number > LITERAL_MAX_SIZE / 10)
		parser->token_number = LITERAL_MAX_SIZE + 1;
	else
		parser->token_number = parser->token_number * 10 + (chr - '0');
}

static void parser_token_octet(struct imap2_parser *parser, unsigned char chr)
{
	enum token_state token = parser->token;

	if (chr == ' ' || chr == '(') {
		parser->token = TOKEN_START;
	} else if (token == TOKEN_START && chr == '{') {
		parser->token = TOKEN_BRACE;
		parser->token_offset = parser->text_size;
	} else if ((token == TOKEN_BRACE || token == TOKEN_NUMBER) &&
		   chr >= '0' && chr <= '9') {
		parser_token_digit(parser, chr);
	} else if (token == TOKEN_NUMBER && chr == '+') {
		parser->token = TOKEN_PLUS;
	} else if (token == TOKEN_NUMBER && chr == '}') {
		parser->token = TOKEN_LITERAL;
	} else if (token == TOKEN_PLUS && chr == '}') {
		parser->token = TOKEN_NONSYNC_LITERAL;
	} else {
		parser->token = TOKEN_OTHER;
	}
}

static void parser_line_octet(struct imap2_parser *parser, unsigned char chr)
{
	parser_token_octet(parser, chr);
	if (chr == '\0')
		parser_fail(parser, "NUL character in command");
	else if (parser_want(parser, 1))
		parser->text[parser->text_size++] = chr;
}

/* The line ended with a literal's size: make place for it. */
static void parser_begin_literal(struct imap2_parser *parser)
{
	struct imap2_literal *literal;

	parser->literal_left = parser->token_number;
	parser->token = TOKEN_OTHER;
	if (array_count(&parser->literals) == MAX_LITERALS)
		parser_fail(parser, "Too many literals");
	if (!parser_want(parser, parser->literal_left))
		return;
	/* Now the "{n}" can go. */
	parser->text_size = parser->token_offset;
	literal = array_append_space(&parser->literals);
	literal->offset = parser->text_size;
	literal->size = parser->literal_left;
}

static size_t
parser_literal_data(struct imap2_parser *parser, const unsigned char *data,
		    size_t size)
{
	if (size > parser->literal_left)
		size = parser->literal_left;
	if (parser->error == NULL) {
		memcpy(parser->text + parser->text_size, data, size);
		parser->text_size += size;
	}
	parser->literal_left -= size;
	return size;
}

static const char *parser_check_tag(const unsigned char *tag, size_t len)
{
	size_t i;

	if (len == 0)
		return "Command begins with a space instead of a tag";
	if (len > IMAP2_MAX_TAG_LEN)
		return "Tag is too long";
	if (len == 1 && (tag[0] == '*' || tag[0] == '+'))
		return "Tag is reserved for the server's responses";
	for (i = 0; i < len; i++) {
		if (tag[i] <= ' ' || tag[i] >= 0x7f)
			return "Tag has characters other than printable ASCII";
	}
	return NULL;
}

/* The tag is everything before the first space (RFC 1176 p.28 wants an atom,
   but clients make tags of any kind). Returns where the rest begins. */
static size_t parser_finish_tag(struct imap2_parser *parser)
{
	const struct imap2_literal *literals;
	const unsigned char *space = NULL;
	const char *error;
	size_t len = parser->text_size;
	unsigned int literal_count;

	literals = array_get(&parser->literals, &literal_count);
	if (literal_count > 0)
		len = literals[0].offset;
	if (len > 0)
		space = memchr(parser->text, ' ', len);
	if (space != NULL)
		len = space - parser->text;

	if (space == NULL && parser->error != NULL)
		error = "Tag is incomplete";
	else if (space == NULL && literal_count > 0)
		error = "Literal in place of a tag";
	else if (space == NULL && len == 0)
		error = "Null command";
	else
		error = parser_check_tag(parser->text, len);
	if (error != NULL) {
		parser_fail(parser, error);
		return len;
	}
	parser->text[len] = '\0';
	parser->tag = (const char *)parser->text;
	return len + 1;
}

/* Make the command word a string of its own and the rest its arguments. */
static void parser_finish_command(struct imap2_parser *parser, size_t pos)
{
	struct imap2_literal *literals;
	unsigned int i, count;
	size_t end;

	literals = array_get_modifiable(&parser->literals, &count);
	while (pos < parser->text_size && parser->text[pos] == ' ')
		pos++;
	for (end = pos; end < parser->text_size; end++) {
		if (parser->text[end] == ' ')
			break;
	}
	if (end <= pos || (count > 0 && literals[0].offset <= end)) {
		parser_fail(parser, "Missing command");
		return;
	}
	parser->text[end] = '\0';
	parser->command = str_ucase((char *)parser->text + pos);

	i_zero(&parser->args);
	if (end < parser->text_size)
		end++;
	parser->args.data = parser->text + end;
	parser->args.size = parser->text_size - end;
	for (i = 0; i < count; i++)
		literals[i].offset -= end;
	parser->args.literals = literals;
	parser->args.literal_count = count;
}

/* Nothing but arguments */
static void parser_finish_behind_stream(struct imap2_parser *parser)
{
	i_zero(&parser->args);
	parser->args.data = parser->text;
	parser->args.size = parser->text_size;
	parser->command = parser->streamed;
}

static enum imap2_parse_result parser_finish(struct imap2_parser *parser)
{
	size_t pos;

	if (parser->skipping) {
		parser_reset(parser);
		return IMAP2_PARSE_MORE;
	}
	parser->finished = TRUE;
	if (parser->behind_stream)
		parser_finish_behind_stream(parser);
	else {
		pos = parser_finish_tag(parser);
		if (parser->error == NULL)
			parser_finish_command(parser, pos);
	}
	return parser->error == NULL ? IMAP2_PARSE_COMMAND : IMAP2_PARSE_BAD;
}

static const unsigned char *
parser_skip_spaces(const unsigned char *pos, const unsigned char *end)
{
	while (pos < end && *pos == ' ')
		pos++;
	return pos;
}

/* The line up to a literal's "{n}" is a good beginning of the command whose
   literals are streamed, and has an argument. */
static bool parser_is_streamed(const struct imap2_parser *parser)
{
	const unsigned char *pos, *end, *space, *words_end;
	const struct imap2_literal *literals;
	unsigned int literal_count;
	size_t len;

	if (parser->streamed == NULL || parser->error != NULL ||
	    parser->behind_stream)
		return FALSE;
	pos = parser->text;
	end = pos + parser->token_offset;
	/* What looks like tag and command may be in a literal. */
	literals = array_get(&parser->literals, &literal_count);
	words_end = literal_count == 0 ? end :
		parser->text + literals[0].offset;
	space = memchr(pos, ' ', words_end - pos);
	if (space == NULL || parser_check_tag(pos, space - pos) != NULL)
		return FALSE;
	pos = parser_skip_spaces(space, words_end);
	len = strlen(parser->streamed);
	if ((size_t)(words_end - pos) <= len || pos[len] != ' ' ||
	    strncasecmp((const char *)pos, parser->streamed, len) != 0)
		return FALSE;
	return parser_skip_spaces(pos + len, end) < end;
}

static enum imap2_parse_result parser_begin_stream(struct imap2_parser *parser)
{
	enum imap2_parse_result result;

	parser->text_size = parser->token_offset;
	result = parser_finish(parser);
	i_assert(result == IMAP2_PARSE_COMMAND);
	parser->finished = FALSE;
	parser->streaming = TRUE;
	return IMAP2_PARSE_STREAM;
}

/* RFC 1176 p.21: the client sends the literal when it has seen "+", but many
   clients don't wait. A literal whose size nobody can send isn't asked for,
   so that none follows. */
static enum imap2_parse_result parser_line_end(struct imap2_parser *parser)
{
	if (parser->token != TOKEN_LITERAL &&
	    parser->token != TOKEN_NONSYNC_LITERAL)
		return parser_finish(parser);
	if (parser->token_number > LITERAL_MAX_SIZE) {
		parser_fail(parser, "Literal is too large");
		return parser_finish(parser);
	}

	if (parser->token == TOKEN_NONSYNC_LITERAL) {
		/* Not in RFC 1176, but whoever writes this sends the literal
		   without being asked. */
		parser_fail(parser, "Literal size isn't a number");
		parser_begin_literal(parser);
		return IMAP2_PARSE_MORE;
	}
	if (parser_is_streamed(parser))
		return parser_begin_stream(parser);
	if (parser->behind_stream)
		parser_fail(parser, "Unexpected literal");
	parser_begin_literal(parser);
	return IMAP2_PARSE_LITERAL;
}

/* One octet of a text line; LF ends it, and so does CRLF. */
static enum imap2_parse_result
parser_line_feed(struct imap2_parser *parser, unsigned char chr)
{
	bool cr = parser->cr;

	parser->cr = FALSE;
	if (chr == '\n')
		return parser_line_end(parser);
	if (cr) {
		parser->token = TOKEN_OTHER;
		parser_fail(parser, "CR character in command");
	}
	if (chr == '\r')
		parser->cr = TRUE;
	else
		parser_line_octet(parser, chr);
	return IMAP2_PARSE_MORE;
}

enum imap2_parse_result
imap2_parser_feed(struct imap2_parser *parser, const unsigned char *data,
		  size_t size, size_t *used_r)
{
	enum imap2_parse_result result = IMAP2_PARSE_MORE;
	size_t pos = 0;

	i_assert(!parser->streaming);

	if (parser->finished)
		parser_reset(parser);
	while (pos < size && result == IMAP2_PARSE_MORE) {
		parser->started = TRUE;
		if (parser->literal_left > 0) {
			pos += parser_literal_data(parser, data + pos,
						   size - pos);
		} else {
			result = parser_line_feed(parser, data[pos++]);
		}
	}
	*used_r = pos;
	return result;
}

void imap2_parser_set_streamed(struct imap2_parser *parser, const char *command)
{
	parser->streamed = command;
}

bool imap2_parser_is_streaming(const struct imap2_parser *parser)
{
	return parser->streaming;
}

uint32_t imap2_parser_stream_size(const struct imap2_parser *parser)
{
	i_assert(parser->streaming);

	return parser->token_number;
}

/* The command before the literal isn't needed any more. */
static void parser_leave_stream(struct imap2_parser *parser)
{
	i_assert(parser->streaming);

	parser->streaming = FALSE;
	parser->text_size = 0;
	array_clear(&parser->literals);
	parser->token = TOKEN_OTHER;
	parser->tag = NULL;
	parser->command = NULL;
}

void imap2_parser_stream_end(struct imap2_parser *parser)
{
	parser_leave_stream(parser);
	parser->behind_stream = TRUE;
}

void imap2_parser_stream_skip(struct imap2_parser *parser, uint32_t size)
{
	parser_leave_stream(parser);
	parser_fail(parser, "Skipped");
	parser->literal_left = size;
	parser->skipping = TRUE;
}

void imap2_parser_stream_cancel(struct imap2_parser *parser)
{
	parser_leave_stream(parser);
	parser->finished = TRUE;
}

void imap2_parser_wipe(struct imap2_parser *parser)
{
	i_assert(imap2_parser_is_idle(parser));

	parser_reset(parser);
}

bool imap2_parser_is_idle(const struct imap2_parser *parser)
{
	return !parser->started || parser->finished;
}

const char *imap2_parser_tag(const struct imap2_parser *parser)
{
	return parser->tag;
}

const char *imap2_parser_command(const struct imap2_parser *parser,
				 struct imap2_args *args_r)
{
	i_assert(parser->command != NULL);

	*args_r = parser->args;
	return parser->command;
}

const char *imap2_parser_error(const struct imap2_parser *parser)
{
	i_assert(parser->error != NULL);

	return parser->error;
}
