#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# The programs refuse to run under another version of Dovecot than theirs.

. "$(dirname "$0")/common.sh"
need_build

for program in imap2 imap2-login; do
	echo "$program"
	DOVECOT_VERSION=9.8.7 "$build/$program" >"$work/output" 2>&1 &&
		fail "it ran"
	grep -q "^dovecot-imap2 [0-9.]* was built for Dovecot .*, but this is\
 Dovecot 9.8.7: rebuild and reinstall dovecot-imap2$" "$work/output" || {
		cat "$work/output"
		fail "no clear message"
	}
done
