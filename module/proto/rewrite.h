#ifndef IMAP2_REWRITE_H
#define IMAP2_REWRITE_H

/* Values in IMAP4 syntax (RFC 3501 section 9), as lib-storage writes them, read
   where they stand and written as IMAP2 has them. Each function moves `text`,
   which ends with a NUL, behind what it takes. It returns FALSE if that isn't
   there, and then `text` stands at the mistake. */

/* Not a C string: it ends after `size` octets. */
struct imap2_slice {
	/* NULL for NIL */
	const char *data;
	size_t size;
};

bool imap2_read_char(const char **text, char chr);
/* A quoted string or a literal. If it had escapes it's copied to the data
   stack, else it's in the text. */
bool imap2_read_string(const char **text, struct imap2_slice *slice_r);
/* The same, or NIL. */
bool imap2_read_nstring(const char **text, struct imap2_slice *slice_r);

/* As imap2_write_string(), or NIL */
void imap2_write_slice(string_t *dest, const struct imap2_slice *slice);

bool imap2_rewrite_char(string_t *dest, const char **text, char chr);
bool imap2_rewrite_nil(string_t *dest, const char **text);
bool imap2_rewrite_nstring(string_t *dest, const char **text);
bool imap2_rewrite_number(string_t *dest, const char **text);

#endif
