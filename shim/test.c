/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Sessions within tests; see shim/test.h. */

#include "lib.h"
#include "shim-config.h"
#include "master-service.h"
#include "mail-storage-service.h"
#include "shim/test.h"

#ifdef HAVE_SERVICE_FLAG_CONFIG_BUILTIN
#  define NO_CONFIG MASTER_SERVICE_FLAG_CONFIG_BUILTIN
#else
#  define NO_CONFIG MASTER_SERVICE_FLAG_NO_CONFIG_SETTINGS
#endif

#ifdef SHIM_HOST_2_3
#  define STORAGE_SERVICE_INIT(flags) \
	mail_storage_service_init(master_service, NULL, flags)
#  define SERVICE_USER(storage) ((storage)->service_user)
#else
#  define STORAGE_SERVICE_INIT(flags) \
	mail_storage_service_init(master_service, flags)
#  define SERVICE_USER(storage) ((storage)->user->service_user)
#endif

void shim_test_service_init(int *argc, char **argv[])
{
	master_service = master_service_init("test-imap2",
		MASTER_SERVICE_FLAG_STANDALONE |
		MASTER_SERVICE_FLAG_DONT_SEND_STATS |
		NO_CONFIG |
		MASTER_SERVICE_FLAG_NO_SSL_INIT |
		MASTER_SERVICE_FLAG_NO_INIT_DATASTACK_FRAME,
		argc, argv, "");
	shim_test_host_init();
}

void shim_test_storage_init(struct test_mail_storage_ctx *storage)
{
	mail_storage_service_deinit(&storage->storage_service);
	storage->storage_service = STORAGE_SERVICE_INIT(
		MAIL_STORAGE_SERVICE_FLAG_NO_RESTRICT_ACCESS |
		MAIL_STORAGE_SERVICE_FLAG_NO_LOG_INIT |
		MAIL_STORAGE_SERVICE_FLAG_NO_PLUGINS |
		MAIL_STORAGE_SERVICE_FLAG_NO_NAMESPACES);
}

void shim_test_user_activate(struct test_mail_storage_ctx *storage)
{
	mail_storage_service_io_activate_user(SERVICE_USER(storage));
}

void shim_test_user_deactivate(struct test_mail_storage_ctx *storage)
{
	mail_storage_service_io_deactivate_user(SERVICE_USER(storage));
}
