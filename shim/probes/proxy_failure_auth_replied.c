/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* enum login_proxy_failure_type tells whether the client was already told of
   a refused login. */

#include "login-common.h"
#include "client-common.h"

int main(void)
{
	return LOGIN_PROXY_FAILURE_TYPE_AUTH_REPLIED ==
		LOGIN_PROXY_FAILURE_TYPE_AUTH_NOT_REPLIED ? 1 : 0;
}
