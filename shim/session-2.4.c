/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The session program on Dovecot 2.4: see shim/session.h and
   shim/session-host.h. */

#include "lib.h"
#include "array.h"
#include "istream.h"
#include "ostream.h"
#include "iostream-rawlog.h"
#include "llist.h"
#include "settings.h"
#include "str.h"
#include "var-expand.h"
#include "master-admin-client.h"
#include "master-service-settings.h"
#include "mail-user.h"
#include "settings/imap2-settings.h"
#include "shim/session-host.h"

#ifdef HAVE_RAWLOG_EVENT
#  define RAWLOG_CREATE(session, dir, input, output) \
	iostream_rawlog_create((session)->event, "rawlog_dir", \
			       dir, input, output)
#else
#  define RAWLOG_CREATE(session, dir, input, output) \
	iostream_rawlog_create(dir, input, output)
#endif

struct shim_session_host {
	struct shim_session_host *prev, *next;
	struct shim_session *session;

	/* What anvil calls the connection, while it counts it. */
	guid_128_t anvil_guid;
	bool anvil_connected;
};

static const struct shim_session_vfuncs *session_vfuncs;
static struct shim_session_host *session_hosts;

static unsigned int kick_user(const char *username, const guid_128_t guid)
{
	struct shim_session_host *host, *next;
	unsigned int count = 0;

	for (host = session_hosts; host != NULL; host = next) {
		next = host->next;
		if (strcmp(host->session->user->username, username) != 0)
			continue;
		if (!guid_128_is_empty(guid) &&
		    guid_128_cmp(host->anvil_guid, guid) != 0)
			continue;
		session_vfuncs->kick(host->session);
		count++;
	}
	return count;
}

void shim_host_init(const struct shim_session_vfuncs *vfuncs)
{
	static const struct master_admin_client_callback admin_callbacks = {
		.cmd_kick_user = kick_user,
	};
	struct master_service_settings_input input = {
		.preserve_user = TRUE,
	};
	struct master_service_settings_output output;
	const char *error;

	session_vfuncs = vfuncs;
	if (master_service_settings_read(master_service, &input, &output,
					 &error) < 0)
		i_fatal("%s", error);
	master_admin_clients_init(&admin_callbacks);
}

const char *shim_host_auth_socket(void)
{
#ifdef HAVE_AUTH_MASTER_SOCKET_PATH
	return master_service_get_service_settings(master_service)->
		auth_master_socket_path;
#else
	return "auth-master";
#endif
}

struct mail_storage_service_ctx *
shim_host_storage_init(enum mail_storage_service_flags flags)
{
	return mail_storage_service_init(master_service, flags);
}

void shim_host_input_init(struct mail_storage_service_input *input,
			  const shim_login_request *request)
{
	enum login_request_flags flags =
		request == NULL ? 0 : request->auth_req.flags;

	input->end_client_tls_secured =
		(flags & LOGIN_REQUEST_FLAG_END_CLIENT_SECURED_TLS) != 0;
}

int shim_host_user_init(struct mail_storage_service_ctx *storage_service,
			const struct mail_storage_service_input *input,
			struct shim_session *session, const char **error_r)
{
	if (mail_storage_service_lookup_next(storage_service, input,
					     &session->user, error_r) <= 0)
		return -1;
	if (settings_get(session->user->event, &imap2_setting_parser_info, 0,
			 &session->set, error_r) < 0) {
		mail_user_deinit(&session->user);
		return -1;
	}
	session->host = i_new(struct shim_session_host, 1);
	session->host->session = session;
	DLLIST_PREPEND(&session_hosts, session->host);
	return 0;
}

void shim_host_user_deinit(struct shim_session *session)
{
	DLLIST_REMOVE(&session_hosts, session->host);
	i_free(session->host);
	settings_free(session->set);
	mail_user_deinit(&session->user);
}

bool shim_host_is_kicked(void)
{
	return master_service_is_user_kicked(master_service);
}

void shim_host_connected(struct shim_session *session)
{
	struct master_service_anvil_session anvil_session;

	mail_user_get_anvil_session(session->user, &anvil_session);
	session->host->anvil_connected =
		master_service_anvil_connect(master_service, &anvil_session,
					     TRUE, session->host->anvil_guid);
}

void shim_host_disconnected(struct shim_session *session)
{
	struct master_service_anvil_session anvil_session;

	if (!session->host->anvil_connected)
		return;
	mail_user_get_anvil_session(session->user, &anvil_session);
	master_service_anvil_disconnect(master_service, &anvil_session,
					session->host->anvil_guid);
	session->host->anvil_connected = FALSE;
}

void shim_session_activate(struct shim_session *session)
{
	mail_storage_service_io_activate_user(session->user->service_user);
}

const char *shim_session_expand(struct shim_session *session,
				const char *format,
				const struct shim_expand_key *keys)
{
	const struct var_expand_params *user_params =
		mail_user_var_expand_params(session->user);
	struct var_expand_params params;
	ARRAY(struct var_expand_table) table;
	struct var_expand_table *entry;
	string_t *str = t_str_new(128);
	const char *error;

	t_array_init(&table, 16);
	for (; keys->name != NULL; keys++) {
		entry = array_append_space(&table);
		entry->key = keys->name;
		entry->value = keys->value;
	}
	array_append_zero(&table);

	i_zero(&params);
	params.tables_arr = (const struct var_expand_table *const []) {
		user_params->table,
		array_front(&table),
		NULL
	};
	params.providers = user_params->providers;
	params.context = user_params->context;
	params.event = session->event;
	if (var_expand(str, format, &params, &error) < 0) {
		e_error(session->event, "Failed to expand %s: %s",
			format, error);
	}
	return str_c(str);
}

void shim_session_rawlog(struct shim_session *session, struct istream **input,
			 struct ostream **output)
{
	const char *dir = session->set->rawlog_dir;

	if (dir[0] != '\0')
		(void)RAWLOG_CREATE(session, dir, input, output);
}
