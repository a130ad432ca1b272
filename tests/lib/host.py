# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""This machine's Dovecot: its version, how its configuration is written and
what it says where the series differ (host23.py, host24.py: the same names in
both)."""

import os
import re
import shutil
import subprocess


class NotPossible(Exception):
    """This machine or user can't run a private Dovecot; says why."""


def find_program(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") +
                        ":/usr/local/sbin:/usr/sbin:/sbin")
    if path is None:
        raise NotPossible("%s isn't installed: install Debian's dovecot-core, "
                          "dovecot-imapd and dovecot-pop3d" % name)
    return path


def ask_version():
    """Such as "2.4.1-4 (7d8c0e5759)"."""
    return subprocess.check_output(
        [find_program("dovecot"), "--version"], text=True).strip()


FULL_VERSION = ask_version()
VERSION = re.match(r"[\d.]+", FULL_VERSION).group()
NUMBERS = tuple(int(number) for number in VERSION.split("."))
SERIES = ".".join(VERSION.split(".")[:2])

if SERIES == "2.3":
    from host23 import *
else:
    from host24 import *

# Whether doveadm proxy kick reaches login processes that serve one client.
KICKS_PROXY_PROCESS = SERIES == "2.3" or NUMBERS >= (2, 4, 5)


def domain(name):
    """Of an address, as ENVELOPE has it: from 2.4.5 on Debian's Dovecot takes
    domains for internationalised ones, which are in lower case."""
    return name.lower() if NUMBERS >= (2, 4, 5) else name


def both(v23, v24):
    """A piece of configuration, written for each series."""
    return v23 if SERIES == "2.3" else v24


def login_service(settings):
    return "service imap2-login {\n%s}\n" % settings


def one_login_process(clients):
    """For so many clients at once."""
    return login_service("  process_limit = 1\n  client_limit = %d\n  %s" %
                         (clients, REUSED))


def listener(name, port, **settings):
    """One more of imap2-login's, or more settings of one."""
    settings["port"] = port
    return "service imap2-login {\n  inet_listener %s {\n%s  }\n}\n" % (
        name, "".join("    %s = %s\n" % item for item in settings.items()))
