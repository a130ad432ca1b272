#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# make install and uninstall: which files, where, and what becomes of a
# configuration file that the administrator changed.

. "$(dirname "$0")/common.sh"
need_build

root=$work/root
files() {
	(cd "$root" && find . -type f | sort)
}
install_again() {
	run make -C "$build" install DESTDIR="$root"
}
uninstall() {
	run make -C "$build" uninstall DESTDIR="$root"
}

# The Dovecot of this machine says where.
variable() {
	sed -n "s/^$1 = //p" "$build/Makefile"
}
programs=.$(variable programdir)
modules=.$(variable moduledir)/settings
test "$programs" != . || fail "no programdir in the Makefile"
conf=./etc/dovecot/conf.d/20-imap2.conf
series=$(variable HOST)
example=$source/examples/$series/20-imap2.conf
{
	echo "$conf"
	echo "$programs/imap2"
	echo "$programs/imap2-login"
	echo "$modules/libimap2_login_settings.so"
	echo "$modules/libimap2_settings.so"
	echo ./usr/share/dovecot/protocols.d/imap2d.protocol
	echo ./usr/share/man/man5/imap2-settings.5
	echo ./usr/share/man/man7/imap2.7
	echo ./usr/share/man/man8/imap2-login.8
	echo ./usr/share/man/man8/imap2.8
} | sort >"$work/expected"

echo "install"
install_again
files | diff "$work/expected" - || fail "other files"
test "$(stat -c %a "$root/$programs/imap2" "$root/$conf" | xargs)" = \
	"755 644" || fail "other modes"

echo "install again"
install_again
files | diff "$work/expected" - || fail "other files"

echo "uninstall"
uninstall
test -z "$(files)" || fail "left: $(files)"

echo "install and uninstall around a changed configuration"
install_again
echo "# mine" >>"$root/$conf"
install_again
tail -n 1 "$root/$conf" | grep -q "# mine" || fail "overwritten"
cmp "$root/$conf.new" "$example" || fail "no .new"
uninstall
test "$(files)" = "$conf.saved" || fail "not just the changed file: $(files)"
tail -n 1 "$root/$conf.saved" | grep -q "# mine" || fail "not saved"
rm "$root/$conf.saved"

echo "install after the host was upgraded"
for other in "$source"/examples/2.*/20-imap2.conf; do
	install_again
	cp "$other" "$root/$conf"
	install_again
	cmp "$root/$conf" "$example" || fail "kept $other"
	cp "$other" "$root/$conf"
	uninstall
	test -z "$(files)" || fail "left: $(files)"
done

echo "other directories"
rm -rf "$root"
mkdir "$work/other"
cd "$work/other" || exit 1
run "$source/configure" --prefix=/opt/mail --sysconfdir=/opt/etc \
	--mandir=/opt/man --with-moduledir=/opt/modules CFLAGS=-O0
run make install DESTDIR="$root"
for file in etc/dovecot/conf.d/20-imap2.conf man/man7/imap2.7 \
	modules/settings/libimap2_settings.so \
	mail/share/dovecot/protocols.d/imap2d.protocol; do
	test -f "$root/opt/$file" || fail "no /opt/$file"
done
