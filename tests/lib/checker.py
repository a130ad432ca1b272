# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The strict checker of RFC 1176: reads each response of a server by the
formal syntax (p.26-28) with the readings that the design fixed, and holds a
session to the rules of the prose (p.5-21).

Every octet that a server sends in any wire test goes through one Checker per
connection. It knows what the client sent only as far as it is told: the tag
and the verb of each command (command()) and the literals that were announced
(literal()). Whatever isn't allowed raises Violation. It must never be made
more tolerant for the sake of a test: where a rule is wrong, the rule is
changed here with the clause of the RFC that says so.
"""

import re

SYSTEM_FLAGS = ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen"]
MAX_KEYWORDS = 30

TEXT = re.compile(rb"[\x20-\x7e]+\Z")
# Like IMAP4's atom: nothing that any reader of R could take for something else.
KEYWORD = re.compile(rb"[^\x00-\x20\x7f-\xff(){}%\"\\*]+\Z")
NAME_ATOM = re.compile(rb"[^\x00-\x20\x7f-\xff(){%\"\\*]+\Z")
MONTHS = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
CLOCK = rb"(?:[01]\d|2[0-3]):[0-5]\d:[0-6]\d"
DAY = rb"(?: [1-9]|[12]\d|3[01])"
# p.26 "dd-mmm-yy hh:mm:ss-zzz", with the zones of RFC 822 section 5.1
DATE = re.compile(DAY + b"-" + MONTHS + rb"-\d\d " + CLOCK +
                  rb"-(?:UT|GMT|[ECMP][SD]T)\Z")
# imap2_client_workarounds = long-dates
LONG_DATE = re.compile(DAY + b"-" + MONTHS + rb"-\d{4} " + CLOCK +
                       rb" [+-]\d{4}\Z")
ENVELOPE_FIELDS = ["date", "subject", "from", "sender", "reply-to", "to",
                   "cc", "bcc", "in-reply-to", "message-id"]
# Other sessions' expunges may be told here (design 4.10).
# Of IMAP2bis: part numbers, the last of which may be 0 (RFC 1730 p.30).
SECTION = re.compile(r"BODY\[(?:0|[1-9]\d*(?:\.[1-9]\d*)*(?:\.0)?)\]\Z")
EXPUNGE_VERBS = ("NOOP", "CHECK", "EXPUNGE")
SELECT_VERBS = ("SELECT", "BBOARD", "EXAMINE")
# Of IMAP2bis: they have nothing to say but their tagged response.
SILENT_VERBS = ("CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE",
                "VERSION")


class Violation(AssertionError):
    """The server broke RFC 1176."""


class Response:
    """One response. kind is OK, NO, BAD, BYE, +, FLAGS, SEARCH, MAILBOX,
    BBOARD, EXISTS, RECENT, EXPUNGE, FETCH or COPY."""

    def __init__(self, raw, kind, tag=None, number=None, value=None):
        self.raw = raw
        self.kind = kind
        self.tag = tag          # bytes; None for untagged and "+"
        self.number = number    # of "* n ..."
        self.value = value      # text, list of flags, numbers, dict of FETCH

    @property
    def text(self):
        return self.value if isinstance(self.value, str) else ""

    def __repr__(self):
        return "<%s>" % self.raw[:200].decode("latin-1").strip()


class Reader:
    """A cursor over the octets of one response."""

    def __init__(self, raw):
        self.raw = raw
        self.pos = 0

    def fail(self, why):
        raise Violation("%s at octet %d of %r" %
                        (why, self.pos, self.raw[:2000]))

    def accept(self, octets):
        if self.raw.startswith(octets, self.pos):
            self.pos += len(octets)
            return True
        return False

    def expect(self, octets):
        if not self.accept(octets):
            self.fail("expected %r" % octets)

    def match(self, pattern, what):
        found = re.compile(pattern).match(self.raw, self.pos)
        if found is None:
            self.fail("expected " + what)
        self.pos = found.end()
        return found.group(0)

    def number(self):
        digits = self.match(rb"\d+", "a number")
        if len(digits) > 1 and digits[0:1] == b"0":
            self.fail("number with a leading zero")
        return int(digits)

    def quoted(self):
        self.expect(b'"')
        value = self.match(rb'[^"{%\\\r\n\x00\x80-\xff]*', "CHARACTERs")
        if not self.accept(b'"'):
            self.fail("quoted string isn't made of CHARACTERs (p.9)")
        if value == b"":
            self.fail("empty quoted string (p.28: 1*character)")
        return value

    def literal(self):
        self.expect(b"{")
        size = self.number()
        self.expect(b"}\r\n")
        value = self.raw[self.pos:self.pos + size]
        if len(value) != size:
            self.fail("literal is shorter than announced")
        if b"\0" in value:
            self.fail("NUL in a literal")
        self.pos += size
        return value

    def string(self, text=False):
        """text: a message's text, which may always be a literal."""
        if self.raw[self.pos:self.pos + 1] == b'"':
            return self.quoted()
        value = self.literal()
        if not text and re.fullmatch(rb'[^"{%\\\r\n\x00\x80-\xff]+', value):
            self.fail("literal where a quoted string was possible (p.9)")
        return value

    def nstring(self):
        if self.accept(b"NIL"):
            return None
        return self.string()

    def end(self):
        if self.raw[self.pos:] != b"\r\n":
            self.fail("expected CRLF and nothing more")


def read_address(reader):
    reader.expect(b"(")
    name = reader.nstring()
    reader.expect(b" ")
    route = reader.nstring()
    reader.expect(b" ")
    if reader.raw.startswith(b"NIL", reader.pos):
        reader.fail("address without mailbox")
    mailbox = reader.string()
    reader.expect(b" ")
    if reader.raw.startswith(b"NIL", reader.pos):
        reader.fail("address without host")
    host = reader.string()
    reader.expect(b")")
    return (name, route, mailbox, host)


def read_addresses(reader):
    if reader.accept(b"NIL"):
        return None
    reader.expect(b"(")
    addresses = [read_address(reader)]
    while not reader.accept(b")"):
        addresses.append(read_address(reader))
    return addresses


def read_envelope(reader):
    envelope = {}
    for field in ENVELOPE_FIELDS:
        reader.expect(b"(" if not envelope else b" ")
        if field in ("date", "subject", "in-reply-to", "message-id"):
            envelope[field] = reader.nstring()
        else:
            envelope[field] = read_addresses(reader)
    reader.expect(b")")
    if envelope["from"] is not None:
        # p.20: "the server must default the reply-to and sender fields"
        for field in ("sender", "reply-to"):
            if envelope[field] is None:
                reader.fail("%s not defaulted from from" % field)
    return envelope


def read_upper(reader, what):
    """A name of MIME: the clients know them in upper case only."""
    name = reader.string()
    if name != name.upper():
        reader.fail("%s isn't in upper case" % what)
    return name.decode("latin-1")


def read_parameters(reader):
    if reader.accept(b"NIL"):
        return {}
    parameters = {}
    while not reader.accept(b")"):
        reader.expect(b" " if parameters else b"(")
        name = read_upper(reader, "parameter")
        reader.expect(b" ")
        parameters[name] = reader.string()
    return parameters


def read_body(reader):
    """BODY of IMAP2bis (RFC 1730 p.71-73, without extension data), as a
    dict; "parts" of a multipart, "body" and "envelope" of a message."""
    reader.expect(b"(")
    if reader.raw[reader.pos:reader.pos + 1] == b"(":
        parts = []
        while not reader.accept(b" "):
            parts.append(read_body(reader))
        body = {"type": "MULTIPART", "parts": parts,
                "subtype": read_upper(reader, "subtype")}
        reader.expect(b")")
        return body
    body = {"type": read_upper(reader, "type")}
    for name, read in (
            ("subtype", lambda: read_upper(reader, "subtype")),
            ("parameters", lambda: read_parameters(reader)),
            ("id", reader.nstring), ("description", reader.nstring),
            ("encoding", lambda: read_upper(reader, "encoding")),
            ("size", reader.number)):
        reader.expect(b" ")
        body[name] = read()
    if (body["type"], body["subtype"]) == ("MESSAGE", "RFC822"):
        reader.expect(b" ")
        body["envelope"] = read_envelope(reader)
        reader.expect(b" ")
        body["body"] = read_body(reader)
    if "body" in body or body["type"] == "TEXT":
        reader.expect(b" ")
        body["lines"] = reader.number()
    reader.expect(b")")
    return body


def read_flags(reader):
    """A list of flags as it stands in FLAGS and FETCH."""
    reader.expect(b"(")
    flags = []
    while not reader.accept(b")"):
        if flags:
            reader.expect(b" ")
        flag = reader.match(rb"[^\s()]+", "a flag").decode("latin-1")
        if flag.startswith("\\"):
            if flag not in SYSTEM_FLAGS + ["\\Recent"]:
                reader.fail("flag unknown to RFC 1176: %s" % flag)
        elif not KEYWORD.match(flag.encode("latin-1")):
            reader.fail("keyword isn't an atom: %s" % flag)
        if flag.lower() in [other.lower() for other in flags]:
            reader.fail("flag twice: %s" % flag)
        flags.append(flag)
    return flags


def read_text(reader):
    value = reader.match(rb"[^\r\n]*", "text")
    if not TEXT.match(value):
        reader.fail("text isn't one line of printable ASCII")
    reader.end()
    return value.decode("ascii")


class Checker:
    def __init__(self, long_dates=False):
        self.long_dates = long_dates
        self.macms = False          # VERSION 4 was said
        self.greeted = False
        self.bye = False
        self.closed = False
        self.outstanding = []       # [(tag, verb)]
        self.literals = 0           # announced and not yet answered with "+"
        self.forget_mailbox()
        self.begin_command()

    # What the client says about itself

    def command(self, tag, verb):
        """The client sends a command. verb is "FETCH", "FIND MAILBOXES", or
        "" for what isn't a command of RFC 1176."""
        self.outstanding.append((tag, verb.upper()))

    def literal(self):
        """The client announces a literal."""
        self.literals += 1

    # State

    def forget_mailbox(self):
        self.exists = None
        self.recent = None
        self.flags = None           # of the last FLAGS response

    def begin_command(self):
        """What was seen since the last tagged response."""
        self.seen = []
        self.seen_search = 0

    @property
    def verb(self):
        return self.outstanding[0][1] if self.outstanding else ""

    @property
    def in_select(self):
        return self.verb in SELECT_VERBS

    def fail(self, why, raw):
        raise Violation("%s: %r" % (why, raw[:2000]))

    # Responses

    def feed(self, raw):
        """Check one whole response, its CRLF and literals included."""
        if not raw.endswith(b"\r\n"):
            self.fail("response doesn't end with CRLF", raw)
        if self.closed:
            self.fail("response after the end of the session", raw)
        reader = Reader(raw)
        if reader.accept(b"+ "):
            response = self.feed_continue(reader)
        elif reader.accept(b"* "):
            response = self.feed_untagged(reader)
        else:
            response = self.feed_tagged(reader)
        return response

    def feed_continue(self, reader):
        response = Response(reader.raw, "+", value=read_text(reader))
        if self.literals == 0:
            reader.fail("'+' without a literal")
        self.literals -= 1
        return response

    def feed_tagged(self, reader):
        if not self.greeted:
            reader.fail("no greeting before the first tagged response")
        if not self.outstanding:
            reader.fail("tagged response without a command")
        tag, verb = self.outstanding[0]
        reader.expect(tag + b" ")
        state = reader.match(rb"OK |NO |BAD ", "OK, NO or BAD")
        response = Response(reader.raw, state.decode().strip(), tag=tag,
                            value=read_text(reader))
        if self.bye and (verb != "LOGOUT" or response.kind != "OK"):
            reader.fail("only the OK of LOGOUT may follow BYE")
        self.check_response_code(response, verb)
        self.check_command_data(response, verb)
        self.outstanding.pop(0)
        self.begin_command()
        return response

    def check_response_code(self, response, verb):
        text = response.text
        if verb in SELECT_VERBS and response.kind == "OK":
            if not re.match(r"\[READ-(WRITE|ONLY)\] .", text):
                self.fail("SELECT's OK must begin [READ-WRITE] or [READ-ONLY]",
                          response.raw)
            if len(text) < 11:
                self.fail("SELECT's OK text is shorter than 11 characters",
                          response.raw)
            if verb == "EXAMINE" and not text.startswith("[READ-ONLY]"):
                self.fail("EXAMINE isn't read-only", response.raw)
        elif text.startswith("[TRYCREATE] ") and verb == "APPEND" and \
                response.kind == "NO":
            # C-clients of IMAP2bis then offer to create it.
            pass
        elif text.startswith("["):
            self.fail("response code", response.raw)

    def check_command_data(self, response, verb):
        """What a command's data must have been by now."""
        raw, ok = response.raw, response.kind == "OK"
        if verb in SELECT_VERBS:
            if ok and self.seen != ["FLAGS", "EXISTS", "RECENT"]:
                self.fail("SELECT sent %s, not FLAGS EXISTS RECENT" %
                          self.seen, raw)
            if not ok and self.seen:
                self.fail("data of a failed SELECT", raw)
            if response.kind == "NO":
                self.forget_mailbox()
        if verb in SILENT_VERBS and self.seen:
            self.fail("%s sent %s" % (verb, self.seen), raw)
        if verb == "SEARCH" and self.seen_search != (1 if ok else 0):
            self.fail("%d SEARCH lines in one SEARCH" % self.seen_search, raw)
        if verb in ("CHECK", "EXPUNGE") and ok:
            for kind in ("EXISTS", "RECENT"):
                if kind not in self.seen:
                    self.fail("%s without %s" % (verb, kind), raw)
        if "EXPUNGE" in self.seen:
            last = len(self.seen) - self.seen[::-1].index("EXPUNGE")
            if "EXISTS" not in self.seen[last:]:
                self.fail("no EXISTS after EXPUNGE", raw)

    def feed_untagged(self, reader):
        if self.bye:
            reader.fail("response after BYE")
        if self.greeted and reader.raw[2:3].isdigit():
            return self.feed_numbered(reader)
        kind = reader.match(rb"[A-Z]+", "a response").decode()
        if not self.greeted:
            if kind not in ("OK", "BYE", "PREAUTH"):
                reader.fail("the greeting must be OK (or BYE)")
            self.greeted = True
        if kind in ("OK", "NO", "BAD", "BYE", "PREAUTH"):
            reader.expect(b" ")
            response = Response(reader.raw, kind, value=read_text(reader))
            if response.text.startswith("["):
                self.fail("response code in an untagged response", reader.raw)
            self.bye = kind == "BYE"
            return response
        reader_name = "feed_" + kind.lower()
        if kind not in ("FLAGS", "SEARCH", "MAILBOX", "BBOARD"):
            reader.fail("response unknown to RFC 1176")
        response = getattr(self, reader_name)(reader)
        self.seen.append(kind)
        return response

    def feed_flags(self, reader):
        if not self.in_select and self.exists is None:
            reader.fail("FLAGS without a selected mailbox")
        reader.expect(b" ")
        flags = read_flags(reader)
        reader.end()
        if flags[-4:] != SYSTEM_FLAGS:
            reader.fail("FLAGS must end with the system flags in order")
        keywords = flags[:-4]
        if any(flag.startswith("\\") for flag in keywords):
            reader.fail("system flag before the keywords in FLAGS")
        if len(keywords) > MAX_KEYWORDS:
            reader.fail("more than %d keywords" % MAX_KEYWORDS)
        if self.in_select and "FLAGS" in self.seen:
            reader.fail("FLAGS twice in one SELECT")
        self.flags = flags
        return Response(reader.raw, "FLAGS", value=flags)

    def feed_search(self, reader):
        if self.verb != "SEARCH":
            reader.fail("SEARCH data outside SEARCH")
        numbers = []
        while reader.accept(b" "):
            numbers.append(reader.number())
        reader.end()
        if numbers != sorted(set(numbers)):
            reader.fail("SEARCH numbers aren't ascending")
        if numbers and (numbers[0] < 1 or numbers[-1] > (self.exists or 0)):
            reader.fail("SEARCH number above EXISTS")
        self.seen_search += 1
        return Response(reader.raw, "SEARCH", value=numbers)

    def feed_name(self, reader, kind, what):
        if self.verb not in ("FIND " + what, "FIND ALL." + what):
            reader.fail("%s data outside FIND %s" % (kind, what))
        reader.expect(b" ")
        if reader.raw[reader.pos:reader.pos + 1] in (b'"', b"{"):
            name = reader.string()
        else:
            name = reader.match(rb"[^ \r\n]+", "a name")
            if not NAME_ATOM.match(name):
                reader.fail("name isn't an atom")
        reader.end()
        if not name or not re.fullmatch(rb"[\x20-\x7e]+", name):
            reader.fail("mailbox name isn't printable ASCII")
        return Response(reader.raw, kind, value=name)

    def feed_mailbox(self, reader):
        return self.feed_name(reader, "MAILBOX", "MAILBOXES")

    def feed_bboard(self, reader):
        return self.feed_name(reader, "BBOARD", "BBOARDS")

    def feed_numbered(self, reader):
        number = reader.number()
        reader.expect(b" ")
        kind = reader.match(rb"[A-Z]+", "message data").decode()
        if kind not in ("EXISTS", "RECENT", "EXPUNGE", "FETCH", "COPY"):
            reader.fail("message data unknown to RFC 1176")
        if self.in_select:
            self.check_in_select(reader, kind)
        elif self.exists is None:
            reader.fail("message data without a selected mailbox")
        response = Response(reader.raw, kind, number=number)
        getattr(self, "feed_" + kind.lower())(reader, response)
        self.seen.append(kind)
        return response

    def check_in_select(self, reader, kind):
        wanted = {"EXISTS": ["FLAGS"], "RECENT": ["FLAGS", "EXISTS"]}
        if wanted.get(kind) != self.seen:
            reader.fail("%s in SELECT after %s" % (kind, self.seen))

    def feed_exists(self, reader, response):
        reader.end()
        if not self.in_select and response.number < self.exists:
            reader.fail("EXISTS shrinks from %d" % self.exists)
        self.exists = response.number

    def feed_recent(self, reader, response):
        reader.end()
        if response.number > self.exists:
            reader.fail("more RECENT than EXISTS")
        self.recent = response.number

    def check_message_number(self, reader, response):
        if not 1 <= response.number <= self.exists:
            reader.fail("message number beyond EXISTS %d" % self.exists)

    def feed_expunge(self, reader, response):
        reader.end()
        if self.verb not in EXPUNGE_VERBS:
            reader.fail("EXPUNGE data in %s" % (self.verb or "no command"))
        self.check_message_number(reader, response)
        self.exists -= 1

    def feed_copy(self, reader, response):
        reader.end()
        if self.verb != "COPY":
            reader.fail("COPY data outside COPY")
        self.check_message_number(reader, response)

    def feed_fetch(self, reader, response):
        self.check_message_number(reader, response)
        reader.expect(b" (")
        items = {}
        while True:
            name = reader.match(rb"[A-Z][A-Z0-9.]*(\[[^] ]*\])?",
                                "an item").decode()
            reader.expect(b" ")
            if name in items:
                reader.fail("%s twice" % name)
            items[name] = self.read_item(reader, name)
            if reader.accept(b")"):
                break
            reader.expect(b" ")
        reader.end()
        self.check_texts(reader, items)
        response.value = items

    def read_item(self, reader, name):
        if name == "FLAGS":
            flags = read_flags(reader)
            for flag in flags:
                if flag != "\\Recent" and flag not in self.flags:
                    reader.fail("%s wasn't in the last FLAGS" % flag)
            return flags
        if name == "INTERNALDATE":
            date = reader.quoted()
            pattern = LONG_DATE if self.long_dates else DATE
            if not pattern.match(date):
                reader.fail("INTERNALDATE isn't in RFC 1176's form")
            return date
        if name == "RFC822.SIZE":
            return reader.number()
        if name == "ENVELOPE":
            return self.read_envelope(reader)
        if name == "BODY":
            return read_body(reader)
        if name in ("RFC822", "RFC822.HEADER", "RFC822.TEXT") or \
                SECTION.match(name):
            return reader.string(text=True)
        reader.fail("item unknown to RFC 1176 and IMAP2bis: %s" % name)

    def read_envelope(self, reader):
        if not self.macms:
            return read_envelope(reader)
        size = reader.number()
        reader.expect(b" ")
        start = reader.pos
        envelope = read_envelope(reader)
        if reader.pos - start - len("()") != size:
            reader.fail("ENVELOPE has %d octets" % (reader.pos - start - 2))
        return envelope

    def check_texts(self, reader, items):
        # A part may begin in the midst of a line's end.
        if self.verb == "PARTIAL":
            return
        for name, value in items.items():
            if isinstance(value, bytes) and re.search(rb"(?<!\r)\n", value):
                reader.fail("bare LF in %s" % name)
        header, text = items.get("RFC822.HEADER"), items.get("RFC822.TEXT")
        whole = items.get("RFC822")
        if None not in (header, text, whole) and header + text != whole:
            reader.fail("RFC822 isn't RFC822.HEADER plus RFC822.TEXT")
        size = items.get("RFC822.SIZE")
        if None not in (size, whole) and len(whole) != size:
            reader.fail("RFC822.SIZE isn't the size of RFC822")

    def end(self):
        """The server closed the connection."""
        self.closed = True
