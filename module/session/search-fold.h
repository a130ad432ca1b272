#ifndef IMAP2_SEARCH_FOLD_H
#define IMAP2_SEARCH_FOLD_H

/* Fold UTF-8 text for searching, as uni_utf8_to_decomposed_titlecase() of
   libdovecot does: a normalizer_func_t. The result is the same, octet by octet;
   only ASCII is done faster. Returns -1 if the text isn't valid UTF-8. */
int imap2_search_fold(const void *input, size_t size, buffer_t *output);

#endif
