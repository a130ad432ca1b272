/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Is running without a configuration called so? */

#include "lib.h"
#include "master-service.h"

enum master_service_flags probe_flags = MASTER_SERVICE_FLAG_CONFIG_BUILTIN;

int main(void)
{
	return 0;
}
