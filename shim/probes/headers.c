/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Are the host's headers there at all? */

#include "lib.h"

int main(void)
{
	return 0;
}
