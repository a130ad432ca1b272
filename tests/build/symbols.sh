#!/bin/sh
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
#
# Plugins and Dovecot's own libraries share the name space of the programs:
# every external symbol of ours is imap2_... or shim_..., and the modules show
# Dovecot's config process nothing else either.

. "$(dirname "$0")/common.sh"
need nm
need_build

objects=$(find "$build/module" "$build/shim" -name '*.o')
test -n "$objects" || fail "no objects in $build"
nm -A -g --defined-only $objects | awk '$NF !~ /^(imap2|shim)_/ {
	if (!($NF == "main" && $1 ~ /\/main\.o/) && $NF !~ /^__/)
		print
}' >"$work/foreign"
cat "$work/foreign"
test ! -s "$work/foreign" || fail "names that others may have"

for module in imap2_settings imap2_login_settings; do
	nm -D --defined-only "$build/lib$module.so" | awk '{ print $NF }' |
		sort >"$work/symbols"
	# What the config process of each host series looks for.
	case $(cat "$build/Makefile") in
	*"HOST = 2.3"*) infos=set_roots ;;
	*) infos=set_infos ;;
	esac
	for symbol in $infos service_settings version; do
		grep -qx "${module}_$symbol" "$work/symbols" ||
			fail "lib$module.so has no ${module}_$symbol"
	done
	grep -v '^imap2_' "$work/symbols" && fail "lib$module.so"
done
exit 0
