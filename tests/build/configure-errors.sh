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

echo "with a host of another series"
. "$config"
cp "${dovecot_pkgincludedir:?}"/*.h "$work/include"
sed -i 's/module_name/name/' "$work/include/settings-parser.h"
expect "unsupported host. This dovecot-imap2 is for Debian's" \
	"$source/configure" --with-dovecot="$work/elsewhere"

echo "with a Dovecot that is not installed"
echo "DOVECOT_INSTALLED=no" >"$work/elsewhere/dovecot-config"
expect "belongs to a Dovecot source tree" \
	"$source/configure" --with-dovecot="$work/elsewhere"

echo "without Dovecot's libraries"
sed "s,^\(dovecot_pkglibdir\)=.*,\1=$work/elsewhere," "$config" \
	>"$work/elsewhere/dovecot-config"
expect "apt-get install dovecot-core" \
	"$source/configure" --with-dovecot="$work/elsewhere"
