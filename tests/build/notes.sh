#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# docs/rfc1176-notes.md and docs/clients.md name the test that holds each reading
# of RFC 1176 and each need of old clients: in tables whose last column is "Held
# by", every row names a test, and every test named exists.

. "$(dirname "$0")/common.sh"
cd "$source" || exit 1

for page in docs/rfc1176-notes.md docs/clients.md; do
	# "dir/file `test`, `test`; dir/file ..." of the last column, one per
	# line.
	awk '/^\| .*\| Held by \|$/ { table = 1; getline; next }
	     !/^\|/ { table = 0 }
	     table { sub(/ *\|$/, ""); sub(/.*\| /, ""); print }' \
		$page >"$work/held"
	test -s "$work/held" || echo "$page has no such table"
	grep -vn '`' "$work/held" && echo "a row of $page names no test"

	tr ';' '\n' <"$work/held" | while read -r file tests; do
		echo "$tests" | grep -o '`[^`]*`' | tr -d '`' |
		while read -r test; do
			grep -qE "^(def |static void )$test\(|test_begin\(\"$test\"" \
				"tests/$file" || echo "tests/$file has no $test"
		done
	done
done >"$work/wrong"
cat "$work/wrong"
test ! -s "$work/wrong"
