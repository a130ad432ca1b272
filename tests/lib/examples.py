# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The shipped examples, with the names, places and ports of a test."""

import host
from build import SOURCE


def example(name, *changes):
    """changes: (what is there, what is to be there instead)."""
    with open("%s/examples/%s/%s" % (SOURCE, host.SERIES, name)) as file:
        text = file.read()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, str(new))
    return text
