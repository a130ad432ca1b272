# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What IMAP2 and IMAP4 answers mean, written differently as they are: equal
work gives equal values.
"""

import datetime
import hashlib
import re

LINE_OF_LITERAL = re.compile(rb"\{(\d+)\}\r\n")
DATE = re.compile(r"( ?\d+)-(\w{3})-(\d{2,4}) (\d+):(\d+):(\d+)[- ](\S+)")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Reader:
    """Values of an answer, from left to right."""

    def __init__(self, octets, escapes):
        self.octets = octets
        self.escapes = escapes
        self.pos = 0

    def at(self, octets):
        return self.octets.startswith(octets, self.pos)

    def until(self, pattern):
        end = re.compile(pattern).search(self.octets, self.pos).start()
        found, self.pos = self.octets[self.pos:end], end
        return found

    def value(self):
        """A list, octets, or None."""
        if self.at(b"("):
            return self.list()
        if self.at(b'"'):
            return self.quoted()
        found = LINE_OF_LITERAL.match(self.octets, self.pos)
        if found:
            self.pos = found.end() + int(found.group(1))
            return self.octets[found.end():self.pos]
        atom = self.until(rb"[ ()\r]")
        return None if atom == b"NIL" else atom

    def list(self):
        values = []
        self.pos += 1
        while not self.at(b")"):
            if self.at(b" "):
                self.pos += 1
            else:
                values.append(self.value())
        self.pos += 1
        return values

    def quoted(self):
        self.pos += 1
        if not self.escapes:
            text = self.until(rb'"')
        else:
            text = re.sub(rb"\\(.)", rb"\1", self.until(rb'(?<!\\)(\\\\)*"'))
        self.pos += 1
        return text


def seconds(date):
    """Of an internal date, whose zone is UTC in both languages."""
    day, month, year, *clock, zone = DATE.fullmatch(date.decode()).groups()
    if zone not in ("GMT", "UT", "+0000"):
        raise ValueError("not UTC: %r" % date)
    year = int(year) if len(year) == 4 else 1970 + (int(year) - 70) % 100
    return datetime.datetime(year, MONTHS.index(month) + 1, int(day),
                             *map(int, clock)).timestamp()


def item(name, value):
    if name == b"FLAGS":
        return sorted(flag for flag in value if flag != b"\\Recent")
    if name == b"INTERNALDATE":
        return seconds(value)
    return value


def meaning(name, octets):
    """Digest of an answer of service `name`."""
    reader = Reader(octets, name == "imap")
    total = hashlib.sha256()
    while reader.pos < len(octets):
        reader.until(rb"[^\r\n]")
        if reader.at(b"* SEARCH"):
            numbers = sorted(map(int, reader.until(rb"\r\n").split()[2:]))
            total.update(repr(numbers).encode())
        elif re.match(rb"\* \d+ FETCH ", octets[reader.pos:reader.pos + 40]):
            number = reader.until(rb"\(").split()[1]
            values = reader.value()
            items = sorted(
                (key, item(key, value)) for key, value in
                zip(values[::2], values[1::2]))
            total.update(repr((number, items)).encode())
        else:
            reader.until(rb"\r\n")
        reader.pos += 2
    return total.hexdigest()[:12]
