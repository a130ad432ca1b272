#!/usr/bin/env python3
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The configuration that is installed, as doveconf sees it: this host loads
it without a word, also with everything uncommented that is in comments; it
changes nothing but where IMAP2 listens, unless it is an example; and it has
all of our settings, for every series. stock-etc.py has a Dovecot run with it.
The examples that aren't installed are loaded too, alone and all together.
"""

import glob
import re

from common import BEGINNING, EXAMPLES, SOURCE, assignments, host, main, \
    read, uncommented

# What is not the default: where it listens, and examples.
LISTEN = host.both("address", "listen")
DIFFERENT = {
    "service imap2-login/inet_listener imap2/" + LISTEN: "127.0.0.1 ::1",
    "service imap2-login/inet_listener imap2/port": "1143",
    "service imap2-login/inet_listener imap2-legacy/" + LISTEN: "192.0.2.2",
    "service imap2-login/inet_listener imap2-legacy/port": "143",
    "service imap2-login/inet_listener imap2s/port": "1993",
    "remote 192.0.2.0/24/" + host.both("disable_plaintext_auth",
                                       "auth_allow_cleartext"):
        host.both("no", "yes"),
}
DIFFERENT.update(host.both({}, {"protocol imap2/mail_plugins/acl": "yes"}))
# A configuration by itself.
WHOLE = "minimal.conf"
# How 2.3 prints a service's vsz_limit that is default_vsz_limit.
UNSET = "18446744073709551615B"


def ours(paths):
    return sorted(path.rpartition("/")[2] for path in paths
                  if "/imap2_" in path or path.startswith("imap2_"))


class Defaults:
    def __init__(self, output):
        self.values = assignments(output)

    def get(self, path):
        """What is so without a configuration."""
        section, _, name = path.rpartition("/")
        if section == "protocol imap2":
            path = name
        elif path not in self.values:
            path = "service_" + name
        value = self.values[path]
        return self.resolve("$default_" + name if value == UNSET else value)

    def resolve(self, value):
        """Some values are the name of another setting."""
        found = re.fullmatch(r"\$(?:SET:)?(\w+)", value)
        return self.values[found.group(1)] if found else value


def others_of(series):
    """Their names, which are those of the other series."""
    return sorted(path.rpartition("/")[2] for path in glob.glob(
        "%s/examples/%s/*.conf" % (SOURCE, series))
        if path.rpartition("/")[2] not in ("20-imap2.conf", WHOLE))


def load(modules, drop_in, *args):
    done = modules.doveconf(
        "%sssl = no\n!include %s/imap2d.protocol\n%s" %
        (BEGINNING + host.both("protocols =\n", ""), EXAMPLES, drop_in), *args)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout


def test(_, modules):
    text = read(EXAMPLES + "/20-imap2.conf")
    everything = assignments(uncommented(text))

    print("as installed")
    assert "imap2" in load(modules, text, "-h", "protocols").split()

    print("with all that is in comments")
    found = assignments(load(modules, uncommented(text), "-n"))
    for path, value in DIFFERENT.items():
        assert found[path] == value, path
        assert everything[path].replace(",", "") == value, path

    print("the rest is as without")
    defaults = Defaults(load(modules, "", "-d", "-f", "protocol=imap2"))
    for path, value in everything.items():
        if path not in DIFFERENT:
            default = defaults.get(path)
            assert defaults.resolve(value) == default, \
                "%s = %s, but the default is %s" % (path, value, default)

    print("all of our settings")
    for series in "2.3", "2.4":
        path = "%s/examples/%s/20-imap2.conf" % (SOURCE, series)
        listed = ours(assignments(uncommented(read(path))))
        assert listed == ours(defaults.values), (path, listed)

    print("the other examples")
    others = others_of(host.SERIES)
    assert others and others == others_of(host.both("2.4", "2.3"))
    texts = [read("%s/%s" % (EXAMPLES, name)) for name in others]
    for example in texts + ["\n".join(texts)]:
        load(modules, text + example, "-n")
        load(modules, text + uncommented(example), "-n")
    done = modules.doveconf(read("%s/%s" % (EXAMPLES, WHOLE)), "-n")
    assert done.returncode == 0 and not done.stderr, done.stderr


main(test)
