# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The work of tests/packages: takes the Debian package through its life in a
chroot of each Debian release, and a new postmaster through README.md.
"""

import sys

import machine
from chroot import RELEASES, Chroot, Failed
from matrix import each_release, show

# Scripts of tests/package, and what they need beside what is told there.
NEEDS = {
    "life-cycle": ("build-essential", "debhelper", "lintian", "iproute2",
                   "init-system-helpers", "procps", "passwd"),
    "first-minutes": ("init-system-helpers", "procps", "passwd"),
}


def run_script(chroot, name, needs):
    """On a machine that has no network and is gone afterwards."""
    chroot.must([name], chroot.call_inside(
        ["sh", "-c",
         "apt-get -q -y --no-download install %s && exec sh %s" % (
             " ".join(needs), machine.SOURCE + "/tests/package/" + name)],
        on_line=lambda line: line.startswith("==") and show(line)))


def run_release(cache, name, sources):
    """Returns whether all went well."""
    with Chroot(cache, name, sources) as chroot:
        try:
            chroot.prepare([])
            show("== %s (Dovecot %s)" % (name, chroot.dovecot()))
            chroot.change("apt-get", "-q", "-y", "--download-only", "install",
                          *sorted(set().union(*NEEDS.values())))
            for script, needs in NEEDS.items():
                run_script(chroot, script, needs)
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
