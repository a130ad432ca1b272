/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Sessions within tests on Dovecot 2.4: see shim/test.h. */

#include "lib.h"
#include "shim-config.h"
#include "settings.h"
#include "master-service.h"
#include "master-service-settings.h"
#include "mail-storage-service.h"
#include "shim/test.h"

#ifdef HAVE_TEST_DIR
#  include "path-util.h"
#  include "test-dir.h"
#  define TEST_DIR working_dir()

static const char *working_dir(void)
{
	const char *dir, *error;

	if (t_get_working_dir(&dir, &error) < 0)
		i_fatal("Failed to get current directory: %s", error);
	return dir;
}
#endif

#ifdef HAVE_SERVICE_FLAG_CONFIG_BUILTIN
#  define NO_CONFIG MASTER_SERVICE_FLAG_CONFIG_BUILTIN
#else
#  define NO_CONFIG MASTER_SERVICE_FLAG_NO_CONFIG_SETTINGS
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
#ifdef HAVE_TEST_DIR
	test_dir_init("imap2");
#endif
}

void shim_test_storage_init(struct test_mail_storage_ctx *storage)
{
	mail_storage_service_deinit(&storage->storage_service);
	storage->storage_service = mail_storage_service_init(
		master_service,
		MAIL_STORAGE_SERVICE_FLAG_NO_RESTRICT_ACCESS |
		MAIL_STORAGE_SERVICE_FLAG_NO_LOG_INIT |
		MAIL_STORAGE_SERVICE_FLAG_NO_PLUGINS |
		MAIL_STORAGE_SERVICE_FLAG_NO_NAMESPACES);
}

void shim_test_user_init(struct test_mail_storage_ctx *storage,
			 const char *driver)
{
	const char *const extra[] = {
		"namespace+=public",
		"namespace/public/type=public",
		"namespace/public/prefix=Public/",
		"namespace/public/separator=/",
		"namespace/public/subscriptions=no",
		t_strdup_printf("namespace/public/mail_driver=%s", driver),
		"namespace/public/mail_path=~/public",
		/* 2.4.3 sets keywords of its own otherwise. */
		"mail_attachment_detection_options=",
		NULL
	};
	struct test_mail_storage_settings set = {
		.driver = driver,
		.hierarchy_sep = "/",
		.extra_input = extra,
	};

	test_mail_storage_init_user(storage, &set);
}

void shim_test_user_activate(struct test_mail_storage_ctx *storage)
{
	mail_storage_service_io_activate_user(storage->user->service_user);
}

void shim_test_user_deactivate(struct test_mail_storage_ctx *storage)
{
	mail_storage_service_io_deactivate_user(storage->user->service_user);
}
