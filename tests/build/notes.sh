#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# docs/rfc1176-notes.md names the test that holds each reading of RFC 1176:
# every test named there exists, and every row names one.

. "$(dirname "$0")/common.sh"
cd "$source" || exit 1
notes=docs/rfc1176-notes.md

# "dir/file `test`, `test`; dir/file ..." of the last column, one per line.
grep '^| ' $notes | grep -v '^| \(R\|What\) |' |
	sed 's/ *|$//; s/.*| //' >"$work/held"
grep -vn '`' "$work/held" && { echo "a row of $notes names no test"; exit 1; }

tr ';' '\n' <"$work/held" | while read -r file tests; do
	echo "$tests" | grep -o '`[^`]*`' | tr -d '`' | while read -r test; do
		grep -qE "^(def |static void )$test\(|test_begin\(\"$test\"" \
			"tests/$file" || echo "tests/$file has no $test"
	done
done >"$work/missing"
cat "$work/missing"
test ! -s "$work/missing"
