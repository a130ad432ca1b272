#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# gcc and clang build everything, tests included, without a warning: from a
# source tree that can't be written to, and inside one.

. "$(dirname "$0")/common.sh"
need gcc clang

copy_source "$work/source"
chmod -R a-w "$work/source"
# Root may write all the same; what changed shows it.
touch "$work/stamp"
for compiler in gcc clang; do
	echo "$compiler, outside of the source tree"
	mkdir "$work/$compiler"
	cd "$work/$compiler" || exit 1
	run "$work/source/configure" --enable-werror CC=$compiler
	run make all tests
done
test -z "$(find "$work/source" -newer "$work/stamp")" ||
	fail "the build wrote into the source tree"
chmod -R u+w "$work/source"

echo "gcc, inside of the source tree, without optimisation"
cd "$work/source" || exit 1
run ./configure --enable-werror CFLAGS="-g -O0"
run make all
run make distclean
test -z "$(find . -newer "$work/stamp" -type f)" ||
	fail "distclean left: $(find . -newer "$work/stamp" -type f)"
