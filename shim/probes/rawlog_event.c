/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Does rawlog want an event, and the name of the setting? */

#include "lib.h"
#include "iostream-rawlog.h"

struct istream *probe_input;
struct ostream *probe_output;

int main(void)
{
	return iostream_rawlog_create(NULL, "rawlog_dir", "",
				      &probe_input, &probe_output);
}
