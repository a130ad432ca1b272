/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Sessions within tests on Dovecot 2.3: see shim/test.h. */

#include "lib.h"
#include "master-service.h"
#include "mail-storage-service.h"
#include "shim/test.h"

void shim_test_service_init(int *argc, char **argv[])
{
	master_service = master_service_init("test-imap2",
		MASTER_SERVICE_FLAG_STANDALONE |
		MASTER_SERVICE_FLAG_DONT_SEND_STATS |
		MASTER_SERVICE_FLAG_NO_CONFIG_SETTINGS |
		MASTER_SERVICE_FLAG_NO_SSL_INIT |
		MASTER_SERVICE_FLAG_NO_INIT_DATASTACK_FRAME,
		argc, argv, "");
}

void shim_test_storage_init(struct test_mail_storage_ctx *storage)
{
	mail_storage_service_deinit(&storage->storage_service);
	storage->storage_service = mail_storage_service_init(
		master_service, NULL,
		MAIL_STORAGE_SERVICE_FLAG_NO_RESTRICT_ACCESS |
		MAIL_STORAGE_SERVICE_FLAG_NO_LOG_INIT |
		MAIL_STORAGE_SERVICE_FLAG_NO_PLUGINS |
		MAIL_STORAGE_SERVICE_FLAG_NO_NAMESPACES);
}

void shim_test_user_init(struct test_mail_storage_ctx *storage,
			 const char *driver)
{
	const char *const extra[] = {
		"namespace=inbox public",
		"namespace/public/type=public",
		"namespace/public/prefix=Public/",
		"namespace/public/separator=/",
		"namespace/public/subscriptions=no",
		t_strdup_printf("namespace/public/location=%s:~/public",
				driver),
		NULL
	};
	struct test_mail_storage_settings set = {
		.driver = driver,
		.driver_opts = "",
		.hierarchy_sep = "/",
		.extra_input = extra,
	};

	test_mail_storage_init_user(storage, &set);
}

void shim_test_user_activate(struct test_mail_storage_ctx *storage)
{
	mail_storage_service_io_activate_user(storage->service_user);
}

void shim_test_user_deactivate(struct test_mail_storage_ctx *storage)
{
	mail_storage_service_io_deactivate_user(storage->service_user);
}
