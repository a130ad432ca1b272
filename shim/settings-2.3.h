#ifndef SHIM_SETTINGS_2_3_H
#define SHIM_SETTINGS_2_3_H

/* Declaring settings on Dovecot 2.3; see shim/settings-host.h. */

#define SHIM_SETTING_STR(name, type) \
	SETTING_DEFINE_STRUCT_STR(#name, name, type)
#define SHIM_SETTING_STR_VARS(name, type) \
	SETTING_DEFINE_STRUCT_STR_VARS(#name, name, type)
#define SHIM_SETTING_WORDS(name, type) \
	SETTING_DEFINE_STRUCT_STR(#name, name, type)

/* Separated by spaces or commas. */
typedef const char *shim_words;
#define SHIM_WORDS(words) words

/* Data stack; ended by NULL. */
static inline const char *const *shim_words_get(const shim_words *words)
{
	return t_strsplit_spaces(*words, " ,");
}

/* The defaults are in the struct already. */
struct shim_default {
	const char *key, *value;
};
#define SHIM_DEFAULT_WORDS(name, words)

#define SHIM_SERVICE_REQUESTS service_count

/* The config process sends a program only what is reachable by dependencies
   from its own settings. */
#define SHIM_PARSER_INFO(name, set_defines, set_defaults, set_words, type, \
			 check, base) { \
	.module_name = name, \
	.defines = set_defines, \
	.defaults = set_defaults, \
	.type_offset = SIZE_MAX, \
	.struct_size = sizeof(type), \
	.parent_offset = SIZE_MAX, \
	.check_func = check, \
	.dependencies = (const struct setting_parser_info *const []) { \
		base, \
		NULL \
	}, \
}

#endif
