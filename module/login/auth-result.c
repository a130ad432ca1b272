/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* What a client is told when its LOGIN ends without a session (RFC 1176 p.18:
   NO, with a text that should be displayed to the user).

   RFC 1176 has one kind of refusal, so that all of login-common's results
   become the same tagged NO with a sentence that says what to do. Must never
   tell whether a user exists. */

#include "lib.h"
#include "login/client.h"

/* Few IMAP2 programs know TLS: what helps is outside of them. */
#define NEEDS_TLS "Login isn't allowed from your machine without TLS: " \
	"use a TLS tunnel, or ask the postmaster"

/* login-common's own words are for programs, or say too little. */
static const struct {
	enum client_auth_result result;
	const char *text;
	/* An administrator's reason says it better. */
	bool reason_wins;
} auth_result_texts[] = {
	{ CLIENT_AUTH_RESULT_AUTHFAILED,
	  "Login failed, check the user name and the password", TRUE },
	{ CLIENT_AUTH_RESULT_AUTHZFAILED,
	  "This user isn't allowed to log in here", TRUE },
	{ CLIENT_AUTH_RESULT_PASS_EXPIRED,
	  "The password or the account has expired, ask the postmaster",
	  FALSE },	/* the reason is always Dovecot's "Password expired" */
	{ CLIENT_AUTH_RESULT_SSL_REQUIRED, NEEDS_TLS, FALSE },
	{ CLIENT_AUTH_RESULT_MECH_SSL_REQUIRED, NEEDS_TLS, FALSE }
};

static const char *
auth_result_text(const struct client *client, enum client_auth_result result,
		 const struct client_auth_reply *reply, const char *text)
{
	bool has_reason = reply != NULL && reply->reason != NULL;
	unsigned int i;

	/* To login-common a request that was lost is one that was refused. */
	if (result == CLIENT_AUTH_RESULT_AUTHFAILED &&
	    client->auth_process_comm_fail)
		return AUTH_TEMP_FAILED_MSG;
	/* The server's name may be there for a proxy too, of which clients
	   know nothing. */
	if (result == CLIENT_AUTH_RESULT_REFERRAL_NOLOGIN && !has_reason) {
		return t_strdup_printf("This user must log in at the server %s",
				       shim_login_referral(reply));
	}
	for (i = 0; i < N_ELEMENTS(auth_result_texts); i++) {
		if (auth_result_texts[i].result != result)
			continue;
		if (has_reason && auth_result_texts[i].reason_wins)
			break;
		return auth_result_texts[i].text;
	}
	return text;
}

void imap2_login_auth_result(struct client *client,
			     enum client_auth_result result,
			     const struct client_auth_reply *reply,
			     const char *text)
{
	/* The session program or the server proxied to tells of success, and
	   who hung up isn't there to be told. */
	if (result == CLIENT_AUTH_RESULT_SUCCESS || client->destroyed)
		return;

	T_BEGIN {
		text = auth_result_text(client, result, reply, text);
		imap2_login_client_reply(imap2_login_client_from(client), "NO",
					 text);
	} T_END;
}
