# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# Sourced by examples/try, tests/run and tests/matrix: sees to it that what they
# need is installed. Root gets it with apt; anybody else is told what is
# missing. Dovecot is installed without being started: a policy-rc.d forbids
# that while apt runs, and what was there before is put back.

policy=/usr/sbin/policy-rc.d
# As in tests/lib/unpacked.py.
unpacked=/var/cache/imap2-tests

# Prints the Debian packages that are missing, from arguments
# PACKAGE:FILE-OR-PROGRAM.
needs_missing() {
	for need in "$@"; do
		package=${need%%:*}
		thing=${need#*:}
		case $thing in
		/*)
			# One of several places, by pattern.
			found=no
			for file in $thing; do
				[ -e "$file" ] && found=yes
			done
			[ $found = yes ] || echo "$package"
			;;
		*)
			PATH=$PATH:/usr/sbin:/sbin command -v "$thing" \
				>/dev/null || echo "$package"
			;;
		esac
	done
}

needs_restore_policy() {
	if [ -n "$policy_saved" ]; then
		mv -f "$policy_saved" $policy
	else
		rm -f $policy
	fi
}

# Installs packages; apt's own output goes to stderr.
needs_install() {
	policy_saved=
	if [ -e $policy ] || [ -L $policy ]; then
		policy_saved=$policy.before-imap2
		mv $policy "$policy_saved"
	fi
	trap 'needs_restore_policy; exit 143' TERM
	trap 'needs_restore_policy; exit 130' INT
	trap 'needs_restore_policy; exit 129' HUP
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod 755 $policy
	DEBIAN_FRONTEND=noninteractive
	export DEBIAN_FRONTEND
	status=0
	{
		apt-get -q -y --no-install-recommends install "$@" ||
			{ apt-get -q update &&
			  apt-get -q -y --no-install-recommends install "$@"; }
	} </dev/null >&2 || status=1
	needs_restore_policy
	trap - TERM INT HUP
	return $status
}

# needs PROGRAM PACKAGE:FILE-OR-PROGRAM...: exits with a sentence if something
# is missing and can't be installed.
needs() {
	needs_for=$1
	shift
	missing=$(needs_missing "$@" | sort -u | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo "$needs_for: not installed: $missing" >&2
		echo "$needs_for: as root: apt-get install $missing" >&2
		exit 1
	fi
	echo "$needs_for: installing $missing" >&2
	if ! needs_install $missing; then
		echo "$needs_for: apt-get couldn't install $missing" >&2
		exit 1
	fi
}

NEEDS_DOVECOT="dovecot-core:dovecot dovecot-core:doveadm
	dovecot-imapd:/usr/lib*/dovecot/imap dovecot-pop3d:/usr/lib*/dovecot/pop3
	dovecot-dev:/usr/include/dovecot/lib.h
	dovecot-dev:/usr/lib*/dovecot/dovecot-config
	gcc:gcc make:make libc6-dev:/usr/include/stdio.h python3:python3"

# Prints those of the packages that aren't installed, and the libraries and
# common files that they need beside.
needs_added() {
	apt-get -s -q --no-install-recommends install "$@" |
		sed -n 's/^Inst \([^ ]*\) (.*/\1/p' |
		grep -E -x "lib.*|.*-common|$(echo "$@" | tr ' ' '|')"
}

# Prints which of the packages this release of Debian doesn't have.
needs_without() {
	for package in "$@"; do
		apt-cache show "$package" >/dev/null 2>&1 || echo "$package"
	done | tr '\n' ' '
}

# Notes for unpacked.py which packages the release hasn't, if it is that and not
# that apt knows of none.
needs_note_missing() {
	note=$1
	shift
	without=$(needs_without "$@")
	[ -n "$without" ] && apt-cache madison dovecot-core | grep -q . ||
		return 0
	. /etc/os-release
	echo "${NAME:-This system} ${VERSION_CODENAME:-} has no ${without% }" \
		>"$note"
}

# needs_unpacked NAME PACKAGE...: unpacks packages into a directory of their
# own without installing them. Installed, they would start servers at the next
# boot, and apt removes Dovecot's imapd for another one.
needs_unpacked() {
	target=$unpacked/$1
	shift
	[ ! -d "$target" ] && [ ! -f "$target.missing" ] || return 0
	echo "unpacking $* in $target" >&2
	mkdir -p "$unpacked" && new=$(mktemp -d "$unpacked/new.XXXXXX") ||
		return 1
	(
		cd "$new" && mkdir root || exit 1
		added=$(needs_added "$@") || {
			apt-get -q update || exit 1
			added=$(needs_added "$@") || {
				needs_note_missing "$target.missing" "$@"
				exit 1
			}
		}
		apt-get -q -o APT::Sandbox::User=root download $added || exit 1
		for file in *.deb; do
			dpkg -x "$file" root || exit 1
		done
		chmod 755 root && mv root "$target"
	) </dev/null >&2
	status=$?
	rm -rf "$new"
	[ $status = 0 ] || echo "couldn't unpack $*: tests are skipped" >&2
	return $status
}

# Of some tests, which are skipped without.
needs_tests_unpacked() {
	needs_unpacked cyrus cyrus-imapd sasl2-bin
	needs_unpacked sshd openssh-server openssh-client
	needs_unpacked stunnel stunnel stunnel4
	needs_unpacked alpine alpine tmux
	# Both are of the last C-client.
	needs_unpacked c-client uw-mailutils php8.2-cli php8.2-imap
}
NEEDS_TESTS="autoconf:autoconf clang:clang git:git mount:mount openssl:openssl"
# To make and enter chroots of other releases.
NEEDS_CHROOTS="debootstrap:debootstrap mount:mount python3:python3
	debian-archive-keyring:/usr/share/keyrings/debian-archive-keyring.gpg"
