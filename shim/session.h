#ifndef SHIM_SESSION_H
#define SHIM_SESSION_H

/* The host binding of the session program: process start, hand-over from the
   login process, user lookup, settings, connection accounting (anvil), log
   statistics and rawlog. shim/session.c implements it together with one source
   file per host series; module/session knows nothing of the differences. */

struct mail_user;
struct imap2_settings;
struct shim_session_host;

/* A looked-up user, before its namespaces are initialised. */
struct shim_session {
	/* Category "imap2", fields user, session, local_ip, remote_ip ... */
	struct event *event;
	struct mail_user *user;
	/* Variables expanded; lives as long as the session. */
	const struct imap2_settings *set;
	/* The host binding's own. */
	struct shim_session_host *host;
};

/* What the login process handed over. */
struct shim_session_login {
	/* Tag of the LOGIN to answer, or NULL when there was none (the program
	   was started by a user who is already authenticated). */
	const char *tag;
	/* Octets the client sent behind the LOGIN command. */
	const unsigned char *input;
	size_t input_size;
};

struct shim_session_vfuncs {
	/* A session begins. Takes over the session and the file descriptors
	   (fd_in may equal fd_out). `login` is valid during the call. */
	void (*connected)(struct shim_session *session, int fd_in, int fd_out,
			  const struct shim_session_login *login);
	/* The whole line, with CRLF, that tells the client that no session
	   could be made; text says why. Data stack. */
	const char *(*failed_line)(const struct shim_session_login *login,
				   const char *text);
	/* The service is asked to stop; clients may finish what they do. */
	void (*die)(void);
	/* An administrator wants this session to end now. */
	void (*kick)(const struct shim_session *session);
	/* The process ends now. kicked: because an administrator ended the
	   sessions of its user. */
	void (*destroy_all)(bool kicked);
};

/* Run the program; returns main()'s exit status. */
int shim_session_main(const struct shim_session_vfuncs *vfuncs,
		      int argc, char *argv[]);

/* Act for this user from now on: needed outside the callbacks of its own
   streams when one process serves several users. */
void shim_session_activate(struct shim_session *session);
/* The client's connection is gone: stop counting it for limits and doveadm
   who. Work for the user may go on until shim_session_free(). */
void shim_session_disconnected(struct shim_session *session);
/* Frees the user and tells the master process that the connection slot is
   free. The pool of `set` and `event` go too. */
void shim_session_free(struct shim_session **session);

/* One variable of imap2_logout_format. */
struct shim_expand_key {
	/* One-letter name for hosts that have such, or '\0'. */
	char letter;
	const char *name, *value;
};
/* Expand a settings template with these variables, ended by name NULL, and
   those of the user. Errors are logged. Data stack. */
const char *shim_session_expand(struct shim_session *session,
				const char *format,
				const struct shim_expand_key *keys);

/* Copy the session's traffic into the directory `rawlog_dir` of the settings
   by replacing the streams, if it is set and exists. */
void shim_session_rawlog(struct shim_session *session, struct istream **input,
			 struct ostream **output);

#endif
