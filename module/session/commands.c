/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The commands of RFC 1176 p.10-17 and of IMAP2bis, and the life of one
   command: see commands.h. Stands between the parser and the cmd-<verb>
   files. */

#include "lib.h"
#include "array.h"
#include "ioloop.h"
#include "file-lock.h"
#include "str.h"
#include "time-util.h"
#include "mail-storage.h"
#include "proto/parser.h"
#include "proto/sequence.h"
#include "proto/string-write.h"
#include "session/client.h"
#include "session/commands.h"
#include "session/mailbox.h"
#include "session/proctitle.h"
#include "session/reply.h"

#define SELECTED IMAP2_CMD_FLAG_SELECTED
#define WRITES IMAP2_CMD_FLAG_WRITES
#define SYNC IMAP2_CMD_FLAG_SYNC
#define EXPUNGES IMAP2_CMD_FLAG_SYNC_EXPUNGES
#define COUNTS IMAP2_CMD_FLAG_SYNC_COUNTS
#define FULL IMAP2_CMD_FLAG_SYNC_FULL
#define BIS IMAP2_CMD_FLAG_IMAP2BIS
#define MACMS IMAP2_CMD_FLAG_MACMS

#define MAILBOX_GONE "The mailbox was deleted or replaced: log in again"

/* The protocol's table of contents. */
static const struct imap2_command_def command_defs[] = {
	{ "NOOP", imap2_cmd_noop, "", EXPUNGES },
	{ "LOGIN", imap2_cmd_login, "*", 0 },
	{ "LOGOUT", imap2_cmd_logout, "", 0 },
	{ "SELECT", imap2_cmd_select, "s", 0 },
	{ "BBOARD", imap2_cmd_bboard, "s", 0 },
	{ "FIND", imap2_cmd_find, "as", 0 },
	{ "CHECK", imap2_cmd_check, "", SELECTED | EXPUNGES | COUNTS | FULL },
	{ "EXPUNGE", imap2_cmd_expunge, "",
	  SELECTED | WRITES | EXPUNGES | COUNTS },
	{ "COPY", imap2_cmd_copy, "qs", SELECTED | SYNC },
	{ "FETCH", imap2_cmd_fetch, "q*", SELECTED | SYNC },
	{ "STORE", imap2_cmd_store, "qa*", SELECTED | WRITES | SYNC },
	{ "SEARCH", imap2_cmd_search, "*", SELECTED | SYNC },

	{ "EXAMINE", imap2_cmd_examine, "s", BIS },
	{ "CREATE", imap2_cmd_create, "s", BIS },
	{ "DELETE", imap2_cmd_delete, "s", BIS },
	{ "RENAME", imap2_cmd_rename, "ss", BIS },
	{ "SUBSCRIBE", imap2_cmd_subscribe, "*", BIS },
	{ "UNSUBSCRIBE", imap2_cmd_unsubscribe, "*", BIS },
	{ "APPEND", imap2_cmd_append, "s*", SYNC | BIS },
	{ "PARTIAL", imap2_cmd_partial, "q*", SELECTED | SYNC | BIS },
	{ "VERSION", imap2_cmd_version, "s", BIS | MACMS },
};

static bool command_is_known(const struct imap2_client *client,
			     enum imap2_command_flags flags)
{
	if ((flags & IMAP2_CMD_FLAG_IMAP2BIS) == 0 ||
	    imap2_client_has_imap2bis(client))
		return TRUE;
	return (flags & IMAP2_CMD_FLAG_MACMS) != 0 &&
		imap2_client_may_be_macms(client);
}

static const struct imap2_command_def *
command_find(struct imap2_client *client, const char *name)
{
	const struct imap2_command_def *def;
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(command_defs); i++) {
		def = &command_defs[i];
		if (strcmp(def->name, name) == 0)
			return command_is_known(client, def->flags) ? def :
				NULL;
	}
	return NULL;
}

static enum imap2_cmd_status
command_set_reply(struct imap2_command *cmd, const char *state,
		  const char *text)
{
	i_assert(cmd->reply_state == NULL);

	cmd->reply_state = state;
	cmd->reply_text = p_strdup(cmd->pool, text);
	return IMAP2_CMD_DONE;
}

enum imap2_cmd_status
imap2_cmd_ok(struct imap2_command *cmd, const char *text)
{
	return command_set_reply(cmd, "OK", text);
}

enum imap2_cmd_status
imap2_cmd_no(struct imap2_command *cmd, const char *text)
{
	return command_set_reply(cmd, "NO", text);
}

enum imap2_cmd_status
imap2_cmd_bad(struct imap2_command *cmd, const char *text)
{
	return command_set_reply(cmd, "BAD", text);
}

enum imap2_cmd_status
imap2_cmd_failed(struct imap2_command *cmd, const char *reason)
{
	return imap2_cmd_no(cmd, t_strdup_printf("%s failed: %s",
						 cmd->name, reason));
}

enum imap2_cmd_status
imap2_cmd_storage_error(struct imap2_command *cmd, struct mailbox *box)
{
	enum mail_error error;

	return imap2_cmd_failed(cmd, mailbox_get_last_error(box, &error));
}

static int command_read_sequence(struct imap2_command *cmd,
				 const char **error_r)
{
	const char *str;

	if (imap2_args_atom(&cmd->args, &str, error_r) < 0)
		return -1;
	p_array_init(&cmd->seqs, cmd->pool, 8);
	return imap2_sequence_parse(str, cmd->client->mailbox->exists,
				    &cmd->seqs, error_r);
}

/* Read the arguments by the command's shape. */
static int command_read_args(struct imap2_command *cmd, const char **error_r)
{
	const char *shape, *str;
	unsigned int n = 0;

	for (shape = cmd->def->shape; *shape != '\0'; shape++) {
		switch (*shape) {
		case 's':
			if (imap2_args_string(&cmd->args, &str, error_r) < 0)
				return -1;
			cmd->strings[n++] = p_strdup(cmd->pool, str);
			break;
		case 'a':
			if (imap2_args_atom(&cmd->args, &str, error_r) < 0)
				return -1;
			cmd->strings[n++] =
				str_ucase(p_strdup(cmd->pool, str));
			break;
		case 'q':
			if (command_read_sequence(cmd, error_r) < 0)
				return -1;
			break;
		case '*':
			return 0;
		default:
			i_unreached();
		}
	}
	return imap2_args_end(&cmd->args, error_r);
}

static bool command_mailbox_is_gone(const struct imap2_command *cmd)
{
	struct imap2_mailbox *mbox = cmd->client->mailbox;

	return mbox != NULL && cmd->def != NULL &&
		(cmd->def->flags & (SELECTED | SYNC | EXPUNGES)) != 0 &&
		!imap2_mailbox_is_there(mbox);
}

/* Everything that is checked before a handler acts. */
static enum imap2_cmd_status command_run(struct imap2_command *cmd)
{
	struct imap2_mailbox *mbox = cmd->client->mailbox;
	const char *error;

	if (cmd->def == NULL) {
		return imap2_cmd_bad(cmd, t_strdup_printf(
			"Unknown command %s", cmd->name));
	}
	if ((cmd->def->flags & IMAP2_CMD_FLAG_SELECTED) != 0) {
		if (mbox == NULL) {
			return imap2_cmd_bad(cmd, t_strdup_printf(
				"%s needs a selected mailbox: "
				"SELECT one first", cmd->name));
		}
		event_add_str(cmd->event, "mailbox",
			      mailbox_get_vname(mbox->box));
	}
	if (command_mailbox_is_gone(cmd)) {
		imap2_client_bye(cmd->client, MAILBOX_GONE);
		return imap2_cmd_failed(cmd, "the mailbox is gone");
	}
	if (command_read_args(cmd, &error) < 0) {
		return imap2_cmd_bad(cmd, t_strdup_printf(
			"%s: %s", cmd->name, error));
	}
	if ((cmd->def->flags & IMAP2_CMD_FLAG_WRITES) != 0 && mbox->read_only) {
		return imap2_cmd_no(cmd, t_strdup_printf(
			"%s failed: the mailbox is read-only", cmd->name));
	}
	return cmd->def->func(cmd);
}

/* Run a step of the command inside its own event and statistics. */
static enum imap2_cmd_status
command_step(struct imap2_command *cmd, imap2_cmd_func_t *func)
{
	uint64_t lock_start = file_lock_wait_get_total_usecs();
	struct timeval start, end;
	enum imap2_cmd_status status;
	struct event_reason *reason;
	const char *name = cmd->def == NULL ? "unknown" : cmd->def->name;

	i_gettimeofday(&start);
	reason = event_reason_begin(event_reason_code_prefix("imap2", "cmd_",
							     name));
	T_BEGIN {
		status = func(cmd);
	} T_END;
	event_reason_end(&reason);
	i_gettimeofday(&end);
	cmd->running_usecs += timeval_diff_usecs(&end, &start);
	cmd->lock_wait_usecs += file_lock_wait_get_total_usecs() - lock_start;
	return status;
}

/* The unsolicited data after a command; also a resume function. */
static enum imap2_cmd_status command_report(struct imap2_command *cmd)
{
	return imap2_mailbox_report_more(cmd->client->mailbox) ?
		IMAP2_CMD_DONE : IMAP2_CMD_WAIT_OUTPUT;
}

static enum imap2_cmd_status command_sync(struct imap2_command *cmd)
{
	struct imap2_client *client = cmd->client;
	enum imap2_command_flags flags = cmd->def->flags;
	enum imap2_mailbox_sync_flags sync_flags = 0;

	if ((flags & IMAP2_CMD_FLAG_SYNC_EXPUNGES) != 0)
		sync_flags |= IMAP2_MAILBOX_SYNC_EXPUNGES;
	if ((flags & IMAP2_CMD_FLAG_SYNC_FULL) != 0)
		sync_flags |= IMAP2_MAILBOX_SYNC_FULL;
	if ((flags & IMAP2_CMD_FLAG_SYNC_COUNTS) != 0)
		sync_flags |= IMAP2_MAILBOX_SYNC_COUNTS;
	if (imap2_mailbox_sync(client->mailbox, sync_flags) < 0) {
		if (client->disconnected)
			return IMAP2_CMD_DONE;
		/* A command that did its work isn't turned into a failure by
		   what couldn't be seen afterwards, unless seeing was all it
		   was for. */
		if ((flags & IMAP2_CMD_FLAG_SYNC_EXPUNGES) != 0 &&
		    strcmp(cmd->reply_state, "OK") == 0) {
			cmd->reply_state = NULL;
			imap2_cmd_storage_error(cmd, client->mailbox->box);
		}
	}
	cmd->resume = command_report;
	return command_report(cmd);
}

static bool command_wants_sync(const struct imap2_command *cmd)
{
	return !cmd->synced && cmd->client->mailbox != NULL &&
		cmd->def != NULL &&
		strcmp(cmd->reply_state, "BAD") != 0 &&
		(cmd->def->flags & (IMAP2_CMD_FLAG_SYNC |
				    IMAP2_CMD_FLAG_SYNC_EXPUNGES)) != 0;
}

static void command_send_finished_event(struct imap2_command *cmd)
{
	struct imap2_client *client = cmd->client;
	struct event *event = cmd->event;

	event_set_name(event, "imap2_command_finished");
	if (cmd->reply_state != NULL) {
		event_add_str(event, "tagged_reply_state", cmd->reply_state);
		event_add_str(event, "tagged_reply", t_strconcat(
			cmd->reply_state, " ", cmd->reply_text, NULL));
	}
	event_add_int(event, "running_usecs", cmd->running_usecs);
	event_add_int(event, "lock_wait_usecs", cmd->lock_wait_usecs);
	event_add_int(event, "bytes_in", cmd->bytes_in);
	event_add_int(event, "bytes_out",
		      imap2_reply_get_offset(client->reply) -
		      cmd->start_bytes_out);
	e_debug(event, "Command finished: %s", cmd->reason);
}

static void command_free(struct imap2_command *cmd)
{
	struct imap2_client *client = cmd->client;

	T_BEGIN {
		command_send_finished_event(cmd);
	} T_END;
	event_unref(&cmd->event);
	if (cmd->def != NULL)
		client->last_cmd_name = cmd->def->name;
	client->last_cmd_time = ioloop_timeval;
	client->cmd = NULL;
	p_clear(client->command_pool);
}

void imap2_command_abort(struct imap2_client *client)
{
	struct imap2_command *cmd = client->cmd;

	if (cmd == NULL)
		return;
	if (cmd->abort != NULL)
		cmd->abort(cmd);
	command_free(cmd);
}

static void command_finish(struct imap2_command *cmd)
{
	struct imap2_client *client = cmd->client;
	bool bad = strcmp(cmd->reply_state, "BAD") == 0;

	imap2_reply_tagged(client->reply, cmd->tag, cmd->reply_state,
			   cmd->reply_text);
	if (imap2_parser_is_streaming(client->parser))
		imap2_client_refuse_literal(client);
	cmd->bytes_in += imap2_client_count_input(client);
	command_free(cmd);
	if (bad)
		imap2_client_count_bad(client);
	else
		client->bad_count = 0;
}

/* Drive the command until it is finished or has to wait. */
static enum imap2_cmd_status
command_drive(struct imap2_command *cmd, imap2_cmd_func_t *func)
{
	struct imap2_client *client = cmd->client;
	enum imap2_cmd_status status = command_step(cmd, func);

	if (status == IMAP2_CMD_DONE && !client->disconnected &&
	    command_wants_sync(cmd)) {
		cmd->synced = TRUE;
		status = command_step(cmd, command_sync);
	}
	if (client->disconnected)
		imap2_command_abort(client);
	else if (status == IMAP2_CMD_DONE)
		command_finish(cmd);
	return client->cmd == NULL ? IMAP2_CMD_DONE : status;
}

/* For logs: the arguments too, unless they may be a password. */
static const char *command_reason(struct imap2_command *cmd)
{
	if (cmd->def == NULL || cmd->def->func == imap2_cmd_login ||
	    imap2_args_at_end(&cmd->args))
		return cmd->name;
	return p_strconcat(cmd->pool, cmd->name, " ",
			   imap2_args_human(&cmd->args), NULL);
}

enum imap2_cmd_status
imap2_command_start(struct imap2_client *client, const char *tag,
		    const char *name, const struct imap2_args *args,
		    uoff_t bytes_in)
{
	struct imap2_command *cmd;
	pool_t pool = client->command_pool;

	i_assert(client->cmd == NULL);

	cmd = p_new(pool, struct imap2_command, 1);
	cmd->client = client;
	cmd->pool = pool;
	cmd->tag = p_strdup(pool, tag);
	cmd->name = p_strdup(pool, imap2_text_line(name));
	cmd->args = *args;
	cmd->def = command_find(client, cmd->name);
	cmd->reason = command_reason(cmd);
	cmd->bytes_in = bytes_in;
	cmd->start_bytes_out = imap2_reply_get_offset(client->reply);
	cmd->event = event_create(client->event);
	event_add_str(cmd->event, "cmd_tag", cmd->tag);
	event_add_str(cmd->event, "cmd_name",
		      cmd->def == NULL ? "unknown" : cmd->def->name);
	event_add_str(cmd->event, "cmd_input_name", cmd->name);

	client->cmd = cmd;
	imap2_proctitle_refresh();
	return command_drive(cmd, command_run);
}

enum imap2_cmd_status imap2_command_continue(struct imap2_client *client)
{
	/* It may have waited for long. A BYE could land in the middle of an
	   answer. */
	if (command_mailbox_is_gone(client->cmd)) {
		imap2_client_disconnect(client, MAILBOX_GONE);
		imap2_command_abort(client);
		return IMAP2_CMD_DONE;
	}
	return command_drive(client->cmd, client->cmd->resume);
}
