#!/usr/bin/env python3
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The manual of the settings, as it is built: it has all of our settings and
nothing else, with the defaults that doveconf knows, and its examples are valid
for this Dovecot. All pages are well-formed where there is a program to say
so."""

import glob
import os
import re
import shutil
import subprocess

from common import IMAP2_ONLY, SOURCE, assignments, finished_build, host, \
    main, read

ENTRY = re.compile(r"^\.SS (\w+)\n(.*?)(?=^\.S[SH] )", re.M | re.S)
FACTS = re.compile(r"^Type: (\S.*)\.\n\.br\nDefault: (\S.*)\n\.br\n"
                   r"Since: dovecot\\-imap2 (\d+\.\d+\.\d+)\.$", re.M)
EXAMPLE = re.compile(r"^Example for Dovecot ([^\n]*):\n\.PP\n\.EX\n(.*?)^\.EE$",
                     re.M | re.S)
LIST = "list of words"
# Where the page says that a setting may stand.
PLACES = ("%s", "protocol imap2 {\n%s}\n",
          "remote 192.0.2.3 {\n  protocol imap2 {\n%s  }\n}\n",
          "local 192.0.2.2 {\n  protocol imap2 {\n%s  }\n}\n")
CLIENT = ("-f", "remote=192.0.2.3", "-f", "local=192.0.2.2")


def plain(text):
    """What roff shows."""
    return text.replace("\\&", "").replace("\\-", "-").replace("\\e", "\\")


def settings(modules, lines, *client):
    """What counts for IMAP2, of that client's."""
    done = modules.doveconf(IMAP2_ONLY + lines, "-a", "-f", "protocol=imap2",
                            *client)
    assert done.returncode == 0 and not done.stderr, (lines, done.stderr)
    return assignments(done.stdout)


def check_default(kind, shown, default):
    if kind == LIST and host.SERIES == "2.4":
        return                  # doveconf shows no list's default there
    assert shown.replace("(empty)", "") == default, (shown, default)


def places(text):
    """Dovecot's own settings aren't all taken for one client."""
    return PLACES[:2] if " for all clients only" in text else PLACES


def check_example(modules, name, text):
    """It is the same for doveconf, wherever the setting may stand."""
    examples = [plain(lines) for series, lines in EXAMPLE.findall(text)
                if host.SERIES in series]
    assert len(examples) == 1, (name, examples)
    for path, value in assignments(examples[0]).items():
        assert path.split("/")[0] == name, (name, path)
        for place in places(text):
            found = settings(modules, place % examples[0], *CLIENT)[path]
            # A size that is no whole number of kilobytes.
            found = re.sub(r"^(\d+)B$", r"\1", found)
            assert found == value, (place, path, found)


def check_one_client(modules):
    """What is said for one client counts, whatever is said for all; but
    Dovecot 2.3 doesn't take it beside "protocol imap2 { }"."""
    for_all, for_protocol, for_client = (
        PLACES[place] % ("imap2_max_keywords = %d\n" % value)
        for place, value in ((0, 1), (1, 2), (2, 3)))
    found = settings(modules, for_all + for_client, *CLIENT)
    assert found["imap2_max_keywords"] == "3", found
    done = modules.doveconf(IMAP2_ONLY + for_protocol + for_client, "-a")
    refused = "Conflict in setting imap2_max_keywords" in done.stderr
    assert refused == (host.SERIES == "2.3"), done.stderr


def check_form(page):
    if shutil.which("groff") is None:
        print("no groff: %s isn't looked at" % os.path.basename(page))
        return
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", page],
                          stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr


def test(work, modules):
    page = finished_build(work) + "/imap2-settings.5"
    entries = dict(ENTRY.findall(read(page)))
    defaults = settings(modules, "")
    ours = {name for name in defaults if name.startswith("imap2_")}

    print("all of our settings")
    documented = {name for name in entries if name.startswith("imap2_")}
    assert documented == ours, documented ^ ours

    for name, text in entries.items():
        print(name)
        kind, default, _ = FACTS.search(text).groups()
        assert text.split(".PP")[0].strip(), "not described"
        check_default(kind, plain(default), defaults[name])
        check_example(modules, name, text)

    print("for one client")
    check_one_client(modules)

    print("form")
    for path in glob.glob(SOURCE + "/docs/man/*.[1-9]") + [page]:
        check_form(path)


main(test)
