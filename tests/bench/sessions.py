# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Clients that are never the slow side, and what their session's process takes
meanwhile: its CPU time by the kernel's clock of that process, in nanoseconds,
and its memory.
"""

import hashlib
import select
import socket
import time

BUFFER = 1 << 20


def cpu_seconds(pid):
    """User and system time of a process so far."""
    # clock_getcpuclockid(3)'s number for the whole of a process.
    return time.clock_gettime((~pid << 3) | 2)


def memory(pid):
    """(peak of the resident size, private memory now), in octets."""
    with open("/proc/%d/status" % pid) as file:
        peak, = [int(line.split()[1]) * 1024 for line in file
                 if line.startswith("VmHWM:")]
    with open("/proc/%d/smaps_rollup" % pid) as file:
        private = sum(int(line.split()[1]) * 1024 for line in file
                      if line.startswith("Private_"))
    return peak, private


class Cost:
    """What a piece of work took."""

    def __init__(self, cpu, wall, octets):
        self.cpu = cpu
        self.wall = wall
        self.octets = octets


class Session:
    """One logged-in connection. name: the service."""

    def __init__(self, server, name, user, password="secret"):
        before = set(server.session_pids(name))
        self.connect(server, name)
        self.login(user, password)
        self.pid, = set(server.session_pids(name)) - before

    def connect(self, server, name):
        self.name = name
        self.sock = socket.create_connection(
            ("127.0.0.1", server.ports[name]), 600)
        self.buffer = bytearray(BUFFER)
        self.count = 0
        self.read_line()

    def read_line(self):
        line = b""
        while not line.endswith(b"\n"):
            octet = self.sock.recv(1)
            if not octet:
                raise EOFError("%s closed the connection: %r" % (
                    self.name, line))
            line += octet
        return line

    def measure(self, work, *args):
        """Cost of work(*args), which returns octets."""
        cpu, wall = cpu_seconds(self.pid), time.monotonic()
        octets = work(*args)
        return Cost(cpu_seconds(self.pid) - cpu, time.monotonic() - wall,
                    octets)

    def close(self):
        self.sock.close()


class Imap(Session):
    """IMAP2 and IMAP4: both end an answer with a tagged line."""

    def login(self, user, password):
        self.command("LOGIN %s %s" % (user, password))

    def command(self, line, keep=None):
        """The number of octets of the answer, which must be OK. keep: a list
        that takes them."""
        self.count += 1
        tag = b"\nb%d " % self.count
        self.sock.sendall(tag[1:] + line.encode() + b"\r\n")
        size, end = 0, b"\n"
        view = memoryview(self.buffer)
        while True:
            got = self.sock.recv_into(self.buffer)
            if got == 0:
                raise EOFError("%s closed at %s" % (self.name, line))
            size += got
            if keep is not None:
                keep.append(bytes(view[:got]))
            end = (end + bytes(view[max(0, got - 600):got]))[-600:]
            place = end.rfind(tag)
            if place >= 0 and end.endswith(b"\r\n"):
                if not end.startswith(tag + b"OK", place):
                    raise ValueError("%s: %s gave %r" % (self.name, line,
                                                         end[place:]))
                return size

    def answer(self, line):
        """The octets before the tagged line."""
        parts = []
        self.command(line, parts)
        octets = b"".join(parts)
        return octets[:octets.rindex(b"b%d OK" % self.count)]


class Pop3(Session):
    """Only its bulk transfer is comparable."""

    def login(self, user, password):
        for line in ("USER " + user, "PASS " + password):
            self.sock.sendall(line.encode() + b"\r\n")
            answer = self.read_line()
            if not answer.startswith(b"+OK"):
                raise ValueError("pop3: %r" % answer)

    def retrieve(self, count, keep=None):
        """Octets of all messages, asked for in one go as IMAP does it. keep: a
        list that takes them."""
        lines = b"".join(b"RETR %d\r\n" % number
                         for number in range(1, count + 1)) + b"NOOP\r\n"
        size, end = 0, b""
        view = memoryview(self.buffer)
        self.sock.setblocking(False)
        while lines or not end.endswith(b"\r\n.\r\n+OK\r\n"):
            readable, writable, _ = select.select(
                [self.sock], [self.sock] if lines else [], [], 600)
            if writable:
                lines = lines[self.sock.send(lines):]
            if readable:
                got = self.sock.recv_into(self.buffer)
                if got == 0:
                    raise EOFError("pop3 closed")
                size += got
                if keep is not None:
                    keep.append(bytes(view[:got]))
                end = (end + bytes(view[max(0, got - 16):got]))[-16:]
        self.sock.setblocking(True)
        return size


SESSIONS = {"imap2": Imap, "imap": Imap, "pop3": Pop3}


def open_session(server, name, user):
    return SESSIONS[name](server, name, user)


def digest(value):
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]
