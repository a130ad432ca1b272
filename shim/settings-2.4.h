#ifndef SHIM_SETTINGS_2_4_H
#define SHIM_SETTINGS_2_4_H

/* Declaring settings on Dovecot 2.4; see shim/settings-host.h. Its names for
   strings with and without variables are the other way round from 2.3's. */

#define SHIM_SETTING_STR(name, type) \
	SETTING_DEFINE_STRUCT_STR_NOVARS(#name, name, type)
#define SHIM_SETTING_STR_VARS(name, type) \
	SETTING_DEFINE_STRUCT_STR(#name, name, type)
#define SHIM_SETTING_WORDS(name, type) \
	SETTING_DEFINE_STRUCT_BOOLLIST(#name, name, type)

typedef ARRAY_TYPE(const_string) shim_words;
#define SHIM_WORDS(words) ARRAY_INIT

/* Ended by NULL. */
static inline const char *const *shim_words_get(const shim_words *words)
{
	return settings_boollist_get(words);
}

/* Default lists are read as if they stood in the configuration. */
#define shim_default setting_keyvalue
#define SHIM_DEFAULT_WORDS(name, words) { #name, words },

/* Every program gets the host's own settings, so nothing is to be said of the
   base. */
#define SHIM_PARSER_INFO(info_name, set_defines, set_defaults, set_words, \
			 type, check, base) { \
	.name = info_name, \
	.defines = set_defines, \
	.defaults = set_defaults, \
	.default_settings = set_words, \
	.struct_size = sizeof(type), \
	.pool_offset1 = 1 + offsetof(type, pool), \
	.check_func = check, \
}

#define SHIM_SERVICE_REQUESTS restart_request_count

#endif
