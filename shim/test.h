#ifndef SHIM_TEST_H
#define SHIM_TEST_H

/* The host binding of tests that run sessions within themselves, on the host's
   test-mail-storage-common. shim/test.c implements it together with one source
   file per host series. */

#include "test-mail-storage-common.h"

/* Start a program that reads no configuration. */
void shim_test_service_init(int *argc, char **argv[]);
/* What only the host series wants to be done then. */
void shim_test_host_init(void);

/* Let the users have no namespaces yet: to initialise them is the session's
   work. */
void shim_test_storage_init(struct test_mail_storage_ctx *storage);
/* Make a user with an INBOX and the public namespace "Public/", both of the
   storage `driver`. */
void shim_test_user_init(struct test_mail_storage_ctx *storage,
			 const char *driver);

/* What the event loop does around callbacks for the user. */
void shim_test_user_activate(struct test_mail_storage_ctx *storage);
void shim_test_user_deactivate(struct test_mail_storage_ctx *storage);

#endif
