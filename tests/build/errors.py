#!/usr/bin/env python3
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What an administrator is told of mistakes: in settings, with files of ours
missing, and with those of another Dovecot left over from before an upgrade.
What Dovecot says is printed."""

import os
import re

from common import BEGINNING, EXAMPLES, MODULES, SOURCE, host, main, \
    module_dir, read, write

DROP_IN = EXAMPLES + "/20-imap2.conf"
# Its first setting of ours, and where.
SETTING = "imap2_max_line_length"
LINE = 1 + [line.split("=")[0].strip() for line in
            read(DROP_IN).split("\n")].index(SETTING)
# The host knows the line of what it can't read, and from 2.4 on repeats the
# name of the setting there.
UNREADABLE = (
    ("imap2_max_line_lenght = 1k", "Unknown setting: imap2_max_line_lenght"),
    ("imap2_max_keywords = many", "Invalid number many"),
    ("imap2_max_messages = -1", "Invalid number -1"),
    ("imap2_max_line_length = 64q", "Invalid size: 64q"),
)
# What our own checks refuse it reports after reading, without the line.
REFUSED = (
    ("imap2_max_keywords = 31", "31 is too large (maximum: 30"),
    ("imap2_max_line_length = 1023", "1023 is too small (minimum: 1024"),
    ("imap2_max_message_size = 4095", "4095 is too small (minimum: 4096"),
    ("imap2_extensions = imap4",
     "Unknown extension: imap4 (known: imap2bis)"),
    ("imap2_client_workarounds = long-dates macos",
     "Unknown workaround: macos (known: long-dates, macms)"),
)
# The other series, and what this one says of the other's 20-imap2.conf.
OTHER = host.both("2.4", "2.3")
OTHER_SETTING = host.both("Unknown setting: service { inet_listener { listen",
                          "address: Unknown setting: address")


class Administrator:
    """Starts a Dovecot that can't work, and reads what it says."""

    def __init__(self, work, modules):
        self.work = work
        self.modules = modules
        self.beginning = "%sbase_dir = %s/run\nlog_path = /dev/stderr\n" \
            "ssl = no\n" % (BEGINNING, work)

    def starts(self, drop_in):
        """The errors with this drop-in."""
        conf = write(self.work + "/dovecot.conf",
                     "%s!include %s/imap2d.protocol\n!include %s\n" %
                     (self.beginning, EXAMPLES, drop_in))
        done = self.modules.run("dovecot", "-F", "-c", conf)
        assert done.returncode != 0, "it started"
        print("  " + done.stderr.strip().replace("\n", "\n  "))
        return done.stderr

    def starts_with(self, setting):
        """The errors with this instead of the drop-in's first setting, and in
        which line of which file it is."""
        lines = read(DROP_IN).split("\n")
        lines[LINE - 1] = setting
        drop_in = write(self.work + "/20-imap2.conf", "\n".join(lines))
        return self.starts(drop_in), drop_in


def expect(text, *wanted):
    for part in wanted:
        assert part in text, "it doesn't say: " + part


def patch_abi(directory, series):
    """Make the modules say that they are for another series of Dovecot."""
    for name in MODULES:
        with open(os.path.join(directory, name), "r+b") as file:
            data = file.read()
            patched, count = re.subn(rb"\d\.\d(?=\.ABIv\d)", series.encode(),
                                     data)
            assert count == 1, "%s has %d ABI versions" % (name, count)
            file.seek(0)
            file.write(patched)


def mistakes_in_settings(administrator):
    for setting, said in UNREADABLE:
        errors, path = administrator.starts_with(setting)
        expect(errors, "Error in configuration file %s line %d: " %
               (path, LINE), said)
    for setting, said in REFUSED:
        errors, _ = administrator.starts_with(setting)
        expect(errors, "Error in configuration file %s/dovecot.conf: %s: %s" %
               (administrator.work, setting.split(" ")[0], said))


def missing_modules(administrator, directory):
    """One or the other; after this both are missing."""
    unknown = "%s line %d: " % (DROP_IN, LINE), "Unknown setting: " + SETTING
    session, login = [os.path.join(directory, name) for name in MODULES]
    with open(session, "rb") as file:
        content = file.read()
    os.unlink(session)
    expect(administrator.starts(DROP_IN), *unknown)
    with open(session, "wb") as file:
        file.write(content)
    os.unlink(login)
    expect(administrator.starts(DROP_IN), "Couldn't load plugin %s/%s: "
           "Plugin imap2_login_settings must be loaded also" %
           (module_dir(), MODULES[0]), *unknown)
    os.unlink(session)
    expect(administrator.starts(DROP_IN), *unknown)


def test(work, modules):
    administrator = Administrator(work, modules)
    print("mistakes in settings")
    mistakes_in_settings(administrator)

    print("modules of another Dovecot")
    patch_abi(modules.directory, OTHER)
    errors = administrator.starts(DROP_IN)
    for name in MODULES:
        expect(errors, "Couldn't load plugin %s/%s: Module is for different "
               "ABI version %s." % (module_dir(), name, OTHER))

    print("after an upgrade")
    left = "%s/examples/%s/20-imap2.conf" % (SOURCE, OTHER)
    errors = administrator.starts(left)
    expect(errors, "Module is for different ABI version", left + " line 11: ",
           OTHER_SETTING)

    print("modules are missing")
    patch_abi(modules.directory, host.SERIES)
    missing_modules(administrator, modules.directory)


main(test)
