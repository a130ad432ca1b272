/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Does login-common tell that a connection limit refused a login? */

#include "lib.h"
#include "login-common.h"
#include "client-common.h"

enum client_auth_result probe_result = CLIENT_AUTH_RESULT_LIMIT_REACHED;

int main(void)
{
	return 0;
}
