/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Any octets through the grammar library. The first octet of the input says
   how the rest is cut into pieces; what the parser makes of it must not depend
   on that. Every argument then goes through every reader and, as a string,
   back onto the wire and in again. */

#include "lib.h"
#include "array.h"
#include "str.h"
#include "fuzzer.h"
#include "proto/args.h"
#include "proto/date.h"
#include "proto/flags.h"
#include "proto/parser.h"
#include "proto/sequence.h"
#include "proto/string-write.h"
#include "proto/wildcard.h"

#define MAX_SIZE 256
#define MAILBOX_EXISTS 1000

typedef void fuzz_command_t(struct imap2_parser *parser, string_t *trace);

/* Feed all of it and write down what the parser says. */
static void
fuzz_feed(struct imap2_parser *parser, const uint8_t *data, size_t size,
	  fuzz_command_t *command, string_t *trace)
{
	enum imap2_parse_result result;
	const char *tag;
	size_t used;

	while (size > 0) {
		result = imap2_parser_feed(parser, data, size, &used);
		i_assert(used > 0 && used <= size);
		data += used;
		size -= used;

		tag = imap2_parser_tag(parser);
		switch (result) {
		case IMAP2_PARSE_MORE:
			i_assert(size == 0);
			break;
		case IMAP2_PARSE_LITERAL:
			str_append(trace, "+\n");
			break;
		case IMAP2_PARSE_STREAM:
			i_assert(tag != NULL && *tag != '\0');
			str_printfa(trace, "%s streams %u", tag,
				    imap2_parser_stream_size(parser));
			command(parser, trace);
			str_append_c(trace, '\n');
			/* One that waits for "+", and one that doesn't */
			if (imap2_parser_stream_size(parser) % 2 == 0)
				imap2_parser_stream_cancel(parser);
			else
				imap2_parser_stream_skip(parser,
					imap2_parser_stream_size(parser));
			break;
		case IMAP2_PARSE_COMMAND:
			i_assert(tag != NULL && *tag != '\0');
			i_assert(strlen(tag) <= IMAP2_MAX_TAG_LEN);
			str_append(trace, tag);
			command(parser, trace);
			str_append_c(trace, '\n');
			break;
		case IMAP2_PARSE_BAD:
			i_assert(tag == NULL || *tag != '\0');
			str_printfa(trace, "%s BAD %s\n",
				    tag == NULL ? "*" : tag,
				    imap2_parser_error(parser));
			break;
		}
	}
}

static void trace_string(struct imap2_parser *parser, string_t *trace)
{
	struct imap2_args args;
	const char *str, *error;

	(void)imap2_parser_command(parser, &args);
	if (imap2_args_string(&args, &str, &error) < 0)
		i_panic("Written string can't be read: %s", error);
	if (!imap2_args_at_end(&args))
		i_panic("Written string has something behind it");
	str_append_c(trace, ' ');
	str_append(trace, str);
}

/* What imap2_write_string() writes is read as the same string. */
static void fuzz_write(const char *value)
{
	struct imap2_parser *parser = imap2_parser_create(MAX_SIZE * 2);
	string_t *line = t_str_new(64), *trace = t_str_new(64);

	str_append(line, "t X ");
	imap2_write_string(line, value);
	str_append(line, "\r\n");
	fuzz_feed(parser, str_data(line), str_len(line), trace_string, trace);
	i_assert(imap2_parser_is_idle(parser));
	imap2_parser_destroy(&parser);

	i_assert(strcmp(str_c(trace), t_strdup_printf("t %s\n", value)) == 0 ||
		 strcmp(str_c(trace),
			t_strdup_printf("+\nt %s\n", value)) == 0);
}

static void fuzz_value(const char *value)
{
	ARRAY_TYPE(seq_range) seqs;
	const struct seq_range *range;
	string_t *str = t_str_new(64);
	const char *error;
	uint32_t last = 0;
	time_t t;

	t_array_init(&seqs, 8);
	if (imap2_sequence_parse(value, MAILBOX_EXISTS, &seqs, &error) == 0) {
		i_assert(array_count(&seqs) > 0);
		array_foreach(&seqs, range) {
			i_assert(last == 0 || range->seq1 > last + 1);
			i_assert(range->seq1 > 0 &&
				 range->seq1 <= range->seq2 &&
				 range->seq2 <= MAILBOX_EXISTS);
			last = range->seq2;
		}
	}
	if (imap2_date_parse(value, &t) == 0) {
		imap2_date_write(str, t);
		imap2_date_write_long(str, t);
	}
	i_assert(imap2_wildcard_match("*", value));
	i_assert(imap2_wildcard_match(value, value) ||
		 strchr(value, '*') != NULL);
	(void)imap2_wildcard_match(value, "work/one.two");
	if (imap2_flag_parse(value) != 0)
		i_assert(!imap2_keyword_is_valid(value));
	i_assert(strlen(imap2_text_line(value)) <= 512);
	fuzz_write(value);
}

static void trace_args(struct imap2_parser *parser, string_t *trace)
{
	struct imap2_args args, copy;
	const char *str, *error, *const *atoms, *command;
	bool is_list;

	command = imap2_parser_command(parser, &args);
	i_assert(*command != '\0' && strchr(command, ' ') == NULL);
	str_printfa(trace, " %s (%s)", command, imap2_args_human(&args));

	while (!imap2_args_at_end(&args)) T_BEGIN {
		copy = args;
		if (imap2_args_atom(&copy, &str, &error) < 0)
			i_assert(imap2_args_at_end(&copy));
		copy = args;
		if (imap2_args_atom_list(&copy, &atoms, &is_list,
					 &error) < 0) {
			i_assert(imap2_args_at_end(&copy));
			str_printfa(trace, " !%s", error);
		} else if (is_list) {
			str_printfa(trace, " (%s)",
				    t_strarray_join(atoms, " "));
		}

		copy = args;
		if (imap2_args_string(&args, &str, &error) < 0) {
			i_assert(imap2_args_at_end(&args));
			str_printfa(trace, " !%s", error);
		} else {
			i_assert(args.pos > copy.pos ||
				 args.literal_pos > copy.literal_pos);
			str_printfa(trace, " <%s>", str);
			fuzz_value(str);
		}
	} T_END;
	i_assert(imap2_args_end(&args, &error) == 0);
}

static string_t *
fuzz_pieces(const uint8_t *data, size_t size, size_t piece_size)
{
	struct imap2_parser *parser = imap2_parser_create(MAX_SIZE);
	string_t *trace = str_new(default_pool, 256);
	size_t len;

	imap2_parser_set_streamed(parser, "APPEND");
	for (; size > 0; data += len, size -= len) {
		len = I_MIN(size, piece_size);
		fuzz_feed(parser, data, len, trace_args, trace);
	}
	if (!imap2_parser_is_idle(parser))
		str_append(trace, "unfinished");
	imap2_parser_destroy(&parser);
	return trace;
}

FUZZ_BEGIN_DATA(const uint8_t *data, size_t size)
{
	if (size > 1) {
		string_t *whole = fuzz_pieces(data + 1, size - 1, SIZE_MAX);
		string_t *pieces =
			fuzz_pieces(data + 1, size - 1, 1 + data[0] % 16);

		i_assert(str_equals(whole, pieces));
		str_free(&whole);
		str_free(&pieces);
	}
}
FUZZ_END
