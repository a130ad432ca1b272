# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# Sourced by examples/try, tests/run and tests/matrix: sees to it that what they
# need is installed. Root gets it with apt; anybody else is told what is
# missing. Dovecot is installed without being started: a policy-rc.d forbids
# that while apt runs, and what was there before is put back.

policy=/usr/sbin/policy-rc.d

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
# Of some tests, which are skipped without.
NEEDS_TESTS="autoconf:autoconf clang:clang git:git openssl:openssl"
