#!/usr/bin/env python3
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Many sessions on the same mailboxes of a private Dovecot for as long as one
likes, in rounds, each with a seed of its own and a fresh user: all at once
(tests/lib/crowd.py) or, with --stepped, in turns (tests/lib/stepped.py). Ends
at the first violation, with the seed that repeats what was chosen; how the
processes took turns it repeats only with --stepped.
"""

import argparse
import os
import random
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../lib")

import harness
from build import build
import model
import stepped
from crowd import LIMITS, Crowd
from dovecot import NotPossible
from imap2 import Client, format_transcript


def all_at_once(t, format, seed, args):
    """Returns how many operations there were, by kind of actor."""
    crowd = Crowd(t, format, seed, args.seconds, args.stock, args.strict,
                  t.server if args.limits else None)
    crowd.run()
    return crowd.ledger.operations, ""


def in_turns(t, format, seed, args):
    """And the digest of what was told."""
    table = stepped.Table(t, format, seed)
    table.run(args.steps)
    return table.operations, ", digest " + table.digest()


def one_round(format, seed, args):
    config = model.CONFIG + (LIMITS if args.limits else "")
    with harness.make_server(config) as server:
        t = harness.Test(server)
        Client.transcripts = []
        try:
            done = (in_turns if args.stepped else all_at_once)(
                t, format, seed, args)
        except Exception:
            print("violation: --formats %s --seed %d%s" % (
                format, seed, " --stepped --steps %d" % args.steps
                if args.stepped else ""))
            for transcript in Client.transcripts[:3]:
                print(format_transcript(transcript, limit=30))
            print(server.tail(20))
            raise
        finally:
            t.stop(0)
        t.check_logs()
        return done


def stress(format, args):
    end = time.monotonic() + args.minutes * 60
    seed = args.seed if args.seed is not None else random.randrange(1000000)
    while True:
        done, more = one_round(format, seed, args)
        print("%s, seed %d: %d operations (%s), no violation%s" % (
            format, seed, sum(done.values()),
            ", ".join("%s %d" % item for item in sorted(done.items())), more),
            flush=True)
        if time.monotonic() > end:
            return
        seed += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--formats", default="maildir,sdbox,mdbox,mbox")
    parser.add_argument("--minutes", type=float, default=1,
                        help="for each format (1)")
    parser.add_argument("--seconds", type=float, default=20,
                        help="of a round (20)")
    parser.add_argument("--seed", type=int, help="of the first round")
    parser.add_argument("--stepped", action="store_true",
                        help="in turns, every answer foretold")
    parser.add_argument("--steps", type=int, default=1000,
                        help="of a round with --stepped (1000)")
    parser.add_argument("--stock", action="store_true",
                        help="IMAP4 sessions only: is it Dovecot's own doing?")
    parser.add_argument("--limits", action="store_true",
                        help="with a quota, and rights that come and go")
    parser.add_argument("--strict", action="store_true",
                        help="allow nothing for mbox")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="imap2-stress-") as directory:
        os.chmod(directory, 0o755)
        if not os.environ.get("IMAP2_BUILD"):
            build(directory)
            os.environ["IMAP2_BUILD"] = directory
        for format in args.formats.split(","):
            stress(format, args)


if __name__ == "__main__":
    try:
        main()
    except NotPossible as reason:
        sys.exit(str(reason))
