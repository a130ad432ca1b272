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
# What is sent after LOGIN, and what is waited for.
STATES = {
    "greeting": None,
    "authenticated": (b"", b""),
    "selected": (SELECT, b"b OK"),
    "literal": (SELECT + b"c STORE 1 FLAGS {100}\r\n\\Se", b"\r\n+ "),
    "append": (SELECT + b"c APPEND INBOX {%d}\r\n" % len(APPENDED) +
               APPENDED[:40], b"\r\n+ "),
    # A message that nobody reads.
    "response": (SELECT + b"c FETCH 1 RFC822\r\n", b" FETCH "),
}


class Line:
    """A connection. got: what came so far."""

    def __init__(self, port):
        self.got = b""
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.sock.settimeout(60)
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
            assert self.more(), self.got[-200:]

    def answer(self, tag):
        """The tagged line."""
        pattern = re.compile(rb"^%s .*\r\n" % tag, re.MULTILINE)
        while not pattern.search(self.got):
            assert self.more(), self.got[-200:]
        return pattern.search(self.got).group()

    def to_end(self):
        """The last line."""
        while self.more():
            pass
        return self.got[self.got.rfind(b"\n", 0, -1) + 1:]

    def login(self, user):
        self.send(b"a LOGIN %s secret\r\n" % user.encode())
        assert self.answer(b"a").startswith(b"a OK"), self.got


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
        self.login(self.user)
        self.pid = server.session_of(self.user, protocol=protocol)[0]
        octets, answer = STATES[state]
        self.send(octets)
        self.until(answer)
        wait_asleep(self.pid)

    def __repr__(self):
        return "%s, %s" % (self.protocol, self.state)


def leave(t, server, states=STATES):
    """One in each state, with IMAP2 and with IMAP4: pairs."""
    return [[Left(t, server, protocol, state)
             for protocol in ("imap2", "imap")] for state in states]
