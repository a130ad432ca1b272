#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# clang builds everything, tests included, without a warning.

. "$(dirname "$0")/common.sh"
need clang

cd "$work" || exit 1
run "$source/configure" --enable-werror CC=clang
run make all tests
