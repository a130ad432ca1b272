/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Can the C library give freed memory back to the system? */

#include "lib.h"

#include <malloc.h>

int main(void)
{
	return malloc_trim(0);
}
