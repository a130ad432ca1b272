# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""SEARCH TEXT and BODY in mail of all character sets and encodings find what
Dovecot's imap finds: the session folds ASCII in its own way (search-fold.h).
"""

import base64
import os
import quopri
import random
from email.header import Header

from imap2 import Lit

SEED = int(os.environ.get("IMAP2_SEED") or random.randrange(1000000))
MESSAGES = 100
# Octets of one block in which Dovecot reads a message; texts cross it.
BLOCK = 8192
ENCODINGS = {"7bit": bytes, "8bit": bytes, "binary": bytes,
             "base64": base64.encodebytes, "quoted-printable":
             quopri.encodestring, "x-unknown": bytes}
CHARSETS = ["us-ascii", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252",
            "koi8-r", "iso-2022-jp", "shift_jis", "hz", "utf-7", "utf-16",
            "x-none"]
WORDS = ["zeppelin", "Zeppelin", "ZEPPELIN", "zeppel\u0131n", "zeppel\u0130n",
         "stra\u00dfe", "STRASSE", "M\u00fcller", "mu\u0308ller", "MULLER",
         "\ufb01sh", "fish", "\uff26\uff29\uff33\uff28", "\u212a\u0131tchen",
         "\u65e5\u672c\u8a9e", "\u0416\u0443\u043a", "\u0436\u0443\u043a",
         "\uac00\ub098", "\U0001f4ee", "a\0b", "\0", "@[`{", "A{b}", "=?x?=",
         "line\nend", "tab\tstop", "two  spaces", "caf\xe9", "cafe\u0301"]
BROKEN = [b"", b"\x80", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\0",
          b"\xe2\x82"]
KEYS = WORDS + ["eppeli", "ppel", "e", "LIN\r\nZEP", "line\r\nend", "ss", "mu",
                "content-type", "charset", "x-note: z", "zeppelin zeppelin",
                "?", "\u0308", "\ufffd"]


def body(rand, charset, encoding):
    text = ""
    while rand.random() < 0.9:
        text += rand.choice(WORDS) + rand.choice((" ", "\n", "", "-", "\r\n"))
    octets = text.encode(charset if charset != "x-none" else "utf-8",
                         "replace")
    if rand.random() < 0.3:
        # So that some of it lies across the end of a block
        octets = b"." * (BLOCK - rand.randrange(200)) + octets
    at = rand.randrange(len(octets) + 1)
    return ENCODINGS[encoding](octets[:at] + rand.choice(BROKEN) + octets[at:])


def part(rand):
    charset = rand.choice(CHARSETS)
    encoding = rand.choice(list(ENCODINGS))
    kind = rand.choice(("text/plain", "text/html", "image/gif"))
    return ("Content-Type: %s; charset=%s\n"
            "Content-Transfer-Encoding: %s\n\n" % (kind, charset, encoding)
            ).encode() + body(rand, charset, encoding)


def message(rand):
    word = rand.choice(WORDS).replace("\n", "\n ").replace("\0", "")
    noted = word + rand.choice((" ", "")) + rand.choice(WORDS[:12])
    if rand.random() < 0.5:
        noted = Header(noted.replace("\n", ""), "utf-8",
                       maxlinelen=rand.choice((30, 76))).encode()
    header = "From: someone@example.org\nX-Note: %s\n" % noted
    if rand.random() < 0.3:
        header += "Subject: " + rand.choice(WORDS).replace("\n", "") + "\n"
    kind = rand.random()
    if kind < 0.2:
        return header.encode() + b"\n" + body(rand, "utf-8", "8bit")
    if kind < 0.7:
        return header.encode() + part(rand)
    return header.encode() + b"Content-Type: multipart/mixed; " \
        b"boundary=x\n\n" + b"".join(
            b"--x\n" + part(rand) + b"\n" for _ in range(3)) + b"--x--\n"


def imap4_search(witness, item, key):
    witness.imap.literal = key
    return witness.search(item, "UTF-8")


def test_the_same_hits(t):
    print("IMAP2_SEED=%d" % SEED)
    rand = random.Random(SEED)
    user = t.user()
    maildir = t.maildir(user)
    for _ in range(MESSAGES):
        maildir.add(message(rand))
    client, witness = t.selected(user), t.witness(user)
    witness.examine()
    hits = {}
    for key in (key.encode() for key in KEYS if "\0" not in key):
        for item in ("TEXT", "BODY"):
            found = client.ok("SEARCH %s " % item, Lit(key)) \
                .values("SEARCH")[0]
            assert found == imap4_search(witness, item, key), (item, key)
            hits[item, key] = len(found)
    assert 0 < hits["BODY", b"zeppelin"] < MESSAGES, hits
    assert 0 < hits["BODY", "M\u00fcller".encode()] < MESSAGES, hits
    assert hits["TEXT", b"charset"] > hits["BODY", b"charset"], hits
