# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""kill -9 at any time, of a session, of its neighbours with it, or of the whole
Dovecot, which then is started again (design 6): what was answered with OK is
there, as IMAP4 sees it, what wasn't is there or not, and nothing is doubled.

test_kill.py kills at each point of one command; here commands come at random.
The seed is printed, IMAP2_SEED repeats what was chosen (not when it was killed)
and IMAP2_CRASHES is how often each is killed."""

import collections
import os
import random
import re
import signal
import ssl
import time
from concurrent.futures import ThreadPoolExecutor

import host
import mail
from imap2 import Closed, Lit
from killpoint import remove_locks
from process import wait_for
from tls import context_of, tls_server

CRASHES = int(os.environ.get("IMAP2_CRASHES", "3"))
# What Dovecot's storages find, and mend, of what a killed process left; and
# what the processes say that live on without one.
EXPECTED = r"killed with signal 9|already exists, rebuilding index|" \
    r"refcount too low|view is now inconsistent|bad magic value|" \
    r"reset_id mismatch|Inconsistency in map index"
# Not mbox, which moves messages within its one file.
FORMATS = ("maildir", "sdbox", "mdbox")
MAX_SECONDS = 0.15
MANY_COPIES = 30
IDENT = re.compile(rb"Message-ID: <(\d+)@")
SHARED = "service imap2 {\n  client_limit = 5\n  process_limit = 1\n%s}\n" % \
    host.REUSED


def text(ident):
    """Of different lengths, up to 300 kB."""
    return mail.crlf(mail.simple(ident) +
                     b"line of text\n" * (ident * 7919 % 25000))


def seed_of(t):
    seed = int(os.environ.get("IMAP2_SEED", random.randrange(1000000)))
    print("# seed %d" % seed, flush=True)
    return random.Random(seed)


class Ledger:
    """What one user's mailboxes hold, as far as the client was told. INBOX is
    a list of [ident, flags]; of the other mailbox it's how many copies there
    are of each."""

    def __init__(self):
        self.inbox = []
        self.copies = collections.Counter()
        # What was never answered with OK, and may still be found by a storage
        # that mends itself.
        self.late = set()
        self.late_copies = collections.Counter()
        self.last_ident = 0
        self.operations = self.refusals = 0
        self.done()

    def done(self):
        """pending: flags that messages may have instead; coming, going and
        copying: idents that may be there, be gone, be there once more."""
        self.pending = {}
        self.coming, self.going, self.copying = [], [], []

    def not_done(self):
        self.late.update(self.coming + self.going)
        self.late_copies.update(self.copying)

    def check(self, inbox, copies):
        """What is found, of the same shapes."""
        self.not_done()
        known = dict(self.inbox)
        for ident, flags in inbox:
            may = [known[ident]] if ident in known else [[], ["\\Flagged"]]
            may += self.pending.get(ident, [])
            assert ident in known or ident in self.late, "%d is back" % ident
            assert flags in may, "%d has %s, not %s" % (ident, flags, may)
        idents = [ident for ident, _ in inbox]
        assert len(set(idents)) == len(idents), "doubled: %s" % idents
        lost = set(known) - set(idents) - set(self.going)
        assert not lost, "lost: %s" % lost
        for ident in copies.keys() | self.copies.keys():
            extra = copies[ident] - self.copies[ident]
            assert 0 <= extra <= self.late_copies[ident], \
                "copies of %d: %+d" % (ident, extra)
            self.late_copies[ident] -= extra
        self.inbox, self.copies = inbox, copies
        self.done()


class Worker:
    """A client that goes on until its connection ends."""

    def __init__(self, client, ledger, choice):
        self.client, self.ledger, self.choice = client, ledger, choice

    def run(self):
        try:
            self.client.select()
            while True:
                self.choice.choice((
                    self.select, self.append, self.store, self.store,
                    self.copy, self.expunge))()
                self.ledger.done()
                self.ledger.operations += 1
        except (Closed, ConnectionError, ssl.SSLError):
            self.client.close()

    def ok(self, *parts):
        """Whether it was OK: what was left of a crash may cost a command."""
        result = self.client.command(*parts)
        if result.state == "OK":
            return True
        assert result.state == "NO" and "Internal error" in result.text, result
        self.ledger.refusals += 1
        self.ledger.not_done()
        return False

    def some(self):
        """Sequence and entries of up to four neighbours."""
        count = len(self.ledger.inbox)
        first = self.choice.randint(1, count)
        last = min(count, first + self.choice.randint(0, 3))
        return "%d:%d" % (first, last), self.ledger.inbox[first - 1:last]

    def select(self):
        self.client.select()

    def append(self):
        self.ledger.last_ident += 1
        ident = self.ledger.last_ident
        self.ledger.coming = [ident]
        if self.ok("APPEND INBOX (\\Flagged) ", Lit(text(ident))):
            self.ledger.inbox.append([ident, ["\\Flagged"]])
            self.client.ok("NOOP")

    def store(self):
        if not self.ledger.inbox:
            return
        sequence, entries = self.some()
        flags = sorted(self.choice.sample(
            ["Word", "\\Answered", "\\Deleted", "\\Flagged"],
            self.choice.randint(0, 3)))
        self.ledger.pending = {ident: [flags] for ident, _ in entries}
        self.client.ok("STORE %s FLAGS (%s)" % (sequence, " ".join(flags)))
        for entry in entries:
            entry[1] = flags

    def copy(self):
        if not self.ledger.inbox:
            return
        sequence, entries = self.some()
        idents = [ident for ident, _ in entries]
        self.ledger.copying = idents
        self.ledger.pending = {ident: [sorted({"\\Seen", *flags})]
                               for ident, flags in entries}
        if self.ok("COPY %s other" % sequence):
            self.ledger.copies.update(idents)
            for entry in entries:
                entry[1] = sorted({"\\Seen", *entry[1]})

    def expunge(self):
        going = [ident for ident, flags in self.ledger.inbox
                 if "\\Deleted" in flags]
        self.ledger.going = going
        self.client.ok("EXPUNGE")
        self.ledger.inbox = [entry for entry in self.ledger.inbox
                             if entry[0] not in going]


def identify(found):
    """The ident of a message, which is whole. (What mdbox makes of one whose
    header wasn't written yet has 30 octets before it; nobody was told that it
    had been saved.)"""
    ident = int(IDENT.search(found).group(1))
    assert found.lstrip(b"\x80") == text(ident), "not whole: %d" % ident
    return ident


def look(t, server, user):
    """INBOX and copies as IMAP4 sees them."""
    with t.witness(user, server) as witness:
        found = [witness.snapshot(name) if name in witness.names() else []
                 for name in ("INBOX", "other")]
    inbox = [[identify(text), flags] for text, flags, _ in found[0]]
    copied = [identify(text) for text, _, _ in found[1]]
    return inbox, collections.Counter(copied)


def crash(t, server, users, choice, kill, options):
    """users: {name: Ledger}, who all work until kill() is called."""
    start = len(server.log())
    workers = [Worker(t.login(user, server, **options), ledger,
                      random.Random(choice.random()))
               for user, ledger in users.items()]
    with ThreadPoolExecutor(len(workers)) as pool:
        ends = [pool.submit(worker.run) for worker in workers]
        time.sleep(choice.random() * MAX_SECONDS)
        kill(users, start)
        for end in ends:
            end.result()


def name_keyword(t, server, user, ledger):
    """Dovecot gives messages of a Maildir a new keyword first, and writes down
    its name then: between the two it's nameless."""
    worker = Worker(t.selected(user, server), ledger, None)
    worker.append()
    worker.client.ok("STORE 1 +FLAGS Word")
    worker.client.ok("STORE 1 FLAGS \\Flagged")
    worker.client.logout()


def tidy(t, server, user, ledger):
    """To look at all copies takes its time."""
    if sum(ledger.copies.values()) > MANY_COPIES:
        with t.witness(user, server) as witness:
            witness.select("other")
            witness.store("1:*", "+FLAGS", "\\Deleted")
            witness.expunge()
        ledger.copies.clear()


def crashes(t, server, users, choice, kill, **options):
    """options: of the connections."""
    t.needs_own_speed()
    t.expect_log(EXPECTED)
    for user, ledger in users.items():
        name_keyword(t, server, user, ledger)
    for _ in range(CRASHES):
        crash(t, server, users, choice, kill, options)
        wait_for(lambda: not server.session_pids("imap2"), "still at work")
        for user, ledger in users.items():
            remove_locks(server.home(user))
            ledger.check(*look(t, server, user))
            tidy(t, server, user, ledger)
    done = [sum(getattr(ledger, name) for ledger in users.values())
            for name in ("operations", "refusals")]
    print("# %s: %d crashes, %d commands, %d refused" % (
        ", ".join(users), CRASHES, *done), flush=True)
    assert done[1] <= CRASHES * len(users), done


def test_session(t):
    def kill(users, start):
        pid, _ = t.server.session_of(*users, start)
        t.server.kill(pid, signal.SIGKILL)
    choice = seed_of(t)
    for format in FORMATS:
        crashes(t, t.server, {t.user(format): Ledger()}, choice, kill)


def test_sessions_of_one_process(t):
    """They die together."""
    def kill(users, start):
        pid, _ = server.session_of(*list(users)[:1], start)
        server.kill(pid, signal.SIGKILL)
    server = t.make_server(SHARED)
    crashes(t, server, {t.user(format, server): Ledger()
                        for format in FORMATS}, seed_of(t), kill)


def test_whole_dovecot(t):
    def kill(*_):
        server.cut()
        server.launch()
    server = t.make_server()
    crashes(t, server, {t.user(format, server): Ledger()
                        for format in FORMATS}, seed_of(t), kill)


def test_login_process_in_front_of_tls(t):
    """The session outlives it, until it sees that its client is gone."""
    def kill(*_):
        for pid in server.session_pids("imap2-login"):
            server.kill(pid, signal.SIGKILL)
    with tls_server(t) as (server, port, certificate):
        crashes(t, server, {t.user(server=server): Ledger()}, seed_of(t),
                kill, port=port, tls=context_of(certificate))
