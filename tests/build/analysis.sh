#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# Static analysis: cppcheck of the C code, shellcheck and pyflakes of the tests,
# each if it is installed. What isn't wanted of them is left out here, with the
# reason, or at the line, and nowhere else.

. "$(dirname "$0")/common.sh"
cd "$source" || exit 1

: >"$work/found"

# analyse PROGRAM ARGUMENT...: notes what it finds.
analyse() {
	if command -v "$1" >/dev/null; then
		"$@" >"$work/said" 2>&1 || test -s "$work/said" ||
			echo "$1 failed and doesn't say why" >"$work/said"
		cat "$work/said" >>"$work/found"
	else
		echo "$1 isn't installed: not run"
	fi
}

# The host's headers aren't read, so that its macros are unknown but for those
# of cppcheck.cfg. A probe compiles or doesn't, it never runs.
analyse cppcheck --quiet --inline-suppr --library=tests/build/cppcheck.cfg \
	--enable=warning,portability,performance -I module -I . \
	--suppress=missingInclude --suppress=unknownMacro \
	-i shim/probes module shim

# SC1090, SC1091, SC2034, SC2154: files that are sourced share variables.
# SC2044, SC2046: names in this tree have no blanks.
analyse shellcheck --shell=sh --severity=warning --format=gcc \
	--exclude=SC1090,SC1091,SC2034,SC2154,SC2044,SC2046 \
	tests/run tests/matrix tests/packages tests/package/life-cycle \
	debian/*.preinst debian/*.postinst debian/*.postrm \
	$(find tests -name '*.sh' | LC_ALL=C sort)

# host.py is host23 or host24, and the harness looks for CONFIG in each test.
analyse pyflakes3 debian/tests/session $(find tests -name '*.py' | LC_ALL=C sort)
grep -vE "^tests/lib/host\.py:.*(import \*|star imports)|'programs\.CONFIG'" \
	"$work/found" | tee "$work/breaches"
test ! -s "$work/breaches" || fail "$(wc -l <"$work/breaches") findings"
