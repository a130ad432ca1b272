/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The arguments of one command (RFC 1176 p.9 ATOM and STRING, p.26-28).

   Reads what the parser has framed: text between spaces, with the literals
   already in their places. The commands call these readers one after another.
   Must never hand on a NUL, nor look for syntax inside a literal. */

#include "lib.h"
#include "str.h"
#include "str-sanitize.h"
#include "array.h"
#include "proto/args.h"

#define HUMAN_MAX_LEN 200

/* Where the text of the cursor's position ends: at the next literal or at the
   end of the command. */
static size_t args_text_end(const struct imap2_args *args)
{
	if (args->literal_pos < args->literal_count)
		return args->literals[args->literal_pos].offset;
	return args->size;
}

static void args_skip_spaces(struct imap2_args *args)
{
	size_t end = args_text_end(args);

	while (args->pos < end && args->data[args->pos] == ' ')
		args->pos++;
}

static bool args_is_at_literal(const struct imap2_args *args)
{
	return args->literal_pos < args->literal_count &&
		args->literals[args->literal_pos].offset == args->pos;
}

/* The character at the cursor, or '\0' at the end of the text. */
static unsigned char args_char(const struct imap2_args *args)
{
	return args->pos < args_text_end(args) ? args->data[args->pos] : '\0';
}

static int
args_fail(struct imap2_args *args, const char *error, const char **error_r)
{
	args->pos = args->size;
	args->literal_pos = args->literal_count;
	*error_r = error;
	return -1;
}

bool imap2_args_at_end(const struct imap2_args *args)
{
	struct imap2_args rest = *args;

	/* RFC 1176 p.28: spaces before the end of the line are no argument. */
	args_skip_spaces(&rest);
	return rest.pos == rest.size && rest.literal_pos == rest.literal_count;
}

int imap2_args_end(struct imap2_args *args, const char **error_r)
{
	if (!imap2_args_at_end(args))
		return args_fail(args, "Unexpected argument", error_r);
	return 0;
}

const char *imap2_args_human(const struct imap2_args *args)
{
	struct imap2_args rest = *args;
	string_t *str = t_str_new(HUMAN_MAX_LEN);

	while (str_len(str) < HUMAN_MAX_LEN) {
		size_t len = args_text_end(&rest) - rest.pos;

		str_append_data(str, rest.data + rest.pos,
				I_MIN(len, HUMAN_MAX_LEN));
		rest.pos += len;
		if (!args_is_at_literal(&rest))
			break;
		str_printfa(str, "{%zu}",
			    rest.literals[rest.literal_pos].size);
		rest.pos += rest.literals[rest.literal_pos++].size;
	}
	return str_sanitize(str_c(str), HUMAN_MAX_LEN);
}

/* An argument can't be glued to the previous one. */
static int args_check_delimiter(struct imap2_args *args, const char **error_r)
{
	if (args_is_at_literal(args) ||
	    (args->pos < args->size && args->data[args->pos] != ' ')) {
		return args_fail(args, "Missing space between arguments",
				 error_r);
	}
	return 0;
}

static int args_literal_octets(struct imap2_args *args, const char **str_r,
			       const char **error_r)
{
	const struct imap2_literal *literal =
		&args->literals[args->literal_pos];
	const unsigned char *data = args->data + literal->offset;

	if (literal->size > 0 && memchr(data, '\0', literal->size) != NULL)
		return args_fail(args, "NUL character in a literal", error_r);
	*str_r = t_strndup(data, literal->size);
	args->pos += literal->size;
	args->literal_pos++;
	return 0;
}

/* RFC 1176 p.9: a quoted string knows no escapes, it ends at the next '"'.
   The "%" and "\" that p.9 forbids inside of it are accepted, because FIND
   patterns and keywords need them. So is "", which clients do send. */
static int args_quoted_octets(struct imap2_args *args, const char **str_r,
			      const char **error_r)
{
	const unsigned char *start = args->data + args->pos + 1, *quote;
	size_t max_len = args_text_end(args) - (args->pos + 1);

	quote = max_len == 0 ? NULL : memchr(start, '"', max_len);
	if (quote == NULL)
		return args_fail(args, "Quoted string isn't closed", error_r);
	*str_r = t_strdup_until(start, quote);
	args->pos = (quote + 1) - args->data;
	return 0;
}

static int args_atom_octets(struct imap2_args *args, const char **str_r,
			    const char **error_r)
{
	size_t start = args->pos;
	unsigned char chr;

	while ((chr = args_char(args)) != ' ' && chr != '\0') {
		if (chr == '"' || chr == '{') {
			return args_fail(args, "Misplaced quote or brace",
					 error_r);
		}
		args->pos++;
	}
	*str_r = t_strndup(args->data + start, args->pos - start);
	return 0;
}

int imap2_args_string(struct imap2_args *args, const char **str_r,
		      const char **error_r)
{
	int ret;

	if (imap2_args_at_end(args))
		return args_fail(args, "Missing argument", error_r);

	args_skip_spaces(args);
	if (args_is_at_literal(args))
		ret = args_literal_octets(args, str_r, error_r);
	else if (args_char(args) == '"')
		ret = args_quoted_octets(args, str_r, error_r);
	else
		ret = args_atom_octets(args, str_r, error_r);
	return ret < 0 ? -1 : args_check_delimiter(args, error_r);
}

int imap2_args_atom(struct imap2_args *args, const char **str_r,
		    const char **error_r)
{
	if (imap2_args_at_end(args))
		return args_fail(args, "Missing argument", error_r);

	args_skip_spaces(args);
	if (args_is_at_literal(args))
		return args_fail(args, "Unexpected literal", error_r);
	if (args_char(args) == '"')
		return args_fail(args, "Unexpected quoted string", error_r);
	if (args_atom_octets(args, str_r, error_r) < 0)
		return -1;
	return args_check_delimiter(args, error_r);
}

/* One atom inside a list, which the closing parenthesis ends too. */
static int args_list_atom(struct imap2_args *args, const char **str_r,
			  const char **error_r)
{
	size_t start = args->pos;
	unsigned char chr;

	while ((chr = args_char(args)) != ' ' && chr != ')' && chr != '\0') {
		if (chr == '(') {
			return args_fail(args, "Unexpected list in a list",
					 error_r);
		}
		if (chr == '"' || chr == '{') {
			return args_fail(args, "Unexpected string in a list",
					 error_r);
		}
		args->pos++;
	}
	*str_r = t_strndup(args->data + start, args->pos - start);
	return 0;
}

bool imap2_args_list_open(struct imap2_args *args)
{
	args_skip_spaces(args);
	if (args_char(args) != '(')
		return FALSE;
	args->pos++;
	return TRUE;
}

/* Returns 1 before an element, or 0 if the list was closed. */
static int args_list_more(struct imap2_args *args, const char **error_r)
{
	args_skip_spaces(args);
	if (args->pos == args->size && !args_is_at_literal(args))
		return args_fail(args, "List isn't closed", error_r);
	if (args_char(args) != ')')
		return 1;
	args->pos++;
	return 0;
}

int imap2_args_list_next(struct imap2_args *args, const char **atom_r,
			 const char **error_r)
{
	int ret = args_list_more(args, error_r);

	if (ret < 0)
		return -1;
	if (ret == 0)
		return args_check_delimiter(args, error_r);
	if (args_is_at_literal(args)) {
		return args_fail(args, "Unexpected literal in a list",
				 error_r);
	}
	return args_list_atom(args, atom_r, error_r) < 0 ? -1 : 1;
}

static int args_list(struct imap2_args *args, const char *const **atoms_r,
		     const char **error_r)
{
	ARRAY_TYPE(const_string) atoms;
	const char *atom;
	int ret;

	t_array_init(&atoms, 8);
	while ((ret = imap2_args_list_next(args, &atom, error_r)) > 0)
		array_push_back(&atoms, &atom);
	array_append_zero(&atoms);
	*atoms_r = array_front(&atoms);
	return ret;
}

/* A string inside a list, where it may be followed by the end of the list. */
static int args_list_string(struct imap2_args *args, const char **str_r,
			    const char **error_r)
{
	if (args_is_at_literal(args))
		return args_literal_octets(args, str_r, error_r);
	if (args_char(args) == '"')
		return args_quoted_octets(args, str_r, error_r);
	return args_list_atom(args, str_r, error_r);
}

/* What stands behind an element of a list: a space, or the list's end. */
static int args_check_list_delimiter(struct imap2_args *args,
				     const char **error_r)
{
	return args_char(args) == ')' ? 0 :
		args_check_delimiter(args, error_r);
}

int imap2_args_string_list(struct imap2_args *args,
			   const char *const **strings_r, const char **error_r)
{
	ARRAY_TYPE(const_string) strings;
	const char *str;
	int ret;

	if (!imap2_args_list_open(args))
		return args_fail(args, "Missing list", error_r);
	t_array_init(&strings, 8);
	while ((ret = args_list_more(args, error_r)) > 0) {
		if (args_list_string(args, &str, error_r) < 0 ||
		    args_check_list_delimiter(args, error_r) < 0)
			return -1;
		array_push_back(&strings, &str);
	}
	if (ret < 0)
		return -1;
	if (array_count(&strings) == 0)
		return args_fail(args, "List is empty", error_r);
	array_append_zero(&strings);
	*strings_r = array_front(&strings);
	return args_check_list_delimiter(args, error_r);
}

int imap2_args_atom_list(struct imap2_args *args, const char *const **atoms_r,
			 bool *is_list_r, const char **error_r)
{
	const char **atoms;

	if (imap2_args_at_end(args))
		return args_fail(args, "Missing argument", error_r);

	*is_list_r = imap2_args_list_open(args);
	if (*is_list_r)
		return args_list(args, atoms_r, error_r);

	atoms = t_new(const char *, 2);
	*atoms_r = atoms;
	return imap2_args_atom(args, &atoms[0], error_r);
}
