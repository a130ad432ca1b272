# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# Sourced by the shell tests here: $source is the source tree, $work a
# directory of its own that goes when the test ends.

set -u
source=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/imap2-build.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "FAILED: $*"
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

need() {
	for program in "$@"; do
		command -v "$program" >/dev/null || skip "needs $program"
	done
}

# Run a command quietly; if it fails, show what it said and fail.
run() {
	"$@" >"$work/output" 2>&1 || {
		cat "$work/output"
		fail "$*"
	}
}

# Sets $build to a finished build: the given one or one of its own.
need_build() {
	build=${IMAP2_BUILD:-}
	test -n "$build" && return
	build=$work/build
	mkdir "$build"
	(cd "$build" && run "$source/configure" && run make) || exit 1
}

# A copy of the source tree without anything that is not in a release.
copy_source() {
	mkdir "$1" || exit 1
	(cd "$source" && tar -cf - --exclude=.git --exclude=./.matrix \
		--exclude='*.o' --exclude='*.d' --exclude=__pycache__ .) |
		(cd "$1" && tar -xf -)
}
