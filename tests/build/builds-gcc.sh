#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# gcc builds everything, tests included, without a warning: from a source tree
# that can't be written to, and inside one.

. "$(dirname "$0")/common.sh"
need gcc

copy_source "$work/source"
chmod -R a-w "$work/source"
# Root may write all the same; what changed shows it.
touch "$work/stamp"
echo "outside of the source tree"
mkdir "$work/build"
cd "$work/build" || exit 1
run "$work/source/configure" --enable-werror CC=gcc
run make all tests
test -z "$(find "$work/source" -newer "$work/stamp")" ||
	fail "the build wrote into the source tree"
chmod -R u+w "$work/source"

echo "inside of the source tree, without optimisation"
cd "$work/source" || exit 1
run ./configure --enable-werror CC=gcc CFLAGS="-g -O0"
run make all
run make distclean
test -z "$(find . -newer "$work/stamp" -type f)" ||
	fail "distclean left: $(find . -newer "$work/stamp" -type f)"
