# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The mail of the benchmark, the same octets on every machine: what people
keep, most of it small and plain, some of it in other character sets, some of
it with parts.
"""

import base64
import quopri
import random

import mail

WORDS = """
about above account address after again against agenda allow almost along
already another answer archive around article attach because become before
between billing board budget building cabinet calendar camera carry century
change charter circuit client column commit common computer contact control
copper copy council country course cover current cycle deliver design detail
device different digital direct discuss document double early earth editor
""".split()
# Where SEARCH has something to find: one message of so many has it.
NEEDLE_EVERY = 50
NEEDLE = "zeppelin"
FIRST_DAY = mail.date("1-Jan-2001 08:00:00")
DAYS = 4000
# From then on they repeat, as links to the same files: 200,000 are made in
# seconds, and read from memory.
DISTINCT = 20000
CHARSETS = (("utf-8", "8bit"), ("utf-8", "quoted-printable"),
            ("utf-8", "base64"), ("iso-8859-1", "quoted-printable"),
            ("iso-8859-1", "8bit"))


def words(rand, count):
    return [rand.choice(WORDS) for _ in range(count)]


def paragraphs(rand, size, special):
    """Lines of words, about so many characters, with a word now and then."""
    lines, length = [], 0
    while length < size:
        line = " ".join(words(rand, rand.randint(5, 11)))
        lines.append(line)
        length += len(line) + 1
    lines.insert(rand.randrange(len(lines) + 1), special)
    return "\n".join(lines) + "\n"


def encode(text, charset, encoding):
    octets = text.encode(charset)
    if encoding == "base64":
        return base64.encodebytes(octets)
    if encoding == "quoted-printable":
        return quopri.encodestring(octets)
    return octets


def header(rand, number, when):
    sender = "%s.%s@example.org" % tuple(words(rand, 2))
    receivers = ", ".join("%s %s <%s@example.com>" % (
        name.title(), other.title(), name)
        for name, other in [words(rand, 2) for _ in range(rand.choice(
            (1, 1, 1, 2, 5)))])
    return (
        "Return-Path: <%s>\n"
        "Received: from mx%d.example.net (mx.example.net [192.0.2.7])\n"
        "\tby mail.example.com (Postfix) with ESMTPS id %08X\n"
        "\tfor <user@example.com>; %s\n"
        "Date: %s\n"
        "From: \"%s\" <%s>\n"
        "To: %s\n"
        "Subject: %s\n"
        "Message-ID: <%d.%08x@example.org>\n" % (
            sender, rand.randint(1, 9), rand.getrandbits(32), when, when,
            sender.split("@")[0].replace(".", " ").title(), sender, receivers,
            " ".join(words(rand, rand.randint(2, 8))), number,
            rand.getrandbits(32))).encode()


def body(rand, number):
    """Content headers and text."""
    size = int(min(rand.lognormvariate(7, 1), 60000))
    special = NEEDLE if number % NEEDLE_EVERY == 0 else ""
    kind = rand.randrange(20)
    if kind < 12:
        return b"\n" + paragraphs(rand, size, special).encode()
    if kind < 18:
        charset, encoding = rand.choice(CHARSETS)
        return (
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=%s\n"
            "Content-Transfer-Encoding: %s\n\n" % (charset, encoding)
        ).encode() + encode(paragraphs(rand, size, special + " d\xe9j\xe0 vu"),
                            charset, encoding)
    boundary = "=_%08x" % rand.getrandbits(32)
    attachment = random.Random(number).randbytes(size * 2)
    return (
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"%s\"\n"
        "\n--%s\nContent-Type: text/plain; charset=us-ascii\n\n%s\n--%s\n"
        "Content-Type: application/octet-stream; name=\"part.bin\"\n"
        "Content-Transfer-Encoding: base64\n\n" % (
            boundary, boundary, paragraphs(rand, size, special), boundary)
    ).encode() + base64.encodebytes(attachment) + \
        ("\n--%s--\n" % boundary).encode()


def message(number):
    """(octets, internal date) of one message."""
    rand = random.Random(number)
    seconds = FIRST_DAY + (number * 7919 % DAYS) * 86400 + number % 86400
    when = "Mon, %d Jan 2001 08:%02d:00 +0000" % (number % 28 + 1, number % 60)
    return header(rand, number, when) + body(rand, number), seconds


def fill(maildir, count, crlf=None):
    """All of it read already, so that reading it changes nothing. crlf: a
    Maildir for the same with CRLF. Returns the size of the mail in octets."""
    size = 0
    paths = {target: [] for target in (maildir, crlf) if target is not None}
    for number in range(1, min(count, DISTINCT) + 1):
        octets, seconds = message(number)
        size += len(octets)
        for target, made in paths.items():
            made.append(target.add(
                mail.crlf(octets) if target is crlf else octets, "\\Seen",
                seconds))
    for target, made in paths.items():
        for number in range(DISTINCT, count):
            target.link(made[number % DISTINCT], "\\Seen")
    return size * count // min(count, DISTINCT)
