/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Do tests have to say where their files shall be? */

#include "lib.h"
#include "test-dir.h"

const char *probe_dir;

int main(void)
{
	probe_dir = test_dir_get();
	return 0;
}
