# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Messages made to break whoever formats or parses them: the same for the same
seed. For their kind the sizes are modest; growing() has each of a size that is
asked for, to see how time and memory grow.
"""

import mail

INNER = b"Content-Type: message/rfc822\n\n"
TEXT = b"Content-Type: text/plain\n\n%s\n"
END = b"\nThe text.\n"


def multipart(parts, boundary=b"=_b", header=b""):
    return b"%sContent-Type: multipart/mixed; boundary=\"%s\"\n\n" % (
        header, boundary) + b"".join(b"--%s\n%s\n" % (boundary, part)
                                     for part in parts) + \
        b"--%s--\n" % boundary


# Whole messages, by what is wrong with them.
HEADERS = {
    "no message": b"",
    "one newline": b"\n",
    "one CR": b"\r",
    "only newlines": b"\n" * 100,
    "only CRs": b"\r" * 100,
    "no text, no blank line": b"Subject: x",
    "half a name": b"Subj",
    "only a colon": b":",
    "colons only": b":\n::\n: x\n :\n" + END,
    "empty names": b": value\n: \n:\nSubject: x\n" + END,
    "no colon": b"This is no header field\nSubject: after it\n" + END,
    "no colon but spaces": b"Subject\nSubject \nSubject : x\n" + END,
    "8-bit names": b"S\xfcbject: \xe9\n\xff: \xfe\nSubject: x\n" + END,
    "control characters": b"Subject: \x01\x02\x1b[2J\x7f\x08\nFr\x0com: a\n"
    + END,
    "begins with a folded line": b" folded\n\tfolded\nSubject: x\n" + END,
    "folded lines of nothing": b"Subject: a\n \n\t\n  \n b\n \n" + END,
    "folded forever": b"Subject: x\n" + b" y\n" * 3000 + END,
    "folded by CR": b"Subject: a\r b\rTo: c@d\r\n" + END,
    "NULs": b"Sub\0ject: \0\nSubject: a\0b\0\nFrom: \0@\0\nTo: a\0b@c\0d\n\n"
    b"x\0y\n\0",
    "bare CRs": b"Subject: a\rb\r\r\nFrom: a@b\r\r\n\r\r\nx\ry\r\r\nz\r",
    "line ends mixed": b"Subject: a\r\nFrom: a@b\nTo: c@d\r\n\nx\r\ny\nz\n\r"
    b"\r\n\n\r\n",
    "CR CR LF": b"Subject: a\r\r\nFrom: a@b\r\r\n\r\r\ntext\r\r\n",
    "header ends by CR": b"Subject: a\n\rFrom: a@b\n\r\rx\n",
    "duplicates": b"".join(
        b"%s: %d@x\n" % (name, number) for number in range(5) for name in
        (b"Date", b"Subject", b"From", b"Sender", b"Reply-To", b"To", b"Cc",
         b"Bcc", b"In-Reply-To", b"Message-ID", b"Content-Type",
         b"Content-Transfer-Encoding", b"MIME-Version")) + END,
    "From lines": b"From a@b Thu Jan  4 10:11:11 1990\nSubject: x\n\n"
    b"From here\n>From there\n\nFrom a@b Thu Jan  4 10:11:11 1990\n\nx\n",
    "dots": b"Subject: dots\n\n.\n..\n.x\n\n.\n",
    "no last newline": b"Subject: x\n\ny",
    "last is CR": b"Subject: x\n\ny\r",
    "8-bit everywhere": b"Subject: " + bytes(range(128, 256)) + b"\n\n" +
    bytes(range(1, 256)) + b"\n",
    "UTF-8 broken": b"Subject: \xc3\nFrom: \xe2\x82 <a@b>\nTo: \xf0\x9f\x98"
    b"@\xc0\x80\n\n\xc3\n",
    "what must be a literal": b"Subject: \"{5}\r\n %s\\\n"
    b"Message-ID: {3}\nIn-Reply-To: {99999999999}\n" + END,
    "looks like an answer": b"Subject: a\n b) RFC822.SIZE 5)\n"
    b"In-Reply-To: )\nMessage-ID: (((\n\na001 OK done\n* BYE\n)\n",
}

WORDS = [b"=?UTF-8?B?R8O8bnRlcg==?=", b"=?", b"=?UTF-8", b"=?UTF-8?",
         b"=?UTF-8?Q", b"=?UTF-8?Q?", b"=?UTF-8?Q?a", b"=?UTF-8?Q?a?",
         b"=?UTF-8?Q?=?=", b"=?UTF-8?Q?=Z?=", b"=?UTF-8?B?!!!?=",
         b"=?UTF-8?X?a?=", b"=?x-none?Q?a?=", b"=??Q?a?=", b"=?UTF-8??a?=",
         b"=?UTF-8?B?R8O?=", b"=?UTF-8?Q?" + b"a" * 2000 + b"?="]
ADDRESSES = [
    b"a@b", b"a", b"@", b"@b", b"a@", b"a@@b", b"a@b@c", b"<>", b"<@>", b"<a>",
    b"<a@b", b"a@b>", b"x <a@b> y", b"x <a@b> <c@d>", b"<<a@b>>", b"(", b")",
    b"(a@b", b"((a)@b)", b"a(b(c)@d)@e", b"\"", b"\"a@b", b"\"a\"@b",
    b"\"\"@b", b"\"\" <a@b>", b"\"a\\", b"\\", b"a\\@b", b"a b@c", b"a. b@c",
    b".@.", b"a..b@c", b"[", b"a@[", b"a@[1.2.3.4]", b"a@[\\]]", b"<@r:a@b>",
    b"<@r,@s:a@b>", b"<@r,:a@b>", b"<@:a@b>", b"<r:a@b>", b"<@r:>", b":", b";",
    b":;", b"g:;", b"g:a@b;", b"g:a@b,;", b"g:a@b", b"g:h:a@b;;", b"g:;;",
    b";g:", b"\"g\":<a@b>;", b"g:,,,;", b"\xe9 <a@b>", b"\xe9@\xe8",
    b"\"\xe9\" <a@b>", b"a@b,,,c@d", b",,,", b"%@%", b"{5}@b", b"a@{5}",
    b"\"{\" <a@b>", b"NIL", b"NIL <NIL@NIL>", b"\"a\n b\" <c@d>", b"a\n @b",
    b"a\0b@c", b"MISSING_MAILBOX@MISSING_DOMAIN", b"\"\\\"\\\\\" <a@b>",
    b"a@b (\"c\\\"d)", b"(c) <a@b> (d)", b"a@xn--", b"a@" + b"x" * 300,
    b"y" * 1000 + b"@z",
]
DATES = [b"", b" ", b"x", b"Mon, 32 Foo 99999 99:99:99 +9999", b"0", b"-1",
         b"Thu, 1 Jan 1970 00:00:00 +0000", b"1 Jan 70", b"\"", b"(", b"\\",
         b"Tue, 2 Jan 1990 03:04:05 +0000 (" + b"(" * 500, b"\xe9", b"\0",
         b"Tue,\n 2\n Jan\n 1990", b"Tue, 2 Jan 1990 03:04:05" + b" " * 3000]
TYPES = [
    b"", b"/", b"a/", b"/b", b"a", b"text", b"text/", b"text/plain;",
    b"text/plain;;;;", b"text/plain; =", b"text/plain; a=", b"text/plain; =b",
    b"text/plain; a=b; a=c; A=d", b"text/plain; a=\"", b"text/plain; a=\"\\",
    b"text/plain; a=\"\"", b"text/plain; (", b"text/plain (x); a (y)=b(z)",
    b"text/plain; charset=x-none", b"text/plain; charset=\"\xe9\"",
    b"text/plain; charset=utf-7", b"text/plain; a*0=b; a*2=c; a*1*=%zz''d",
    b"text/plain; a*=utf-8''%", b"t\xe9xt/pl\xe8in; \xfc=\xf6", b"text/\0",
    b"text/plain; a=" + b"b" * 3000, b"text\n /plain\n ;\n a\n =\n b",
    b"multipart", b"multipart/", b"multipart/mixed",
    b"multipart/mixed; boundary", b"multipart/mixed; boundary=",
    b"multipart/mixed; boundary=\"\"", b"multipart/mixed; boundary=\" \"",
    b"multipart/mixed; boundary=\"" + b"b" * 3000 + b"\"",
    b"multipart/mixed; boundary=a; boundary=b", b"multipart/digest; boundary=b",
    b"message/rfc822", b"message/rfc822; boundary=b", b"message/partial",
    b"message/external-body; access-type=x", b"message/delivery-status",
    b"application/octet-stream; name=\"a\\\"b{5}%.bin\"", b"NIL/NIL; NIL=NIL",
]
ENCODINGS = [b"", b"7bit", b"base64", b"quoted-printable", b"x-none", b"\"",
             b"\"base64\"", b"base64; x", b"(a) base64", b"\xe9", b"NIL"]
BODIES = [b"", b"x", b"\n", b"!!!!\n====\n", b"R8O8\nbnR=\n=lcg\n",
          b"=\n==\n=Z\n=4\n=41", b"--b\n", b"--b", b"--b--", b"--b\n\n--b\n--b--"
          b"\n--b\n", b"--b\n--b--", b"--bb\n\nx\n--b\n\ny\n--b-\n\nz\n",
          b"--b \n\nx\n--b\t--\n\ny\n", b"--b\r\n\r\nx\r\n--b--\r\n", b"--",
          b"--\n\nx\n----\n", b"x--b\n", b"--b\nContent-Type: message/rfc822\n"
          b"\n--b--\n", b"--b\nContent-Type: message/rfc822\n\n\n--b\nContent-"
          b"Type: message/rfc822\n\nSubject: x\n\ny\n--b--\n",
          b"--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"
          b"--b--\n", b"--b\nContent-Type: multipart/mixed; boundary=bb\n\n"
          b"--bb\n\nx\n--b\n\ny\n--bb--\n--b--\n"]
ENVELOPE = [b"Date", b"Subject", b"From", b"Sender", b"Reply-To", b"To", b"Cc",
            b"Bcc", b"In-Reply-To", b"Message-ID"]


def made_of(rand, pieces, most):
    """Some of them in a row."""
    separators = (b", ", b",", b" ", b";", b":", b"\n ", b"")
    octets = b""
    for _ in range(rand.randint(0, most)):
        octets += rand.choice(pieces) + rand.choice(separators)
    return octets


def random_header(rand):
    octets = b""
    for _ in range(rand.randint(0, 12)):
        name = rand.choice(ENVELOPE + [b"X-Other"])
        value = made_of(rand, rand.choice((ADDRESSES, WORDS, DATES,
                                           ADDRESSES + WORDS)), 8)
        octets += name + b":" + rand.choice((b" ", b"", b"\t", b"\n ")) + \
            value + b"\n"
    for name, values in ((b"Content-Type", TYPES),
                         (b"Content-Transfer-Encoding", ENCODINGS),
                         (b"Content-ID", ADDRESSES),
                         (b"Content-Description", WORDS),
                         (b"MIME-Version", (b"1.0", b"", b"x"))):
        if rand.random() < 0.5:
            octets += name + b": " + rand.choice(values) + b"\n"
    return octets


def random_part(rand, depth):
    if depth == 0 or rand.random() < 0.3:
        return random_header(rand) + b"\n" + rand.choice(BODIES)
    if rand.random() < 0.3:
        return INNER + random_part(rand, depth - 1)
    boundary = rand.choice((b"b", b"bb", b"", b"b ", b"b" * 200, b"\xe9"))
    return multipart([random_part(rand, depth - 1)
                      for _ in range(rand.randint(0, 3))], boundary,
                     random_header(rand))


def damaged(rand, octets):
    """With some octets lost, doubled or replaced."""
    for _ in range(rand.randint(0, 4)):
        place = rand.randint(0, len(octets))
        end = place + rand.randint(0, 20)
        octets = octets[:place] + rand.choice((
            b"", octets[place:end] * 2, b"\0", b"\r", b"\n", b"\n\n", b"\r\n",
            b"\"", b"(", b")", b"--b\n", b"\xff")) + octets[end:]
    return octets


def random_message(rand):
    octets = damaged(rand, random_part(rand, rand.randint(0, 4)))
    ends = rand.random()
    if ends < 0.3:
        octets = mail.crlf(octets)
    elif ends < 0.4:
        octets = octets.replace(b"\n", b"\r\n", octets.count(b"\n") // 2)
    return octets


def one_by_one():
    """Each broken value in a message where it's the only one."""
    for name, octets in HEADERS.items():
        yield name, octets
    for kind, names, values in (
            ("address", (b"From", b"To"), ADDRESSES),
            ("word", (b"Subject", b"From", b"Message-ID"), WORDS),
            ("date", (b"Date", b"Received"), DATES),
            ("type", (b"Content-Type",), TYPES),
            ("encoding", (b"Content-Transfer-Encoding",), ENCODINGS)):
        for value in values:
            yield "%s %.40r" % (kind, value), b"".join(
                b"%s: %s\n" % (field, value) for field in names) + END
    for body in BODIES:
        for boundary in (b"b", b"", b"b" * 200):
            yield "body %.40r, boundary %.9r" % (body, boundary), \
                b"Content-Type: multipart/mixed; boundary=\"%s\"\n\n" % \
                boundary + body


GROWING = {
    "header line": lambda size: b"Subject: " + b"x" * size + b"\n" + END,
    "folded line": lambda size: b"Subject: x" + b"\n y" * (size // 3) +
    b"\n" + END,
    "header lines": lambda size: b"X-Y: z\n" * (size // 7) + END,
    "same header": lambda size: b"To: a@b\n" * (size // 8) + END,
    "addresses": lambda size: b"From: a@b\nTo: " +
    b"a@b,\n " * (size // 6) + b"a@b\n" + END,
    "quoted names": lambda size: b"To: " + b"\"a\\\"\" <b@c>, " *
    (size // 13) + b"a@b\n" + END,
    "groups": lambda size: b"To: " + b"g:a@b;" * (size // 6) + b"\n" + END,
    "open comments": lambda size: b"To: " + b"(" * size + b"\n" + END,
    "open brackets": lambda size: b"To: " + b"<" * size + b"\n" + END,
    "open quotes": lambda size: b"To: " + b"\"a " * (size // 3) + b"\n" + END,
    "route": lambda size: b"To: <" + b"@a," * (size // 3) + b":b@c>\n" + END,
    "parameters": lambda size: b"Content-Type: text/plain" +
    b"; a=b" * (size // 5) + b"\n" + END,
    "encoded words": lambda size: b"Subject: " + b"=?utf-8?q?a?= " *
    (size // 14) + b"\n" + END,
    "parts": lambda size: multipart([TEXT % b"x"] * (size // 36)),
    "parts without header": lambda size: multipart([b"\n"] * (size // 8)),
    "levels": lambda size: nested(size // 110),
    "messages in messages": lambda size: INNER * (size // len(INNER)) +
    b"Subject: x\n" + END,
    "boundaries that aren't": lambda size:
    multipart([TEXT % (b"--=_c\n" * (size // 6))]),
    "text line": lambda size: b"Subject: x\n\n" + b"y" * size,
    "text lines": lambda size: b"Subject: x\n\n" + b"y\n" * (size // 2),
    "empty lines": lambda size: b"Subject: x\n\n" + b"\n" * size,
    "bare CRs": lambda size: b"Subject: x\n\n" + b"\r" * size,
    "NULs": lambda size: b"Subject: x\n\n" + b"\0" * size,
    "base64": lambda size: b"Content-Transfer-Encoding: base64\n\n" +
    b"eHh4\n" * (size // 5),
}


def nested(depth):
    """Multiparts in multiparts, each with a boundary of its own."""
    begin = b"".join(b"Content-Type: multipart/mixed; boundary=\"b%09d\"\n\n"
                     b"--b%09d\n" % (level, level) for level in range(depth))
    return begin + TEXT % b"x" + b"".join(
        b"--b%09d--\n" % level for level in reversed(range(depth)))


def growing(size):
    for name, make in GROWING.items():
        yield name, make(size)
