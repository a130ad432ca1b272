# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Memory of a session is bounded (design 6), whatever the mailbox and the
messages hold: measured against the same session at rest after SELECT, and
against what Dovecot's imap takes for the same work on the same mail (it, too,
needs some megabytes for a moment, when lib-storage reads a Maildir of many
files).

Memory is read over and over while the command runs.
"""

import os
import socket
import threading
import time

import host
import mail
from process import private

COUNT = 20000
BIG = 64 * 1024 * 1024
MEGABYTE = 1024 * 1024
# What imap2 may take beyond imap, and beyond its own rest.
OVER_IMAP = 1 * MEGABYTE
OVER_IMAP_COPY = 2 * MEGABYTE
OVER_IDLE = host.OVER_IDLE * MEGABYTE
OVER_IDLE_COPY = 16 * MEGABYTE
OVER_IDLE_ONE_MESSAGE = 2 * MEGABYTE


def many(t):
    """Two users with the same many messages."""
    user, twin = t.user(), t.user()
    maildir = t.maildir(user)
    for number in range(1, COUNT + 1):
        maildir.add(mail.simple(number))
    other = t.maildir(twin)
    for name in os.listdir(maildir.path + "/cur"):
        os.link("%s/cur/%s" % (maildir.path, name),
                "%s/cur/%s" % (other.path, name))
    return user, twin


def show(lines):
    """Figures for whoever reads the output of the tests."""
    for line in lines:
        print("    " + line)


class Watch:
    """The peak of a process while the body of the with statement runs, above
    what it had at rest."""

    def __init__(self, pid, idle):
        self.pid = pid
        self.idle = self.peak = idle
        self.stopped = False
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stopped:
            self.peak = max(self.peak, private(self.pid))
            time.sleep(0.002)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.stopped = True
        self.thread.join()

    @property
    def growth(self):
        return self.peak - self.idle


class Raw:
    """A client that only counts the octets of the answers, so that it is
    never the slow one. Speaks as much as IMAP2 and IMAP4 have in common."""

    def __init__(self, port, user):
        self.sock = socket.create_connection(("127.0.0.1", port), 60)
        self.count = 0
        self.sock.recv(4096)
        self.command("LOGIN %s secret" % user)

    def command(self, line):
        """Octets received for a command that is OK."""
        self.count += 1
        tag = b"m%03d " % self.count
        self.sock.sendall(tag + line.encode() + b"\r\n")
        size, end = 0, b""
        while True:
            octets = self.sock.recv(1 << 18)
            assert octets, "closed"
            size += len(octets)
            end = (end + octets)[-2000:]
            last = end.rfind(b"\n", 0, -1) + 1
            if end.endswith(b"\n") and end.startswith(tag, last):
                assert end.startswith(tag + b"OK", last), end
                return size

    def close(self):
        self.sock.close()


def session(t, port, user, name, server=None):
    """A client with INBOX selected, and the process that serves it."""
    server = server or t.server
    before = set(server.session_pids(name))
    client = Raw(port, user)
    t.clients.append(client)
    client.command("SELECT INBOX")
    pid, = set(server.session_pids(name)) - before
    return client, pid


def measure(t, port, user, name, lines):
    """The growth by each command."""
    client, pid = session(t, port, user, name)
    idle = private(pid)
    growths = []
    for line in lines:
        with Watch(pid, idle) as watch:
            client.command(line)
        growths.append(watch.growth)
    client.close()
    return growths


def measurable(t):
    if "IMAP2_SLOW" in os.environ:
        t.skip("sanitizers and valgrind take memory of their own")


def test_many_messages(t):
    """Each command on all messages of a big mailbox."""
    measurable(t)
    # What IMAP2 and IMAP4 call it, and how much it may take above rest.
    work = [
        ("FETCH 1:%d ALL",
         "FETCH 1:%d (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)", OVER_IDLE),
        ("FETCH 1:%d RFC822", "FETCH 1:%d RFC822", OVER_IDLE),
        ("SEARCH ALL", "SEARCH ALL", OVER_IDLE),
        ("SEARCH FROM nobody", "SEARCH FROM nobody", OVER_IDLE),
        ("STORE 1:%d +Flags (\\Flagged)", "STORE 1:%d +FLAGS (\\Flagged)",
         OVER_IDLE),
        # All or nothing: lib-storage notes each message until the commit.
        ("COPY 1:%d other", "COPY 1:%d other", OVER_IDLE_COPY),
    ]
    user, twin = many(t)
    t.witness(twin).create("other")
    lines = [line.replace("%d", str(COUNT)) for line, _, _ in work]
    imap4 = [line.replace("%d", str(COUNT)) for _, line, _ in work]
    theirs = measure(t, t.server.ports["imap"], twin, "imap", imap4)
    ours = measure(t, t.server.ports["imap2"], user, "imap2", lines)
    if any(mine > other + OVER_IMAP for mine, other in zip(ours, theirs)):
        # On a busy machine a peak may fall between two looks at imap.
        again = measure(t, t.server.ports["imap"], twin, "imap", imap4)
        theirs = [max(pair) for pair in zip(theirs, again)]
    show("%-32s imap2 +%5d kB, imap +%5d kB" % (
        line, mine // 1024, other // 1024)
        for line, mine, other in zip(lines, ours, theirs))
    for (line, _, limit), mine, other in zip(work, ours, theirs):
        more = OVER_IMAP_COPY if line.startswith("COPY") else OVER_IMAP
        assert mine <= limit, (line, mine)
        assert mine <= other + more, (line, mine, other)


def big_message(t, server, least, most):
    """FETCH its texts, each of which has so many octets."""
    measurable(t)
    user = t.user(server=server)
    line = b"A line of a very big message, one of a million and more.\n"
    t.maildir(user, server).add(mail.simple(1) + line * (BIG // len(line)))
    client, pid = session(t, server.ports["imap2"], user, "imap2", server)
    idle = private(pid)
    client.command("FETCH 1 FAST")
    for item in ("RFC822", "RFC822.TEXT", "(RFC822.HEADER RFC822.TEXT)"):
        with Watch(pid, idle) as watch:
            size = client.command("FETCH 1 " + item)
        show(["FETCH 1 %s: %d octets, growth %d kB" % (
            item, size, watch.growth // 1024)])
        assert least < size < most, size
        assert watch.growth < OVER_IDLE_ONE_MESSAGE, watch.growth


def test_one_big_message(t):
    big_message(t, t.server, BIG, BIG + 4 * MEGABYTE)


def test_one_big_message_that_is_cut(t):
    server = t.make_server("imap2_max_message_size = %d\n" % (BIG // 2))
    big_message(t, server, BIG // 2 - 4096, BIG // 2 + 4096)
