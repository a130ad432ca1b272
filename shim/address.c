/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* See shim/address.h. */

#include "lib.h"
#include "shim-config.h"
#include "shim/address.h"

#ifdef HAVE_IDNA

#include "idna.h"

const char *shim_address_host(const char *domain)
{
	const char *p, *ascii, *error;

	for (p = domain; *p != '\0'; p++) {
		if (((unsigned char)*p & 0x80) == 0)
			continue;
		/* What isn't a valid name stays as it is. */
		return idna_process_domain_name(domain, 0, NULL, &ascii,
						&error) < 0 ? domain : ascii;
	}
	return domain;
}

#else

const char *shim_address_host(const char *domain)
{
	return domain;
}

#endif
