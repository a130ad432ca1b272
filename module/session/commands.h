#ifndef IMAP2_COMMANDS_H
#define IMAP2_COMMANDS_H

/* The commands of RFC 1176 and of IMAP2bis: the table, and the life of one
   command.

   A command runs to its end before the next one is looked at (RFC 1176 p.6
   allows it and every period server did so): checks by the table, the
   handler, unsolicited data, the tagged response. A handler that has much to
   say sets `resume` and returns when the client stops reading. */

#include "seq-range-array.h"
#include "proto/args.h"

struct mailbox;
struct imap2_client;
struct imap2_command;

enum imap2_cmd_status {
	/* The outcome is set by imap2_cmd_ok(), _no() or _bad(). */
	IMAP2_CMD_DONE,
	/* Output is full: call `resume` when the client has read it. */
	IMAP2_CMD_WAIT_OUTPUT,
	/* Call `resume` when the client has sent more. */
	IMAP2_CMD_WAIT_INPUT,
	/* Long work: call `resume` from the event loop, soon. */
	IMAP2_CMD_AGAIN
};

typedef enum imap2_cmd_status imap2_cmd_func_t(struct imap2_command *cmd);

/* What a command needs before its handler is called, and what unsolicited
   data follows it. Command flags. */
enum imap2_command_flags {
	/* BAD without a selected mailbox. */
	IMAP2_CMD_FLAG_SELECTED		= 0x01,
	/* NO in a read-only mailbox. */
	IMAP2_CMD_FLAG_WRITES		= 0x02,
	/* Afterwards, report new mail and flag changes, but no expunges: their
	   numbers must not shift while the client believes in them. */
	IMAP2_CMD_FLAG_SYNC		= 0x04,
	/* The same, with expunges. */
	IMAP2_CMD_FLAG_SYNC_EXPUNGES	= 0x08,
	/* And always tell EXISTS and RECENT. */
	IMAP2_CMD_FLAG_SYNC_COUNTS	= 0x10,
	/* And look at all of the storage. */
	IMAP2_CMD_FLAG_SYNC_FULL	= 0x20,
	/* Unknown without the extension imap2bis. */
	IMAP2_CMD_FLAG_IMAP2BIS		= 0x40,
	/* Known with the workaround macms, too. */
	IMAP2_CMD_FLAG_MACMS		= 0x80
};

struct imap2_command_def {
	/* In upper case. */
	const char *name;
	imap2_cmd_func_t *func;
	/* The shape of the arguments, one letter each: s string, a atom (made
	   upper case), q message sequence, * the handler reads the rest. */
	const char *shape;
	enum imap2_command_flags flags;
};

#define IMAP2_CMD_MAX_STRINGS 2

struct imap2_command {
	struct imap2_client *client;
	/* Freed after the command. */
	pool_t pool;
	const struct imap2_command_def *def;
	const char *tag, *name;

	/* By def->shape: */
	const char *strings[IMAP2_CMD_MAX_STRINGS];
	ARRAY_TYPE(seq_range) seqs;
	/* The rest, for a shape with '*'. */
	struct imap2_args args;

	/* Named imap2_command_finished when it's sent. */
	struct event *event;
	/* Reason of storage transactions, for logs. */
	const char *reason;

	imap2_cmd_func_t *resume;
	void *context;
	/* Frees context when the client disconnects midway. */
	void (*abort)(struct imap2_command *cmd);

	/* Set by the handler: */
	const char *reply_state, *reply_text;

	uint64_t running_usecs, lock_wait_usecs;
	uoff_t bytes_in, start_bytes_out;
	/* The unsolicited data that follows is being sent. */
	bool synced:1;
};

/* Run a command whose text was read from client->parser, bytes_in octets in
   all. Unless DONE is returned client->cmd has to be continued. DONE also when
   the client is being disconnected. */
enum imap2_cmd_status
imap2_command_start(struct imap2_client *client, const char *tag,
		    const char *name, const struct imap2_args *args,
		    uoff_t bytes_in);
/* Continue client->cmd after its wait ended. Returns as above. */
enum imap2_cmd_status imap2_command_continue(struct imap2_client *client);
/* Drop client->cmd, if any, without an answer. */
void imap2_command_abort(struct imap2_client *client);

/* Set the outcome: always returns IMAP2_CMD_DONE. The text is for people. */
enum imap2_cmd_status
imap2_cmd_ok(struct imap2_command *cmd, const char *text);
enum imap2_cmd_status
imap2_cmd_no(struct imap2_command *cmd, const char *text);
enum imap2_cmd_status
imap2_cmd_bad(struct imap2_command *cmd, const char *text);
/* NO, with the command's name and this reason. */
enum imap2_cmd_status
imap2_cmd_failed(struct imap2_command *cmd, const char *reason);
/* NO with the storage's public text about the mailbox's last error. */
enum imap2_cmd_status
imap2_cmd_storage_error(struct imap2_command *cmd, struct mailbox *box);

/* The handlers, each in cmd-<verb>.c (BBOARD and EXAMINE in cmd-select.c,
   PARTIAL in cmd-fetch.c, UNSUBSCRIBE in cmd-subscribe.c). */
imap2_cmd_func_t imap2_cmd_noop;
imap2_cmd_func_t imap2_cmd_login;
imap2_cmd_func_t imap2_cmd_logout;
imap2_cmd_func_t imap2_cmd_select;
imap2_cmd_func_t imap2_cmd_bboard;
imap2_cmd_func_t imap2_cmd_find;
imap2_cmd_func_t imap2_cmd_check;
imap2_cmd_func_t imap2_cmd_expunge;
imap2_cmd_func_t imap2_cmd_copy;
imap2_cmd_func_t imap2_cmd_fetch;
imap2_cmd_func_t imap2_cmd_store;
imap2_cmd_func_t imap2_cmd_search;

imap2_cmd_func_t imap2_cmd_examine;
imap2_cmd_func_t imap2_cmd_create;
imap2_cmd_func_t imap2_cmd_delete;
imap2_cmd_func_t imap2_cmd_rename;
imap2_cmd_func_t imap2_cmd_subscribe;
imap2_cmd_func_t imap2_cmd_unsubscribe;
imap2_cmd_func_t imap2_cmd_partial;
imap2_cmd_func_t imap2_cmd_append;
imap2_cmd_func_t imap2_cmd_version;

#endif
