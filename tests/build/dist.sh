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

if test -e "$source/.git" && command -v git >/dev/null &&
	git -C "$source" ls-files >"$work/tracked" 2>"$work/git-error"; then
	echo "has all tracked files and no others"
	find . -type f | sed 's,^\./,,' | LC_ALL=C sort >"$work/released"
	LC_ALL=C sort "$work/tracked" | diff - "$work/released" ||
		fail "the release differs from the repository"
fi

run ./configure
run make
