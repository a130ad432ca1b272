# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What sessions that stay connected and do nothing take of memory, each in a
process of its own or all in one; and how long they wait in the one process
while another session's command takes long.
"""

import threading
import time

import corpus
import host
import mail
import sessions
from dovecot import Dovecot
from tables import Table

SERVICES = ("imap2", "imap")
SESSIONS = 100
MESSAGES = 500
# Of the mailbox in which a command takes long.
MANY = 2000
USERS = {"idle%d" % number: "secret" for number in range(SESSIONS)}
SHARED = "".join(
    "service %s {\n  client_limit = %d\n  process_limit = 1\n%s}\n" % (
        name, SESSIONS + 1, host.REUSED) for name in SERVICES)
SLOW = {
    "FETCH ALL": "FETCH 1:%d ALL" % MANY,
    "FETCH RFC822": "FETCH 1:%d RFC822" % MANY,
    "SEARCH TEXT": "SEARCH TEXT nothing",
    "STORE": "STORE 1:%d +FLAGS (\\Flagged)" % MANY,
    "COPY": "COPY 1:%d target" % MANY,
}
PAUSE = 0.002


def inbox(server, user):
    return mail.Maildir(server.home(user) + "/Maildir", server.owner)


def fill(server):
    """The same mail for all."""
    first, *rest = USERS
    server.make_home(first)
    with_mail = inbox(server, first)
    paths = []
    for number in range(1, MESSAGES + 1):
        octets, seconds = corpus.message(number)
        paths.append(with_mail.add(octets, "\\Seen", seconds))
    for user in rest:
        server.make_home(user)
        other = inbox(server, user)
        for path in paths:
            other.link(path, "\\Seen")


def begin(server, service, user):
    """What clients do when they start."""
    session = sessions.Imap.__new__(sessions.Imap)
    session.connect(server, service)
    session.login(user, "secret")
    session.command("SELECT INBOX")
    session.command("FETCH 1:%d FLAGS" % MESSAGES)
    session.command("FETCH %d:%d ALL" % (MESSAGES - 20, MESSAGES))
    return session


def end(*ended):
    for session in ended:
        session.command("LOGOUT")
        session.close()


def private_each(server, service, count):
    """Octets of private memory per idle session."""
    users = list(USERS)[:count]
    # Who writes the index and the cache has taken more, and it shows.
    for user in users:
        for name in SERVICES:
            end(begin(server, name, user))
    open_sessions = [begin(server, service, user) for user in users]
    time.sleep(1)
    total = sum(sessions.memory(pid)[1]
                for pid in server.session_pids(service))
    end(*open_sessions)
    return total / count


def memory(made, report, heading):
    table = Table(heading("private kB per idle session, %d messages" %
                          MESSAGES),
                  ["sessions", "imap2", "imap", "ratio",
                   "of imap's alone"], report("idle"))
    alone = None
    for name, settings, count in (
            ("a process each", "", 20),
            ("%d in a process" % SESSIONS, SHARED, SESSIONS)):
        with Dovecot(made, settings, users=USERS) as server:
            fill(server)
            mine, theirs = [private_each(server, service, count) / 1024
                            for service in SERVICES]
        alone = alone or theirs
        table.add(name, "%.0f" % mine, "%.0f" % theirs,
                  "%.2f" % (mine / theirs), "%.2f" % (mine / alone))
    table.close()


def waits(neighbour, done):
    """Seconds that each of the neighbour's NOOPs took until then."""
    times = []
    while not done.is_set():
        start = time.monotonic()
        neighbour.command("NOOP")
        times.append(time.monotonic() - start)
        time.sleep(PAUSE)
    return times


def beside(server, service, line):
    """(seconds that a command took, longest wait of a neighbour)"""
    slow = begin(server, service, "big")
    neighbour = begin(server, service, "idle0")
    done = threading.Event()
    took = []

    def work():
        start = time.monotonic()
        slow.command(line)
        took.append(time.monotonic() - start)
        done.set()
    thread = threading.Thread(target=work)
    thread.start()
    times = waits(neighbour, done)
    thread.join()
    end(slow, neighbour)
    return took[0], max(times)


def neighbours(made, report, heading):
    table = Table(heading("longest ms for a neighbour's NOOP, while a command "
                          "takes so many ms"),
                  ["command", "alone took", "waited", "imap2 took", "waited",
                   "imap took", "waited"], report("neighbours"))
    users = {"big": "secret", "idle0": "secret"}
    found = {name: [] for name in SLOW}
    for settings, service in (("", "imap2"), (SHARED, "imap2"),
                              (SHARED, "imap")):
        with Dovecot(made, settings, users=users) as server:
            for user, count in (("big", MANY), ("idle0", MESSAGES)):
                server.make_home(user)
                corpus.fill(inbox(server, user), count)
            inbox(server, "big").folder("target")
            begin(server, service, "big").command(
                SLOW["FETCH ALL"])
            for name, line in SLOW.items():
                found[name] += beside(server, service, line)
    for name, times in found.items():
        table.add(name, *("%.0f" % (time * 1000) for time in times))
    table.close()


def run(made, report, heading):
    memory(made, report, heading)
    neighbours(made, report, heading)
