/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The process title: see proctitle.h. */

#include "lib.h"
#include "net.h"
#include "ostream.h"
#include "process-title.h"
#include "str.h"
#include "mail-user.h"
#include "settings/imap2-settings.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/proctitle.h"

static bool proctitle_enabled = FALSE;

static void proctitle_append_client(string_t *title,
				    const struct imap2_client *client)
{
	const struct mail_user *user = client->user;
	size_t waiting;

	str_append(title, user->username);
	if (user->conn.remote_ip != NULL) {
		str_append_c(title, ' ');
		str_append(title, net_ip2addr(user->conn.remote_ip));
	}
	if (client->cmd != NULL && client->cmd->def != NULL) {
		str_append_c(title, ' ');
		str_append(title, client->cmd->def->name);
	}
	waiting = o_stream_get_buffer_used_size(client->output);
	if (client->to_output != NULL && waiting > 0)
		str_printfa(title, " - %zu bytes waiting", waiting);
	if (client->disconnected)
		str_append(title, " (deinit)");
}

void imap2_proctitle_refresh(void)
{
	struct imap2_client *client = imap2_clients;
	unsigned int count = 0;

	/* Once any user had it on, the title must not go stale. */
	if (client != NULL && client->set->verbose_proctitle)
		proctitle_enabled = TRUE;
	if (!proctitle_enabled)
		return;

	T_BEGIN {
		string_t *title = t_str_new(128);

		str_append_c(title, '[');
		if (client == NULL)
			str_append(title, "idling");
		else if (client->next == NULL)
			proctitle_append_client(title, client);
		else {
			for (; client != NULL; client = client->next)
				count++;
			str_printfa(title, "%u connections", count);
		}
		str_append_c(title, ']');
		process_title_set(str_c(title));
	} T_END;
}
