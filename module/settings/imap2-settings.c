/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The settings of the imap2 service: their table, defaults and checks.
   Compiled into libimap2_settings.so, by which Dovecot's config process
   learns them, and into the imap2 program, which receives them; the checks
   run in both. Nothing here may depend on anything but libdovecot. */

#include "lib.h"
#include "shim/settings-host.h"
#include "settings/imap2-settings.h"

/* A LOGIN or SELECT with long names must fit. */
#define MIN_LINE_LENGTH 1024
/* Most headers must fit, and some text. */
#define MIN_MESSAGE_SIZE 4096
/* legacy clients' c-client: NUSERFLAGS */
#define MAX_KEYWORDS 30

#define SET(type, name, value, shown_default, since, example, text) \
	SHIM_SETTING_##type(name, struct imap2_settings),
static const struct setting_define imap2_setting_defines[] = {
#include "settings/imap2-settings.def"
	SETTING_DEFINE_LIST_END
};
#undef SET

#define SET(type, name, value, shown_default, since, example, text) \
	.name = value,
static const struct imap2_settings imap2_default_settings = {
#include "settings/imap2-settings.def"
};
#undef SET

#define SET(type, name, value, shown_default, since, example, text) \
	SHIM_DEFAULT_##type(name, shown_default)
static const struct shim_default imap2_default_words[] ATTR_UNUSED = {
#include "settings/imap2-settings.def"
	{ NULL, NULL }
};
#undef SET

struct word_bit {
	const char *word;
	unsigned int bit;
};

static const struct word_bit extensions[] = {
	{ "imap2bis", IMAP2_EXTENSION_IMAP2BIS },
	{ NULL, 0 }
};

static const struct word_bit workarounds[] = {
	{ "long-dates", IMAP2_WORKAROUND_LONG_DATES },
	{ "macms", IMAP2_WORKAROUND_MACMS },
	{ NULL, 0 }
};

static const char *words_known(const struct word_bit *known)
{
	const char *list = known->word;

	while ((++known)->word != NULL)
		list = t_strconcat(list, ", ", known->word, NULL);
	return list;
}

static const struct word_bit *
word_find(const struct word_bit *known, const char *word)
{
	for (; known->word != NULL; known++) {
		if (strcasecmp(word, known->word) == 0)
			return known;
	}
	return NULL;
}

/* what: for the error, which is to have the setting's name before it. */
static bool
words_parse(const shim_words *setting, const struct word_bit *known,
	    const char *what, unsigned int *bits_r, const char **error_r)
{
	const char *const *words = shim_words_get(setting);
	const struct word_bit *found;

	*bits_r = 0;
	for (; *words != NULL; words++) {
		found = word_find(known, *words);
		if (found == NULL) {
			*error_r = t_strdup_printf("%s: %s (known: %s)",
				what, *words, words_known(known));
			return FALSE;
		}
		*bits_r |= found->bit;
	}
	return TRUE;
}

static bool
imap2_settings_parse_words(struct imap2_settings *set, const char **error_r)
{
	unsigned int bits;

	if (!words_parse(&set->imap2_extensions, extensions,
			 "imap2_extensions: Unknown extension", &bits, error_r))
		return FALSE;
	set->parsed_extensions = bits;
	if (!words_parse(&set->imap2_client_workarounds, workarounds,
			 "imap2_client_workarounds: Unknown workaround",
			 &bits, error_r))
		return FALSE;
	set->parsed_workarounds = bits;
	return TRUE;
}

static bool
imap2_settings_check(void *_set, pool_t pool ATTR_UNUSED, const char **error_r)
{
	struct imap2_settings *set = _set;

	if (set->imap2_max_line_length < MIN_LINE_LENGTH) {
		*error_r = t_strdup_printf(
			"imap2_max_line_length: %"PRIuUOFF_T" is too small "
			"(minimum: %u bytes)",
			set->imap2_max_line_length, MIN_LINE_LENGTH);
		return FALSE;
	}
	if (set->imap2_max_keywords > MAX_KEYWORDS) {
		*error_r = t_strdup_printf(
			"imap2_max_keywords: %u is too large (maximum: %u, "
			"more would overrun tables in legacy clients)",
			set->imap2_max_keywords, MAX_KEYWORDS);
		return FALSE;
	}
	if (set->imap2_max_message_size > 0 &&
	    set->imap2_max_message_size < MIN_MESSAGE_SIZE) {
		*error_r = t_strdup_printf(
			"imap2_max_message_size: %"PRIuUOFF_T" is too small "
			"(minimum: %u bytes, or 0 for no limit)",
			set->imap2_max_message_size, MIN_MESSAGE_SIZE);
		return FALSE;
	}
	return imap2_settings_parse_words(set, error_r);
}

const struct setting_parser_info imap2_setting_parser_info =
	SHIM_PARSER_INFO("imap2", imap2_setting_defines,
			 &imap2_default_settings, imap2_default_words,
			 struct imap2_settings, imap2_settings_check,
			 &mail_user_setting_parser_info);
