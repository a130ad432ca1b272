#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# What reviewers said twice, as a program. Says FILE:LINE of each breach.

. "$(dirname "$0")/common.sh"
cd "$source" || exit 1

# rule TEXT: what comes in is breaches of the rule. (At the end of a pipe this is
# another process, so that only a file remembers them.)
rule() {
	sed "s|\$| -- $1|" | tee -a "$work/breaches"
}

code=$(find module shim tests -name '*.[ch]' | LC_ALL=C sort)
sources=$(find module shim tests -name '*.c' | LC_ALL=C sort)
all="$code Makefile.in configure.ac
	$(find .ci docs examples tests module shim -type f ! -name '*.[cho]' \
		! -name '*.d' ! -name '*.pyc' ! -path 'tests/fuzz/corpus*' \
		! -path tests/build/lint.sh | LC_ALL=C sort)
	$(ls README.md CHANGES CONTRIBUTING.md 2>/dev/null)"

# -- form ---------------------------------------------------------------------

awk '{
	line = $0
	while ((i = index(line, "\t")) > 0)
		line = substr(line, 1, i - 1) \
			substr("        ", 1, 8 - (i - 1) % 8) \
			substr(line, i + 1)
	if (length(line) > 80)
		print FILENAME ":" FNR
}' $code | rule "longer than 80 columns"
grep -nE '[[:blank:]]+$' $all | rule "blanks at the end of the line"
grep -nE '^        ' $code | rule "indented by spaces, not tabs"
LC_ALL=C grep -n '[^ -~	]' $code | rule "not ASCII"
for file in $all; do
	test -z "$(tail -c 1 "$file")" || echo "$file"
done | rule "no newline at the end"
for file in $sources; do
	head -n 1 "$file" | grep -q '^/\* Copyright (c) 20[0-9-]* dovecot-imap2 authors, MIT license: see LICENSE \*/$' ||
		echo "$file:1"
	sed -n 3p "$file" | grep -q '^/\*' || echo "$file:3"
done | rule "no copyright line, or no word of what the file is for"
for file in $(grep -l '^#include "' $sources); do
	grep -n '^#include' "$file" | head -n 1 | grep -q '"lib.h"$' ||
		echo "$file"
done | rule "lib.h is not included first"
for file in $(find module shim tests -name '*.h'); do
	guard=$(basename "$file" | tr 'a-z.-' 'A-Z__')
	head -n 2 "$file" | grep -q "^#ifndef .*$guard\$" || echo "$file:1"
done | rule "include guard missing or not called like the file"

# -- content ------------------------------------------------------------------

grep -nE 'TODO|FIXME|\bXXX\b' $all | rule "unfinished work belongs elsewhere"
grep -nE '^[^*"]*\bgoto\b' $code | rule "goto"
grep -nE '\b(strcpy|strcat|sprintf|strtok|gets|atoi|alloca)\(' $code |
	rule "Dovecot has safer functions"
grep -nF "$source" $all | rule "a path of this machine"
grep -nE '(^|[^a-z0-9_%])/(root|home)/[a-z]' $all | rule "a path of some machine"

# -- layers -------------------------------------------------------------------

# Headers' guards are the only conditionals outside shim/.
for file in $(find module tests -name '*.[ch]'); do
	awk '/^#[[:blank:]]*(if|elif)/ &&
	     !(FILENAME ~ /\.h$/ && FNR == 1) {
		print FILENAME ":" FNR
	}' "$file"
done | grep -v '^tests/.*test_assert_memcmp' |
	rule "preprocessor conditional outside shim"
grep -nE '#include "(session|login|settings|shim|mail-[^t]|master-|imap-|index)' \
	module/proto/* | rule "the grammar knows libdovecot's lib only"
grep -nE '#include "(login/|login-|client-common|sasl|master-|shim-config)' \
	module/session/*.[ch] | rule "not for the session program"
grep -nE '#include "(session/|mail-|master-|shim-config)' \
	module/login/*.[ch] | rule "not for the login program"

# -- build --------------------------------------------------------------------

for file in $(find module shim -name '*.c' ! -path 'shim/probes/*'); do
	name=$(echo "$file" | sed 's/-[0-9]\.[0-9]\.c$/-$(HOST).c/')
	grep -qF "$name" Makefile.in || echo "$file"
done | rule "not in Makefile.in"
for file in shim/probes/*.c; do
	name=$(basename "$file" .c)
	grep -qF "[${name#host_}]" configure.ac || echo "$file"
	case $name in
	headers | host_*) ;;
	*)
		macro=HAVE_$(echo "$name" | tr a-z A-Z)
		grep -q "$macro" shim/shim-config.h.in &&
			grep -q "$macro" shim/*.[ch] || echo "$file"
		;;
	esac
done | rule "a probe that nothing asks or uses"

test ! -s "$work/breaches" || fail "$(wc -l <"$work/breaches") breaches"
