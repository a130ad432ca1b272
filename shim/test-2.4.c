/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Sessions within tests on Dovecot 2.4: see shim/test.h. */

#include "lib.h"
#include "shim-config.h"
#include "shim/test.h"

#ifdef HAVE_TEST_DIR

#include "path-util.h"
#include "test-dir.h"

#define TEST_DIR working_dir()

static const char *working_dir(void)
{
	const char *dir, *error;

	if (t_get_working_dir(&dir, &error) < 0)
		i_fatal("Failed to get current directory: %s", error);
	return dir;
}

void shim_test_host_init(void)
{
	test_dir_init("imap2");
}

#else

void shim_test_host_init(void)
{
	/* The current directory is where tests have their files. */
}

#endif

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
