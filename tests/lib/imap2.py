# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""An IMAP2 client for tests: sends exactly the octets it is given, reads one
response at a time, keeps the transcript, and hands every octet the server
sends to the strict checker.
"""

import re
import socket

from checker import Checker

LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")
# Responses that carry strings; elsewhere "{5}" is only text for people.
WITH_STRINGS = re.compile(rb"\* (\d+ FETCH|MAILBOX|BBOARD) ")


class Lit:
    """A literal among the arguments of Client.command()."""

    def __init__(self, octets):
        self.octets = octets if isinstance(octets, bytes) else octets.encode()


class Result:
    """What one command gave."""

    def __init__(self, state, text, data):
        self.state = state
        self.text = text
        self.data = data        # the untagged responses before the tagged one

    def of(self, kind):
        return [response for response in self.data if response.kind == kind]

    def numbers(self, kind):
        return [response.number for response in self.of(kind)]

    def values(self, kind):
        return [response.value for response in self.of(kind)]

    def fetched(self, number):
        """All items that FETCH responses gave for one message."""
        items = {}
        for response in self.of("FETCH"):
            if response.number == number:
                items.update(response.value)
        return items

    def kinds(self):
        return [response.kind for response in self.data]

    def __repr__(self):
        return "<%s %s %r>" % (self.state, self.text, self.data)


class Closed(AssertionError):
    """The server closed the connection."""


class Client:
    transcripts = []    # of the running test, for the report of a failure

    def __init__(self, port, host="127.0.0.1", source=None, timeout=30,
                 rcvbuf=None, long_dates=False, header=b"", tls=None):
        """header: what a proxy says first, of whom it connects for. tls: the
        context; the certificate is asked to be host's."""
        self.checker = Checker(long_dates=long_dates)
        self.transcript = []
        Client.transcripts.append(self.transcript)
        self.buffer = b""
        self.count = 0
        self.sock = socket.socket(
            socket.AF_INET6 if ":" in host else socket.AF_INET)
        if rcvbuf is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.sock.settimeout(timeout)
        if source is not None:
            self.sock.bind((source, 0))
        self.sock.connect((host, port))
        self.sock.sendall(header)
        if tls is not None:
            self.sock = tls.wrap_socket(self.sock, server_hostname=host)
        self.greeting = self.read()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        self.sock.close()

    # Octets

    def send(self, octets):
        self.transcript.append((b"C", octets))
        self.sock.sendall(octets)

    def fill(self):
        octets = self.sock.recv(65536)
        if not octets:
            self.checker.end()
            if self.buffer:
                raise Closed("closed in the middle of %r" % self.buffer)
            raise Closed("closed by the server")
        self.buffer += octets

    def take(self, size):
        while len(self.buffer) < size:
            self.fill()
        octets, self.buffer = self.buffer[:size], self.buffer[size:]
        return octets

    def take_line(self):
        while b"\n" not in self.buffer:
            self.fill()
        return self.take(self.buffer.index(b"\n") + 1)

    def read_raw(self):
        """The octets of one response, unchecked."""
        raw = self.take_line()
        if WITH_STRINGS.match(raw):
            found = LITERAL.search(raw)
            while found:
                raw += self.take(int(found.group(1)))
                line = self.take_line()
                raw += line
                found = LITERAL.search(line)
        self.transcript.append((b"S", raw))
        return raw

    # Responses

    def read(self):
        return self.checker.feed(self.read_raw())

    def read_until_tagged(self):
        """A Result for the oldest command that wasn't answered yet."""
        data = []
        while True:
            response = self.read()
            if response.tag is not None:
                return Result(response.kind, response.text, data)
            if response.kind != "+":
                data.append(response)

    def expect_eof(self):
        try:
            response = self.read()
        except Closed:
            return
        except ConnectionResetError:
            self.checker.end()
            return
        raise AssertionError("not closed, but sent %r" % response)

    def read_until_eof(self):
        responses = []
        try:
            while True:
                responses.append(self.read())
        except (Closed, ConnectionResetError):
            return responses

    def read_until_eof_or_tagged(self):
        """For a command that may end the session."""
        responses = []
        while not responses or responses[-1].tag is None:
            try:
                responses.append(self.read())
            except (Closed, ConnectionResetError):
                break
        return responses

    # Commands

    def new_tag(self):
        self.count += 1
        return b"a%03d" % self.count

    def announce(self, tag, line):
        """Tell the checker what is about to be sent."""
        words = line.split()
        verb = " ".join(word.decode("latin-1") for word in words[:1]).upper()
        if verb == "FIND" and len(words) > 1:
            verb += " " + words[1].decode("latin-1").upper()
        self.checker.command(tag, verb)

    def start(self, *parts, tag=None, wait=True):
        """Send a command without waiting for its answer. parts: text (str or
        bytes) and Lit. wait: whether to wait for "+" before a literal. A
        command that is answered in the meantime is left to be read."""
        tag = tag or self.new_tag()
        pieces = [part if isinstance(part, (bytes, Lit)) else part.encode()
                  for part in parts]
        head = b"".join(b"{}" if isinstance(piece, Lit) else piece
                        for piece in pieces)
        self.announce(tag, head)
        octets = tag + b" "
        for piece in pieces:
            if not isinstance(piece, Lit):
                octets += piece
                continue
            octets += b"{%d}\r\n" % len(piece.octets)
            self.checker.literal()
            if wait:
                self.send(octets)
                response = self.read()
                assert response.kind == "+", response
                octets = b""
            octets += piece.octets
        self.send(octets + b"\r\n")
        return tag

    def command(self, *parts, **options):
        self.start(*parts, **options)
        return self.read_until_tagged()

    def ok(self, *parts, **options):
        return self.state("OK", parts, options)

    def no(self, *parts, **options):
        return self.state("NO", parts, options)

    def bad(self, *parts, **options):
        return self.state("BAD", parts, options)

    def state(self, state, parts, options):
        result = self.command(*parts, **options)
        assert result.state == state, "%r gave %r, not %s" % (
            parts, result, state)
        return result

    def raw_line(self, octets, tag=None, verb=""):
        """Send octets as they are, of which the answer will have that tag;
        None if the answer is untagged. Returns the answer."""
        if tag is not None:
            self.checker.command(tag, verb)
        self.send(octets)
        if tag is None:
            return self.read()
        return self.read_until_tagged()

    # Usual steps

    def login(self, user, password="secret"):
        self.ok("LOGIN %s %s" % (user, password))
        return self

    def select(self, mailbox="INBOX"):
        return self.ok("SELECT " + mailbox)

    def flags(self, number):
        """The flags of one message, without \\Recent, sorted."""
        items = self.ok("FETCH %d FLAGS" % number).fetched(number)
        return sorted(flag for flag in items["FLAGS"] if flag != "\\Recent")

    def search(self, criteria):
        return self.ok("SEARCH " + criteria).values("SEARCH")[0]

    def logout(self):
        result = self.ok("LOGOUT")
        assert result.kinds()[-1:] == ["BYE"], result
        self.expect_eof()
        self.close()
        return result

    def small_session(self, user, password="secret"):
        """From LOGIN to LOGOUT, of a user with one message."""
        self.ok("LOGIN ", Lit(user), " ", Lit(password))
        assert self.select().numbers("EXISTS") == [1]
        assert self.ok("FETCH 1 RFC822").fetched(1)["RFC822"]
        self.ok("STORE 1 +FLAGS \\Flagged")
        assert self.ok("SEARCH FLAGGED").values("SEARCH") == [[1]]
        self.logout()


class Given(Client):
    """A client on a connected socket."""

    def __init__(self, sock):
        self.checker = Checker()
        self.transcript = []
        Client.transcripts.append(self.transcript)
        self.buffer = b""
        self.count = 0
        self.sock = sock
        self.sock.settimeout(30)
        self.greeting = self.read()


def format_transcript(transcript, limit=16, width=240):
    lines = []
    for side, octets in transcript[-limit:]:
        shown = octets[:width].decode("latin-1").rstrip("\r\n")
        more = " ... (%d octets)" % len(octets) if len(octets) > width else ""
        lines.append("  %s: %s%s" % (
            side.decode(), shown.replace("\r\n", "\n     "), more))
    return "\n".join(lines)
