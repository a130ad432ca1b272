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
import glob
import os
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + "/../lib"]

import answers
import corpus
import host
import mail
import sessions
from build import build
from dovecot import Dovecot, NotPossible
from imap4 import Witness
from work import LOGIN, READ, SELECT, WORK

# Answers are compared in whole up to so many messages.
COMPARED = 20000
LOGINS = 50
MEGABYTE = 1024 * 1024


class Mailbox:
    """One user's mail, and what is done to it between the measurements."""

    def __init__(self, server, format, count, directory):
        self.server = server
        self.count = count
        self.user = server.fresh_user(format)
        self.witness = None
        home = server.home(self.user) + "/Maildir"
        top = home if format == "maildir" else directory
        server.give(directory)
        inbox = mail.Maildir(top, server.owner)
        self.size = corpus.fill(inbox, count)
        corpus.fill(inbox.folder("crlf"), count, crlf=True)
        if format != "maildir":
            server.doveadm("import", "-u", self.user, "maildir:" + top, "",
                           "ALL", timeout=3600)

    def imap4(self):
        if self.witness is None:
            self.witness = Witness(self.server.ports["imap"], self.user)
        return self.witness

    def line(self, command):
        return command.replace("%d", str(self.count))

    def prepare(self, work):
        """Before one measurement."""
        if work.cold:
            for path in glob.glob(self.server.home(self.user) +
                                  "/**/dovecot.index.cache", recursive=True):
                os.unlink(path)
        if work.name == "COPY":
            self.remake_target()
        if work.name == "EXPUNGE":
            self.remake_target()
            witness = self.imap4()
            witness.examine()
            witness.call("copy", "1:%d" % self.count, "target")
            witness.select("target")
            witness.store("1:*", "+FLAGS.SILENT", "\\Deleted")
            witness.examine()

    def remake_target(self):
        witness = self.imap4()
        witness.imap.delete("target")
        witness.create("target")

    def restore(self, work):
        if work.name == "STORE":
            witness = self.imap4()
            witness.select()
            witness.store("1:*", "-FLAGS.SILENT", "\\Flagged")
            witness.examine()


class Runs:
    """The costs of one piece of work, by service."""

    def __init__(self, work):
        self.work = work
        self.costs = {name: [] for name in work.services()}
        self.memory = {}
        self.digests = {}

    def least(self, name):
        return min(cost.cpu for cost in self.costs[name])

    def least_wall(self, name):
        return min(cost.wall for cost in self.costs[name])

    def ratio(self, other):
        return self.least("imap2") / self.least(other)

    def spread(self, other):
        ratios = [mine.cpu / theirs.cpu for mine, theirs in
                  zip(self.costs["imap2"], self.costs[other])]
        return min(ratios), max(ratios)


class Bench:
    def __init__(self, server, mailbox, rounds):
        self.server = server
        self.mailbox = mailbox
        self.rounds = rounds

    def session(self, name, work):
        session = sessions.open_session(self.server, name, self.mailbox.user)
        if name != "pop3" and work.kind != SELECT:
            session.command("SELECT " + work.mailbox)
        return session

    def run_once(self, name, runs):
        work, mailbox = runs.work, self.mailbox
        mailbox.prepare(work)
        session = self.session(name, work)
        if name == "pop3":
            cost = session.measure(session.retrieve, mailbox.count)
        else:
            cost = session.measure(session.command,
                                   mailbox.line(work.commands[name]))
        runs.memory[name] = sessions.memory(session.pid)
        session.close()
        mailbox.restore(work)
        return cost

    def logins(self, name):
        """So many sessions one after another: what they take on the clock."""
        begin = time.monotonic()
        for _ in range(LOGINS):
            session = sessions.Imap.__new__(sessions.Imap)
            session.connect(self.server, name)
            session.login(self.mailbox.user, "secret")
            session.command("LOGOUT")
            session.close()
        wall = time.monotonic() - begin
        return sessions.Cost(wall, wall, 0)

    def compare(self, runs):
        """Whether both answer the same. Warms the caches as well."""
        work = runs.work
        count = min(self.mailbox.count, COMPARED)
        for name in ("imap2", "imap"):
            session = self.session(name, work)
            octets = session.answer(
                work.commands[name].replace("%d", str(count)))
            session.close()
            runs.digests[name] = answers.meaning(name, octets)

    def measure(self, work):
        runs = Runs(work)
        if work.kind == READ and not work.cold:
            self.compare(runs)
        for _ in range(self.rounds):
            for name in work.services():
                cost = self.logins(name) if work.kind == LOGIN else \
                    self.run_once(name, runs)
                runs.costs[name].append(cost)
        return runs


HEADING = "%-20s %9s %9s %6s %11s %6s %7s  %-13s %s" % (
    "work", "imap2 s", "other s", "ratio", "spread", "wall", "MB",
    "private MB", "answers")


def rows(runs):
    for other in runs.work.services()[1:]:
        mine = runs.costs["imap2"]
        name = runs.work.name + ("" if other == "imap" else " / " + other)
        memory = "" if not runs.memory else "%.1f / %.1f" % tuple(
            runs.memory[service][1] / MEGABYTE
            for service in ("imap2", other))
        equal = "" if other != "imap" or not runs.digests else \
            runs.digests["imap2"] if \
            runs.digests["imap2"] == runs.digests["imap"] else "DIFFERENT"
        yield "%-20s %9.4f %9.4f %6.2f %5.2f-%-5.2f %6.2f %7.1f  %-13s %s" % (
            name, runs.least("imap2"), runs.least(other), runs.ratio(other),
            *runs.spread(other),
            runs.least_wall("imap2") / runs.least_wall(other),
            mine[0].octets / MEGABYTE, memory, equal)


def machine():
    with open("/proc/cpuinfo") as file:
        model = [line.split(":")[1].strip() for line in file
                 if line.startswith("model name")]
    return "%d x %s" % (len(model), model[0])


def run(server, format, count, args):
    print("\n%s, %d messages, Dovecot %s, %s" % (
        format, count, host.VERSION, machine()))
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        mailbox = Mailbox(server, format, count, directory)
        print("%.1f MB of mail\n%s" % (mailbox.size / MEGABYTE, HEADING),
              flush=True)
        bench = Bench(server, mailbox, args.rounds)
        different = 0
        for work in WORK:
            if args.only and not any(text in work.name for text in args.only):
                continue
            for row in rows(bench.measure(work)):
                print(row, flush=True)
                different += row.endswith("DIFFERENT")
        if mailbox.witness is not None:
            mailbox.witness.close()
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
    args = parser.parse_args()
    different = 0
    with tempfile.TemporaryDirectory(prefix="imap2-bench-") as directory:
        os.chmod(directory, 0o755)
        made = os.environ.get("IMAP2_BUILD")
        if not made:
            made = directory
            build(made)
        with Dovecot(made, vsz_limit="1G") as server:
            for format in args.formats.split(","):
                for count in map(int, args.messages.split(",")):
                    different += run(server, format, count, args)
    return 1 if different else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NotPossible as reason:
        sys.exit(str(reason))
