/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Mailboxes that were replaced while they were open: see index-dir.h. For what
   takes a while, and is about to use the index again. */

#include "lib.h"
#include "mail-storage-private.h"
#include "session/index-dir.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Returns FALSE if the mailbox keeps its index in memory only. */
static bool index_dir_get(struct mailbox *box, const char **path_r)
{
	return mailbox_get_path_to(box, MAILBOX_LIST_PATH_TYPE_INDEX,
				   path_r) > 0;
}

int imap2_index_dir_open(struct mailbox *box)
{
	const char *path;

	return index_dir_get(box, &path) ?
		open(path, O_RDONLY | O_DIRECTORY) : -1;
}

bool imap2_index_dir_is_there(struct mailbox *box, int fd)
{
	struct stat st, st_path;
	const char *path;

	if (fd == -1 || !index_dir_get(box, &path) || fstat(fd, &st) < 0)
		return TRUE;
	if (stat(path, &st_path) < 0)
		return errno != ENOENT;
	return st.st_dev == st_path.st_dev && st.st_ino == st_path.st_ino;
}
