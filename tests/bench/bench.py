#!/usr/bin/env python3
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Compares imap2 with Dovecot's own imap (and pop3, in bulk) on the same
mailbox, in a private Dovecot. Each piece of work is done by each service in
turn, several rounds, each time in a new session of its own; what counts is the
CPU time of the session's process. Before that, the answers of both are compared
by what they mean. Times on a busy machine are worth little: look at the
ratios of one run, and at their spread.
"""

import argparse
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + "/../lib"]

import growth
import host
import idle
import instructions
import logins
from build import build
from dovecot import Dovecot, NotPossible
from mailbox import Mailbox
from measure import Bench
from tables import Table
from work import WORK

MEGABYTE = 1024 * 1024
COLUMNS = ("work", "imap2 s", "other s", "ratio", "spread", "imap2 MB/s",
           "other MB/s", "peak MB", "private MB", "answers")


def equal(runs, other):
    """What of the work's outcome is seen in the table."""
    if runs.equal(other) is None:
        return "-"
    return runs.digests[other] if runs.equal(other) else "DIFFERENT"


def rows(runs):
    for other in runs.work.services()[1:]:
        name = runs.work.name + ("" if other == "imap" else " / " + other)
        both = ("imap2", other)
        # A rate of what hardly sends anything says nothing.
        rates = ["%.0f" % (runs.rate(service) / MEGABYTE)
                 if runs.octets() > MEGABYTE else "-" for service in both]
        yield (name, *("%.4f" % runs.least(service) for service in both),
               "%.2f" % runs.ratio(other), "%.2f-%.2f" % runs.spread(other),
               *rates,
               *("/".join("%.1f" % (memory[service] / MEGABYTE)
                          for service in both)
                 for memory in (runs.peak, runs.private)),
               equal(runs, other))


def machine():
    with open("/proc/cpuinfo") as file:
        model = [line.split(":")[1].strip() for line in file
                 if line.startswith("model name")]
    return "%d x %s" % (len(model), model[0])


def heading(text):
    return "%s, Dovecot %s, %s" % (text, host.VERSION, machine())


def wanted(works, only):
    return [work for work in works
            if not only or any(text in work.name for text in only)]


def compare(server, format, count, args, report):
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        mailbox = Mailbox(server, format, count, directory)
    table = Table(heading("%s, %d messages, %.1f MB" % (
        format, count, mailbox.size / MEGABYTE)), COLUMNS,
        report("%s %d" % (format, count)))
    bench = Bench(server, mailbox, args.rounds)
    different = 0
    for work in wanted(WORK, args.only):
        for row in rows(bench.measure(work)):
            table.add(*row)
            different += "DIFFERENT" in row
    mailbox.close()
    table.close()
    return different


def run(made, args):
    """How much was different."""
    def report(name):
        return args.report and (args.report, host.SERIES + " " + name)

    counts = [int(count) for count in args.messages.split(",")]
    different = 0
    if args.idle:
        idle.run(made, report, heading)
    elif args.logins:
        logins.run(made, args.rounds, report, heading)
    else:
        with Dovecot(made, vsz_limit="1G") as server:
            for format in args.formats.split(","):
                if args.instructions:
                    instructions.run(server, made, format, counts[0],
                                     wanted(instructions.WORKS, args.only),
                                     args.keep, report, heading)
                elif args.growth:
                    growth.run(server, format, counts, wanted(
                        growth.WORKS, args.only), report, heading)
                else:
                    for count in counts:
                        different += compare(server, format, count, args,
                                             report)
    return different


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", default="20000",
                        help="how many, separated by commas (20000)")
    parser.add_argument("--formats", default="maildir",
                        help="of maildir,sdbox,mdbox (maildir)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", metavar="NAME",
                        help="work whose name has this")
    parser.add_argument("--growth", action="store_true",
                        help="cost per message by the number of messages")
    parser.add_argument("--idle", action="store_true",
                        help="memory of idle sessions, and their neighbours")
    parser.add_argument("--logins", action="store_true",
                        help="logins in a second")
    parser.add_argument("--instructions", action="store_true",
                        help="instructions per message, by valgrind; 500 "
                        "messages will do")
    parser.add_argument("--keep", metavar="DIR",
                        help="callgrind's files of these go there")
    parser.add_argument("--report", metavar="FILE",
                        help="put the tables in their places there as well")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="imap2-bench-") as directory:
        os.chmod(directory, 0o755)
        made = os.environ.get("IMAP2_BUILD")
        if not made:
            made = directory
            build(made)
        return 1 if run(made, args) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NotPossible as reason:
        sys.exit(str(reason))
