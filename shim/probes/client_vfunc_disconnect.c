/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Does login-common call the protocol back for a disconnect? The member is
   in the middle of the structure. */

#include "lib.h"
#include "login-common.h"
#include "client-common.h"

struct client_vfuncs probe_vfuncs;

int main(void)
{
	probe_vfuncs.disconnect = NULL;
	return 0;
}
