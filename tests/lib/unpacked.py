# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Debian packages that tests/run has unpacked and not installed (see needs.sh):
where their files are, and what their programs need in the environment."""

import glob
import os

from host import NotPossible

# As in needs.sh.
TOP = "/var/cache/imap2-tests"


class Unpacked:
    def __init__(self, name):
        self.root = os.path.join(TOP, name)
        missing = self.root + ".missing"
        if os.path.exists(missing):
            with open(missing) as file:
                raise NotPossible(file.read().strip())
        if not os.path.isdir(self.root):
            raise NotPossible("%s isn't there: sh tests/run makes it as root" %
                              self.root)

    def path(self, name):
        return self.root + name

    def environment(self):
        """Besides what is found in the system."""
        return dict(os.environ, LD_LIBRARY_PATH=":".join(
            glob.glob(self.root + "/lib/*-linux-*") +
            glob.glob(self.root + "/usr/lib/*-linux-*") +
            [self.root + "/usr/lib"]))
