# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Many sessions at once on the same mailboxes, in all formats, for some
seconds; `make stress` is longer. IMAP2_SEED repeats what was chosen, though
not how the processes took turns."""

import os
import random

from crowd import Crowd

SECONDS = 4


def crowd(t, format):
    seed = int(os.environ.get("IMAP2_SEED", random.randrange(1000000)))
    try:
        Crowd(t, format, seed, SECONDS).run()
    except Exception as error:
        raise AssertionError("IMAP2_SEED=%d" % seed) from error


def test_maildir(t):
    crowd(t, "maildir")


def test_sdbox(t):
    crowd(t, "sdbox")


def test_mdbox(t):
    crowd(t, "mdbox")


def test_mbox(t):
    crowd(t, "mbox")
