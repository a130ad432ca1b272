#!/usr/bin/env python3
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What doveconf makes of our settings: defaults, good values, and that nothing
listens unasked. errors.py has the bad ones, examples.py what is installed."""

from common import IMAP2_ONLY, assignments, host, main

DEFAULTS = {
    "imap2_max_line_length": "64k",
    "imap2_max_keywords": "30",
    "imap2_max_messages": "0",
    "imap2_max_message_size": "0",
    # Dovecot 2.4's doveconf shows no list's default.
    "imap2_extensions": host.both("imap2bis", ""),
    "imap2_client_workarounds": "",
    "imap2_logout_format":
        "in=%{input} out=%{output} deleted=%{deleted} expunged=%{expunged} "
        "hdr_count=%{fetch_hdr_count} hdr_bytes=%{fetch_hdr_bytes} "
        "body_count=%{fetch_body_count} body_bytes=%{fetch_body_bytes}",
}
GOOD = (
    ("imap2_max_line_length", "1k"),
    ("imap2_max_keywords", "0"),
    ("imap2_max_messages", "1900"),
    ("imap2_max_message_size", "4k"),
    ("imap2_extensions", ""),
    ("imap2_extensions", "imap2bis"),
    ("imap2_client_workarounds", "long-dates"),
    ("imap2_client_workarounds", "LONG-DATES"),
    ("imap2_client_workarounds", "macms long-dates"),
    ("imap2_logout_format", "%{input}"),
    ("rawlog_dir", "/tmp/%{user}"),
)
# A list as the series alone has it: the lines, and what becomes of them.
LIST = host.both((
    "imap2_client_workarounds = , long-dates",
    ("imap2_client_workarounds", ", long-dates"),
), (
    "imap2_client_workarounds {\n  long-dates = yes\n}",
    ("imap2_client_workarounds/long-dates", "yes"),
))


def settings(modules, lines):
    """What counts for IMAP2 with these lines in its section."""
    done = modules.doveconf(IMAP2_ONLY + "protocol imap2 {\n%s\n}\n" % lines,
                            "-a", "-f", "protocol=imap2")
    assert done.returncode == 0 and not done.stderr, done.stderr
    return assignments(done.stdout)


def test(_, modules):
    print("defaults")
    found = settings(modules, "")
    ours = {name: value for name, value in found.items()
            if name.startswith("imap2_")}
    assert ours == DEFAULTS, ours

    print("good values")
    for name, value in GOOD:
        found = settings(modules, "%s = %s" % (name, value))[name]
        assert found == value, "%s = %s became %s" % (name, value, found)
    lines, (path, value) = LIST
    assert settings(modules, lines)[path] == value

    print("nothing listens unasked")
    listeners = assignments(modules.doveconf(
        IMAP2_ONLY, "service/imap2-login/inet_listener").stdout)
    ports = [value for path, value in listeners.items()
             if path.endswith("/port")]
    assert ports == ["0", "0"], listeners


main(test)
