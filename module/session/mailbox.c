/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* The selected mailbox: see mailbox.h. Stands between the commands and
   lib-storage. Never sends a number above the last EXISTS, an EXPUNGE the
   command doesn't allow, or a keyword that wasn't in FLAGS. */

#include "lib.h"
#include "array.h"
#include "str.h"
#include "mail-storage-private.h"
#include "mail-search-build.h"
#include "mail-user.h"
#include "proto/flags.h"
#include "proto/string-write.h"
#include "settings/imap2-settings.h"
#include "session/client.h"
#include "session/index-dir.h"
#include "session/mailbox.h"
#include "session/reply.h"

/*
 * Keywords
 */

static const ARRAY_TYPE(keywords) *mailbox_get_keywords(struct mailbox *box)
{
	struct mailbox_status status;

	mailbox_get_open_status(box, STATUS_KEYWORDS, &status);
	return status.keywords;
}

/* Take note of new keywords. Returns TRUE if one of them is shown. Keyword
   indexes never change while the mailbox is open, so the names known so far
   stay as they are. */
static bool mailbox_update_keywords(struct imap2_mailbox *mbox)
{
	const ARRAY_TYPE(keywords) *names = mailbox_get_keywords(mbox->box);
	unsigned int max = mbox->client->set->imap2_max_keywords;
	unsigned int i, old_shown = mbox->shown_keywords;

	for (i = array_count(&mbox->keywords); i < array_count(names); i++) {
		const char *name = array_idx_elem(names, i);

		if (mbox->shown_keywords >= max ||
		    !imap2_keyword_is_valid(name))
			name = NULL;
		else
			mbox->shown_keywords++;
		array_push_back(&mbox->keywords, &name);
	}
	return mbox->shown_keywords != old_shown;
}

/* Keywords stand before the system flags: the 1988 client crashes if the
   first is a system flag and there are keywords. */
static void mailbox_send_flags_list(struct imap2_mailbox *mbox)
{
	string_t *str = t_str_new(256);
	const char *name;

	str_append(str, "FLAGS (");
	array_foreach_elem(&mbox->keywords, name) {
		if (name != NULL) {
			str_append(str, name);
			str_append_c(str, ' ');
		}
	}
	imap2_flags_write(str, IMAP2_STORABLE_FLAGS);
	str_append_c(str, ')');
	imap2_reply_untagged(mbox->client->reply, str_c(str));
}

void imap2_mailbox_announce_keywords(struct imap2_mailbox *mbox)
{
	if (mailbox_update_keywords(mbox)) T_BEGIN {
		mailbox_send_flags_list(mbox);
	} T_END;
}

void imap2_mailbox_refresh_keywords(struct imap2_mailbox *mbox)
{
	/* If it fails, the next sync says so. */
	(void)mail_index_refresh(mbox->box->index);
}

bool imap2_mailbox_shows_keyword(struct imap2_mailbox *mbox, const char *name)
{
	const char *shown;

	imap2_mailbox_announce_keywords(mbox);
	array_foreach_elem(&mbox->keywords, shown) {
		if (shown != NULL && strcasecmp(shown, name) == 0)
			return TRUE;
	}
	return FALSE;
}

void imap2_mailbox_write_flags(struct imap2_mailbox *mbox, string_t *dest,
			       struct mail *mail, enum mail_flags more)
{
	const ARRAY_TYPE(keyword_indexes) *indexes =
		mail_get_keyword_indexes(mail);
	unsigned int idx;
	size_t start;

	str_append(dest, "FLAGS (");
	start = str_len(dest);
	imap2_flags_write(dest, mail_get_flags(mail) | more);
	array_foreach_elem(indexes, idx) {
		const char *name = idx >= array_count(&mbox->keywords) ? NULL :
			array_idx_elem(&mbox->keywords, idx);

		if (name == NULL)
			continue;
		if (str_len(dest) > start)
			str_append_c(dest, ' ');
		str_append(dest, name);
	}
	str_append_c(dest, ')');
}

/*
 * Messages
 */

struct mail_search_args *
imap2_mailbox_search_args(struct imap2_mailbox *mbox,
			  const ARRAY_TYPE(seq_range) *seqs)
{
	struct mail_search_args *args = mail_search_build_init();
	struct mail_search_arg *arg =
		mail_search_build_add(args, SEARCH_SEQSET);
	struct seq_range *range;

	p_array_init(&arg->value.seqset, args->pool, array_count(seqs) + 1);
	array_append_array(&arg->value.seqset, seqs);
	array_foreach_modifiable(&arg->value.seqset, range) {
		range->seq1 += mbox->hidden;
		range->seq2 += mbox->hidden;
	}
	return args;
}

void imap2_mailbox_limit_search(struct imap2_mailbox *mbox,
				struct mail_search_args *args)
{
	struct mail_search_arg *arg;

	if (mbox->hidden == 0)
		return;
	if (mbox->exists == 0) {
		mail_search_build_add(args, SEARCH_ALL)->match_not = TRUE;
		return;
	}
	arg = mail_search_build_add(args, SEARCH_SEQSET);
	p_array_init(&arg->value.seqset, args->pool, 1);
	seq_range_array_add_range(&arg->value.seqset, mbox->hidden + 1,
				  mbox->hidden + mbox->exists);
}

/* Dovecot's mbox loses what is done to the flags of its first message if other
   sessions, or COPY, have added mail since this session looked. */
void imap2_mailbox_expect_change(struct imap2_mailbox *mbox)
{
	if (!mail_storage_is_mailbox_file(mailbox_get_storage(mbox->box)))
		return;
	mbox->flags_changed = TRUE;
	/* If it fails, the change will, too. */
	(void)imap2_mailbox_sync(mbox, 0);
}

/* When lib-index can't write its log, it goes on in memory as if nothing had
   happened, and what is changed from then on may be lost with this session. */
static int mailbox_check_index(struct imap2_mailbox *mbox)
{
	if (mbox->index_in_memory ||
	    !mail_index_is_in_memory(mbox->box->index))
		return 0;
	mail_storage_set_error(mailbox_get_storage(mbox->box), MAIL_ERROR_TEMP,
			       "Changes can't be written now: "
			       "try later, and SELECT the mailbox again");
	return -1;
}

int imap2_mailbox_commit(struct imap2_mailbox *mbox,
			 struct mailbox_transaction_context **trans)
{
	if (mailbox_transaction_commit(trans) < 0)
		return -1;
	return mailbox_check_index(mbox);
}

int imap2_mailbox_change(struct imap2_mailbox *mbox,
			 const ARRAY_TYPE(seq_range) *seqs, const char *reason,
			 void (*change)(struct mail *mail, void *context),
			 void *context)
{
	struct mailbox_transaction_context *trans;
	struct seq_range_iter iter;
	struct mail *mail;
	unsigned int n = 0;
	uint32_t seq;

	imap2_mailbox_expect_change(mbox);
	trans = mailbox_transaction_begin(mbox->box, 0, reason);
	mail = mail_alloc(trans, MAIL_FETCH_FLAGS, NULL);
	seq_range_array_iter_init(&iter, seqs);
	while (seq_range_array_iter_nth(&iter, n++, &seq)) {
		mail_set_seq(mail, mbox->hidden + seq);
		change(mail, context);
	}
	mail_free(&mail);
	mbox->flags_changed = TRUE;
	return imap2_mailbox_commit(mbox, &trans);
}

/*
 * Report
 */

static void report_reset(struct imap2_mailbox_report *report)
{
	array_clear(&report->expunges);
	array_clear(&report->flag_changes);
	report->expunge_n = report->flags_n = 0;
	report->exists = report->recent = FALSE;
}

static void report_close_mail(struct imap2_mailbox_report *report)
{
	if (report->trans == NULL)
		return;
	mail_free(&report->mail);
	/* Only read from. */
	(void)mailbox_transaction_commit(&report->trans);
}

/* RFC 1176 p.13: each response renumbers the messages behind it, so expunging
   the last 5 of 9 says "5 EXPUNGE" five times. */
static bool report_expunges(struct imap2_mailbox *mbox)
{
	struct imap2_mailbox_report *report = &mbox->report;
	uint32_t seq;

	if (report->expunge_n == 0) {
		seq_range_array_iter_init(&report->expunge_iter,
					  &report->expunges);
	}
	while (!imap2_reply_is_full(mbox->client->reply)) {
		if (!seq_range_array_iter_nth(&report->expunge_iter,
					      report->expunge_n, &seq))
			return TRUE;
		imap2_reply_number(mbox->client->reply,
				   seq - report->expunge_n, "EXPUNGE");
		report->expunge_n++;
	}
	return FALSE;
}

static void report_counts(struct imap2_mailbox *mbox)
{
	struct imap2_mailbox_report *report = &mbox->report;

	if (report->exists) {
		imap2_reply_number(mbox->client->reply, mbox->exists,
				   "EXISTS");
	}
	if (report->recent) {
		imap2_reply_number(mbox->client->reply, mbox->recent,
				   "RECENT");
	}
	report->exists = report->recent = FALSE;
}

static void report_message_flags(struct imap2_mailbox *mbox, uint32_t seq)
{
	struct imap2_mailbox_report *report = &mbox->report;
	string_t *str = t_str_new(128);

	mail_set_seq(report->mail, mbox->hidden + seq);
	imap2_mailbox_announce_keywords(mbox);
	str_append(str, "* ");
	imap2_write_number(str, seq);
	str_append(str, " FETCH (");
	imap2_mailbox_write_flags(mbox, str, report->mail, 0);
	str_append(str, ")\r\n");
	imap2_reply_raw(mbox->client->reply, str_data(str), str_len(str));
}

static bool report_flag_changes(struct imap2_mailbox *mbox)
{
	struct imap2_mailbox_report *report = &mbox->report;
	uint32_t seq;

	if (array_count(&report->flag_changes) == 0)
		return TRUE;
	if (report->trans == NULL) {
		report->trans = mailbox_transaction_begin(mbox->box, 0,
							  "IMAP2 flags report");
		report->mail = mail_alloc(report->trans, MAIL_FETCH_FLAGS,
					  NULL);
		seq_range_array_iter_init(&report->flags_iter,
					  &report->flag_changes);
	}
	while (!imap2_reply_is_full(mbox->client->reply)) {
		if (!seq_range_array_iter_nth(&report->flags_iter,
					      report->flags_n, &seq)) {
			report_close_mail(report);
			return TRUE;
		}
		report->flags_n++;
		T_BEGIN {
			report_message_flags(mbox, seq);
		} T_END;
	}
	return FALSE;
}

bool imap2_mailbox_report_more(struct imap2_mailbox *mbox)
{
	if (!report_expunges(mbox))
		return FALSE;
	report_counts(mbox);
	imap2_mailbox_announce_keywords(mbox);
	if (!report_flag_changes(mbox))
		return FALSE;
	report_reset(&mbox->report);
	return TRUE;
}

void imap2_mailbox_queue_flags(struct imap2_mailbox *mbox,
			       const ARRAY_TYPE(seq_range) *seqs)
{
	seq_range_array_merge(&mbox->report.flag_changes, seqs);
}

/*
 * Window
 */

/* As the mailbox is when it's selected. */
static void mailbox_choose_window(struct imap2_mailbox *mbox,
				  const struct mailbox_status *status)
{
	uint32_t max = mbox->client->set->imap2_max_messages;

	mbox->first_uid = 1;
	if (max > 0 && status->messages > max) {
		mail_index_lookup_uid(mbox->box->view,
				      status->messages - max + 1,
				      &mbox->first_uid);
	}
}

static uint32_t mailbox_count_hidden(struct imap2_mailbox *mbox,
				     const struct mailbox_status *status)
{
	uint32_t seq1, seq2;

	mailbox_get_seq_range(mbox->box, mbox->first_uid, (uint32_t)-1,
			      &seq1, &seq2);
	return seq1 == 0 ? status->messages : seq1 - 1;
}

static uint32_t mailbox_count_hidden_recent(struct imap2_mailbox *mbox)
{
	const struct seq_range *uids;
	uint32_t count = 0;

	if (mbox->hidden == 0 || !array_is_created(&mbox->box->recent_flags))
		return 0;
	array_foreach(&mbox->box->recent_flags, uids) {
		if (uids->seq1 >= mbox->first_uid)
			break;
		count += I_MIN(uids->seq2 + 1, mbox->first_uid) - uids->seq1;
	}
	return count;
}

/* The counts as the storage has them, less what is before the window. */
static void mailbox_count(struct imap2_mailbox *mbox,
			  const struct mailbox_status *status)
{
	mbox->hidden = mailbox_count_hidden(mbox, status);
	mbox->exists = status->messages - mbox->hidden;
	mbox->recent = status->recent - mailbox_count_hidden_recent(mbox);
}

/*
 * Sync
 */

/* Turn the message numbers of before the expunges into those of after. */
static void
seqs_renumber(ARRAY_TYPE(seq_range) *seqs,
	      const ARRAY_TYPE(seq_range) *expunges)
{
	const struct seq_range *expunge;
	struct seq_range *range;
	uint32_t removed = 0;
	unsigned int i = 0;

	/* Afterwards no range spans an expunged message. */
	array_foreach(expunges, expunge) {
		seq_range_array_remove_range(seqs, expunge->seq1,
					     expunge->seq2);
	}
	array_foreach_modifiable(seqs, range) {
		for (; i < array_count(expunges); i++) {
			expunge = array_idx(expunges, i);
			if (expunge->seq1 > range->seq1)
				break;
			removed += expunge->seq2 - expunge->seq1 + 1;
		}
		range->seq1 -= removed;
		range->seq2 -= removed;
	}
}

/* Nothing is told of messages before the window, nor of those the client hasn't
   heard of. Returns FALSE if the record is about no others, else leaves the
   client's numbers in it. */
static bool
sync_rec_is_shown(struct imap2_mailbox *mbox, struct mailbox_sync_rec *rec)
{
	if (rec->seq2 <= mbox->hidden)
		return FALSE;
	rec->seq1 = rec->seq1 <= mbox->hidden ? 1 : rec->seq1 - mbox->hidden;
	rec->seq2 = I_MIN(rec->seq2 - mbox->hidden, mbox->exists);
	return rec->seq1 <= mbox->exists;
}

static void
sync_collect(struct imap2_mailbox *mbox, struct mailbox_sync_context *sync_ctx)
{
	struct imap2_mailbox_report *report = &mbox->report;
	struct mailbox_sync_rec rec;

	while (mailbox_sync_next(sync_ctx, &rec)) {
		if (!sync_rec_is_shown(mbox, &rec))
			continue;
		switch (rec.type) {
		case MAILBOX_SYNC_TYPE_EXPUNGE:
			seq_range_array_add_range(&report->expunges,
						  rec.seq1, rec.seq2);
			break;
		case MAILBOX_SYNC_TYPE_FLAGS:
			seq_range_array_add_range(&report->flag_changes,
						  rec.seq1, rec.seq2);
			break;
		case MAILBOX_SYNC_TYPE_MODSEQ:
			break;
		}
	}
}

static void sync_update_counts(struct imap2_mailbox *mbox,
			       const struct mailbox_status *status,
			       bool always)
{
	struct imap2_mailbox_report *report = &mbox->report;
	uint32_t old_exists = mbox->exists, old_recent = mbox->recent;
	bool expunged = array_count(&report->expunges) > 0;

	mailbox_count(mbox, status);
	/* What an earlier sync found may still have to be told. */
	if (always || expunged || mbox->exists != old_exists)
		report->exists = TRUE;
	if (always || expunged || mbox->recent != old_recent)
		report->recent = TRUE;
}

bool imap2_mailbox_is_remote(struct mailbox *box)
{
	return (mailbox_get_storage(box)->class_flags &
		MAIL_STORAGE_CLASS_FLAG_NO_ROOT) != 0;
}

static enum mailbox_sync_flags
sync_get_flags(struct imap2_mailbox *mbox, enum imap2_mailbox_sync_flags flags)
{
	enum mailbox_sync_flags sync_flags = MAILBOX_SYNC_FLAG_FAST;

	if ((flags & IMAP2_MAILBOX_SYNC_FULL) != 0)
		sync_flags = MAILBOX_SYNC_FLAG_FULL_READ;
	else if ((flags & IMAP2_MAILBOX_SYNC_EXPUNGES) != 0) {
		/* Another server is asked for news only so. */
		sync_flags = imap2_mailbox_is_remote(mbox->box) ?
			MAILBOX_SYNC_FLAG_FULL_READ : 0;
	} else if (mbox->flags_changed)
		sync_flags = 0;

	if ((flags & IMAP2_MAILBOX_SYNC_EXPUNGES) == 0)
		sync_flags |= MAILBOX_SYNC_FLAG_NO_EXPUNGES;
	return sync_flags;
}

int imap2_mailbox_sync(struct imap2_mailbox *mbox,
		       enum imap2_mailbox_sync_flags flags)
{
	struct imap2_mailbox_report *report = &mbox->report;
	struct mailbox_sync_context *sync_ctx;
	struct mailbox_sync_status sync_status;
	struct mailbox_status status;
	int ret;

	i_assert(report->trans == NULL);

	/* A client can't make the server keep namespaces it only named. */
	mail_user_drop_useless_namespaces(mbox->client->user);

	sync_ctx = mailbox_sync_init(mbox->box, sync_get_flags(mbox, flags));
	mbox->flags_changed = FALSE;
	sync_collect(mbox, sync_ctx);
	ret = mailbox_sync_deinit(&sync_ctx, &sync_status);
	mailbox_get_open_status(mbox->box, STATUS_MESSAGES | STATUS_RECENT |
				STATUS_UIDVALIDITY, &status);
	if (mailbox_is_inconsistent(mbox->box)) {
		imap2_client_bye(mbox->client, "The mailbox changed in a way "
				 "this session can't follow: log in again");
		return -1;
	}
	if (status.uidvalidity != mbox->uidvalidity) {
		imap2_client_bye(mbox->client,
			"The mailbox was replaced: log in again");
		return -1;
	}
	seqs_renumber(&report->flag_changes, &report->expunges);
	sync_update_counts(mbox, &status,
			   (flags & IMAP2_MAILBOX_SYNC_COUNTS) != 0);
	return ret;
}

/*
 * Open and close
 */

bool imap2_mailbox_is_there(struct imap2_mailbox *mbox)
{
	return imap2_index_dir_is_there(mbox->box, mbox->index_dir_fd);
}

static struct imap2_mailbox *
mailbox_create_selected(struct imap2_client *client, struct mailbox *box)
{
	struct imap2_mailbox *mbox = i_new(struct imap2_mailbox, 1);

	mbox->client = client;
	mbox->box = box;
	mbox->read_only = mailbox_is_readonly(box);
	mbox->index_in_memory = mail_index_is_in_memory(box->index);
	mbox->envelope_cache_field = UINT_MAX;
	i_array_init(&mbox->keywords, 16);
	i_array_init(&mbox->report.expunges, 8);
	i_array_init(&mbox->report.flag_changes, 8);
	return mbox;
}

int imap2_mailbox_open(struct imap2_client *client, struct mailbox **_box,
		       struct imap2_mailbox **mbox_r, const char **error_r)
{
	struct imap2_mailbox *mbox;
	struct mailbox *box = *_box;
	struct mailbox_status status;
	enum mail_error error;

	*_box = NULL;
	if (mailbox_open(box) < 0 ||
	    mailbox_sync(box, MAILBOX_SYNC_FLAG_FULL_READ) < 0) {
		*error_r = t_strdup(mailbox_get_last_error(box, &error));
		mailbox_free(&box);
		return -1;
	}
	mbox = mailbox_create_selected(client, box);
	mailbox_get_open_status(box, STATUS_MESSAGES | STATUS_RECENT |
				STATUS_UIDVALIDITY, &status);
	mailbox_choose_window(mbox, &status);
	mailbox_count(mbox, &status);
	mbox->uidvalidity = status.uidvalidity;
	mbox->index_dir_fd = imap2_index_dir_open(box);

	/* The order of RFC 1176 p.11. */
	(void)mailbox_update_keywords(mbox);
	mailbox_send_flags_list(mbox);
	mbox->report.exists = mbox->report.recent = TRUE;
	report_counts(mbox);
	*mbox_r = mbox;
	return 0;
}

void imap2_mailbox_close(struct imap2_mailbox **_mbox)
{
	struct imap2_mailbox *mbox = *_mbox;

	*_mbox = NULL;
	report_close_mail(&mbox->report);
	mailbox_free(&mbox->box);
	i_close_fd(&mbox->index_dir_fd);
	array_free(&mbox->keywords);
	array_free(&mbox->report.expunges);
	array_free(&mbox->report.flag_changes);
	i_free(mbox);
}
