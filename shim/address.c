/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* See shim/address.h. */

#include "lib.h"
#include "shim-config.h"
#include "shim/address.h"

#ifdef HAVE_IDNA

#include "idna.h"

const char *shim_address_host(const char *domain, size_t size)
{
	const char *ascii, *error;
	size_t i;

	for (i = 0; i < size; i++) {
		if (((unsigned char)domain[i] & 0x80) == 0)
			continue;
		return idna_process_domain_name(t_strndup(domain, size), 0,
						NULL, &ascii, &error) < 0 ?
			NULL : ascii;
	}
	return NULL;
}

#else

const char *shim_address_host(const char *domain ATTR_UNUSED,
			      size_t size ATTR_UNUSED)
{
	return NULL;
}

#endif
