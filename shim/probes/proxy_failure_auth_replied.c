/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Does login-proxy tell whether a failed proxy login was already answered? */

#include "lib.h"
#include "login-common.h"
#include "login-proxy.h"

enum login_proxy_failure_type probe_type =
	LOGIN_PROXY_FAILURE_TYPE_AUTH_REPLIED;

int main(void)
{
	return 0;
}
