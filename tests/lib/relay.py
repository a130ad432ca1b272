# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""A line between a program and the server that keeps what is said on it, in
the order in which it's said, and afterwards has it judged as if a test had been
the client: the checker reads each response, and refusals are counted."""

import re
import socket
import threading

from checker import Checker
from imap2 import Client, Closed

ARGUMENT = re.compile(rb"\{(\d+)\}\r\n\Z")


class Relay:
    """source: the address that clients seem to come from."""

    def __init__(self, port, source=None):
        self.to = ("127.0.0.1", port)
        self.source = (source, 0) if source else None
        self.conversations = []
        self.threads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start(self.accept)

    def start(self, function, *args):
        thread = threading.Thread(target=function, args=args, daemon=True)
        self.threads.append(thread)
        thread.start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.to,
                                              source_address=self.source)
            said = []
            self.conversations.append(said)
            self.start(self.pass_on, b"C", client, server, said)
            self.start(self.pass_on, b"S", server, client, said)

    @staticmethod
    def pass_on(side, one, other, said):
        """Noted first: the answer must come later."""
        try:
            while True:
                octets = one.recv(65536)
                if not octets:
                    break
                said.append((side, octets))
                other.sendall(octets)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        """After all programs have ended."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(30)

    def read(self):
        """A list of (command, Result) for each connection."""
        return [Heard(said).exchanges() for said in self.conversations]


class Heard(Client):
    """A conversation that was, read as a client reads. One command at a time,
    literals only after "+"."""

    def __init__(self, said):
        self.checker = Checker()
        self.transcript = []
        Client.transcripts.append(self.transcript)
        self.buffer = b""
        self.said = iter(said)
        self.begin()

    def begin(self):
        """The next command."""
        self.command = self.line = b""
        self.literal = 0            # octets of it that are to come

    def close(self):
        pass

    def fill(self):
        """Take what was said until the server says something."""
        for side, octets in self.said:
            if side == b"S":
                self.buffer += octets
                return
            self.transcript.append((side, octets))
            self.hear(octets)
        raise Closed("no more was said; left: %r" % self.buffer)

    def hear(self, octets):
        while octets:
            size = self.literal or octets.find(b"\n") + 1 or len(octets)
            piece, octets = octets[:size], octets[size:]
            self.command += piece
            if self.literal:
                self.literal -= len(piece)
            else:
                self.hear_line(piece)

    def hear_line(self, piece):
        first = self.command == self.line + piece
        self.line += piece
        if self.line.endswith(b"\n"):
            if first:
                self.announce(*self.line.split(b" ", 1))
            found = ARGUMENT.search(self.line)
            if found:
                self.literal = int(found.group(1))
                self.checker.literal()
            self.line = b""

    def exchanges(self):
        pairs = []
        self.read()
        try:
            while True:
                result = self.read_until_tagged()
                command = self.command.partition(b" ")[2]
                pairs.append((command.rstrip(b"\r\n").decode("latin-1"),
                              result))
                self.begin()
        except Closed:
            assert not self.buffer, self.buffer
        return pairs
