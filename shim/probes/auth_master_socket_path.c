/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Is the authentication's socket a setting? */

#include "lib.h"
#include "master-service-settings.h"

struct master_service_settings probe_set = {
	.auth_master_socket_path = "auth-master",
};

int main(void)
{
	return 0;
}
