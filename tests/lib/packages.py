# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The work of tests/packages: takes the Debian package through its life in a
chroot of each Debian release.
"""

import sys

import machine
from chroot import RELEASES, Chroot, Failed
from matrix import each_release, show

NEEDS = ("build-essential", "debhelper", "lintian", "iproute2", "init-system-helpers", "procps",
         "passwd")


def run_release(cache, name, sources):
    """Returns whether all went well."""
    with Chroot(cache, name, sources) as chroot:
        try:
            chroot.prepare([])
            show("== %s (Dovecot %s)" % (name, chroot.dovecot()))
            # The life is one without a network.
            chroot.change("apt-get", "-q", "-y", "--download-only", "install",
                          *NEEDS)
            chroot.must(["life-cycle"], chroot.call_inside(
                ["sh", "-c",
                 "apt-get -q -y --no-download install %s && exec sh %s" % (
                     " ".join(NEEDS),
                     machine.SOURCE + "/tests/package/life-cycle")],
                on_line=lambda line: line.startswith("==") and show(line)))
            return True
        except Failed as error:
            show("not ok %s: %s" % (name, error))
            return False
        finally:
            show("log: " + chroot.path("log"))


def main():
    names = sys.argv[1:] or list(RELEASES)
    for name in names:
        if name not in RELEASES:
            sys.exit("tests/packages: %s is none of %s" % (
                name, ", ".join(RELEASES)))
    outcomes = each_release(names, run_release)
    show("%d passed, %d failed" % (outcomes.count(True),
                                   outcomes.count(False)))
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
