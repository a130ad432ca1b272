/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Is a login program told the name of the service it logs in to? */

#include "lib.h"
#include "login-common.h"

struct login_binary probe_binary = {
	.service_name = "imap2",
};

int main(void)
{
	return 0;
}
