#ifndef IMAP2_CLIENT_H
#define IMAP2_CLIENT_H

/* One IMAP2 session of one user: its streams, timeouts and state. */

struct imap2_settings;
struct imap2_command;
struct shim_session;
struct shim_session_login;

/* For imap2_logout_format. */
struct imap2_client_stats {
	unsigned int deleted_count, expunged_count;
	unsigned int hdr_count, body_count;
	uoff_t hdr_bytes, body_bytes;
};

struct imap2_client {
	struct imap2_client *prev, *next;
	pool_t pool;
	struct shim_session *session;
	struct mail_user *user;
	const struct imap2_settings *set;
	struct event *event;

	int fd_in, fd_out;
	struct istream *input;
	struct ostream *output;
	struct imap2_reply *reply;
	struct io *io;
	struct timeout *to_idle, *to_output, *to_resume, *to_disconnect;
	time_t last_input;
	/* In microseconds of the host's monotonic clock */
	uint64_t turn_start;

	struct imap2_parser *parser;
	/* The command being run, or NULL. Its text lives in `parser`. */
	struct imap2_command *cmd;
	pool_t command_pool;
	/* BAD answers in a row. */
	unsigned int bad_count;
	/* For the log line of a broken connection. */
	const char *last_cmd_name;
	struct timeval last_cmd_time;
	/* Where in the input the next command starts. */
	uoff_t next_cmd_offset;

	/* The selected mailbox, or NULL. */
	struct imap2_mailbox *mailbox;

	struct imap2_client_stats stats;
	/* Why the session ends, once that is decided. */
	const char *disconnect_reason;

	/* VERSION 4 was said: FETCH answers as MacMS reads it. */
	bool macms:1;
	bool handling_input:1;
	/* LOGOUT was answered: disconnect when that has reached the client. */
	bool logged_out:1;
	/* Nothing more is read or written. */
	bool disconnected:1;
};

extern struct imap2_client *imap2_clients;

/* Begin a session: answers the LOGIN, sets up the user's namespaces and runs
   the input handed over. Takes over the session and the descriptors. */
void imap2_client_create(struct shim_session *session, int fd_in, int fd_out,
			 const struct shim_session_login *login);
/* End a session now. reason is logged; NULL means the connection broke. */
void imap2_client_destroy(struct imap2_client *client, const char *reason);
/* End a session as soon as its callbacks have returned. Output still waiting
   is flushed as far as the client takes it without delay. reason as above. */
void imap2_client_disconnect(struct imap2_client *client, const char *reason);
/* The same after "* BYE reason". */
void imap2_client_bye(struct imap2_client *client, const char *reason);
/* The command was answered without its streamed literal having been asked
   for. */
void imap2_client_refuse_literal(struct imap2_client *client);
/* TRUE if other sessions of this process have waited for a while: long work is
   to go on from the event loop (IMAP2_CMD_AGAIN), if it holds no lock that they
   could wait for. */
bool imap2_client_turn_is_over(const struct imap2_client *client);
/* Octets of input since the last call, or since the command's arguments were
   read. */
uoff_t imap2_client_count_input(struct imap2_client *client);
/* After BAD: disconnects the client if it sends nothing but nonsense. */
void imap2_client_count_bad(struct imap2_client *client);

/* TRUE if the client may use what IMAP2bis has beyond RFC 1176. */
bool imap2_client_has_imap2bis(const struct imap2_client *client);
/* TRUE if the client may ask for what MacMS needs. */
bool imap2_client_may_be_macms(const struct imap2_client *client);

/* The process is asked to end: clients that are idle go at once. */
void imap2_clients_die(void);
/* An administrator wants this session to end now. */
void imap2_clients_kick(const struct shim_session *session);
/* The process ends now. kicked: an administrator ended its user's sessions. */
void imap2_clients_destroy_all(bool kicked);

#endif
