/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The start-up guard of both programs; see shim/version.h. It can't see two
   builds of one version with different headers, as distributions' security
   updates make them: packages must depend on the exact host they were built
   with. */

#include "lib.h"
#include "shim-config.h"
#include "master-interface.h"
#include "shim/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void shim_version_check(void)
{
	const char *version = getenv(MASTER_DOVECOT_VERSION_ENV);

	if (version == NULL || strcmp(version, PACKAGE_VERSION) == 0)
		return;
	/* Not i_fatal(): nothing of the host can be relied on. Its log process
	   logs as an error what a service writes to standard error. */
	fprintf(stderr, "dovecot-imap2 "IMAP2_VERSION" was built for Dovecot "
		PACKAGE_VERSION", but this is Dovecot %s: rebuild and "
		"reinstall dovecot-imap2\n", version);
	_exit(FATAL_DEFAULT);
}
