# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""FETCH's data items of IMAP2bis, and PARTIAL, with IMAP4 as the witness: the
same structures, and the same octets."""

import random
import time
import zlib

import mail
import structure

TEXT = b"Content-Type: text/plain; charset=%s\n" \
    b"Content-Transfer-Encoding: %s\n\n%s\n"


def multipart(kind, *parts, boundary=b"=_x"):
    return b"Content-Type: multipart/%s; boundary=\"%s\"\n\npreamble\n" % (
        kind, boundary) + b"".join(b"--%s\n%s\n" % (boundary, part)
                                   for part in parts) + \
        b"--%s--\nepilogue\n" % boundary


def message(subject, body):
    return b"From: Ann <ann@example.org>\nTo: bob@example.com\n" \
        b"Date: Tue, 2 Jan 1990 03:04:05 +0000\nSubject: %s\n" \
        b"Message-ID: <%08x@example.org>\nMIME-Version: 1.0\n" % (
            subject, zlib.crc32(subject)) + body


PLAIN = TEXT % (b"us-ascii", b"7bit", b"plain text")
LATIN = TEXT % (b"ISO-8859-1", b"quoted-printable", b"caf=E9")
IMAGE = b"Content-Type: image/gif; name=\"100%.gif\"\nContent-ID: <i@x>\n" \
    b"Content-Description: a \"picture\"\n" \
    b"Content-Transfer-Encoding: base64\n\nR0lGODlhAQABAAAAACw=\n"
INNER = b"Content-Type: message/rfc822\n\n"
MESSAGES = [
    message(b"plain", PLAIN),
    message(b"latin", LATIN),
    message(b"mixed", multipart(b"mixed", PLAIN, IMAGE)),
    message(b"alternative in mixed", multipart(
        b"mixed", multipart(b"alternative", PLAIN, LATIN, boundary=b"in"),
        IMAGE)),
    message(b"forwarded", multipart(
        b"mixed", PLAIN, INNER + message(b"the \"inner\" one", PLAIN))),
    message(b"forwarded with parts", multipart(
        b"digest", INNER + message(b"a", multipart(
            b"mixed", PLAIN, IMAGE, boundary=b"in")),
        INNER + message(b"b", INNER + message(b"c", LATIN)))),
    message(b"only a message", INNER + message(b"inner", LATIN)),
    message(b"only an image", IMAGE),
    # Broken in every way
    message(b"no parts", b"Content-Type: multipart/mixed; boundary=y\n\n"),
    message(b"no boundary", b"Content-Type: multipart/mixed\n\ntext\n"),
    message(b"not closed", multipart(b"mixed", PLAIN, IMAGE)[:-40]),
    message(b"nonsense", b"Content-Type: ;;=\nContent-Transfer-Encoding: \"\n"
            b"Content-ID: <\\\">\n\ntext\n"),
    message(b"8 bit", b"Content-Type: text/x-\xe9; na\xefve=\"\xfc\"\n\nx\n"),
    message(b"empty values", b"Content-Type: text/plain; a=\"\"; b\n\nx\n"),
    message(b"long", b"Content-Type: text/plain; x=" + b"y" * 5000 +
            b"; name*0=a; name*1=b\n\nx\n"),
    b"Content-Type: text/plain\n\nno other header\n",
    mail.NO_HEADERS, mail.NO_BLANK_LINE, mail.CRLF_STORED,
]


def user_with_parts(t, format="maildir"):
    user = t.user(format)
    witness = t.witness(user)
    for octets in MESSAGES:
        witness.append(mail.crlf(octets), flags="\\Seen")
    return user, witness


def imap4_body(witness, number):
    """The value of BODY as IMAP4 has it."""
    return structure.imap4_item(witness, number, "BODY")


def test_structures_are_imap4s(t):
    for format in ("maildir", "sdbox", "mdbox"):
        user, witness = user_with_parts(t, format)
        client = t.selected(user)
        witness.examine()
        for number in range(1, len(MESSAGES) + 1):
            ours = client.ok("FETCH %d BODY" % number).fetched(number)["BODY"]
            theirs = structure.body(imap4_body(witness, number))
            assert ours == theirs, (number, ours, theirs)


def test_sections_are_imap4s(t):
    user, witness = user_with_parts(t)
    client = t.selected(user)
    witness.examine()
    count = 0
    for number in range(1, len(MESSAGES) + 1):
        body = client.ok("FETCH %d BODY" % number).fetched(number)["BODY"]
        names = ["0"] + [name for name, _ in structure.sections(body)]
        items = client.ok("FETCH %d (%s)" % (number, " ".join(
            "BODY[%s]" % name for name in names))).fetched(number)
        for name in names:
            theirs = witness.fetch(number, "BODY.PEEK[%s]" %
                                   structure.imap4_section(name))
            assert items["BODY[%s]" % name] == theirs, (number, name)
            count += 1
    assert count > 50, count


def test_parts_of_texts(t):
    """Any octets, in any order, of mail stored with either line end."""
    user = t.user()
    maildir = t.maildir(user)
    texts = [mail.simple(1) + b"".join(b"line %d\n" % n for n in range(3000)),
             mail.crlf(mail.simple(2) + b"x\n" * 5000), mail.simple(3)]
    for text in texts:
        maildir.add(text, "\\Seen")
    client = t.selected(user)
    rand = random.Random(1176)
    for _ in range(200):
        number = rand.randint(1, len(texts))
        whole = mail.crlf(texts[number - 1])
        header, text = mail.split(whole)
        item, value = rand.choice((
            ("RFC822", whole), ("RFC822.HEADER", header),
            ("RFC822.TEXT", text), ("BODY[1]", text), ("BODY[0]", header)))
        first = rand.randint(1, len(value) + 2)
        size = rand.choice((0, 1, 7, 1000, len(value), 4294967295))
        got = client.ok("PARTIAL %d %s %d %d" % (
            number, item, first, size)).fetched(number)
        assert got == {item: value[first - 1:first - 1 + size]}, (
            number, item, first, size, got)


def test_header_lines(t):
    user = t.sample_user()
    witness = t.witness(user)
    witness.examine()
    client = t.selected(user)
    for number in range(1, len(mail.SAMPLES) + 1):
        for fields in ("FROM", "Subject to", "X-NONE", "received Message-Id "
                       "x-long"):
            for item, name in (
                    ("RFC822.HEADER.LINES", "HEADER.FIELDS"),
                    ("RFC822.HEADER.LINES.NOT", "HEADER.FIELDS.NOT")):
                got = client.ok("FETCH %d %s (%s)" % (number, item, fields))
                assert got.fetched(number)["RFC822.HEADER"] == witness.fetch(
                    number, "BODY.PEEK[%s (%s)]" % (name, fields)), (
                        number, item, fields)
    assert client.search("SEEN") == [2, 6, 9, 11, 14]


def test_what_reading_does_to_flags(t):
    user = t.simple_user(5)
    client = t.selected(user)
    for number, line, seen in (
            (1, "FETCH 1 BODY[1]", True), (2, "FETCH 2 BODY[0]", True),
            (3, "PARTIAL 3 RFC822.TEXT 1 1", True),
            (4, "FETCH 4 (BODY RFC822.HEADER.LINES (FROM))", False),
            (5, "PARTIAL 5 RFC822.HEADER 1 10", False)):
        items = client.ok(line).fetched(number)
        assert items.get("FLAGS", []) == (
            ["\\Recent", "\\Seen"] if seen else []), (line, items)
        assert client.flags(number) == (["\\Seen"] if seen else []), line
    client.ok("EXAMINE INBOX")
    assert "FLAGS" not in client.ok("FETCH 5 BODY[1]").fetched(5)
    client.select()
    assert client.flags(5) == []


def test_forms_that_clients_use(t):
    client = t.selected(t.simple_user(10))
    result = client.ok("FETCH 2,4:9 (BODY FLAGS)")
    assert result.numbers("FETCH") == [2, 4, 5, 6, 7, 8, 9], result
    for item in ("FULL", "full", "Body", "(Full)", "BODY[1]"):
        state = client.command("FETCH 1:3 " + item).state
        assert state == ("BAD" if "(" in item else "OK"), item
    result = client.ok("FETCH 1:3 FULL")
    assert [list(items) for items in result.values("FETCH")] == [
        ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"]] * 3


def test_deep_and_broad_messages(t):
    """What was made to hurt is answered like any other."""
    deep = PLAIN
    for level in range(1000):
        deep = multipart(b"mixed", deep, boundary=b"level%d" % level)
    inner = PLAIN
    for _ in range(150):
        inner = INNER + message(b"again", inner)
    user = t.user()
    maildir = t.maildir(user)
    for octets in (message(b"deep", deep), message(b"inner", inner),
                   message(b"broad", multipart(b"mixed", *[PLAIN] * 8000)),
                   message(b"parameters", b"Content-Type: text/plain" +
                           b"".join(b";\n p%d=\"%d\"" % (n, n)
                                    for n in range(3000)) + b"\n\nx\n")):
        maildir.add(octets)
    witness = t.witness(user)
    witness.examine()
    client = t.selected(user)
    for number in range(1, 5):
        begin = time.monotonic()
        ours = client.ok("FETCH %d BODY" % number).fetched(number)["BODY"]
        spent = time.monotonic() - begin
        begin = time.monotonic()
        imap4_body(witness, number)
        theirs = time.monotonic() - begin
        print("    message %d: imap2 %.0f ms, imap (second) %.0f ms" % (
            number, spent * 1000, theirs * 1000))
        assert ours["type"] in ("MULTIPART", "MESSAGE", "TEXT")
        client.ok("FETCH %d (BODY[1] BODY[1.1.1.1] BODY[8000])" % number)
