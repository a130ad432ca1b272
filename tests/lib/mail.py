# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Sample messages, the same on every run, and ways to put them into mailboxes
of all formats.
"""

import calendar
import os
import time

# RFC 1176 p.22. Of the two lines that the page continues, one was a folded
# header: with one of them unfolded the message has the 637 octets it says.
RFC_SAMPLE = b"""\
Mail-From: RINDFLEISCH created at  9-Jun-88 12:55:43
Mail-From: FAGAN created at  4-Jun-88 13:27:12
Date: Sat, 4 Jun 88 13:27:11 PDT
From: Larry Fagan  <FAGAN@SUMEX-AIM.Stanford.EDU>
To: rindflEISCH@SUMEX-AIM.Stanford.EDU
Subject: INFO-MAC Mail Message
Message-ID: <12403828905.13.FAGAN@SUMEX-AIM.Stanford.EDU>
ReSent-Date: Thu, 9 Jun 88 12:55:43 PDT
ReSent-From: TC Rindfleisch <Rindfleisch@SUMEX-AIM.Stanford.EDU>
ReSent-To: Yeager@SUMEX-AIM.Stanford.EDU,
 Crispin@SUMEX-AIM.Stanford.EDU
ReSent-Message-ID: <12405133897.80.RINDFLEISCH@SUMEX-AIM.Stanford.EDU>

The file is <info-mac>usenetv4-55.arc  ...

Larry
-------
"""

PLAIN = b"""\
Date: Tue, 2 Jan 1990 03:04:05 +0000
From: Mark Smith <smith@example.org>
To: fred@example.com
Subject: Lunch on Friday
Message-ID: <plain.1@example.org>

Shall we have lunch on Friday?
"""

ADDRESSES = b"""\
Date: Wed, 3 Jan 1990 10:00:00 -0800
From: "Jones, Ada" <ada@example.org>, Bob <bob@example.net>
Sender: Secretary <sec@example.org>
Reply-To: list@example.org
To: Friends: carl@example.com, Dora <dora@example.com>;, eve@example.net
Cc: <@relay.example.org,@gate.example.net:frank@far.example.com>
Bcc: hidden@example.org
Subject: Many addresses
In-Reply-To: <plain.1@example.org>
Message-ID: <addresses.2@example.org>

Addresses of every kind.
"""

# The same field names twice, quotes, backslashes, percent signs and braces.
QUOTES = b"""\
Date: Thu, 4 Jan 1990 11:11:11 +0100
From: "Carl \\"Chuck\\" Doe" <carl@example.org>
To: undisclosed-recipients:;
Subject: He said "hello", 100% {sure}, C:\\DOS
In-Reply-To: <1@x> "yesterday"
Message-ID: <quotes.3@example.org>

"Quoted" text with a backslash \\ in it.
"""

EIGHT_BIT = b"""\
Date: Fri, 5 Jan 1990 12:00:00 GMT
From: Andr\xe9 <andre@example.org>
To: =?ISO-8859-1?Q?J=FCrgen?= <juergen@example.org>
Subject: caf\xc3\xa9 au lait
Message-ID: <eightbit.4@example.org>

Latin-1: \xe4\xf6\xfc, UTF-8: \xc3\xa4\xc3\xb6\xc3\xbc
"""

ENCODED = b"""\
Date: Sat, 6 Jan 1990 13:00:00 +0000
From: =?UTF-8?B?R8O8bnRlcg==?= <guenter@example.org>
To: fred@example.com
Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_M=C3=BCnchen?=
Message-ID: <encoded.5@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Sch=C3=B6ne Gr=C3=BC=C3=9Fe.
"""

LONG_HEADERS = (b"Date: Sun, 7 Jan 1990 14:00:00 +0000\n"
                b"From: long@example.org\n"
                b"To: " + b",\n ".join(b"person%03d@example.org" % n
                                       for n in range(300)) + b"\n"
                b"Subject: " + b"\n ".join(b"folded word %d" % n
                                           for n in range(50)) + b"\n"
                b"X-Long: " + b"x" * 5000 + b"\n"
                b"Message-ID: <long.6@example.org>\n"
                b"\nLong headers.\n")

NO_HEADERS = b"\nA message without any header.\n"
EMPTY_BODY = b"""\
Date: Mon, 8 Jan 1990 15:00:00 +0000
From: empty@example.org
Subject: Nothing below

"""
NO_BLANK_LINE = b"From: cut@example.org\nSubject: header only\n"
NO_LAST_NEWLINE = b"From: last@example.org\nSubject: no newline at the end\n" \
    b"\nlast words"
EMPTY_FIELDS = b"From:\nTo: \nSubject:\nMessage-ID:\n\nEmpty fields.\n"
BAD_ADDRESSES = b"""\
From: nobody
To: plain@example.org, (comment only), <>, "unclosed <a@b
Cc: ;;;
Reply-To: group:;
Subject: bad addresses

Bad addresses.
"""
CRLF_STORED = PLAIN.replace(b"plain.1", b"crlf.7").replace(b"\n", b"\r\n")
NUL_INSIDE = b"From: nul@example.org\nSubject: nul\n\nbefore\0after\n"
BARE_CR = b"From: cr@example.org\nSubject: cr\n\na\rb\n"
BIG = b"From: big@example.org\nSubject: big\n\n" + b"".join(
    b"line %06d of a big message, with some more text to fill it up\n" % n
    for n in range(20000))


def date(text):
    """Seconds of "2-Jan-1990 03:04:05" in UTC."""
    return calendar.timegm(time.strptime(text, "%d-%b-%Y %H:%M:%S"))


# (name, message, IMAP flags, internal date)
SAMPLES = [
    ("rfc", RFC_SAMPLE, "", "9-Jun-1988 19:55:44"),
    ("plain", PLAIN, "\\Seen", "2-Jan-1990 03:04:05"),
    ("addresses", ADDRESSES, "\\Flagged", "3-Jan-1990 18:00:00"),
    ("quotes", QUOTES, "\\Answered", "4-Jan-1990 10:11:11"),
    ("eight-bit", EIGHT_BIT, "", "5-Jan-1990 12:00:00"),
    ("encoded", ENCODED, "\\Seen \\Flagged", "6-Jan-1990 13:00:00"),
    ("long-headers", LONG_HEADERS, "\\Deleted", "7-Jan-1990 14:00:00"),
    ("no-headers", NO_HEADERS, "", "8-Jan-1999 15:00:00"),
    ("empty-body", EMPTY_BODY, "\\Seen", "31-Dec-1999 23:59:59"),
    ("no-blank-line", NO_BLANK_LINE, "", "1-Jan-2000 00:00:00"),
    ("no-last-newline", NO_LAST_NEWLINE, "\\Answered \\Seen",
     "29-Feb-2000 12:00:00"),
    ("empty-fields", EMPTY_FIELDS, "", "10-Feb-2005 01:02:03"),
    ("bad-addresses", BAD_ADDRESSES, "", "11-Mar-2015 01:02:03"),
    ("crlf", CRLF_STORED, "\\Seen", "12-Apr-2020 01:02:03"),
]


def crlf(message):
    """A message as the wire has it."""
    return message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def split(message):
    """Header (with its blank line) and text of a message as the wire has
    them."""
    message = crlf(message)
    if message.startswith(b"\r\n"):
        return b"\r\n", message[2:]
    header, blank, text = message.partition(b"\r\n\r\n")
    return header + blank, text


def simple(number):
    """The smallest message worth the name."""
    return b"From: sender%d@example.org\nSubject: message %d\n" \
        b"Message-ID: <%d@simple.example.org>\n\nText of message %d.\n" % (
            (number,) * 4)


MAILDIR_LETTERS = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R",
                   "\\Seen": "S", "\\Deleted": "T"}


class Maildir:
    """Writes messages as a delivery agent would. owner: (uid, gid)."""

    def __init__(self, path, owner=None):
        self.path = path
        self.owner = owner
        self.count = 0
        for name in ("", "cur", "new", "tmp"):
            directory = os.path.join(path, name)
            if not os.path.isdir(directory):
                os.makedirs(directory)
                self.give(directory)

    def give(self, path):
        if self.owner is not None and os.getuid() == 0:
            os.chown(path, *self.owner)

    def next_path(self, flags, new=False):
        self.count += 1
        letters = "".join(sorted(MAILDIR_LETTERS[flag]
                                 for flag in flags.split()))
        # Maildir readers number messages in the order of their names.
        name = "%010d.M%06dP1.sample" % (600000000 + self.count, self.count)
        if not new:
            name += ":2," + letters
        return os.path.join(self.path, "new" if new else "cur", name)

    def add(self, message, flags="", when="1-Feb-1990 00:00:00", new=False):
        """new: not yet seen by any mail reader."""
        seconds = date(when) if isinstance(when, str) else when
        path = self.next_path(flags, new)
        with open(path, "wb") as file:
            file.write(message)
        self.give(path)
        os.utime(path, (seconds, seconds))
        return path

    def link(self, path, flags=""):
        """Once more what add() returned the path of."""
        os.link(path, self.next_path(flags))

    def folder(self, name):
        return folder(self.path, name, self.owner)


def folder(top, name, owner=None):
    """A Maildir++ folder below top, which needn't be a Maildir itself. name:
    levels separated by "/"."""
    path = os.path.join(top, "." + name.replace("/", "."))
    made = Maildir(path, owner)
    marker = os.path.join(path, "maildirfolder")
    open(marker, "w").close()
    made.give(marker)
    return made


def add_samples(maildir):
    for _, message, flags, when in SAMPLES:
        maildir.add(message, flags, when)
    return [message for _, message, _, _ in SAMPLES]
