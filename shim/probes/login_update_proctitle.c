/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Does the host show in the process title who is being logged in? */

#include "lib.h"
#include "master-service.h"
#include "master-interface.h"

#ifdef SHIM_HOST_2_3
#  include "master-login.h"
struct master_login_settings probe_set = {
#else
#  include "login-server.h"
struct login_server_settings probe_set = {
#endif
	.update_proctitle = TRUE,
};
const char *probe_env = MASTER_VERBOSE_PROCTITLE_ENV;

int main(void)
{
	return 0;
}
