#ifndef IMAP2_MAILBOX_H
#define IMAP2_MAILBOX_H

/* The selected mailbox: sole owner of its message numbers, of the list of
   keywords the client knows, and of what has to be told unasked (RFC 1176
   p.11, p.13, p.18-20).

   With imap2_max_messages the client sees a window: the newest messages of
   the mailbox as it was when it was selected, and all that came since. Message
   numbers are the client's everywhere, 1 being the first message in the
   window; only lib-storage and its struct mail have other ones. Translating
   is up to the functions here.

   Message numbers change only in imap2_mailbox_sync(), and what it found is
   told by imap2_mailbox_report_more() before the next command runs. */

#include "seq-range-array.h"
#include "mail-types.h"

struct mail;
struct imap2_client;

enum imap2_mailbox_sync_flags {
	/* Let messages that were expunged leave the mailbox. */
	IMAP2_MAILBOX_SYNC_EXPUNGES	= 0x01,
	/* Report EXISTS and RECENT also if they are as before. */
	IMAP2_MAILBOX_SYNC_COUNTS	= 0x02,
	/* Look also at what seems not to have changed in the storage. */
	IMAP2_MAILBOX_SYNC_FULL		= 0x04
};

/* What is still to be told to the client. Numbers are those after the sync,
   except that expunged ones are those before. */
struct imap2_mailbox_report {
	ARRAY_TYPE(seq_range) expunges, flag_changes;
	struct seq_range_iter expunge_iter, flags_iter;
	unsigned int expunge_n, flags_n;

	struct mailbox_transaction_context *trans;
	struct mail *mail;

	bool exists:1;
	bool recent:1;
};

struct imap2_mailbox {
	struct imap2_client *client;
	struct mailbox *box;
	bool read_only;
	/* From the start, and so on purpose. */
	bool index_in_memory;
	/* See index-dir.h. */
	int index_dir_fd;
	/* Flags were changed, which the next sync has to write to the mails, or
	   it has to look at these for another reason. */
	bool flags_changed;

	/* As the client knows them. */
	uint32_t exists, recent;
	uint32_t uidvalidity;

	/* Where the window begins, which never changes, and how many messages
	   there are before it. */
	uint32_t first_uid, hidden;

	/* By keyword index: the name the client was told, or NULL if it's
	   hidden from it. */
	ARRAY(const char *) keywords;
	unsigned int shown_keywords;

	/* envelope.c's field in the cache file, UINT_MAX if that wasn't looked
	   up yet. */
	unsigned int envelope_cache_field;

	struct imap2_mailbox_report report;
};

/* Open a mailbox and tell FLAGS, EXISTS and RECENT. Takes over *box, which is
   freed on failure. Returns 0, or -1 with a plain sentence in *error_r (data
   stack). */
int imap2_mailbox_open(struct imap2_client *client, struct mailbox **box,
		       struct imap2_mailbox **mbox_r, const char **error_r);
void imap2_mailbox_close(struct imap2_mailbox **mbox);

/* Returns FALSE if the mailbox was deleted or renamed, though there may be
   another one of its name by now. Then its index mustn't be touched any more:
   Dovecot would show mails of the other one, or take its index for a corrupted
   one and lose mails. */
bool imap2_mailbox_is_there(struct imap2_mailbox *mbox);

/* Returns TRUE if the mail is kept by another server, not in files. */
bool imap2_mailbox_is_remote(struct mailbox *box);

/* Synchronise with the storage. Returns -1 if it failed, with the error in
   mbox->box; the client is being disconnected if numbers can't be trusted any
   more. */
int imap2_mailbox_sync(struct imap2_mailbox *mbox,
		       enum imap2_mailbox_sync_flags flags);
/* Have the flags of these messages reported too. */
void imap2_mailbox_queue_flags(struct imap2_mailbox *mbox,
			       const ARRAY_TYPE(seq_range) *seqs);
/* Send what waits to be reported. Returns FALSE if the output became full
   before the end. */
bool imap2_mailbox_report_more(struct imap2_mailbox *mbox);

/* The number of a message that lib-storage knows as `seq`; 0 if the client
   wasn't told of it. */
static inline uint32_t
imap2_mailbox_number(const struct imap2_mailbox *mbox, uint32_t seq)
{
	return seq <= mbox->hidden || seq - mbox->hidden > mbox->exists ?
		0 : seq - mbox->hidden;
}
/* Search arguments for these messages; to be unreferenced by the caller. */
struct mail_search_args *
imap2_mailbox_search_args(struct imap2_mailbox *mbox,
			  const ARRAY_TYPE(seq_range) *seqs);
/* Spare a search the messages before the window. Those found must be looked at
   with imap2_mailbox_number() all the same, as there may be new ones. */
void imap2_mailbox_limit_search(struct imap2_mailbox *mbox,
				struct mail_search_args *args);

/* Of a transaction that changed something; with the error in mbox->box if it
   failed, or isn't sure to be found by other sessions. */
int imap2_mailbox_commit(struct imap2_mailbox *mbox,
			 struct mailbox_transaction_context **trans);
/* To be called before flags are changed, outside of transactions. */
void imap2_mailbox_expect_change(struct imap2_mailbox *mbox);
/* Call change() for each of these messages, to change its flags, in one
   transaction. Returns -1 if it failed, with the error in mbox->box. */
int imap2_mailbox_change(struct imap2_mailbox *mbox,
			 const ARRAY_TYPE(seq_range) *seqs, const char *reason,
			 void (*change)(struct mail *mail, void *context),
			 void *context);

/* Tell FLAGS if the mailbox got keywords since it was last told: no keyword
   may be shown before (C-client crashes). */
void imap2_mailbox_announce_keywords(struct imap2_mailbox *mbox);
/* Learn of those, too, that other sessions have made since the last sync. */
void imap2_mailbox_refresh_keywords(struct imap2_mailbox *mbox);
/* Append "FLAGS (...)" of a message, with `more` flags set as well. */
void imap2_mailbox_write_flags(struct imap2_mailbox *mbox, string_t *dest,
			       struct mail *mail, enum mail_flags more);
/* Returns TRUE if the keyword is one of those shown to the client, which is
   told of new ones. Compares without case, as lib-storage does. */
bool imap2_mailbox_shows_keyword(struct imap2_mailbox *mbox, const char *name);

#endif
