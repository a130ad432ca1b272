#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# What doveconf makes of settings: defaults, good values, and for mistakes the
# file, the setting, the bad word and what is known. Dovecot knows the line of
# a setting that doesn't exist or can't be read; what a check refuses it
# reports after reading, without the line.

. "$(dirname "$0")/common.sh"
PATH=$PATH:/usr/sbin:/sbin
need doveconf python3

# Dovecot 2.3 looks for modules in one place only: overlay that.
if test "${1:-}" != inside; then
	namespace() {
		python3 -B "$source/tests/lib/namespace.py" "$@"
	}
	flags=
	test "$(id -u)" = 0 || flags="--uid 0 --gid 0"
	namespace $flags -- true 2>/dev/null ||
		skip "needs root or user namespaces"
	need_build
	modules=$(sed -n 's/^moduledir = //p' "$build/Makefile")/settings
	cp -a "$modules" "$work/settings" || exit 1
	cp "$build"/*.so "$work/settings" || exit 1
	namespace $flags --bind "$work/settings:$modules" -- \
		sh "$0" inside
	exit
fi

conf=$work/dovecot.conf

# write LINE: a configuration with this line, the fourth, in protocol imap2.
write() {
	printf '%s\n' 'protocols = imap2' 'ssl = no' 'protocol imap2 {' \
		"  $1" '}' >"$conf"
}
good() {
	write "$1"
	doveconf -c "$conf" -f service=imap2 >"$work/output" 2>"$work/errors" ||
		{ cat "$work/errors"; fail "refused: $1"; }
	grep -qxF -- "$2" "$work/output" ||
		fail "$1: not $2 but $(grep "${1%% *}" "$work/output")"
}
bad() {
	write "$1"
	doveconf -c "$conf" >"$work/output" 2>"$work/errors" &&
		fail "accepted: $1"
	grep -qF -- "Error in configuration file $conf$2" "$work/errors" ||
		{ cat "$work/errors"; fail "$1: not $2"; }
}

echo "defaults"
good "" "imap2_max_line_length = 64 k"
good "" "imap2_max_keywords = 30"
good "" "imap2_extensions = "
good "" "imap2_client_workarounds = "
# The commented settings of the drop-in say the same.
doveconf -c "$conf" -d -f service=imap2 | grep '^imap2_' |
	sed 's/= \([0-9]*\) k$/= \1k/; s/ $//' | sort >"$work/defaults"
sed -n 's/^  #\(imap2_[a-z_]* =\)/\1/p' "$source/examples/20-imap2.conf" |
	sort | diff "$work/defaults" - ||
	fail "20-imap2.conf has other defaults"
test -s "$work/defaults" || fail "no defaults"

echo "good values"
good "imap2_max_line_length = 1k" "imap2_max_line_length = 1 k"
good "imap2_max_keywords = 0" "imap2_max_keywords = 0"
good "imap2_client_workarounds = long-dates" \
	"imap2_client_workarounds = long-dates"
good "imap2_client_workarounds = , LONG-DATES" \
	"imap2_client_workarounds = , LONG-DATES"
good "imap2_logout_format = %{input}" "imap2_logout_format = %{input}"
good "rawlog_dir = /tmp/%u" "rawlog_dir = /tmp/%u"

echo "all that the drop-in has in comments"
sed 's/^\( *\)#\([^ #]\)/\1\2/; s/^\( *\)#  \([a-z]\)/\1  \2/' \
	"$source/examples/20-imap2.conf" >"$work/20-imap2.conf"
grep -q '^ *imap2_max_keywords' "$work/20-imap2.conf" || fail "still comments"
printf '%s\n' 'protocols = imap2' 'ssl = no' \
	"!include $work/20-imap2.conf" >"$conf"
run doveconf -c "$conf"

echo "mistakes"
bad "imap2_max_keyword = 30" " line 4: Unknown setting: imap2_max_keyword"
bad "imap2_max_keywords = many" " line 4: Invalid number many"
bad "imap2_max_line_length = 64q" " line 4: Invalid size: 64q"
bad "imap2_max_keywords = 31" \
	": imap2_max_keywords: 31 is too large (maximum: 30"
bad "imap2_max_line_length = 1023" \
	": imap2_max_line_length: 1023 is too small (minimum: 1024"
bad "imap2_extensions = imap2bis" \
	": imap2_extensions: Unknown extension: imap2bis (known: none"
bad "imap2_client_workarounds = long-dates macos" \
	": imap2_client_workarounds: Unknown workaround: macos (known:\
 long-dates)"

echo "nothing listens unasked"
write ""
doveconf -c "$conf" service/imap2-login/inet_listener >"$work/output" ||
	fail "no listeners"
test "$(grep -c 'port = 0$' "$work/output")" = 2 ||
	{ cat "$work/output"; fail "not two listeners that are off"; }
