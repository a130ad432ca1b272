/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The imap2 program: RFC 1176 sessions of authenticated users. Started by
   Dovecot's master process, fed by imap2-login; or started by a user. */

#include "lib.h"
#include "proto/string-write.h"
#include "shim/session.h"
#include "session/client.h"

#include <time.h>

static const char *
session_failed_line(const struct shim_session_login *login, const char *text)
{
	return t_strdup_printf("%s NO %s\r\n", login->tag,
			       imap2_text_line(text));
}

static const struct shim_session_vfuncs session_vfuncs = {
	.connected = imap2_client_create,
	.failed_line = session_failed_line,
	.die = imap2_clients_die,
	.kick = imap2_clients_kick,
	.destroy_all = imap2_clients_destroy_all,
};

/* With TZ unset the C library looks at /etc/localtime again for each date. */
static void keep_timezone(void)
{
	if (setenv("TZ", ":/etc/localtime", 0) < 0)
		i_fatal("setenv(TZ) failed: %m");
	tzset();
}

int main(int argc, char *argv[])
{
	keep_timezone();
	return shim_session_main(&session_vfuncs, argc, argv);
}
