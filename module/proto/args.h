#ifndef IMAP2_ARGS_H
#define IMAP2_ARGS_H

/* The arguments of a command (RFC 1176 p.9, p.26-28), read one after another
   in the shape the command expects: RFC 1176 lets a parenthesis be part of an
   atom, so "(" opens a list only where the grammar has a list.

   All readers return 0, or -1 with a plain sentence in *error_r; after -1 the
   cursor is spent. Returned strings are allocated from the data stack and
   never contain NUL. */

struct imap2_literal {
	/* Offset of the literal's first octet in imap2_args.data, and its
	   length in octets. */
	size_t offset, size;
};

struct imap2_args {
	/* The command's text after the command word, literals in place
	   (their "{n}" CRLF removed). */
	const unsigned char *data;
	size_t size, pos;
	/* Sorted by offset. */
	const struct imap2_literal *literals;
	unsigned int literal_count, literal_pos;
};

/* TRUE if no argument is left (RFC 1176 has no optional arguments: more is
   an error, as is less). */
bool imap2_args_at_end(const struct imap2_args *args);
/* Fails if arguments are left. */
int imap2_args_end(struct imap2_args *args, const char **error_r);

/* The rest of the argument text as one sanitized line for logs and the
   process title (literals shown as {n}); doesn't move the cursor. */
const char *imap2_args_human(const struct imap2_args *args);

/* string ::= atom / quoted / literal. Octets above 127 and control
   characters other than NUL, CR and LF are passed on as they are. */
int imap2_args_string(struct imap2_args *args, const char **str_r,
		      const char **error_r);
/* An atom: no quoted string, no literal. */
int imap2_args_atom(struct imap2_args *args, const char **str_r,
		    const char **error_r);
/* One atom, or "(" atoms ")" as a NULL-terminated array; *is_list_r tells
   which. "()" gives an empty array. */
int imap2_args_atom_list(struct imap2_args *args, const char *const **atoms_r,
			 bool *is_list_r, const char **error_r);

/* Enter a list if the next argument is one. */
bool imap2_args_list_open(struct imap2_args *args);
/* The next atom of that list. Returns 1, or 0 after the list's last atom, when
   the list has been left. */
int imap2_args_list_next(struct imap2_args *args, const char **atom_r,
			 const char **error_r);
/* "(" strings ")" as a NULL-terminated array, which isn't empty; also as an
   element of a list that is being read. */
int imap2_args_string_list(struct imap2_args *args,
			   const char *const **strings_r,
			   const char **error_r);

#endif
