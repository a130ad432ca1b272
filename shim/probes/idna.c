/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Does the host know internationalised domain names? */

#include "lib.h"
#include "idna.h"

const char *probe_ascii, *probe_error;

int main(void)
{
	return idna_process_domain_name("example.com", 0, NULL,
					&probe_ascii, &probe_error);
}
