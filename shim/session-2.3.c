/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The session program on Dovecot 2.3: master-service, master-login and
   mail-storage-service. See shim/session.h for the contract. */

#include "lib.h"
#include "ioloop.h"
#include "array.h"
#include "base64.h"
#include "buffer.h"
#include "hostpid.h"
#include "istream.h"
#include "ostream.h"
#include "iostream-rawlog.h"
#include "path-util.h"
#include "process-title.h"
#include "restrict-access.h"
#include "settings-parser.h"
#include "str.h"
#include "var-expand.h"
#include "mail-error.h"
#include "master-interface.h"
#include "master-login.h"
#include "master-service.h"
#include "master-service-settings.h"
#include "mail-storage-service.h"
#include "mail-user.h"
#include "settings/imap2-settings.h"
#include "shim/session.h"
#include "shim/version.h"

#include <stdio.h>
#include <unistd.h>

#define SERVICE_NAME "imap2"
#define IS_STANDALONE() (getenv(MASTER_IS_PARENT_ENV) == NULL)

struct shim_session_23 {
	struct shim_session session;
	struct mail_storage_service_user *service_user;
	bool anvil_sent;
};

static struct event_category event_category_imap2 = {
	.name = SERVICE_NAME,
};

static const struct shim_session_vfuncs *session_vfuncs;
static struct mail_storage_service_ctx *storage_service;
static struct master_login *master_login;

static struct shim_session_23 *shim_23(struct shim_session *session)
{
	return container_of(session, struct shim_session_23, session);
}

static struct event *
session_event_create(const struct mail_storage_service_input *input)
{
	struct event *event = event_create(NULL);

	event_add_category(event, &event_category_imap2);
	event_add_str(event, "user", input->username);
	if (input->local_ip.family != 0)
		event_add_str(event, "local_ip", net_ip2addr(&input->local_ip));
	if (input->local_port != 0)
		event_add_int(event, "local_port", input->local_port);
	if (input->remote_ip.family != 0) {
		event_add_str(event, "remote_ip",
			      net_ip2addr(&input->remote_ip));
	}
	if (input->remote_port != 0)
		event_add_int(event, "remote_port", input->remote_port);
	return event;
}

/* Count the connection for mail_max_userip_connections and doveadm who. */
static void session_anvil_send(struct shim_session_23 *s, const char *cmd)
{
	const char *ident = mail_user_get_anvil_userip_ident(s->session.user);

	if (ident == NULL)
		return;
	master_service_anvil_send(master_service, t_strdup_printf(
		"%s\t%s\t"SERVICE_NAME"/%s\n", cmd, my_pid, ident));
}

static int
session_create(const struct mail_storage_service_input *login_input,
	       struct shim_session **session_r, const char **error_r)
{
	struct mail_storage_service_input input = *login_input;
	struct mail_storage_service_user *service_user;
	struct mail_user *user;
	struct shim_session_23 *s;
	struct imap2_settings *set;
	struct event *event = session_event_create(login_input);

	input.event_parent = event;
	if (mail_storage_service_lookup_next(storage_service, &input,
					     &service_user, &user,
					     error_r) <= 0) {
		event_unref(&event);
		return -1;
	}
	event_add_str(event, "session", user->session_id);
	restrict_access_allow_coredumps(TRUE);

	set = mail_storage_service_user_get_set(service_user)[1];
	if (settings_var_expand(&imap2_setting_parser_info, set, user->pool,
				mail_user_var_expand_table(user),
				error_r) <= 0) {
		*error_r = t_strdup_printf("Failed to expand settings: %s",
					   *error_r);
		mail_user_deinit(&user);
		mail_storage_service_user_unref(&service_user);
		event_unref(&event);
		return -1;
	}

	s = i_new(struct shim_session_23, 1);
	s->session.event = event;
	s->session.user = user;
	s->session.set = set;
	s->service_user = service_user;
	session_anvil_send(s, "CONNECT");
	s->anvil_sent = TRUE;
	*session_r = &s->session;
	return 0;
}

void shim_session_activate(struct shim_session *session)
{
	mail_storage_service_io_activate_user(shim_23(session)->service_user);
}

void shim_session_disconnected(struct shim_session *session)
{
	struct shim_session_23 *s = shim_23(session);

	if (!s->anvil_sent)
		return;
	session_anvil_send(s, "DISCONNECT");
	s->anvil_sent = FALSE;
}

void shim_session_free(struct shim_session **_session)
{
	struct shim_session_23 *s = shim_23(*_session);

	*_session = NULL;
	shim_session_disconnected(&s->session);
	mail_user_deinit(&s->session.user);
	mail_storage_service_user_unref(&s->service_user);
	event_unref(&s->session.event);
	i_free(s);
	master_service_client_connection_destroyed(master_service);
}

const char *shim_session_expand(struct shim_session *session,
				const char *format,
				const struct shim_expand_key *keys)
{
	ARRAY(struct var_expand_table) table;
	struct var_expand_table *entry;
	string_t *str = t_str_new(128);
	const char *error;

	t_array_init(&table, 16);
	for (; keys->name != NULL; keys++) {
		entry = array_append_space(&table);
		entry->key = keys->letter;
		entry->value = keys->value;
		entry->long_key = keys->name;
	}
	array_append_zero(&table);

	if (var_expand_with_funcs(str, format,
			t_var_expand_merge_tables(array_front(&table),
				mail_user_var_expand_table(session->user)),
			mail_user_var_expand_func_table,
			session->user, &error) < 0) {
		e_error(session->event, "Failed to expand %s: %s",
			format, error);
	}
	return str_c(str);
}

void shim_session_rawlog(struct shim_session *session, struct istream **input,
			 struct ostream **output)
{
	if (session->set->rawlog_dir[0] != '\0') {
		(void)iostream_rawlog_create(session->set->rawlog_dir,
					     input, output);
	}
}

/* The login process sends the LOGIN's tag, a NUL, and what followed it. */
static void
session_login_parse(const unsigned char *data, size_t size,
		    struct shim_session_login *login_r)
{
	size_t tag_len;

	i_zero(login_r);
	login_r->tag = t_strndup(data, size);
	tag_len = strlen(login_r->tag);
	if (size > tag_len + 1) {
		login_r->input = data + tag_len + 1;
		login_r->input_size = size - (tag_len + 1);
	}
}

static void
session_write_failed_line(int fd, const struct shim_session_login *login,
			  const char *text)
{
	const char *line = session_vfuncs->failed_line(login, text);

	/* Best effort: the client may be gone or its buffer full. */
	if (write(fd, line, strlen(line)) < 0)
		i_debug("write(client) failed: %m");
}

static void
login_client_connected(const struct master_login_client *client,
		       const char *username, const char *const *extra_fields)
{
	enum mail_auth_request_flags flags = client->auth_req.flags;
	struct mail_storage_service_input input;
	struct shim_session_login login;
	struct shim_session *session;
	const char *error;
	int fd = client->fd;

	i_zero(&input);
	input.module = input.service = SERVICE_NAME;
	input.local_ip = client->auth_req.local_ip;
	input.remote_ip = client->auth_req.remote_ip;
	input.local_port = client->auth_req.local_port;
	input.remote_port = client->auth_req.remote_port;
	input.username = username;
	input.userdb_fields = extra_fields;
	input.session_id = client->session_id;
	input.conn_secured =
		(flags & MAIL_AUTH_REQUEST_FLAG_CONN_SECURED) != 0;
	input.conn_ssl_secured =
		(flags & MAIL_AUTH_REQUEST_FLAG_CONN_SSL_SECURED) != 0;

	session_login_parse(client->data, client->auth_req.data_size, &login);
	if (session_create(&input, &session, &error) < 0) {
		session_write_failed_line(fd, &login, MAIL_ERRSTR_CRITICAL_MSG);
		i_close_fd(&fd);
		i_error("%s", error);
		master_service_client_connection_destroyed(master_service);
		return;
	}
	session_vfuncs->connected(session, fd, fd, &login);
}

static void
login_client_failed(const struct master_login_client *client,
		    const char *errormsg)
{
	struct shim_session_login login;

	session_login_parse(client->data, client->auth_req.data_size, &login);
	session_write_failed_line(client->fd, &login, errormsg);
}

static void client_connected(struct master_service_connection *conn)
{
	i_assert(master_login != NULL);

	master_service_client_connection_accept(conn);
	master_login_add(master_login, conn->fd);
}

static void standalone_run(const char *username)
{
	struct mail_storage_service_input input;
	struct shim_session_login login;
	struct shim_session *session;
	const char *value, *error;

	i_zero(&input);
	i_zero(&login);
	input.module = input.service = SERVICE_NAME;
	input.username = username != NULL ? username : getenv("USER");
	if (input.username == NULL)
		input.username = getlogin();
	if (input.username == NULL)
		i_fatal("USER environment missing");
	if ((value = getenv("IP")) != NULL)
		(void)net_addr2ip(value, &input.remote_ip);
	if ((value = getenv("LOCAL_IP")) != NULL)
		(void)net_addr2ip(value, &input.local_ip);

	if (session_create(&input, &session, &error) < 0)
		i_fatal("%s", error);
	session_vfuncs->connected(session, STDIN_FILENO, STDOUT_FILENO,
				  &login);
}

static bool
parse_options(struct master_login_settings *login_set,
	      enum mail_storage_service_flags *storage_flags,
	      const char **auth_socket_r, const char **username_r)
{
	unsigned int *timeout_secs = &login_set->postlogin_timeout_secs;
	int c;

	while ((c = master_getopt(master_service)) > 0) {
		switch (c) {
		case 'a':
			*auth_socket_r = optarg;
			break;
		case 't':
			if (str_to_uint(optarg, timeout_secs) < 0 ||
			    *timeout_secs == 0)
				i_fatal("Invalid -t parameter: %s", optarg);
			break;
		case 'u':
			*storage_flags |=
				MAIL_STORAGE_SERVICE_FLAG_USERDB_LOOKUP;
			*username_r = optarg;
			break;
		default:
			return FALSE;
		}
	}
	return TRUE;
}

int shim_session_main(const struct shim_session_vfuncs *vfuncs,
		      int argc, char *argv[])
{
	static const struct setting_parser_info *set_roots[] = {
		&imap2_setting_parser_info,
		NULL
	};
	struct master_login_settings login_set;
	/* Namespaces are initialised after LOGIN has been answered, because a
	   slow storage shouldn't make the client give up on its LOGIN. */
	enum mail_storage_service_flags storage_flags =
		MAIL_STORAGE_SERVICE_FLAG_NO_SSL_CA |
		MAIL_STORAGE_SERVICE_FLAG_NO_NAMESPACES;
	enum master_service_flags service_flags;
	const char *username = NULL, *auth_socket = "auth-master", *error;

	shim_version_check();
	session_vfuncs = vfuncs;
	i_zero(&login_set);
	login_set.postlogin_timeout_secs = MASTER_POSTLOGIN_TIMEOUT_DEFAULT;
	login_set.request_auth_token = TRUE;

	if (IS_STANDALONE() && getuid() == 0 &&
	    net_getpeername(STDOUT_FILENO, NULL, NULL) == 0) {
		printf("* BAD imap2 must not be started from inetd, "
		       "use imap2-login instead\r\n");
		return 1;
	}
	service_flags = !IS_STANDALONE() ?
		MASTER_SERVICE_FLAG_KEEP_CONFIG_OPEN :
		MASTER_SERVICE_FLAG_STANDALONE |
		MASTER_SERVICE_FLAG_STD_CLIENT;

	master_service = master_service_init(SERVICE_NAME, service_flags,
					     &argc, &argv, "a:t:u:");
	if (!parse_options(&login_set, &storage_flags,
			   &auth_socket, &username))
		return FATAL_DEFAULT;
	master_service_set_die_callback(master_service, vfuncs->die);

	if (t_abspath(auth_socket, &login_set.auth_socket_path, &error) < 0)
		i_fatal("t_abspath(%s) failed: %s", auth_socket, error);
	if (argv[optind] != NULL &&
	    t_abspath(argv[optind], &login_set.postlogin_socket_path,
		      &error) < 0)
		i_fatal("t_abspath(%s) failed: %s", argv[optind], error);
	login_set.callback = login_client_connected;
	login_set.failure_callback = login_client_failed;
	if (!IS_STANDALONE())
		master_login = master_login_init(master_service, &login_set);

	storage_service = mail_storage_service_init(master_service, set_roots,
						    storage_flags);
	master_service_init_finish(master_service);

	/* Let a session that ends during its first input stop the loop. */
	io_loop_set_running(current_ioloop);
	if (IS_STANDALONE()) T_BEGIN {
		standalone_run(username);
	} T_END;
	if (io_loop_is_running(current_ioloop))
		master_service_run(master_service, client_connected);
	vfuncs->destroy_all();

	if (master_login != NULL)
		master_login_deinit(&master_login);
	mail_storage_service_deinit(&storage_service);
	master_service_deinit(&master_service);
	return 0;
}
