# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Does a piece of work by each service in turn, several rounds, each time in a
new session, and keeps what it cost. Before that, answers are compared by what
they mean, and what was changed by what it then is.
"""

import answers
import sessions
from work import READ, SELECT, WRITE

# Answers are compared in whole up to so many messages.
COMPARED = 20000


class Runs:
    """The costs of one piece of work, by service."""

    def __init__(self, work):
        self.work = work
        self.costs = {name: [] for name in work.services()}
        self.peak = {}
        self.private = {}
        self.digests = {}

    def least(self, name):
        return min(cost.cpu for cost in self.costs[name])

    def least_wall(self, name):
        return min(cost.wall for cost in self.costs[name])

    def octets(self):
        return self.costs["imap2"][0].octets

    def rate(self, name):
        """Octets in a second, on the clock."""
        return self.octets() / self.least_wall(name)

    def ratio(self, other):
        return self.least("imap2") / self.least(other)

    def spread(self, other):
        ratios = [mine.cpu / theirs.cpu for mine, theirs in
                  zip(self.costs["imap2"], self.costs[other])]
        return min(ratios), max(ratios)

    def equal(self, other):
        """Whether the same was done; None if that isn't known."""
        if other not in self.digests:
            return None
        return self.digests["imap2"] == self.digests[other]


class Bench:
    def __init__(self, server, mailbox, rounds, compare=True):
        self.server = server
        self.mailbox = mailbox
        self.rounds = rounds
        self.compares = compare

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
        runs.costs[name].append(cost)
        runs.peak[name], runs.private[name] = sessions.memory(session.pid)
        session.close()
        if self.compares and work.kind == WRITE and name not in runs.digests:
            runs.digests[name] = mailbox.outcome(work)
        mailbox.restore(work)

    def compare(self, runs):
        """Whether all answer the same. Warms the caches as well."""
        work = runs.work
        count = min(self.mailbox.count, COMPARED)
        for name in work.services():
            self.mailbox.prepare(work)
            session = self.session(name, work)
            if name == "pop3":
                kept = []
                session.retrieve(count, kept)
                meaning = answers.of_pop3(b"".join(kept))
            else:
                meaning = answers.meaning(name, session.answer(
                    work.commands[name].replace("%d", str(count))))
            session.close()
            runs.digests[name] = meaning

    def measure(self, work):
        runs = Runs(work)
        if self.compares and work.kind in (READ, SELECT):
            self.compare(runs)
        for number in range(self.rounds):
            # Nobody is always the first.
            names = work.services()
            for name in names[number % 2:] + names[:number % 2]:
                self.run_once(name, runs)
        return runs
