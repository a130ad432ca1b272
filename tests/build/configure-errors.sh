#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# What is missing ends configure with a sentence that names the package.

. "$(dirname "$0")/common.sh"

# expect TEXT COMMAND...: the command fails and says TEXT.
expect() {
	text=$1
	shift
	"$@" >"$work/output" 2>&1 && fail "succeeded: $*"
	grep -q -- "$text" "$work/output" || {
		cat "$work/output"
		fail "did not say: $text"
	}
}

mkdir "$work/bin" "$work/elsewhere" "$work/build" "$work/include"
cd "$work/build" || exit 1

for program in sed grep egrep cat rm mv cp mkdir expr sort uname tr awk \
	hostname dirname basename ls chmod test true false env sh diff; do
	found=$(command -v $program)
	case $found in
	/*) ln -s "$found" "$work/bin" ;;
	esac
done
echo "without a compiler"
expect "apt-get install gcc" \
	env -u CC PATH="$work/bin" /bin/sh "$source/configure"

echo "without dovecot-dev"
expect "apt-get install dovecot-dev" \
	"$source/configure" --with-dovecot="$work/elsewhere"

echo "without Dovecot's headers"
config=
for directory in /usr/lib/dovecot /usr/lib64/dovecot \
	/usr/local/lib/dovecot; do
	test -f $directory/dovecot-config && config=$directory/dovecot-config
done
test -n "$config" || fail "no dovecot-config here"
sed "s,^\(LIBDOVECOT_INCLUDE\)=.*,\1=-I$work/include," "$config" \
	>"$work/elsewhere/dovecot-config"
expect "reinstall dovecot-dev" \
	"$source/configure" --with-dovecot="$work/elsewhere"

# The host's own headers, as they might be in another series.
echo "with a host of another series"
. "$config"
cp "${dovecot_pkgincludedir:?}"/*.h "$work/include"
sed "s,^\(dovecot_pkgincludedir\)=.*,\1=$work/include," \
	"$work/elsewhere/dovecot-config" >"$work/elsewhere/with-include"
mv "$work/elsewhere/with-include" "$work/elsewhere/dovecot-config"

# unsupported VERSION FOUND: says what it looked for and found.
unsupported() {
	sed -i "s/^#define PACKAGE_VERSION .*/#define PACKAGE_VERSION \"$1\"/" \
		"$work/include/config.h"
	expect "Dovecot $1 in $work/include is not" \
		"$source/configure" --with-dovecot="$work/elsewhere"
	tail -n 5 "$work/output"
	grep -q "Dovecot 2.4 has .*login-server.h.* Here: ." "$work/output" ||
		fail "did not say what 2.4 has and what is here"
	grep -q "Dovecot 2.3 has .*master-login.h.* Here: ." "$work/output" ||
		fail "did not say what 2.3 has and what is here"
	grep -q "Here: .*$2" "$work/output" || fail "did not miss $2"
}

sed -i 's/event_parent/parent_event/' "$work/include/mail-storage-service.h"
unsupported 2.9.1 event_parent
rm "$work/include/settings-parser.h"
unsupported 2.2.36 "settings-parser.h: No such file"

echo "with a Dovecot that is not installed"
echo "DOVECOT_INSTALLED=no" >"$work/elsewhere/dovecot-config"
expect "belongs to a Dovecot source tree" \
	"$source/configure" --with-dovecot="$work/elsewhere"

echo "without Dovecot's libraries"
sed "s,^\(dovecot_pkglibdir\)=.*,\1=$work/elsewhere," "$config" \
	>"$work/elsewhere/dovecot-config"
expect "apt-get install dovecot-core" \
	"$source/configure" --with-dovecot="$work/elsewhere"
