# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Sessions of one process take turns (client_limit above 1): while one of them
works for long, for a client that sends and reads as fast as it can, the others
get their answers. (The message of an APPEND is read by the storage as long as
there is something: a sender that is quicker than the disk is waited for.)"""

import os
import threading

import host
import mail
from process import sleeping

SHARED = "service imap2 {\n  client_limit = 5\n  process_limit = 1\n%s}\n" % \
    host.REUSED
MEGABYTE = 1024 * 1024
# Of processor time, which on a busy machine is more than that of time: how long
# a neighbour waits at most, while the work takes at least so much.
MAX_WAIT = 0.15
WORK = 0.25
TICK = 1 / os.sysconf("SC_CLK_TCK")


class Pair:
    """A worker with so many messages, and a neighbour in the same process."""

    def __init__(self, t, count):
        t.needs_own_speed()
        server = t.make_server(SHARED)
        user, other = t.simple_user(count, server), t.simple_user(1, server)
        self.worker = t.selected(user, server)
        self.neighbour = t.selected(other, server)
        self.pid, _ = server.session_of(user)
        assert self.pid == server.session_of(other)[0], "not one process"

    def used(self):
        """Processor time of the process, in seconds."""
        return sleeping(self.pid)[1] * TICK

    def answers_during(self, thread):
        """How long the neighbour waits for them."""
        waits = []
        while thread.is_alive():
            begin = self.used()
            self.neighbour.ok("FETCH 1 FLAGS")
            waits.append(self.used() - begin)
        return waits

    def check(self, work):
        """Returns what the work, a function, returns."""
        done = []
        thread = threading.Thread(target=lambda: done.append(work()))
        begin = self.used()
        thread.start()
        waits = self.answers_during(thread)
        thread.join()
        assert done, "the work failed"
        taken = self.used() - begin
        print("# %.2f s, meanwhile %d answers, after %.2f s at most" % (
            taken, len(waits), max(waits)), flush=True)
        assert taken >= WORK, taken
        assert max(waits) <= MAX_WAIT, max(waits)
        return done[0]


def fetch(client, line):
    """Reads as fast as it can, and looks at the octets later."""
    client.announce(b"a", line)
    client.send(b"a " + line + b"\r\n")
    octets = b""
    while not octets.endswith(b"\r\na OK FETCH completed\r\n"):
        octets += client.sock.recv(MEGABYTE)
    client.buffer = octets
    return client.read_until_tagged()


def test_fetch(t):
    """Of what takes longer to read than to say."""
    count = 15000
    pair = Pair(t, count)
    result = pair.check(lambda: fetch(
        pair.worker, b"FETCH 1:%d RFC822.SIZE" % count))
    assert [response.value["RFC822.SIZE"] for response in result.of("FETCH")] \
        == [len(mail.crlf(mail.simple(number)))
            for number in range(1, count + 1)]


def test_many_commands_at_once(t):
    """Each of them is short."""
    pair = Pair(t, 200)
    count, worker = 200, pair.worker

    def work():
        for number in range(count):
            worker.announce(b"m%d" % number, b"SEARCH")
        worker.send(b"".join(b"m%d SEARCH TEXT nothing\r\n" % number
                             for number in range(count)))
        return [worker.read_until_tagged().values("SEARCH")
                for _ in range(count)]
    assert pair.check(work) == [[[]]] * count
