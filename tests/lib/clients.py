# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Models of IMAP2 clients of the years 1988 to 2007: each reads a server's
responses as its program does, by its own rules and into tables of its own
size. A model says so in its complaints where the program would, and raises
Crash where the program crashes or would show the wrong message.

What is modelled was seen in a debugger or on the wire, but for Lisp, which is
from the source only. The models know nothing of our server and little of RFC
1176: what these programs can't take is wrong, what they take may still be
wrong, and that is for checker.py to say.

Program is such a client on a connection: it sends octet by octet what it is
told to send, and everything that comes goes through model and checker.
"""

import re

from imap2 import Client, Result

MONTHS = b"Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DATE = re.compile(b"[ 0123]?\\d-(?:" + MONTHS + rb")-(?:\d\d|\d{4}) "
                  rb"\d\d:\d\d:\d\d(?:-[A-Z]{1,3}| [+-]\d{4})\Z")
SYSTEM_FLAGS = (b"\\SEEN", b"\\DELETED", b"\\FLAGGED", b"\\ANSWERED",
                b"\\RECENT")
TEXTS = (b"RFC822", b"RFC822.HEADER", b"RFC822.TEXT")
ENVELOPE = ("date", "subject", "from", "sender", "reply-to", "to", "cc", "bcc",
            "in-reply-to", "message-id")
ADDRESSES = ENVELOPE[2:8]
# The literal of a client's own command.
ARGUMENT = re.compile(rb"\{(\d+)\}\r\n")


class Crash(AssertionError):
    """The program would have ended here, or gone on with wrong messages."""


class Lost(Exception):
    """The program can't read the rest of this response, and says why."""


class Octets:
    """One response, from left to right."""

    def __init__(self, raw):
        self.raw = raw
        self.pos = 0

    def next(self, size=1):
        return self.raw[self.pos:self.pos + size]

    def accept(self, octets):
        found = self.raw.startswith(octets, self.pos)
        if found:
            self.pos += len(octets)
        return found

    def expect(self, octets, complaint):
        if not self.accept(octets):
            raise Lost("%s: %r" % (complaint, self.next(40)))

    def until(self, ends):
        start = self.pos
        while self.next() and self.next() not in ends:
            self.pos += 1
        return self.raw[start:self.pos]

    def word(self):
        """Up to a space, which goes too."""
        word = self.until((b" ", b"\r"))
        self.accept(b" ")
        return word

    def rest(self):
        return self.until((b"\r",))

    def number(self):
        digits = re.compile(rb"\d+").match(self.raw, self.pos)
        if digits is None:
            raise Lost("Not a number: %r" % self.next(40))
        self.pos = digits.end()
        return int(digits.group())

    def string(self):
        """None for NIL. There are no escapes."""
        if self.accept(b'"'):
            value = self.until((b'"', b"\r"))
            self.expect(b'"', "Unterminated string")
            return value
        if self.accept(b"{"):
            size = self.number()
            self.expect(b"}\r\n", "Not a literal")
            value = self.next(size)
            if len(value) < size:
                raise Crash("connection closed in a literal")
            self.pos += size
            return value
        self.expect(b"NIL", "Not a string")
        return None


class Model:
    """What all C-clients have in common."""

    NAME = "C-client"
    # Whether it waits for "+" before the octets of a literal.
    WAITS = True
    # Places in its table of keywords.
    KEYWORDS = 30
    # The shortest text it can take with the OK of SELECT.
    SELECT_TEXT = 11
    NAMES = ("MAILBOX", "BBOARD")

    def __init__(self):
        self.greeted = False
        self.tag = self.verb = b""
        self.waiting = 0        # for so many "+"
        self.complaints = []    # of the program about the server
        self.shown = []         # to the user, as they came
        self.names = []
        self.found = []
        self.copied = []
        self.close()

    def close(self):
        """No mailbox is open."""
        self.count = 0
        self.cache = {}         # message -> items
        self.keywords = []
        self.read_only = False

    # What the program sends

    def command(self, tag, line):
        self.tag = tag
        self.verb = line.split()[0].upper()
        self.waiting = len(ARGUMENT.findall(line))
        self.found, self.copied = [], []
        if self.verb in (b"SELECT", b"BBOARD", b"EXAMINE"):
            self.close()
        elif self.verb == b"FIND":
            self.names = []

    # Responses

    def complain(self, text):
        self.complaints.append(text)

    def came(self, octets):
        """What one read from the network gave."""

    def read(self, raw):
        """One response with its literals."""
        if not raw.endswith(b"\r\n"):
            raise Crash("connection closed in the middle of a line")
        octets = Octets(raw)
        try:
            self.response(octets)
        except Lost as why:
            self.complain(str(why))

    def response(self, octets):
        tag = octets.word()
        if tag == b"":
            raise Lost("Missing IMAP tag")
        if tag == b"+":
            return self.plus()
        key = octets.word()
        if not self.greeted:
            return self.greeting(tag, key.upper())
        if tag != b"*":
            self.tagged(tag, key.upper(), octets.rest())
        elif key.isdigit():
            self.message_data(int(key), octets.word().upper(), octets)
        else:
            self.untagged(key.upper(), octets)

    def plus(self):
        if self.waiting == 0:
            raise Lost("Unexpected continuation")
        self.waiting -= 1

    def greeting(self, tag, key):
        self.greeted = True
        if (tag, key) != (b"*", b"OK"):
            raise Crash("greeting that makes it give up")

    def tagged(self, tag, state, text):
        if tag != self.tag:
            raise Lost("Unexpected tagged response: %r" % tag)
        if state not in (b"OK", b"NO", b"BAD"):
            raise Lost("Unexpected IMAP response: %r" % state)
        if self.verb in (b"SELECT", b"BBOARD", b"EXAMINE"):
            self.selected(state, text)

    def selected(self, state, text):
        if state != b"OK":
            return self.close()
        if len(text) < self.SELECT_TEXT:
            raise Crash("it writes behind the text of SELECT's OK")
        self.read_only = text.upper().startswith(b"[READ-ONLY]")

    def untagged(self, key, octets):
        if key in (b"OK", b"NO", b"BAD", b"BYE"):
            self.shown.append(octets.rest())
        elif key == b"FLAGS":
            self.flag_table(self.flag_list(octets))
        elif key == b"SEARCH":
            self.search([int(word) for word in octets.rest().split()])
        elif key.decode("latin-1") in self.NAMES:
            self.names.append(octets.string() if octets.next() in b'"{' else
                              octets.rest())
        else:
            raise Lost("Unexpected unsolicited message: %r" % key)

    def message_data(self, number, kind, octets):
        if kind == b"EXISTS":
            self.exists(number)
        elif kind == b"EXPUNGE":
            self.expunge(number)
        elif kind in (b"FETCH", b"STORE"):
            self.fetch(number, octets)
        elif kind == b"COPY":
            self.copied.append(number)
        elif kind != b"RECENT":
            raise Lost("Unknown message data: %d %r" % (number, kind))

    # Tables

    def flag_table(self, flags):
        """Of a FLAGS response."""
        self.keywords = [flag.upper() for flag in flags
                         if not flag.startswith(b"\\")]
        if len(self.keywords) > self.KEYWORDS:
            raise Crash("%d keywords in a table of %d" %
                        (len(self.keywords), self.KEYWORDS))

    def exists(self, number):
        self.count = number

    def search(self, numbers):
        self.found += numbers

    def expunge(self, number):
        if self.verb in (b"FETCH", b"STORE", b"SEARCH", b"COPY"):
            raise Crash("EXPUNGE in %r: that message is in use" % self.verb)
        if not 1 <= number <= self.count:
            raise Crash("EXPUNGE of message %d of %d" % (number, self.count))
        self.cache.pop(number, None)
        self.cache = {known - (known > number): items
                      for known, items in self.cache.items()}
        self.count -= 1

    # FETCH

    def fetch(self, number, octets):
        if number > self.count + 100:
            raise Crash("message %d of %d" % (number, self.count))
        if not 1 <= number <= self.count:
            raise Lost("Message %d of %d" % (number, self.count))
        items = self.cache.setdefault(number, {})
        octets.expect(b"(", "Bogus message data")
        while True:
            name = octets.word().upper()
            items[name.decode("latin-1")] = self.item(name, octets)
            if octets.accept(b")"):
                break
            octets.expect(b" ", "Junk after a message property")
        if octets.rest():
            raise Lost("Junk at the end of message data")

    def item(self, name, octets):
        if name == b"FLAGS":
            return self.flags(self.flag_list(octets))
        if name == b"INTERNALDATE":
            return self.date(octets.string())
        if name == b"RFC822.SIZE":
            return octets.number()
        if name == b"ENVELOPE":
            return self.envelope(octets)
        if name in TEXTS:
            return self.text(octets.string())
        raise Lost("Unknown message property: %r" % name)

    @staticmethod
    def flag_list(octets):
        octets.expect(b"(", "Not a flag list")
        flags = octets.until((b")", b"\r")).split()
        octets.expect(b")", "Not a flag list")
        return flags

    def flags(self, flags):
        for flag in flags:
            if not flag.startswith(b"\\"):
                if flag.upper() not in self.keywords:
                    raise Crash("keyword %r wasn't in FLAGS" % flag)
            elif flag.upper() not in SYSTEM_FLAGS:
                self.system_flag(flag.upper())
        return sorted(flag.decode("latin-1") for flag in flags)

    def system_flag(self, flag):
        """Another than it knows; those are TOPS-20's."""
        if flag not in (b"\\XXXX", b"\\YYYY") and \
                not flag.startswith(b"\\UNDEFINEDFLAG#"):
            self.complain("Unknown system flag: %r" % flag)

    def date(self, date):
        if date is None or not DATE.match(date):
            self.complain("Bogus date: %r" % date)
        return date

    def text(self, text):
        return text

    def envelope(self, octets):
        envelope = {}
        for field in ENVELOPE:
            octets.expect(b" " if envelope else b"(", "Not an envelope")
            envelope[field] = self.addresses(octets, field) \
                if field in ADDRESSES else octets.string()
        octets.expect(b")", "Junk at end of envelope")
        return envelope

    def addresses(self, octets, field):
        if octets.accept(b"NIL"):
            return None
        octets.expect(b"(", "Not an address")
        addresses = []
        while not octets.accept(b")"):
            octets.accept(b" ")
            octets.expect(b"(", "Not an address")
            parts = [self.part(octets) for _ in range(4)]
            octets.expect(b")", "Junk at end of address")
            addresses.append(self.address(parts, field))
        if not addresses:
            raise Lost("Not an address: ()")
        return [address for address in addresses if address is not None]

    @staticmethod
    def part(octets):
        octets.accept(b" ")
        return octets.string()

    def address(self, parts, _field):
        """A beginning or an end of a group: the address is wrong or gone."""
        if parts[2] is None or parts[3] is None:
            self.complain("Group taken for an address: %r" % (parts,))
        return tuple(parts)


class C88(Model):
    """The C-client of SUMEX, August 1988 (RFC 1064)."""

    NAME = "C88"
    KEYWORDS = 32
    SELECT_TEXT = 0
    NAMES = ()
    MESSAGES = 2000
    TEXT_OCTETS = 100000
    COMMAND_OCTETS = 1024
    LOGIN_OCTETS = 64

    def close(self):
        super().close()
        self.overrun = False

    def command(self, tag, line):
        if len(tag + line) >= self.COMMAND_OCTETS:
            raise Crash("it overruns its own command")
        words = line.split()
        if words[0] == b"LOGIN" and \
                max(map(len, words)) >= self.LOGIN_OCTETS:
            raise Crash("it has no room for that name or password")
        super().command(tag, line)
        if self.waiting:
            raise AssertionError("it never sends a literal")

    def came(self, octets):
        if octets.endswith(b"}\r"):
            raise Crash("the LF before a literal came alone: it's counted in")

    def flag_table(self, flags):
        """Its index of keywords starts behind the table if the first flag is
        one of the system's; found out at the next FETCH."""
        super().flag_table(flags)
        self.overrun = bool(self.keywords) and flags[0].startswith(b"\\")

    def exists(self, number):
        if number > self.MESSAGES:
            self.complain("Mailbox of %d messages" % number)
        super().exists(min(number, self.MESSAGES))

    def search(self, numbers):
        for number in numbers:
            self.check_number(number)
        super().search(numbers)

    def check_number(self, number):
        if number > self.MESSAGES:
            raise Crash("message %d in a table of %d" %
                        (number, self.MESSAGES))

    def expunge(self, number):
        self.check_number(number)
        for above in range(number + 1, self.count + 1):
            if above not in self.cache:
                raise Crash("its own fault, with any server: it hasn't "
                            "fetched message %d above the expunged" % above)
        super().expunge(number)

    def fetch(self, number, octets):
        self.check_number(number)
        if self.overrun:
            raise Crash("FLAGS began with a system flag: keywords are in the "
                        "place of messages")
        super().fetch(number, octets)

    def system_flag(self, flag):
        pass

    def date(self, date):
        if date is None:
            raise Crash("NIL as INTERNALDATE")
        return date

    def text(self, text):
        if text is not None and len(text) > self.TEXT_OCTETS:
            raise Crash("%d octets in a buffer of %d" %
                        (len(text), self.TEXT_OCTETS))
        return text

    def address(self, parts, field):
        if field == "from" and parts[2] is None:
            raise Crash("From without a mailbox")
        return super().address(parts, field)


class BodyModel(Model):
    """C-clients that know IMAP2bis."""

    def item(self, name, octets):
        if name == b"BODY":
            return self.body(octets)
        if name.startswith(b"BODY["):
            return octets.string()
        return super().item(name, octets)

    def body(self, octets):
        octets.expect(b"(", "Not a body")
        if octets.next() == b"(":
            parts = []
            while octets.next() == b"(":
                parts.append(self.body(octets))
            octets.expect(b" ", "Junk at end of multipart body")
            body = (b"MULTIPART", octets.string(), parts)
        else:
            body = self.single(octets)
        octets.expect(b")", "Junk at end of body part")
        return body

    def single(self, octets):
        """Type, subtype, parameters, id, description, encoding, size, and
        what the type needs."""
        kind = octets.string().upper()
        subtype = self.part(octets)
        octets.expect(b" ", "Junk in body")
        self.parameters(octets)
        for _ in ("id", "description", "encoding"):
            self.part(octets)
        octets.expect(b" ", "Junk in body")
        octets.number()
        inner = None
        # The type in any case, the subtype in no other.
        if (kind, subtype) == (b"MESSAGE", b"RFC822"):
            octets.expect(b" ", "Junk in body")
            inner = self.envelope(octets)
            octets.expect(b" ", "Junk in body")
            inner = (inner, self.body(octets))
        if kind == b"TEXT" or inner is not None:
            octets.expect(b" ", "Junk in body")
            octets.number()
        return (kind, subtype, inner)

    @staticmethod
    def parameters(octets):
        if octets.accept(b"NIL"):
            return
        octets.expect(b"(", "Bogus body parameters")
        while True:
            octets.string()
            octets.expect(b" ", "Missing parameter value")
            octets.string()
            if octets.accept(b")"):
                return
            octets.expect(b" ", "Junk in body parameters")


class C92(BodyModel):
    """The C-client of the middle of 1992: NeXT MailManager, EasyMail."""

    NAME = "C92"
    WAITS = False


class C96(BodyModel):
    """The C-client of 1996: Pine 3.9x."""

    NAME = "C96"


class C07(BodyModel):
    """The C-client of 2007: mailutil, PHP, alpine. It reads more than this,
    escapes for example; what is here is what it has in common with IMAP2's."""

    NAME = "C07"
    SELECT_TEXT = 0
    QUOTED = re.compile(rb'"[^"\r\n]*"')

    def response(self, octets):
        # Messages' texts are literals, whatever they hold.
        line = re.sub(rb"(?s)\{\d+\}\r\n.*", b"", octets.raw)
        for quoted in self.QUOTED.findall(line):
            if not quoted.isascii():
                self.complain("Invalid CHAR in quoted string: %r" % quoted)
        super().response(octets)


class Lisp(Model):
    """The Lisp machines' client, from its source."""

    NAME = "Lisp"
    # What the Lisp reader takes for something else than a symbol's letter.
    NO_SYMBOL = re.compile(rb"[#'`,;:|\"]")

    def response(self, octets):
        if octets.raw[:1] != b"+" and \
                not re.match(rb"\S+ \S+ ", octets.raw):
            self.complain("No space after the key: %r" % octets.raw)
        super().response(octets)

    def flag_table(self, flags):
        for flag in flags:
            if self.NO_SYMBOL.search(flag):
                raise Crash("the Lisp reader can't read %r" % flag)
        super().flag_table(flags)


class MacMS(Model):
    """After VERSION 4: a length stands before each envelope. From what the
    server of 1992 sent to it."""

    NAME = "MacMS"

    def envelope(self, octets):
        octets.number()
        octets.expect(b" ", "No space after the length")
        return super().envelope(octets)


class Program(Client):
    """A client of that model on a connection."""

    def __init__(self, port, model, **options):
        self.model = model
        super().__init__(port, **options)

    def read(self):
        raw = self.read_raw()
        self.model.read(raw)
        return self.checker.feed(raw)

    def fill(self):
        before = len(self.buffer)
        super().fill()
        self.model.came(self.buffer[before:])

    def type(self, octets):
        """Send a command, with its tag and the CRLF at its end, just as the
        program does."""
        assert octets.endswith(b"\r\n"), octets
        tag, line = octets.split(b" ", 1)
        self.model.command(tag, line)
        self.announce(tag, ARGUMENT.sub(b"", line))
        for start, size in self.arguments(octets):
            self.checker.literal()
            assert octets[start + size:start + size + 1] in (b" ", b"\r")
        if self.model.WAITS:
            refused = self.send_waiting(octets)
            if refused is not None:
                return refused
        else:
            self.send(octets)
        result = self.read_until_tagged()
        assert self.model.WAITS or self.model.waiting == 0, "no '+'"
        return result

    @staticmethod
    def arguments(octets):
        """Where each literal begins, and its size."""
        return [(found.end(), int(found.group(1)))
                for found in ARGUMENT.finditer(octets)]

    def send_waiting(self, octets):
        """Returns the Result if a tagged response came in place of "+"."""
        sent = 0
        for start, _ in self.arguments(octets):
            self.send(octets[sent:start])
            response = self.read()
            if response.tag is not None:
                self.checker.literals = 0
                return Result(response.kind, response.text, [])
            if response.kind != "+":
                raise Crash("no '+': %r" % response)
            sent = start
        self.send(octets[sent:])
        return None
