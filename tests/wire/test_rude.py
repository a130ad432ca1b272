# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Peers who have logged in and mean no good (design 4.2, 6): every octet in
every place, numbers that no machine word holds, a million ranges, nesting
without end, thousands of commands at once, one octet in ten seconds, leaving in
every state. Each gets an answer and stays in step, the process lives, and its
memory is as before. Figures are printed.

test_flood.py has those who haven't logged in, test_backpressure.py those who
don't read, test_neighbours.py what others of the process notice.
"""

import os
import re
import socket
import struct
import time

from process import Hurry, private, wait_for
from states import LOGGED_IN, Left, Line

ANSWER = re.compile(rb"[\x21-\x7e]+ (OK|NO|BAD) [\x20-\x7e]+\r\n")
MEGABYTE = 1024 * 1024
MAX_GROWTH = 1 * MEGABYTE


class Rude(Line):
    """A session with INBOX selected; what it says isn't checked by a client
    that knows what it asked for."""

    def __init__(self, t, server=None, count=3):
        server = server or t.server
        self.user = t.simple_user(count, server)
        super().__init__(server.ports["imap2"])
        t.clients.append(self)
        assert self.login(self.user).startswith(b"a OK")
        assert self.ask(b"b SELECT INBOX\r\n", b"b").startswith(b"b OK")
        self.pid, _ = server.session_of(self.user)
        self.idle = private(self.pid)
        self.count = 0

    def say(self, octets):
        """Send what may be one command, or none; returns the last line that
        it's answered with. The next command is answered as it should be."""
        self.count += 1
        tag = b"z%d" % self.count
        self.got.clear()
        self.sock.settimeout(120)
        line = self.ask(octets + b"\r\n" + tag + b" NOOP\r\n", tag)
        assert line == tag + b" OK NOOP completed\r\n", (octets[:80], self.got)
        lines = bytes(self.got).splitlines(keepends=True)
        return lines[-2] if len(lines) > 1 else b""

    def growth(self):
        return private(self.pid) - self.idle

    def check_memory(self):
        if "IMAP2_SLOW" not in os.environ:
            assert self.growth() < MAX_GROWTH, self.growth()


# Octets and numbers

COMMANDS = (b"a STORE 1 FLAGS (\\Flagged word)", b"a FETCH 1:2 (FLAGS ENVELOPE)",
            b'a SEARCH SUBJECT "x y" SINCE 1-Jan-1990', b"a COPY 2 {5}\r\nother")


def test_every_octet_in_every_place(t):
    """Those that mean something, and those that mustn't be there."""
    rude = Rude(t)
    for command in COMMANDS:
        for place in range(len(command) + 1):
            for octet in b"\0", b"\x80", b"\xff", b"{", b"\\", b"%", b'"', b"(":
                octets = command[:place] + octet + command[place:]
                line = rude.say(octets)
                # The literal's octets are a line if it is none.
                tags = [said.split(b" ")[0] for said in octets.splitlines()]
                assert ANSWER.match(line), (octets, line)
                assert line.split(b" ")[0] in [b"*", *tags], (octets, line)
    rude.check_memory()
    witness = t.witness(rude.user)
    assert len(witness.snapshot()) == 3


NUMBERS = [str(number).encode() for number in (
    0, 4, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 63,
    2 ** 64 - 1, 2 ** 64, 2 ** 64 + 1, 10 ** 100)] + [b"-1", b"+1"]
PLACES = (
    b"a FETCH %s FLAGS", b"a FETCH 1:%s FLAGS", b"a FETCH %s:1 FLAGS",
    b"a FETCH 1,%s FLAGS", b"a STORE %s FLAGS (\\Deleted)",
    b"a COPY %s other", b"a PARTIAL %s RFC822 1 1", b"a FETCH 1 BODY[%s]",
    b"a FETCH 1 BODY[1.%s]", b"a SEARCH SINCE %s-Jan-1990",
    b"a SEARCH SINCE 1-Jan-%s", b"a VERSION %s")


def test_numbers(t):
    rude = Rude(t)
    for number in NUMBERS:
        for place in PLACES:
            line = rude.say(place % number)
            # A message, or part of one, that isn't there; years mean much.
            assert line.startswith((b"a BAD ", b"a NO ")) or \
                b"SEARCH" in place or b"BODY" in place, (place, number, line)
            assert ANSWER.match(line), (place, number, line)
        for offset, length in (number, b"1"), (b"1", number):
            line = rude.say(b"a PARTIAL 1 RFC822 %s %s" % (offset, length))
            assert ANSWER.match(line), (number, line)
    rude.check_memory()
    witness = t.witness(rude.user)
    witness.select()
    assert all("\\Deleted" not in flags for flags in witness.all_flags())
    assert witness.names() == ["INBOX"]


# Lengths

def test_nesting(t):
    rude = Rude(t)
    for octets in (b"a SEARCH ", b"a FETCH 1 ", b"a STORE 1 FLAGS ",
                   b"a STORE 1 +FLAGS ("):
        for length in 2, 1000, 20000:
            line = rude.say(octets + b"(" * length)
            assert line.startswith(b"a BAD "), (octets, line)
            line = rude.say(octets + b"(" * length + b")" * length)
            assert line.startswith(b"a BAD "), (octets, line)
    line = rude.say(b"a FETCH 1 BODY[" + b"1." * 20000 + b"1]")
    assert ANSWER.match(line), line
    rude.check_memory()


def test_a_million_ranges(t):
    """Where an administrator allows it, they take time by their number."""
    server = t.make_server("imap2_max_line_length = 16M\n")
    rude = Rude(t, server)
    times = []
    for count in 125000, 250000, 500000, 1000000:
        for sequence in b"1:2,3,", b"3:1,2,":
            begin = time.time()
            line = rude.say(b"a FETCH " + sequence * (count // 2) +
                            b"1 FLAGS")
            assert line == b"a OK FETCH completed\r\n", line
            times.append(time.time() - begin)
            print("# %d ranges: %d ms, +%d kB" % (
                count, times[-1] * 1000, rude.growth() // 1024), flush=True)
            assert rude.got.count(b" FETCH (FLAGS") == 3
    if "IMAP2_SLOW" not in os.environ:
        # Sixteen octets for each of the line.
        assert rude.growth() < 48 * MEGABYTE, rude.growth()
        # Eight times as many: of something quadratic it's 64 times.
        assert times[-1] < 24 * max(times[0], 0.02), times


def test_ten_thousand_commands(t):
    rude = Rude(t)
    count = 10000
    rude.got.clear()
    rude.send(b"".join(b"m%d NOOP\r\n" % number for number in range(count)))
    rude.until(b"\r\nm%d OK NOOP completed\r\n" % (count - 1))
    assert rude.got.split() == [
        word for number in range(count)
        for word in (b"m%d" % number, b"OK", b"NOOP", b"completed")]
    rude.check_memory()


# Slowness

def test_one_octet_in_ten_seconds(t):
    """Who says something, however slowly, isn't idle."""
    hurry = Hurry(t, "imap2", 1000)
    rude = Rude(t, hurry.server)
    t.expect_log("dotlock file's timestamp is different")
    line = b"a SEARCH TEXT %s\r\n" % (b"x" * 230)
    rude.got.clear()
    hurry.go()
    begin = time.time()
    for octet in line:
        rude.send(bytes([octet]))
        time.sleep(0.01)
    # In the server's seconds: longer than the half hour of the idle.
    assert (time.time() - begin) * 1000 > 1800
    assert rude.answer(b"a") == b"a OK SEARCH completed\r\n"
    hurry.stop()
    rude.check_memory()


# Leaving

def reset(sock):
    """RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    sock.close()


LEAVING = {
    "FIN": lambda sock: sock.close(),
    "RST": reset,
    "half-close": lambda sock: sock.shutdown(socket.SHUT_WR),
}


def test_leaving_in_every_state(t):
    """The session ends, says so once, and nothing was done by half."""
    # The storage says so itself if it was the one who read.
    t.expect_log(r"Saving mail: .*read\(<imap2 APPEND>\) failed: .*reset")
    for state in LOGGED_IN:
        for name, leave in LEAVING.items():
            left = Left(t, t.server, "imap2", state)
            leave(left.sock)
            if name == "half-close":
                left.to_end()
                left.close()
            ended = r"imap2\(%s\)<%d>.*: Disconnected: .*" % (
                left.user, left.pid)
            t.server.wait_log(ended)
            wait_for(lambda pid=left.pid: pid not in
                     t.server.session_pids("imap2"), "the process is there")
            lines = re.findall(ended, t.server.log())
            assert len(lines) == 1, lines
            witness = t.witness(left.user)
            assert witness.select() == 1, (state, name)
