#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# tests/matrix with chroots that hold hardly more than a shell: what it counts
# and compares, when it makes and renews a chroot, and that nothing is left
# when it is interrupted. Making real ones is for tests/matrix itself.

. "$(dirname "$0")/common.sh"
test "$(id -u)" = 0 || skip "needs root, as tests/matrix does"

cache=$work/cache
# Of a process that must not be found in the end; its like is nobody else's.
forever=$((100000 + $$))
# Not an argument of grep, which would find itself.
echo "sleep $forever" >"$work/forever"

# -- what the chroots are made of ----------------------------------------------

mkdir "$work/bin" "$work/outcomes"
cat >"$work/bin/debootstrap" <<END
#!/bin/sh
release=\$(basename "\$(dirname "\$3")")
echo "\$release" >>$work/made
mkdir -p "\$3"
test ! -e $work/hang.debootstrap || sleep $forever
cp -a $work/tiny/. "\$3"
cp $work/outcomes/\$release "\$3/outcomes"
END

tiny=$work/tiny
mkdir -p "$tiny/mnt" "$tiny/proc" "$tiny/usr/bin" "$tiny/usr/sbin" \
	"$tiny/usr/lib/dovecot" "$tiny/usr/include/dovecot" \
	"$tiny/etc/dpkg/dpkg.cfg.d"
for directory in apt.conf.d preferences.d sources.list.d; do
	mkdir -p "$tiny/etc/apt/$directory"
done
: >"$tiny/etc/apt/sources.list"
for program in sh dirname id sleep sort tr; do
	path=$(command -v $program)
	cp -L --parents $(ldd "$path" | grep -o '/[^ ]*') "$tiny"
	cp -L "$path" "$tiny/usr/bin"
done
ln -s usr/bin "$tiny/bin"
for file in lib/dovecot/imap lib/dovecot/pop3 include/dovecot/lib.h \
	lib/dovecot/dovecot-config include/stdio.h; do
	: >"$tiny/usr/$file"
done
cat >"$tiny/usr/bin/dovecot" <<'END'
#!/bin/sh
END
for program in doveadm gcc make autoconf clang openssl; do
	cp "$tiny/usr/bin/dovecot" "$tiny/usr/bin/$program"
done
cat >"$tiny/usr/bin/apt-get" <<END
#!/bin/sh
echo "\$*" >>/apt-calls
case \$* in
*dist-upgrade) test ! -e /hang.upgrade || sleep $forever ;;
esac
END
cat >"$tiny/usr/bin/dpkg-query" <<'END'
#!/bin/sh
read -r version </outcomes
printf 1:%s "$version"
END
# In place of tests/lib/suite.py.
cat >"$tiny/usr/bin/python3" <<'END'
#!/bin/sh
case $* in
*--help) exit 0 ;;
esac
echo "arguments: $*"
echo >/written
echo >"${1%/tests/*}/written" && echo "not ok source-is-writable"
{ read -r _; read -r _ && echo "not ok has-a-route"; } </proc/net/route
{ read -r version; while IFS= read -r line; do
	case $line in
	sleep*) $line ;;
	*) echo "$line" ;;
	esac
done; } </outcomes
END
chmod 755 "$work"/bin/* "$tiny"/usr/bin/*

# -- helpers -------------------------------------------------------------------

# outcomes RELEASE: the version of its Dovecot, and what tests/run is to print
# there, or "sleep" and how long.
outcomes() {
	cat >"$work/outcomes/$1"
	test ! -d "$cache/$1/root" ||
		cp "$work/outcomes/$1" "$cache/$1/root/outcomes"
}

# Starts tests/matrix and sets $pid.
start() {
	(
		PATH=$work/bin:$PATH
		IMAP2_MATRIX_CACHE=$cache
		export PATH IMAP2_MATRIX_CACHE
		exec sh "$source/tests/matrix" "$@" \
			>"$work/output" 2>"$work/errors"
	) &
	pid=$!
}

complain() {
	kill -KILL $pid 2>/dev/null
	cat "$work/output" "$work/errors"
	fail "$*"
}

# expect STATUS CLOSING-LINE ARGUMENT...
expect() {
	status=$1
	closing=$2
	shift 2
	start "$@"
	wait $pid
	ended=$?
	test $ended = "$status" || complain "status $ended"
	test "$(tail -n 1 "$work/output")" = "$closing" ||
		complain "doesn't close with: $closing"
	test "$(grep -cE '^[0-9]+ passed' "$work/output")" = 1 ||
		complain "not exactly one closing line"
}

shows() {
	grep -qxF -- "$1" "$work/output" || complain "doesn't show: $1"
}

# How many chroots were made so far.
made() {
	test "$(wc -l <"$work/made")" = "$1" ||
		complain "made $(wc -l <"$work/made") chroots, not $1"
}

asleep() {
	cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' |
		grep -qF -f "$work/forever"
}

gone() {
	! asleep
}

await() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		test $tries -lt 600 || complain "waited in vain: $*"
		sleep 0.1
	done
}

# interrupt SIGNAL: starts tests/matrix, and ends it where it's asleep.
interrupt() {
	start bookworm
	await asleep
	kill -"$1" $pid
	wait $pid 2>/dev/null && complain "ended well"
	await gone
}

# -- the tests -----------------------------------------------------------------

: >"$work/made"
green() {
	outcomes bookworm <<-END
	2.3.19.1+dfsg1-2.1+deb12u7
	ok unit/one
	ok wire/two (2.3 s)
	skip wire/three: needs something
	2 passed, 0 failed, 1 skipped
	END
}
green
outcomes trixie <<END
2.4.1+dfsg1-6
ok unit/one
not ok wire/three
    said why
1 passed, 1 failed
END

echo "arguments"
for arguments in "potato" "--frob" "bookworm potato -- -k fetch"; do
	start $arguments
	wait $pid && complain "accepts $arguments"
	made 0
done
start --help
wait $pid || complain "no help"
shows "usage: sh tests/matrix [RELEASE...] [-- OPTION...]"

echo "refuses to run as somebody else than root"
setpriv --reuid 54321 --clear-groups sh -s <"$source/tests/matrix" \
	>"$work/output" 2>&1 && complain "it ran"
shows "tests/matrix: only root can make and enter chroots"

echo "shows, adds up and compares"
expect 1 "3 passed, 2 failed, 1 skipped" bookworm trixie -- -k "two words"
shows "== bookworm (Dovecot 2.3.19.1+dfsg1-2.1+deb12u7)"
grep -q "^arguments: .*/tests/lib/suite.py -k two words$" \
	"$cache/trixie/log" || complain "other arguments"
shows "skip wire/three: needs something"
shows "bookworm (Dovecot 2.3.19.1+dfsg1-2.1+deb12u7): 2 passed, 0 failed, 1\
 skipped"
shows "not ok wire/three"
shows "    said why"
shows "not ok trixie: wire/two ran on bookworm, but not here"
shows "trixie (Dovecot 2.4.1+dfsg1-6): 1 passed, 2 failed"
shows "log: $cache/bookworm/log"
made 2

echo "takes the chroots that are there, and leaves them as they were"
expect 0 "2 passed, 0 failed, 1 skipped" bookworm
made 2
test ! -e "$cache/bookworm/root/written" || fail "a run wrote to the chroot"

echo "a suite that breaks off or loses count, a skip without a reason"
echo "2.3.19.1" | outcomes bookworm
expect 1 "0 passed, 1 failed" bookworm
printf '2.3.19.1\nok one\n2 passed, 0 failed\n' | outcomes bookworm
expect 1 "1 passed, 1 failed" bookworm
printf '2.3.19.1\nok one\nskip two: \n1 passed, 0 failed, 1 skipped\n' |
	outcomes bookworm
expect 1 "1 passed, 1 failed, 1 skipped" bookworm

echo "a Dovecot of another release"
printf '2.4.1\nok one\n1 passed, 0 failed\n' | outcomes bookworm
expect 1 "0 passed, 1 failed" bookworm
green

echo "looks for updates once a day"
: >"$cache/bookworm/root/apt-calls"
touch -d "25 hours ago" "$cache/bookworm/complete"
expect 0 "2 passed, 0 failed, 1 skipped" bookworm
expect 0 "2 passed, 0 failed, 1 skipped" bookworm
test "$(grep -c dist-upgrade "$cache/bookworm/root/apt-calls")" = 1 ||
	fail "other calls of apt-get"
made 2

echo "makes a chroot anew when the recipe is another"
echo different >"$cache/bookworm/complete"
expect 0 "2 passed, 0 failed, 1 skipped" bookworm
made 3

echo "interrupted in a run"
printf '2.3.19.1\nsleep %s\n' $forever | outcomes bookworm
for signal in TERM INT KILL; do
	interrupt $signal
done
made 3

echo "interrupted while it brings a chroot up to date"
touch -d "25 hours ago" "$cache/bookworm/complete"
: >"$cache/bookworm/root/hang.upgrade"
interrupt KILL
green
expect 0 "2 passed, 0 failed, 1 skipped" bookworm
made 4

echo "interrupted while it makes a chroot"
rm "$cache/bookworm/complete"
: >"$work/hang.debootstrap"
interrupt TERM
test ! -e "$cache/bookworm/root" || fail "left half a chroot"
interrupt KILL
rm "$work/hang.debootstrap"
expect 0 "2 passed, 0 failed, 1 skipped" bookworm
made 7

echo "takes too long"
printf '2.3.19.1\nok one\nsleep %s\n' $forever | outcomes bookworm
IMAP2_MATRIX_MINUTES=0.2
export IMAP2_MATRIX_MINUTES
expect 1 "1 passed, 1 failed" bookworm
unset IMAP2_MATRIX_MINUTES
shows "not ok bookworm: took longer than 0.2 minutes"
await gone
green

echo "two at a time"
rm "$cache/bookworm/complete"
start bookworm
first=$pid
expect 0 "2 passed, 0 failed, 1 skipped" bookworm
wait $first || complain "the other one failed"
made 8

echo "without overlayfs"
cat >"$work/bin/mount" <<END
#!/bin/sh
case \$* in
*overlay*) exit 32 ;;
esac
exec $(command -v mount) "\$@"
END
chmod 755 "$work/bin/mount"
expect 0 "2 passed, 0 failed, 1 skipped" bookworm
grep -q "^note: no overlay file system" "$cache/bookworm/log" ||
	complain "not tested"
test ! -e "$cache/bookworm/root/written" || fail "a run wrote to the chroot"

grep -F "$work" /proc/self/mountinfo && fail "left something mounted"
exit 0
