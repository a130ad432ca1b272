/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* One IMAP2 session: reads the client's input into the parser, runs one
   command at a time in the order they came (RFC 1176 p.6), pauses a client
   that doesn't read, and ends the session in every way it can end. What is
   said to the client is written by reply.c only. */

#include "lib.h"
#include "array.h"
#include "ioloop.h"
#include "iostream.h"
#include "istream.h"
#include "istream-concat.h"
#include "llist.h"
#include "net.h"
#include "ostream.h"
#include "str.h"
#include "time-util.h"
#include "mail-error.h"
#include "mail-namespace.h"
#include "mail-storage.h"
#include "mail-user.h"
#include "mail-autoexpunge.h"
#include "proto/args.h"
#include "proto/parser.h"
#include "settings/imap2-settings.h"
#include "shim/session.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"
#include "session/proctitle.h"
#include "session/reply.h"
#include "session/search-fold.h"

/* Autologout (RFC 1176 p.10, p.20): as long as Dovecot's imap waits. */
#define CLIENT_IDLE_TIMEOUT_MSECS (30*60*1000)
/* A client that doesn't read its answers is dropped sooner. */
#define CLIENT_OUTPUT_TIMEOUT_MSECS (5*60*1000)
/* At shutdown, clients that were quiet this long go at once. */
#define CLIENT_DIE_IDLE_SECS 10
/* The period servers answered BAD for ever and their clients probe a lot. */
#define CLIENT_MAX_BAD_COMMANDS 20
/* Read at most this much at a time: large enough for a literal in few reads,
   small since each session keeps it. */
#define CLIENT_INPUT_BUFFER_SIZE (8*1024)
/* With others in the process, none works longer at a stretch, as far as
   commands can be interrupted. */
#define CLIENT_TURN_USECS 20000

struct imap2_client *imap2_clients = NULL;

static void client_input(struct imap2_client *client);

/*
 * Storage notices (for example "still waiting for a lock")
 */

static void client_storage_notify(struct imap2_client *client,
				  const char *state, const char *text)
{
	/* A line would land in the middle of a FETCH response's literal. */
	if (client->cmd == NULL || client->cmd->resume != NULL)
		return;
	imap2_reply_untagged_text(client->reply, state, text);
	(void)o_stream_flush(client->output);
}

static void client_storage_notify_ok(struct mailbox *box ATTR_UNUSED,
				     const char *text, void *context)
{
	client_storage_notify(context, "OK", text);
}

static void client_storage_notify_no(struct mailbox *box ATTR_UNUSED,
				     const char *text, void *context)
{
	client_storage_notify(context, "NO", text);
}

/*
 * Input
 */

static void client_input_add(struct imap2_client *client)
{
	if (client->io == NULL) {
		client->io = io_add_istream(client->input, client_input,
					    client);
	}
}

static void client_output_timeout(struct imap2_client *client)
{
	imap2_client_destroy(client, t_strdup_printf(
		"Client has not read server output for %"PRIdTIME_T" secs",
		ioloop_time - imap2_reply_get_last_time(client->reply)));
}

static void client_cmd_continue(struct imap2_client *client);

/* A command waits: stop reading input, and wait for what it waits for. */
static void client_cmd_wait(struct imap2_client *client,
			    enum imap2_cmd_status status)
{
	if (status == IMAP2_CMD_WAIT_INPUT) {
		timeout_remove(&client->to_output);
		client_input_add(client);
		return;
	}
	io_remove(&client->io);
	if (status == IMAP2_CMD_AGAIN) {
		/* It's not the client that is waited for. */
		timeout_remove(&client->to_output);
		client->to_resume = timeout_add_short(0, client_cmd_continue,
						      client);
		return;
	}
	o_stream_set_flush_pending(client->output, TRUE);
	if (client->to_output == NULL) {
		client->to_output = timeout_add(CLIENT_OUTPUT_TIMEOUT_MSECS,
						client_output_timeout, client);
	}
}

static void client_handle_bad(struct imap2_client *client)
{
	imap2_reply_tagged(client->reply, imap2_parser_tag(client->parser),
			   "BAD", imap2_parser_error(client->parser));
	(void)imap2_client_count_input(client);
	imap2_client_count_bad(client);
}

static enum imap2_cmd_status client_handle_command(struct imap2_client *client)
{
	struct imap2_args args;
	const char *name = imap2_parser_command(client->parser, &args);

	return imap2_command_start(client, imap2_parser_tag(client->parser),
				   name, &args,
				   imap2_client_count_input(client));
}

/* Run the commands of the buffered input until one has to wait. */
static void client_handle_input(struct imap2_client *client)
{
	enum imap2_cmd_status status = IMAP2_CMD_DONE;
	enum imap2_parse_result result;
	const unsigned char *data;
	size_t size, used;

	client->turn_start = i_microseconds();
	client->handling_input = TRUE;
	o_stream_cork(client->output);
	while (status == IMAP2_CMD_DONE && !client->disconnected &&
	       !client->logged_out) {
		data = i_stream_get_data(client->input, &size);
		if (size == 0)
			break;
		if (imap2_reply_is_full(client->reply)) {
			/* Many small answers that nobody reads. */
			status = IMAP2_CMD_WAIT_OUTPUT;
			break;
		}
		if (imap2_client_turn_is_over(client)) {
			status = IMAP2_CMD_AGAIN;
			break;
		}
		result = imap2_parser_feed(client->parser, data, size, &used);
		i_stream_skip(client->input, used);
		T_BEGIN {
			switch (result) {
			case IMAP2_PARSE_MORE:
				break;
			case IMAP2_PARSE_LITERAL:
				imap2_reply_continue(client->reply,
						     "Ready for literal");
				break;
			case IMAP2_PARSE_BAD:
				client_handle_bad(client);
				break;
			case IMAP2_PARSE_STREAM:
			case IMAP2_PARSE_COMMAND:
				status = client_handle_command(client);
				break;
			}
		} T_END;
	}
	o_stream_uncork(client->output);
	client->handling_input = FALSE;

	if (client->disconnected)
		return;
	if (status != IMAP2_CMD_DONE)
		client_cmd_wait(client, status);
	else if (!client->logged_out)
		client_input_add(client);
	else if (o_stream_flush(client->output) == 0) {
		/* The answers of earlier commands are still on their way. */
		client_cmd_wait(client, IMAP2_CMD_WAIT_OUTPUT);
	} else {
		imap2_client_disconnect(client, "Logged out");
	}
	imap2_proctitle_refresh();
}

static void client_input(struct imap2_client *client)
{
	client->last_input = ioloop_time;
	timeout_reset(client->to_idle);

	if (i_stream_read(client->input) != -1) {
		if (client->cmd != NULL)
			client_cmd_continue(client);
		else
			client_handle_input(client);
	} else if (client->input->stream_errno == 0 &&
		 o_stream_flush(client->output) == 0) {
		/* It says no more, but may still read its answers. */
		client_cmd_wait(client, IMAP2_CMD_WAIT_OUTPUT);
	} else {
		imap2_client_destroy(client, NULL);
	}
}

/* Continue after the wait: the command, if one waits, and then the input that
   came behind it. */
static void client_cmd_continue(struct imap2_client *client)
{
	enum imap2_cmd_status status = IMAP2_CMD_DONE;

	timeout_remove(&client->to_resume);
	client->turn_start = i_microseconds();
	if (client->cmd != NULL) {
		o_stream_cork(client->output);
		status = imap2_command_continue(client);
		o_stream_uncork(client->output);
	}
	if (client->disconnected)
		return;
	/* The command may run for long. */
	timeout_reset(client->to_idle);
	if (status != IMAP2_CMD_DONE) {
		client_cmd_wait(client, status);
		return;
	}
	timeout_remove(&client->to_output);
	client_handle_input(client);
}

static int client_output(struct imap2_client *client)
{
	int ret = o_stream_flush(client->output);

	timeout_reset(client->to_idle);
	if (client->to_output != NULL)
		timeout_reset(client->to_output);
	if (ret < 0) {
		imap2_client_destroy(client, NULL);
		return 1;
	}
	if (ret > 0 && client->to_output != NULL && !client->disconnected &&
	    client->to_resume == NULL)
		client_cmd_continue(client);
	return ret;
}

/*
 * Ends
 */

/* To a client whose session ends; not into the middle of an answer. A command
   that waits for input is in none. */
static void client_send_bye(struct imap2_client *client, const char *text)
{
	if (client->cmd == NULL || client->io != NULL)
		imap2_reply_untagged_text(client->reply, "BYE", text);
}

static void client_idle_timeout(struct imap2_client *client)
{
	client_send_bye(client, "Autologout: idle for too long");
	imap2_client_destroy(client, t_strdup_printf(
		"Inactivity - no input for %"PRIdTIME_T" secs",
		ioloop_time - client->last_input));
}

static void client_disconnect_timeout(struct imap2_client *client)
{
	imap2_client_destroy(client, client->disconnect_reason);
}

/* Why the connection broke, and what the client was doing. */
static const char *client_broken_reason(struct imap2_client *client)
{
	const char *reason = io_stream_get_disconnect_reason(client->input,
							     client->output);
	int msecs;

	if (client->cmd != NULL) {
		return t_strdup_printf("%s (%s running)", reason,
				       client->cmd->name);
	}
	if (client->last_cmd_name == NULL)
		return t_strconcat(reason, " (No commands sent)", NULL);
	msecs = timeval_diff_msecs(&ioloop_timeval, &client->last_cmd_time);
	return t_strdup_printf("%s (%s finished %d.%03d secs ago)", reason,
			       client->last_cmd_name,
			       msecs / 1000, msecs % 1000);
}

void imap2_client_disconnect(struct imap2_client *client, const char *reason)
{
	if (client->disconnected)
		return;
	if (reason == NULL)
		reason = client_broken_reason(client);
	client->disconnected = TRUE;
	client->disconnect_reason = p_strdup(client->pool, reason);
	/* A client that doesn't read can't be told. */
	(void)o_stream_finish(client->output);
	o_stream_uncork(client->output);
	i_stream_close(client->input);
	o_stream_close(client->output);
	io_remove(&client->io);
	timeout_remove(&client->to_resume);
	client->to_disconnect = timeout_add_short(0, client_disconnect_timeout,
						  client);
}

void imap2_client_bye(struct imap2_client *client, const char *reason)
{
	if (client->disconnected)
		return;
	imap2_reply_untagged_text(client->reply, "BYE", reason);
	imap2_client_disconnect(client, reason);
}

void imap2_client_count_bad(struct imap2_client *client)
{
	if (++client->bad_count > CLIENT_MAX_BAD_COMMANDS)
		imap2_client_bye(client, "Too many invalid commands");
}

void imap2_client_refuse_literal(struct imap2_client *client)
{
	/* A client that didn't wait for "+" may have begun to send it. One
	   that does wait never will. */
	if (i_stream_read(client->input) != 0)
		i_stream_set_input_pending(client->input, TRUE);
	if (i_stream_get_data_size(client->input) == 0)
		imap2_parser_stream_cancel(client->parser);
	else {
		imap2_parser_stream_skip(client->parser,
			imap2_parser_stream_size(client->parser));
	}
}

bool imap2_client_turn_is_over(const struct imap2_client *client)
{
	return (client->prev != NULL || client->next != NULL) &&
		i_microseconds() - client->turn_start > CLIENT_TURN_USECS;
}

uoff_t imap2_client_count_input(struct imap2_client *client)
{
	uoff_t start = client->next_cmd_offset;

	client->next_cmd_offset = i_stream_get_absolute_offset(client->input);
	return client->next_cmd_offset - start;
}

bool imap2_client_has_imap2bis(const struct imap2_client *client)
{
	return (client->set->parsed_extensions &
		IMAP2_EXTENSION_IMAP2BIS) != 0;
}

bool imap2_client_may_be_macms(const struct imap2_client *client)
{
	return (client->set->parsed_workarounds & IMAP2_WORKAROUND_MACMS) != 0;
}

static const char *client_stats(struct imap2_client *client)
{
	const struct imap2_client_stats *stats = &client->stats;
	const struct shim_expand_key keys[] = {
		{ 'i', "input", dec2str(i_stream_get_absolute_offset(
			client->input)) },
		{ 'o', "output", dec2str(imap2_reply_get_offset(
			client->reply)) },
		{ '\0', "session", client->user->session_id },
		{ '\0', "fetch_hdr_count", dec2str(stats->hdr_count) },
		{ '\0', "fetch_hdr_bytes", dec2str(stats->hdr_bytes) },
		{ '\0', "fetch_body_count", dec2str(stats->body_count) },
		{ '\0', "fetch_body_bytes", dec2str(stats->body_bytes) },
		{ '\0', "deleted", dec2str(stats->deleted_count) },
		{ '\0', "expunged", dec2str(stats->expunged_count) },
		{ '\0', NULL, NULL }
	};

	return shim_session_expand(client->session,
				   client->set->imap2_logout_format, keys);
}

static void client_free(struct imap2_client *client)
{
	shim_session_free(&client->session);
	/* The streams go after the user, whose storages may still notify. */
	imap2_reply_destroy(&client->reply);
	imap2_parser_destroy(&client->parser);
	i_stream_destroy(&client->input);
	o_stream_destroy(&client->output);
	pool_unref(&client->command_pool);
	DLLIST_REMOVE(&imap2_clients, client);
	pool_unref(&client->pool);
	imap2_proctitle_refresh();
}

void imap2_client_destroy(struct imap2_client *client, const char *reason)
{
	i_assert(!client->handling_input);

	if (client->disconnect_reason != NULL)
		reason = client->disconnect_reason;
	else if (reason == NULL)
		reason = client_broken_reason(client);
	else
		reason = t_strdup(reason);

	client->disconnected = TRUE;
	(void)o_stream_finish(client->output);
	i_stream_close(client->input);
	o_stream_close(client->output);
	imap2_command_abort(client);
	if (client->mailbox != NULL)
		imap2_mailbox_close(&client->mailbox);
	shim_session_disconnected(client->session);

	io_remove(&client->io);
	timeout_remove(&client->to_idle);
	timeout_remove(&client->to_output);
	timeout_remove(&client->to_resume);
	timeout_remove(&client->to_disconnect);
	fd_close_maybe_stdio(&client->fd_in, &client->fd_out);

	/* May take long; the client needn't wait for it. */
	imap2_proctitle_refresh();
	(void)mail_user_autoexpunge(client->user);
	e_info(client->event, "Disconnected: %s %s", reason,
	       client_stats(client));
	client_free(client);
}

/* text: what the client is told; reason: what is logged */
static void client_end(struct imap2_client *client, const char *text,
		       const char *reason)
{
	shim_session_activate(client->session);
	client_send_bye(client, text);
	imap2_client_destroy(client, reason);
}

static void client_die(struct imap2_client *client)
{
	client_end(client, "Server shutting down", "Server shutting down.");
}

static void client_kick(struct imap2_client *client)
{
	client_end(client, "The administrator ended this session",
		   "User kicked");
}

void imap2_clients_die(void)
{
	struct imap2_client *client, *next;
	time_t now = time(NULL), last_io, quiet_secs;

	for (client = imap2_clients; client != NULL; client = next) {
		next = client->next;
		last_io = I_MAX(client->last_input,
				imap2_reply_get_last_time(client->reply));
		quiet_secs = now - last_io;
		if (quiet_secs >= CLIENT_DIE_IDLE_SECS)
			client_die(client);
		else {
			timeout_remove(&client->to_idle);
			client->to_idle = timeout_add(
				(CLIENT_DIE_IDLE_SECS - quiet_secs) * 1000,
				client_die, client);
		}
	}
}

void imap2_clients_kick(const struct shim_session *session)
{
	struct imap2_client *client;

	for (client = imap2_clients; client != NULL; client = client->next) {
		if (client->session == session) {
			client_kick(client);
			return;
		}
	}
}

void imap2_clients_destroy_all(bool kicked)
{
	while (imap2_clients != NULL) {
		if (kicked)
			client_kick(imap2_clients);
		else
			client_die(imap2_clients);
	}
}

/*
 * Beginning
 */

static void client_add_input_prefix(struct imap2_client *client,
				    const unsigned char *data, size_t size)
{
	struct istream *inputs[] = {
		i_stream_create_copy_from_data(data, size),
		client->input,
		NULL
	};

	client->input = i_stream_create_concat(inputs);
	i_stream_copy_fd(client->input, inputs[1]);
	i_stream_unref(&inputs[0]);
	i_stream_unref(&inputs[1]);
	i_stream_set_input_pending(client->input, TRUE);
}

static struct imap2_client *
client_alloc(struct shim_session *session, int fd_in, int fd_out)
{
	pool_t pool = pool_alloconly_create("imap2 client", 1024);
	struct imap2_client *client = p_new(pool, struct imap2_client, 1);

	net_set_nonblock(fd_in, TRUE);
	net_set_nonblock(fd_out, TRUE);
	client->pool = pool;
	client->session = session;
	client->user = session->user;
	client->user->default_normalizer = imap2_search_fold;
	client->set = session->set;
	client->event = session->event;
	client->fd_in = fd_in;
	client->fd_out = fd_out;
	client->last_input = ioloop_time;
	client->command_pool =
		pool_alloconly_create(MEMPOOL_GROWING"imap2 command", 1024);
	client->parser =
		imap2_parser_create(client->set->imap2_max_line_length);
	if (imap2_client_has_imap2bis(client))
		imap2_parser_set_streamed(client->parser, "APPEND");
	DLLIST_PREPEND(&imap2_clients, client);
	return client;
}

static void client_streams_init(struct imap2_client *client,
				const struct shim_session_login *login)
{
	client->input = i_stream_create_fd(client->fd_in,
					   CLIENT_INPUT_BUFFER_SIZE);
	client->output = o_stream_create_fd(client->fd_out, SIZE_MAX);
	i_stream_set_name(client->input, "<imap2 client>");
	o_stream_set_name(client->output, "<imap2 client>");
	o_stream_set_no_error_handling(client->output, TRUE);
	if (login->input_size > 0) {
		client_add_input_prefix(client, login->input,
					login->input_size);
	}
	shim_session_rawlog(client->session, &client->input, &client->output);
	o_stream_set_flush_callback(client->output, client_output, client);
	client->reply = imap2_reply_create(client->output);
	client->to_idle = timeout_add(CLIENT_IDLE_TIMEOUT_MSECS,
				      client_idle_timeout, client);
}

/* RFC 1176 p.5: LOGIN isn't needed when the user is already authenticated. */
static void client_send_greeting(struct imap2_client *client, const char *tag)
{
	const char *text = t_strdup_printf("User %s logged in",
					   client->user->username);

	if (tag != NULL)
		imap2_reply_tagged(client->reply, tag, "OK", text);
	else
		imap2_reply_untagged_text(client->reply, "PREAUTH", text);
	/* What follows may take long. */
	(void)o_stream_flush(client->output);
}

static int client_init_namespaces(struct imap2_client *client)
{
	static struct mail_storage_callbacks callbacks;
	const char *error;

	if (mail_namespaces_init(client->user, &error) < 0) {
		e_error(client->event, "%s", error);
		imap2_client_bye(client, MAIL_ERRSTR_CRITICAL_MSG);
		return -1;
	}
	callbacks.notify_ok = client_storage_notify_ok;
	callbacks.notify_no = client_storage_notify_no;
	mail_namespaces_set_storage_callbacks(client->user->namespaces,
					      &callbacks, client);
	return 0;
}

void imap2_client_create(struct shim_session *session, int fd_in, int fd_out,
			 const struct shim_session_login *login)
{
	struct imap2_client *client = client_alloc(session, fd_in, fd_out);

	client_streams_init(client, login);
	imap2_proctitle_refresh();
	client_send_greeting(client, login->tag);
	if (client_init_namespaces(client) == 0)
		client_input(client);
}
