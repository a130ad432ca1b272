/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Sessions within tests on Dovecot 2.3: see shim/test.h. */

#include "lib.h"
#include "shim/test.h"

void shim_test_host_init(void)
{
	/* The current directory is where tests have their files. */
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
