# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What C-clients of 1988, 1992, 1996 and 2007 and the Lisp machines' client
send, octet by octet as it was recorded, tags included. Each answer is read by
a model of the client, which crashes or complains where the program would
(lib/clients.py), and what the client then believes is compared with what IMAP4
has of the same mailbox.

The clients come from addresses of their own: with the default settings, with
RFC 1176 alone, and with what examples/SERIES/clients.conf has for them.
"""

import host
import mail
from build import SOURCE
from clients import C07, C88, C92, C96, Lisp, Program

STRICT = "127.0.0.11"
CONFIG = host.CLEARTEXT_ALLOWED + \
    "remote %s {\n  protocol imap2 {\n    imap2_extensions =\n  }\n}\n" % STRICT

SAVED = mail.simple(100)
TO_APPEND = mail.crlf(mail.simple(200))

C88_SESSION = [
    b"A00000 LOGIN USER secret",
    b"A00001 SELECT INBOX",
    b"A00002 FETCH 1:20 ALL",
    b"A00003 FETCH 21:31 ALL",
    b"A00004 FETCH 1:3 FLAGS",
    b"A00005 FETCH 4 FAST",
    b"A00006 FETCH 1 RFC822",
    b"A00007 FETCH 2 RFC822.TEXT",
    b"A00008 FETCH 3 RFC822.HEADER",
    b"A00009 STORE 1 +Flags \\DELETED",
    b"A00011 STORE 2 +Flags \\Flagged \\Answered",
    b"A00012 SEARCH ALL",
    b'A00015 SEARCH FROM "nobody at all"',
    b"A00016 CHECK",
    b"A00017 COPY 2 saved",
    b"A00018 STORE 2 +Flags \\Seen",
    b"A00021 COPY 3 saved",
    b"A00022 STORE 3 +Flags \\Deleted \\Seen",
    b"A00025 EXPUNGE",
    b"A00027 NOOP",
]
C88_AFTER = [
    b"A00028 SELECT saved",
    b"A00029 FETCH 1:3 ALL",
]
C92_SESSION = [
    b"A00000 LOGIN USER {6}\r\nsecret",
    b"A00001 SELECT {5}\r\nINBOX",
    b"A00002 FETCH 1:20 FULL",
    b"A00003 FETCH 1:20 ALL",           # if FULL is BAD
    b"A00005 FETCH 1 (RFC822.HEADER RFC822.TEXT)",
    b"A00007 FETCH 8 BODY[1]",
    b"A00009 STORE 1 +Flags \\DELETED",
    b"A00011 STORE 2 +Flags \\Flagged \\Answered",
    b"A00012 CHECK",
    b"A00013 SEARCH ALL",
    b"A00014 FETCH 21:31 FULL",
    b"A00015 FETCH 21:31 ALL",
    b"A00020 COPY 2 saved",
    b"A00021 STORE 2 +Flags \\Seen",
    b"A00023 COPY 3 new box",           # never quoted
    b"A00025 FIND MAILBOXES *",
    b"A00026 FIND BBOARDS *",
    b"A00030 EXPUNGE",
]
C92_AFTER = [
    b"A00036 NOOP",
    b"A00037 BBOARD {11}\r\nsome.bboard",
    b"A00038 NOOP",
    b"A00039 SELECT {5}\r\nsaved",
]
C96_SESSION = [
    b"A00000 LOGIN USER secret",
    b"A00001 SELECT INBOX",
    b"A00002 FETCH 1:20 ALL",
    b"A00003 FETCH 21:31 ALL",
    b"A00007 FETCH 8 RFC822.HEADER",
    b"A00008 FETCH 8 RFC822.TEXT",
    b"A00012 STORE 1 +Flags (\\DELETED)",
    b"A00013 SEARCH ALL",
    b'A00021 COPY 2 "new box"',
    b"A00022 STORE 2 +Flags (\\Deleted)",
    b"A00027 FIND ALL.MAILBOXES *",
    b"A00028 FIND MAILBOXES *",
    b"A00029 FIND MAILBOXES {6}\r\nwork/%",
    b"A00033 Create created",
    b"A00034 Subscribe Mailbox created",
    b"A00035 EXPUNGE",
    b"A00036 CHECK",
]
C96_AFTER = [
    b"A00037 EXAMINE saved",
    b"A00038 SELECT saved",
]
C07_SESSION = [
    b"00000000 CAPABILITY",
    b"00000001 LOGIN USER secret",
    b"00000002 CAPABILITY",
    b"00000003 SELECT INBOX",
    b"00000004 FETCH 1,2:21 (ENVELOPE INTERNALDATE RFC822.SIZE FLAGS)",
    b"00000005 FETCH 1:25 (RFC822.HEADER INTERNALDATE RFC822.SIZE FLAGS)",
    b"00000007 FETCH 8,22:31 (BODY FLAGS)",
    b"00000008 FETCH 8,22:31 ALL",
    b"00000009 FETCH 8 RFC822.TEXT",
    b"0000000b FETCH 5 RFC822.HEADER",
    b"0000000c STORE 5 +FLAGS \\Seen",
    b"0000000d FETCH 5 FLAGS",
    b"0000000e FETCH 5 RFC822.TEXT",
    b"0000000f STORE 1:2 +Flags (\\Seen \\Flagged)",
    b"00000010 STORE 5 -FLAGS \\Seen",
    b"00000011 EXPUNGE",
    b"00000012 CHECK",
]
C07_AFTER = [
    b'00000012 FIND MAILBOXES ""',
    b"00000013 FIND ALL.MAILBOXES *",
    b"00000014 FIND MAILBOXES *",
    b"0000001c Create made",
    b"0000001d Rename a b",
    b"0000001e Subscribe Mailbox x",
    b"0000001f Delete x",
]
LISP_SESSION = [
    b"G0001 LOGIN USER secret",
    b"g0002 SELECT INBOX",
    b"|G3| FETCH 1:31 ALL",
    b'G0004 SEARCH SUBJECT "message 20"',
    b"G0005 SEARCH SUBJECT {7}\r\n\"hello\"",
    b"G0006 COPY 1:3 saved",
    b'G0007 COPY 4 "new box"',
    b"G0008 STORE 1 +FLAGS (\\DELETED)",
    b"G0009 EXPUNGE",
    b"G0010 CHECK",
]




class Session:
    """A program at work, and the witness."""

    def __init__(self, t, model, source="127.0.0.1", long_dates=False):
        self.user = t.user()
        maildir = t.maildir(self.user)
        mail.add_samples(maildir)
        for number in range(len(mail.SAMPLES) + 1, 32):
            maildir.add(mail.simple(number))
        for name in ("saved", "a", "x", "work/one"):
            maildir.folder(name).add(SAVED)
        self.witness = t.witness(self.user)
        self.witness.select()
        self.witness.store("2", "+FLAGS", "work todo \\Draft")
        self.witness.store("30", "+FLAGS", "$Label1 NonJunk")
        self.model = model
        self.program = t.connect(kind=Program, model=model, source=source,
                                 long_dates=long_dates)

    def run(self, lines, answers={}):
        """Returns the results; answers: those that aren't OK. By tag."""
        results = {}
        for line in lines:
            tag = line.split()[0]
            octets = line.replace(b"USER", self.user.encode()) + b"\r\n"
            results[tag] = result = self.program.type(octets)
            wanted = answers.get(tag, "OK")
            assert result.state == wanted, (line, wanted, result)
            assert not self.model.complaints, (line, self.model.complaints)
            assert not self.model.shown, (line, self.model.shown)
        return results

    def agree(self, mailbox="INBOX"):
        """What the program believes is so."""
        assert self.model.count == self.witness.examine(mailbox)
        for number, items in self.model.cache.items():
            text = self.witness.text(number)
            assert items["RFC822.SIZE"] == len(text), number
            assert self.flags(items) == self.flags(
                {"FLAGS": self.witness.flags(number)}), number
            for name, part in zip(("RFC822", "RFC822.HEADER", "RFC822.TEXT"),
                                  (text, *mail.split(text))):
                assert items.get(name, part) == part, (number, name)

    @staticmethod
    def flags(items):
        """Those that both protocols know."""
        return [flag for flag in items["FLAGS"]
                if flag not in ("\\Recent", "\\Draft")]

    def logout(self):
        result = self.program.type(b"Z LOGOUT\r\n")
        assert (result.state, result.kinds()) == ("OK", ["BYE"]), result
        self.program.expect_eof()


def whole(t, model, lines, after=(), answers={}, **options):
    """From LOGIN to LOGOUT; after: what leaves INBOX."""
    session = Session(t, model, **options)
    results = session.run(lines, answers)
    session.agree()
    results.update(session.run(after, answers))
    session.logout()
    return results


def bad(*tags):
    return dict.fromkeys(tags, "BAD")


# What each does when IMAP2bis is refused; what isn't sent then, or only then.
C92_STRICT = bad(b"A00002", b"A00007", b"A00014")
C96_STRICT = bad(b"A00027", b"A00033", b"A00034", b"A00037")
C07_STRICT = bad(b"00000007", b"00000013", b"0000001c", b"0000001d",
                 b"0000001e", b"0000001f")
# C92's mistake, a newsgroup that isn't there, and how C07 recognises IMAP2.
C92_ALWAYS = {b"A00023": "BAD", b"A00037": "NO"}
C07_ALWAYS = bad(b"00000000", b"00000002")


def check_c88(results):
    assert results[b"A00012"].values("SEARCH") == [list(range(1, 32))]
    assert results[b"A00015"].values("SEARCH") == [[]]
    assert results[b"A00011"].fetched(2)["FLAGS"][:2] == \
        ["\\Answered", "\\Flagged"]
    assert results[b"A00025"].numbers("EXPUNGE") == [1, 2, 5]
    assert results[b"A00028"].numbers("EXISTS") == [3]


def test_c88(t):
    check_c88(whole(t, C88(), C88_SESSION, C88_AFTER))


def test_c88_strict(t):
    check_c88(whole(t, C88(), C88_SESSION, C88_AFTER, source=STRICT))


def test_c92_strict(t):
    results = whole(t, C92(), C92_SESSION, C92_AFTER,
                    {**C92_ALWAYS, **C92_STRICT}, source=STRICT)
    assert sorted(results[b"A00025"].values("MAILBOX")) == \
        [b"a", b"saved", b"work/one", b"x"]


def test_c96_strict(t):
    whole(t, C96(), C96_SESSION, C96_AFTER, C96_STRICT, source=STRICT)


def test_c07_strict(t):
    results = whole(t, C07(), C07_SESSION, C07_AFTER,
                    {**C07_ALWAYS, **C07_STRICT}, source=STRICT)
    # Who has only peeked takes \\Seen back, and must know of it.
    assert "\\Seen" in results[b"0000000c"].fetched(5)["FLAGS"]
    assert "\\Seen" not in results[b"00000010"].fetched(5)["FLAGS"]


def test_lisp(t):
    results = whole(t, Lisp(), LISP_SESSION)
    assert results[b"G0004"].values("SEARCH") == [[20]]
    assert results[b"G0005"].values("SEARCH") == [[4]]
    assert results[b"G0006"].numbers("COPY") == [1, 2, 3]
