/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The imap2-login program: RFC 1176 before the LOGIN. Started by Dovecot's
   master process, unprivileged and chrooted; hands logged-in clients over to
   the imap2 program, or to another server. */

#include "lib.h"
#include "login/client.h"

static const struct shim_login login = {
	.vfuncs = {
		.alloc = imap2_login_client_alloc,
		.destroy = imap2_login_client_destroy,
		.notify_auth_ready = imap2_login_client_notify_auth_ready,
		.notify_disconnect = imap2_login_client_notify_disconnect,
		.notify_status = imap2_login_client_notify_status,
		.input = imap2_login_client_input,
		.auth_result = imap2_login_auth_result,
		.proxy_reset = imap2_login_proxy_reset,
		.proxy_parse_line = imap2_login_proxy_parse_line,
		.proxy_failed = imap2_login_proxy_failed,
		.proxy_get_state = imap2_login_proxy_get_state,
		.send_raw_data = client_common_send_raw_data,
		.input_next_cmd = imap2_login_client_input_next_cmd,
	},
	.created = imap2_login_client_created,
};

int main(int argc, char *argv[])
{
	return shim_login_run(&login, argc, argv);
}
