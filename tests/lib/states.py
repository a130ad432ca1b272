# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Connections left in each state that a session can be in, with the same octets
for IMAP2 and for Dovecot's own IMAP4: what both say to the end is compared."""

import re
import socket

import mail
from process import wait_asleep

MESSAGE = mail.BIG * 10
SELECT = b"b SELECT INBOX\r\n"
APPENDED = mail.crlf(mail.simple(77))
# What is sent after LOGIN, what is waited for, and what is sent to go on until
# there is an answer to c.
STATES = {
    "greeting": None,
    "authenticated": (b"", b"", b"c SELECT INBOX\r\n"),
    "selected": (SELECT, b"b OK", b"c FETCH 1 FLAGS\r\n"),
    "literal": (SELECT + b"c SEARCH SUBJECT {7}\r\nmes", b"\r\n+ ",
                b"sage\r\n"),
    "append": (SELECT + b"c APPEND INBOX {%d}\r\n" % len(APPENDED) +
               APPENDED[:40], b"\r\n+ ", APPENDED[40:] + b"\r\n"),
    # A message that nobody reads.
    "response": (SELECT + b"c FETCH 1 RFC822\r\n", b" FETCH ", b""),
}
LOGGED_IN = [state for state in STATES if state != "greeting"]


class Line:
    """A connection. got: what came so far."""

    def __init__(self, port, source=None):
        self.got = bytearray()
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.sock.settimeout(60)
        if source is not None:
            self.sock.bind((source, 0))
        self.sock.connect(("127.0.0.1", port))
        self.until(b"\r\n")

    def close(self):
        self.sock.close()

    def send(self, octets):
        self.sock.sendall(octets)

    def more(self):
        """Whether the connection hasn't ended."""
        try:
            octets = self.sock.recv(65536)
        except ConnectionError:
            return False
        self.got += octets
        return octets != b""

    def until(self, octets):
        while octets not in self.got:
            if not self.more():
                raise ConnectionResetError("closed after %r" %
                                           self.got[-200:])

    def answer(self, tag):
        """The tagged line, or None if the connection ends before it."""
        pattern = re.compile(rb"^%s .*\r\n" % tag, re.MULTILINE)
        while not pattern.search(self.got[-3000:]):
            if not self.more():
                return None
        return pattern.search(self.got[-3000:]).group()

    def ask(self, octets, tag):
        """As answer()."""
        try:
            self.send(octets)
        except ConnectionError:
            return None
        return self.answer(tag)

    def ask_to_end(self, command):
        """Until the server ends the connection. One after the other: who
        sends more than is read may lose what has come."""
        number = 1
        while self.ask(b"a%03d %s\r\n" % (number, command),
                       b"a%03d" % number):
            number += 1

    def to_end(self):
        """The last line."""
        while self.more():
            pass
        return self.got[self.got.rfind(b"\n", 0, -1) + 1:]

    def login(self, user):
        return self.ask(b"a LOGIN %s secret\r\n" % user.encode(), b"a")


class Left(Line):
    """One left in a state, with a user of its own."""

    def __init__(self, t, server, protocol, state):
        super().__init__(server.ports[protocol])
        t.clients.append(self)
        self.server, self.protocol, self.state = server, protocol, state
        if state == "greeting":
            return
        self.user = t.user(server=server)
        t.maildir(self.user, server).add(
            MESSAGE if state == "response" else mail.simple(1))
        answer = self.login(self.user)
        assert answer and answer.startswith(b"a OK"), self.got
        self.pid = server.session_of(self.user, protocol=protocol)[0]
        octets, answer, self.rest = STATES[state]
        self.send(octets)
        self.until(answer)

    def go_on(self):
        """To the end of the command. Returns whether it came."""
        answer = self.ask(self.rest, b"c")
        assert answer is None or answer.startswith(b"c OK"), (self, answer)
        return answer is not None

    def __repr__(self):
        return "%s, %s" % (self.protocol, self.state)


def leave(t, server, states=LOGGED_IN, protocols=("imap2", "imap")):
    lines = [Left(t, server, protocol, state)
             for state in states for protocol in protocols]
    for line in lines:
        if line.state == "response":
            wait_asleep(line.pid)
    return lines
