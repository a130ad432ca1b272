# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Many sessions on the same mailboxes, in all formats, for some seconds: at
once (crowd.py), where IMAP2_SEED repeats what was chosen, though not how the
processes took turns, and in turns (stepped.py), where it repeats everything.
`make stress` is longer."""

import os
import random

import model
import stepped
from crowd import LIMITS, Crowd
from harness import slow_factor

CONFIG = model.CONFIG
SECONDS = 2
STEPS = 80


def with_seed(function, *args):
    seed = int(os.environ.get("IMAP2_SEED", random.randrange(1000000)))
    try:
        return function(*args, seed)
    except Exception as error:
        raise AssertionError("IMAP2_SEED=%d" % seed) from error


def crowd(t, format, **options):
    with_seed(lambda seed: Crowd(t, format, seed, SECONDS, **options).run())


def in_turns(t, format, seed):
    table = stepped.Table(t, format, seed)
    table.run(int(STEPS / slow_factor()))
    table.close()
    return table.digest()


def test_maildir(t):
    crowd(t, "maildir")


def test_sdbox(t):
    crowd(t, "sdbox")


def test_mdbox(t):
    crowd(t, "mdbox")


def test_mbox(t):
    crowd(t, "mbox")


def test_quota_and_rights(t):
    crowd(t, "sdbox", limited=t.make_server(model.CONFIG + LIMITS))


def test_in_turns_on_maildir(t):
    with_seed(in_turns, t, "maildir")


def test_in_turns_on_sdbox(t):
    with_seed(in_turns, t, "sdbox")


def test_in_turns_on_mdbox(t):
    with_seed(in_turns, t, "mdbox")


def test_in_turns_on_mbox(t):
    with_seed(in_turns, t, "mbox")


def test_seed_repeats_everything(t):
    first, again = (in_turns(t, "sdbox", 7) for _ in range(2))
    assert first == again
