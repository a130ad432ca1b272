#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# A release builds, has what the repository has, and nothing else.

. "$(dirname "$0")/common.sh"

mkdir "$work/build"
cd "$work/build" || exit 1
run "$source/configure"
run make dist
release=$(echo dovecot-imap2-*.tar.gz)
run tar -xzf "$release"
cd "${release%.tar.gz}" || fail "no directory of its own"

if command -v git >/dev/null &&
	git -c safe.directory='*' -C "$source" ls-files --cached --others \
		--exclude-standard >"$work/tracked" 2>"$work/output"; then
	echo "has all files of the repository and no others"
	find . -type f | sed 's,^\./,,' | LC_ALL=C sort >"$work/released"
	LC_ALL=C sort "$work/tracked" | diff - "$work/released" ||
		fail "the release differs from the repository"
fi

echo "builds"
run ./configure
run make
