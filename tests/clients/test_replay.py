# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Old clients' sessions, replayed octet by octet (lib/recordings.py). Each answer
is read by a model of the client, which crashes or complains where the program would
(lib/clients.py), and what the client then believes is compared with what IMAP4
has of the same mailbox.

The clients come from addresses of their own: with the default settings, with
RFC 1176 alone, and with what examples/SERIES/clients.conf has for them.
"""

import host
import mail
import recordings
from build import SOURCE
from clients import C07, C88, C92, C96, Crash, Lisp, MacMS, Program

with open("%s/examples/%s/clients.conf" % (SOURCE, host.SERIES)) as file:
    CONFIG = file.read().replace("192.0.2.", "127.0.0.")
STRICT = "127.0.0.11"

SAVED = mail.simple(100)
# In lower case, and with quotes and backslashes where a client would look.
MIME = b"""\
From: mime@example.org
Subject: parts
Message-ID: <mime@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: text/plain; charset=us-ascii; name="a \\"quoted\\" name"
Content-Description: 100% "pure"

The text.
--outer
Content-Type: message/rfc822

From: "In \\"ner\\"" <inner@example.org>
Subject: inner "QUOTED"
To: friends: carl@example.com, dora@example.com;
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain

Plain.
--inner
Content-Type: text/html

<p>Rich.
--inner--

--outer
Content-Type: image/gif
Content-Transfer-Encoding: base64

R0lGODlhAQABAAAAACw=
--outer--
"""


def user_with_mail(t):
    """31 messages, keywords and other mailboxes."""
    user = t.user()
    maildir = t.maildir(user)
    mail.add_samples(maildir)
    for number in range(len(mail.SAMPLES) + 1, 32):
        maildir.add(MIME if number == 22 else mail.simple(number))
    for name in ("saved", "a", "x", "work/one"):
        maildir.folder(name).add(SAVED)
    witness = t.witness(user)
    witness.select()
    witness.store("2", "+FLAGS", "work todo \\Draft")
    witness.store("30", "+FLAGS", "$Label1 NonJunk")
    return user


class Session:
    """A program at work, and the witness."""

    def __init__(self, t, model, user=None, **options):
        self.user = user or user_with_mail(t)
        self.model = model
        self.program = t.connect(kind=Program, model=model, **options)
        self.witness = t.witness(self.user)
        self.witness.select()

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
            assert items.get("RFC822.SIZE", len(text)) == len(text), number
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


def check_body(body):
    """Of MIME."""
    _, subtype, parts = body
    assert subtype == b"MIXED"
    assert [part[:2] for part in parts] == [
        (b"TEXT", b"PLAIN"), (b"MESSAGE", b"RFC822"), (b"IMAGE", b"GIF")]
    envelope, body = parts[1][2]
    assert envelope["subject"] == b'inner "QUOTED"'
    assert [address[2:] for address in envelope["to"]] == [
        (b"carl", b"example.com"), (b"dora", b"example.com")]
    assert body[:2] == (b"MULTIPART", b"ALTERNATIVE")


def replay(t, recording, strict=False, **options):
    """From LOGIN to LOGOUT. Returns the results, by tag."""
    if strict:
        options["source"] = STRICT
    model = recording.model()
    answers = recording.answers(strict)
    session = Session(t, model, **options)
    results = session.run(recording.sent(recording.lines, strict), answers)
    session.agree()
    for items in model.cache.values():
        if items.get("BODY", b"")[:1] == (b"MULTIPART",):
            check_body(items["BODY"])
    results.update(session.run(recording.sent(recording.after, strict),
                               answers))
    if recording.appended_to and not strict:
        session.witness.examine(recording.appended_to)
        assert session.witness.texts().count(recordings.MESSAGE) == 1
    session.logout()
    return results


# Of clients.conf.
FOR_C88 = {"source": "127.0.0.88"}
FOR_C92 = {"source": "127.0.0.92", "long_dates": True}
FOR_C96 = {"source": "127.0.0.96", "long_dates": True}
FOR_LISP = {"source": "127.0.0.76"}
FOR_MACMS = {"source": "127.0.0.4"}


def crashes(program, line):
    """What kills it."""
    try:
        program.type(line + b"\r\n")
    except Crash as crash:
        return str(crash)
    return None


def check_c88(results):
    assert results[b"A00012"].values("SEARCH") == [list(range(1, 32))]
    assert results[b"A00015"].values("SEARCH") == [[]]
    assert results[b"A00011"].fetched(2)["FLAGS"][:2] == \
        ["\\Answered", "\\Flagged"]
    assert results[b"A00025"].numbers("EXPUNGE") == [1, 2, 5]
    assert results[b"A00028"].numbers("EXISTS") == [3]


def check_c92(results):
    text = mail.split(mail.RFC_SAMPLE)[1]
    assert results[b"A00005"].fetched(1)["RFC822.TEXT"] == text
    assert results[b"A00030"].numbers("EXPUNGE") == [1, 6]
    assert sorted(results[b"A00025"].values("MAILBOX")) == \
        [b"a", b"saved", b"work/one", b"x"]
    assert results[b"A00039"].numbers("EXISTS") == [2]


def check_c96(results):
    """Expunged are 1, 2 and 7."""
    assert results[b"A00021"].numbers("COPY") == [2]
    assert results[b"A00029"].values("MAILBOX") == []
    assert results[b"A00036"].numbers("EXPUNGE") == [1, 1, 5]
    assert results[b"A00039"].numbers("EXISTS") == [1]


def check_c07(results):
    # Who has only peeked takes \Seen back, and must know of it.
    assert "\\Seen" in results[b"0000000c"].fetched(5)["FLAGS"]
    assert "\\Seen" not in results[b"00000010"].fetched(5)["FLAGS"]


def test_c88(t):
    check_c88(replay(t, recordings.C88))


def test_c88_as_recommended(t):
    check_c88(replay(t, recordings.C88, **FOR_C88))


def test_c88_strict(t):
    check_c88(replay(t, recordings.C88, strict=True))


def test_c92(t):
    results = replay(t, recordings.C92)
    check_c92(results)
    assert results[b"A00014"].fetched(22)["BODY"]
    assert results[b"A00007"].fetched(8)["BODY[1]"] == \
        mail.crlf(mail.NO_HEADERS)[2:]


def test_c92_as_recommended(t):
    check_c92(replay(t, recordings.C92, **FOR_C92))


def test_c92_strict(t):
    check_c92(replay(t, recordings.C92, strict=True))


def test_c96(t):
    check_c96(replay(t, recordings.C96))


def test_c96_as_recommended(t):
    check_c96(replay(t, recordings.C96, **FOR_C96))


def test_c96_strict(t):
    check_c96(replay(t, recordings.C96, strict=True))


def test_c07(t):
    results = replay(t, recordings.C07)
    check_c07(results)
    assert results[b"00000007"].fetched(22)["BODY"]


def test_c07_as_recommended(t):
    check_c07(replay(t, recordings.C07, **FOR_C96))


def test_c07_strict(t):
    check_c07(replay(t, recordings.C07, strict=True))


def test_lisp(t):
    results = replay(t, recordings.LISP)
    assert results[b"G0004"].values("SEARCH") == [[20]]
    assert results[b"G0005"].values("SEARCH") == [[4]]
    assert results[b"G0006"].numbers("COPY") == [1, 2, 3]


def test_lisp_as_recommended(t):
    """Keywords that its reader can't read."""
    user = t.simple_user(2)
    witness = t.witness(user)
    witness.select()
    witness.store("1", "+FLAGS", "a:b \\Flagged")
    program = t.connect(kind=Program, model=Lisp())
    program.type(b"1 LOGIN %s secret\r\n" % user.encode())
    assert "can't read b'a:b'" in crashes(program, b"2 SELECT INBOX")
    session = Session(t, Lisp(), user, **FOR_LISP)
    session.run([b"1 LOGIN USER secret", b"2 SELECT INBOX",
                 b"3 FETCH 1:2 ALL"])
    assert session.model.cache[1]["FLAGS"] == ["\\Flagged"]


# Others at work meanwhile

def meanwhile(t, model):
    """New keywords, flags and mail are told at once, expunged messages only
    when the client expects it. C88 has to fetch what is new before anything
    below is expunged: it crashes otherwise, with any server."""
    session = Session(t, model)
    session.run([b"1 LOGIN USER secret", b"2 SELECT INBOX",
                 b"3 FETCH 1:20 ALL", b"4 FETCH 21:31 ALL"])
    witness = session.witness
    witness.store("5", "+FLAGS", "fresh \\Draft")
    witness.append(mail.simple(32), "\\Flagged even_fresher")
    session.run([b"5 FETCH 5 FAST", b"6 SEARCH ALL"])
    assert model.found == list(range(1, 33))
    session.run([b"7 FETCH 32:32 ALL"])
    assert {b"FRESH", b"EVEN_FRESHER"} <= set(model.keywords)
    witness.store("9", "+FLAGS", "late")
    witness.store("3,25", "+FLAGS", "\\Deleted")
    witness.expunge()
    session.run([b"8 FETCH 20:24 FAST",
                 b"9 STORE 8 +Flags \\Flagged \\Seen",
                 b"10 SEARCH FLAGGED", b"11 COPY 8 saved",
                 b"12 FETCH 3 RFC822.TEXT"], {b"12": "NO"})
    assert model.count == 32
    session.run([b"13 CHECK"])
    # 7 was deleted from the beginning.
    assert model.count == 29
    session.agree()
    witness.append(mail.simple(33))
    session.run([b"14 NOOP", b"15 FETCH 30:30 ALL",
                 b"16 STORE 29 +FLAGS \\Deleted", b"17 EXPUNGE"])
    session.agree()
    session.logout()


def test_c88_among_others(t):
    meanwhile(t, C88())


def test_c92_among_others(t):
    meanwhile(t, C92())


def test_c96_among_others(t):
    meanwhile(t, C96())


def test_c07_among_others(t):
    meanwhile(t, C07())


def test_lisp_among_others(t):
    meanwhile(t, Lisp())


# What only one of them does

def test_c88_leaves_after_a_refused_select(t):
    for name in b"missing", b"empty":
        session = Session(t, C88())
        session.witness.create("empty")
        session.run([b"A00000 LOGIN USER secret", b"A00001 NOOP",
                     b"A00002 SELECT " + name],
                    {b"A00002": "NO" if name == b"missing" else "OK"})
        assert session.model.count == 0
        session.logout()


def test_c88_has_room_for_2000_messages(t):
    user = t.simple_user(2010)
    model = C88()
    program = t.connect(kind=Program, model=model)
    program.type(b"A0 LOGIN %s secret\r\n" % user.encode())
    program.type(b"A1 SELECT INBOX\r\n")
    assert model.complaints == ["Mailbox of 2010 messages"]
    assert crashes(program, b"A2 SEARCH ALL") == \
        "message 2001 in a table of 2000"

    model = C88()
    session = Session(t, model, user, **FOR_C88)
    session.run([b"A0 LOGIN USER secret", b"A1 SELECT INBOX",
                 b"A2 SEARCH ALL"])
    assert model.found == list(range(1, 1901))
    session.witness.append(mail.simple(2011))
    session.run([b"A3 CHECK", b"A4 FETCH 1881:1901 ALL",
                 b"A5 FETCH 1900 RFC822.TEXT"])
    assert model.count == 1901
    assert model.cache[1901]["ENVELOPE"]["subject"] == b"message 2011"
    items = model.cache[1900]
    assert items["ENVELOPE"]["subject"] == b"message 2010"
    assert items["RFC822.TEXT"] == b"Text of message 2010.\r\n"


def test_c88_has_room_for_100000_octets(t):
    user = t.user()
    t.maildir(user).add(mail.BIG)
    opening = [b"A0 LOGIN USER secret", b"A1 SELECT INBOX",
               b"A2 FETCH 1 ALL"]
    for item in b"RFC822", b"RFC822.TEXT":
        session = Session(t, C88(), user)
        session.run(opening)
        assert "in a buffer of 100000" in \
            crashes(session.program, b"A3 FETCH 1 " + item)
    session = Session(t, C88(), user, **FOR_C88)
    session.run(opening + [b"A3 FETCH 1 RFC822", b"A4 FETCH 1 RFC822.TEXT"])
    items = session.model.cache[1]
    assert 90000 < len(items["RFC822"]) == items["RFC822.SIZE"] < 100000
    assert items["RFC822"].endswith(items["RFC822.TEXT"])
    assert items["RFC822"][:90000] == mail.crlf(mail.BIG)[:90000]


def test_c88_gets_line_ends_whole(t):
    """Of many literals; the model looks at what each read gives."""
    user = t.simple_user(300)
    model = C88()
    session = Session(t, model, user)
    session.run([b"1 LOGIN USER secret", b"2 SELECT INBOX"])
    session.run([b"%d FETCH %d RFC822" % (3 + number, number)
                 for number in range(1, 301)])
    session.run([b"S STORE 1:300 -Flags \\Seen",
                 b"T FETCH 1:300 RFC822.TEXT"])
    assert len(model.cache) == 300


def test_macms(t):
    model = MacMS()
    session = Session(t, model, **FOR_MACMS)
    session.program.checker.macms = True
    session.run([b"1 LOGIN USER secret"])
    session.program.type(b"2 VERSION 4\r\n")
    model.shown.clear()
    session.run([b"3 SELECT INBOX", b"4 FETCH 1:31 ALL"])
    session.agree()
    session.logout()


def test_c92_does_not_stop_at_bad_arguments(t):
    """FETCH of a message that isn't there, as after a lost count."""
    session = Session(t, C92())
    session.run([b"1 LOGIN USER secret", b"2 SELECT INBOX",
                 b"3 FETCH 99 FULL", b"4 FETCH 31:32 ALL", b"5 CHECK",
                 b"6 FETCH 31 ALL"], {b"3": "BAD", b"4": "BAD"})
    session.agree()
