/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* See shim/memory.h. */

#include "lib.h"
#include "shim-config.h"
#include "shim/memory.h"

#ifdef HAVE_MALLOC_TRIM

#include <malloc.h>

/* When so many times fewer clients are left than there were, it is worth going
   through all of the heap. */
#define FEWER 4

void shim_memory_set_clients(unsigned int count)
{
	static unsigned int peak = 0;

	if (count > peak)
		peak = count;
	else if (count <= peak / FEWER) {
		(void)malloc_trim(0);
		peak = count;
	}
}

#else

void shim_memory_set_clients(unsigned int count ATTR_UNUSED)
{
}

#endif
