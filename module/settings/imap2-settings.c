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
/* legacy clients' c-client: NUSERFLAGS */
#define MAX_KEYWORDS 30

#define SET(type, name, value, shown_default, text) \
	SHIM_SETTING_##type(name, struct imap2_settings),
static const struct setting_define imap2_setting_defines[] = {
#include "settings/imap2-settings.def"
	SETTING_DEFINE_LIST_END
};
#undef SET

#define SET(type, name, value, shown_default, text) .name = value,
static const struct imap2_settings imap2_default_settings = {
#include "settings/imap2-settings.def"
};
#undef SET

static const struct {
	const char *name;
	enum imap2_workarounds bit;
} workaround_names[] = {
	{ "long-dates", IMAP2_WORKAROUND_LONG_DATES },
};

static const char *workarounds_known(void)
{
	const char *known = "";
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(workaround_names); i++) {
		known = t_strconcat(known, i == 0 ? "" : ", ",
				    workaround_names[i].name, NULL);
	}
	return known;
}

static bool
workaround_find(const char *word, enum imap2_workarounds *bit_r)
{
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(workaround_names); i++) {
		if (strcasecmp(word, workaround_names[i].name) == 0) {
			*bit_r = workaround_names[i].bit;
			return TRUE;
		}
	}
	return FALSE;
}

static bool
workarounds_parse(struct imap2_settings *set, const char **error_r)
{
	const char *const *words =
		shim_words_get(&set->imap2_client_workarounds);
	enum imap2_workarounds bit;

	set->parsed_workarounds = 0;
	for (; *words != NULL; words++) {
		if (!workaround_find(*words, &bit)) {
			*error_r = t_strdup_printf(
				"imap2_client_workarounds: "
				"Unknown workaround: %s (known: %s)",
				*words, workarounds_known());
			return FALSE;
		}
		set->parsed_workarounds |= bit;
	}
	return TRUE;
}

static bool
extensions_check(const struct imap2_settings *set, const char **error_r)
{
	const char *const *words = shim_words_get(&set->imap2_extensions);

	if (*words == NULL)
		return TRUE;
	*error_r = t_strdup_printf(
		"imap2_extensions: Unknown extension: %s (known: none, "
		"this version speaks RFC 1176 alone)", *words);
	return FALSE;
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
	return extensions_check(set, error_r) &&
		workarounds_parse(set, error_r);
}

const struct setting_parser_info imap2_setting_parser_info =
	SHIM_PARSER_INFO("imap2", imap2_setting_defines,
			 &imap2_default_settings, struct imap2_settings,
			 imap2_settings_check,
			 &mail_user_setting_parser_info);
