#ifndef SHIM_SETTINGS_HOST_H
#define SHIM_SETTINGS_HOST_H

/* The host binding of settings and services. How a host series declares
   settings is here where all do it alike, else in shim/settings-<series>.h:

     SHIM_SETTING_<type>(name, struct)
	one entry of a struct setting_define array; the types are those that
	module/settings/imap2-settings.def lists
     SHIM_PARSER_INFO(name, defines, defaults, words, struct, check_func, base)
	initialiser of a struct setting_parser_info. name is what the program
	asks for, words an array of struct shim_default or NULL, check_func may
	be NULL, base points to the parser info of the host's settings that the
	program needs as well.
     shim_words, SHIM_WORDS(), shim_words_get()
	a setting of several words, its default, and its words.
     SHIM_DEFAULT_<type>(name, default)
	an entry of an array of struct shim_default, which ends with two NULL,
	for types whose default isn't in the struct of the defaults.

   shim/settings-<series>.c and shim/settings-login-<series>.c are what the
   host's config process finds in libimap2_settings.so and
   libimap2_login_settings.so besides the parser infos: the service `imap2`
   with its socket login/imap2, the service `imap2-login` with its listeners
   `imap2` and `imap2s`, both off, and the ABI version that the host compares
   with its own before it looks at anything else. */

#include "shim-config.h"

#include "array.h"
#include "settings-parser.h"
#include "service-settings.h"
#include "mail-storage-settings.h"
#include "login-settings.h"

#define SHIM_SETTING_BOOL(name, type) \
	SETTING_DEFINE_STRUCT_BOOL(#name, name, type)
#define SHIM_SETTING_UINT(name, type) \
	SETTING_DEFINE_STRUCT_UINT(#name, name, type)
#define SHIM_SETTING_SIZE(name, type) \
	SETTING_DEFINE_STRUCT_SIZE(#name, name, type)

#define SHIM_DEFAULT_BOOL(name, value)
#define SHIM_DEFAULT_UINT(name, value)
#define SHIM_DEFAULT_SIZE(name, value)
#define SHIM_DEFAULT_STR(name, value)
#define SHIM_DEFAULT_STR_VARS(name, value)

#ifdef SHIM_HOST_2_3
#  include "shim/settings-2.3.h"
#else
#  include "shim/settings-2.4.h"
#endif

/* What struct service_settings has of a service on all hosts: one connection
   to a process, and no process waiting for one. */
#define SHIM_SERVICE(service_name, service_type, service_user, chroot_dir) \
	.name = service_name, \
	.protocol = "imap2", \
	.type = service_type, \
	.executable = service_name, \
	.user = service_user, \
	.group = "", \
	.privileged_group = "", \
	.chroot = chroot_dir, \
	.SHIM_SERVICE_REQUESTS = 1

#endif
