#ifndef SHIM_SETTINGS_2_3_H
#define SHIM_SETTINGS_2_3_H

/* Declaring settings on Dovecot 2.3; see shim/settings.h. */

#define SHIM_SETTING_BOOL(name, type) \
	SETTING_DEFINE_STRUCT_BOOL(#name, name, type)
#define SHIM_SETTING_UINT(name, type) \
	SETTING_DEFINE_STRUCT_UINT(#name, name, type)
#define SHIM_SETTING_SIZE(name, type) \
	SETTING_DEFINE_STRUCT_SIZE(#name, name, type)
#define SHIM_SETTING_STR(name, type) \
	SETTING_DEFINE_STRUCT_STR(#name, name, type)
#define SHIM_SETTING_STR_VARS(name, type) \
	SETTING_DEFINE_STRUCT_STR_VARS(#name, name, type)

/* The config process sends a program only what is reachable by dependencies
   from its own settings. */
#define SHIM_PARSER_INFO(name, set_defines, set_defaults, type, check, base) { \
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
