#ifndef IMAP2_PARSER_H
#define IMAP2_PARSER_H

/* The framing of commands (RFC 1176 p.9 STRING, p.21 "+ text").

   A command is one text line, or several when it carries literals: a line
   whose last token is "{" NUMBER "}" is continued, after NUMBER octets, by
   the rest of the line. This parser finds where a command ends, whatever
   command it is, so that the literal of a refused or unknown command is
   swallowed and never run as a command. What the arguments mean is decided
   later, by args.h.

   Stands between the client's input stream and the command table; knows no
   stream, mailbox or event loop. */

struct imap2_args;

enum imap2_parse_result {
	/* All given data was consumed; the command isn't complete yet. */
	IMAP2_PARSE_MORE,
	/* A literal was announced: send "+ text" to the client and flush it,
	   then feed the rest. */
	IMAP2_PARSE_LITERAL,
	/* A literal was announced that isn't to be stored, see
	   imap2_parser_set_streamed(). imap2_parser_command() has what stands
	   before it. Nothing may be fed until one of the functions
	   imap2_parser_stream_...() was called. */
	IMAP2_PARSE_STREAM,
	/* A whole command was read; see imap2_parser_command(). The octets
	   after it were not consumed. */
	IMAP2_PARSE_COMMAND,
	/* A whole command was read and swallowed, and it can't be answered
	   otherwise than with BAD: imap2_parser_tag() (which may be NULL:
	   answer untagged) and imap2_parser_error(). */
	IMAP2_PARSE_BAD
};

/* Tags longer than this are refused: login-common can hand over at most 128
   octets (LOGIN_MAX_MASTER_PREFIX_LEN) with the tag's NUL. */
#define IMAP2_MAX_TAG_LEN 127

/* max_size: largest command kept in memory, in octets: its lines without
   line ends plus its literals. Larger commands are consumed to their end
   without being stored and give IMAP2_PARSE_BAD. */
struct imap2_parser *imap2_parser_create(size_t max_size);
/* Also wipes the memory that held the last command (it may be a password). */
void imap2_parser_destroy(struct imap2_parser **parser);

/* Literals of this command (in upper case, a constant) that aren't its first
   argument may be of any size: they are left to the caller. */
void imap2_parser_set_streamed(struct imap2_parser *parser,
			       const char *command);

/* Feed input. *used_r says how many octets of data were consumed; call again
   with the rest. After IMAP2_PARSE_COMMAND or IMAP2_PARSE_BAD the next call
   starts a new command and wipes the previous one. */
enum imap2_parse_result
imap2_parser_feed(struct imap2_parser *parser, const unsigned char *data,
		  size_t size, size_t *used_r);

/* After IMAP2_PARSE_STREAM, until one of the functions below was called: */
bool imap2_parser_is_streaming(const struct imap2_parser *parser);
/* The literal's size in octets. */
uint32_t imap2_parser_stream_size(const struct imap2_parser *parser);
/* The literal was taken out of the input. What follows is fed as usual, up to
   IMAP2_PARSE_COMMAND (with the arguments behind the literal only) or _BAD;
   neither has a tag. */
void imap2_parser_stream_end(struct imap2_parser *parser);
/* So much of the literal is still to come, and nobody wants it: it's consumed
   with the rest of its command, without any result. */
void imap2_parser_stream_skip(struct imap2_parser *parser, uint32_t size);
/* The literal won't come: another command begins. */
void imap2_parser_stream_cancel(struct imap2_parser *parser);

/* Wipe the last command now instead of at the next feed, which may be long
   coming. To be called between two commands. */
void imap2_parser_wipe(struct imap2_parser *parser);

/* TRUE between two commands: nothing of the next one has been consumed. */
bool imap2_parser_is_idle(const struct imap2_parser *parser);

/* The tag as the client sent it, or NULL if none could be read. Valid until
   the next feed. */
const char *imap2_parser_tag(const struct imap2_parser *parser);
/* After IMAP2_PARSE_COMMAND: the command word in upper case (never empty),
   and a cursor over its arguments. Valid until the next feed. */
const char *imap2_parser_command(const struct imap2_parser *parser,
				 struct imap2_args *args_r);
/* After IMAP2_PARSE_BAD: a plain sentence without line end. */
const char *imap2_parser_error(const struct imap2_parser *parser);

#endif
