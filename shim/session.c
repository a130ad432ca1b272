/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The session program as a Dovecot service: start, options, logins handed over
   by the login process, and the life of a session. What differs between host
   series is in shim/session-<series>.c. See shim/session.h for the contract. */

#include "lib.h"
#include "ioloop.h"
#include "net.h"
#include "path-util.h"
#include "restrict-access.h"
#include "mail-error.h"
#include "mail-user.h"
#include "shim/memory.h"
#include "shim/session-host.h"
#include "shim/version.h"

#include <stdio.h>
#include <unistd.h>

#define IS_STANDALONE() (getenv(MASTER_IS_PARENT_ENV) == NULL)

struct shim_options {
	const char *username, *auth_socket;
	unsigned int postlogin_timeout_secs;
	enum mail_storage_service_flags storage_flags;
};

static struct event_category event_category_imap2 = {
	.name = SHIM_SERVICE_NAME,
};

static const struct shim_session_vfuncs *session_vfuncs;
static struct mail_storage_service_ctx *storage_service;
static shim_login_server *login_server;
static unsigned int session_count;

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

static int session_create(const struct mail_storage_service_input *login_input,
			  struct shim_session **session_r, const char **error_r)
{
	struct mail_storage_service_input input = *login_input;
	struct shim_session *session = i_new(struct shim_session, 1);

	session->event = session_event_create(login_input);
	input.event_parent = session->event;
	if (shim_host_user_init(storage_service, &input, session,
				error_r) < 0) {
		event_unref(&session->event);
		i_free(session);
		return -1;
	}
	event_add_str(session->event, "session", session->user->session_id);
	restrict_access_allow_coredumps(TRUE);
	shim_host_connected(session);
	shim_memory_set_clients(++session_count);
	*session_r = session;
	return 0;
}

void shim_session_disconnected(struct shim_session *session)
{
	shim_host_disconnected(session);
}

void shim_session_free(struct shim_session **_session)
{
	struct shim_session *session = *_session;

	*_session = NULL;
	shim_host_disconnected(session);
	shim_host_user_deinit(session);
	event_unref(&session->event);
	i_free(session);
	shim_memory_set_clients(--session_count);
	master_service_client_connection_destroyed(master_service);
}

/* The login process sends the LOGIN's tag, a NUL, and what followed it. */
static void session_login_parse(const shim_login_request *request,
				struct shim_session_login *login_r)
{
	size_t tag_len, size = request->auth_req.data_size;

	i_zero(login_r);
	login_r->tag = t_strndup(request->data, size);
	tag_len = strlen(login_r->tag);
	if (size > tag_len + 1) {
		login_r->input = request->data + tag_len + 1;
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
login_request_finished(const shim_login_request *request,
		       const char *username, const char *const *extra_fields)
{
	struct mail_storage_service_input input;
	struct shim_session_login login;
	struct shim_session *session;
	const char *error;
	int fd = request->fd;

	i_zero(&input);
	input.service = SHIM_SERVICE_NAME;
	input.local_ip = request->auth_req.local_ip;
	input.remote_ip = request->auth_req.remote_ip;
	input.local_port = request->auth_req.local_port;
	input.remote_port = request->auth_req.remote_port;
	input.username = username;
	input.userdb_fields = extra_fields;
	input.session_id = request->session_id;
	shim_host_input_init(&input, request);

	session_login_parse(request, &login);
	if (session_create(&input, &session, &error) < 0) {
		session_write_failed_line(fd, &login, MAIL_ERRSTR_CRITICAL_MSG);
		i_close_fd(&fd);
		i_error("%s", error);
		master_service_client_connection_destroyed(master_service);
		return;
	}
	session_vfuncs->connected(session, fd, fd, &login);
}

static void login_request_failed(const shim_login_request *request,
				 const char *errormsg)
{
	struct shim_session_login login;

	session_login_parse(request, &login);
	session_write_failed_line(request->fd, &login, errormsg);
}

static void client_connected(struct master_service_connection *conn)
{
	i_assert(login_server != NULL);

	master_service_client_connection_accept(conn);
	shim_login_server_add(login_server, conn->fd);
}

static void standalone_run(const char *username)
{
	struct mail_storage_service_input input;
	struct shim_session_login login;
	struct shim_session *session;
	const char *value, *error;

	i_zero(&input);
	i_zero(&login);
	input.service = SHIM_SERVICE_NAME;
	input.username = username != NULL ? username : getenv("USER");
	if (input.username == NULL)
		input.username = getlogin();
	if (input.username == NULL)
		i_fatal("USER environment missing");
	if ((value = getenv("IP")) != NULL)
		(void)net_addr2ip(value, &input.remote_ip);
	if ((value = getenv("LOCAL_IP")) != NULL)
		(void)net_addr2ip(value, &input.local_ip);
	shim_host_input_init(&input, NULL);

	if (session_create(&input, &session, &error) < 0)
		i_fatal("%s", error);
	session_vfuncs->connected(session, STDIN_FILENO, STDOUT_FILENO,
				  &login);
}

static bool parse_options(struct shim_options *options)
{
	unsigned int *timeout_secs = &options->postlogin_timeout_secs;
	int c;

	while ((c = master_getopt(master_service)) > 0) {
		switch (c) {
		case 'a':
			options->auth_socket = optarg;
			break;
		case 't':
			if (str_to_uint(optarg, timeout_secs) < 0 ||
			    *timeout_secs == 0)
				i_fatal("Invalid -t parameter: %s", optarg);
			break;
		case 'u':
			options->storage_flags |=
				MAIL_STORAGE_SERVICE_FLAG_USERDB_LOOKUP;
			options->username = optarg;
			break;
		default:
			return FALSE;
		}
	}
	return TRUE;
}

static const char *absolute_path(const char *path)
{
	const char *abspath, *error;

	if (t_abspath(path, &abspath, &error) < 0)
		i_fatal("t_abspath(%s) failed: %s", path, error);
	return abspath;
}

/* postlogin_socket: of a script that runs between login and session, or
   NULL */
static void login_init(const struct shim_options *options,
		       const char *postlogin_socket)
{
	shim_login_server_settings set;

	i_zero(&set);
	set.auth_socket_path = absolute_path(options->auth_socket != NULL ?
		options->auth_socket : shim_host_auth_socket());
	if (postlogin_socket != NULL)
		set.postlogin_socket_path = absolute_path(postlogin_socket);
	set.postlogin_timeout_secs = options->postlogin_timeout_secs;
	set.callback = login_request_finished;
	set.failure_callback = login_request_failed;
	/* Not update_proctitle, which some hosts have: as soon as the login
	   process hangs up it would call the session idle. */
	login_server = shim_login_server_init(master_service, &set);
}

int shim_session_main(const struct shim_session_vfuncs *vfuncs,
		      int argc, char *argv[])
{
	struct shim_options options = {
		.postlogin_timeout_secs = SHIM_POSTLOGIN_TIMEOUT,
		/* Namespaces are initialised after LOGIN has been answered,
		   because a slow storage shouldn't make the client give up on
		   its LOGIN. */
		.storage_flags = MAIL_STORAGE_SERVICE_FLAG_NO_NAMESPACES,
	};

	shim_version_check();
	session_vfuncs = vfuncs;

	if (IS_STANDALONE() && getuid() == 0 &&
	    net_getpeername(STDOUT_FILENO, NULL, NULL) == 0) {
		printf("* BAD imap2 must not be started from inetd, "
		       "use imap2-login instead\r\n");
		return 1;
	}
	master_service = master_service_init(SHIM_SERVICE_NAME,
		!IS_STANDALONE() ? SHIM_SERVICE_FLAGS :
		MASTER_SERVICE_FLAG_STANDALONE |
		MASTER_SERVICE_FLAG_STD_CLIENT, &argc, &argv, "a:t:u:");
	if (!parse_options(&options))
		return FATAL_DEFAULT;
	shim_host_init(vfuncs);
	if (!IS_STANDALONE())
		login_init(&options, argv[optind]);
	master_service_set_die_callback(master_service, vfuncs->die);

	storage_service = shim_host_storage_init(options.storage_flags);
	master_service_init_finish(master_service);

	/* Let a session that ends during its first input stop the loop. */
	io_loop_set_running(current_ioloop);
	if (IS_STANDALONE()) T_BEGIN {
		standalone_run(options.username);
	} T_END;
	if (io_loop_is_running(current_ioloop))
		master_service_run(master_service, client_connected);
	vfuncs->destroy_all(shim_host_is_kicked());

	if (login_server != NULL)
		shim_login_server_deinit(&login_server);
	mail_storage_service_deinit(&storage_service);
	master_service_deinit(&master_service);
	return 0;
}
