# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What IMAP2 and IMAP4 answers mean, written differently as they are: equal
work gives equal values.
"""

import datetime
import hashlib
import re

from values import Reader

DATE = re.compile(r"( ?\d+)-(\w{3})-(\d{2,4}) (\d+):(\d+):(\d+)[- ](\S+)")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


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


def fetched(total, number, items):
    """Add to a digest."""
    total.update(repr((number, sorted(items))).encode())


def of_pop3(octets):
    """Digest of the answers to RETR 1, RETR 2, ...: that of FETCH RFC822."""
    total = hashlib.sha256()
    place, number = 0, 0
    while True:
        begin = octets.index(b"\r\n", place) + 2
        place = octets.find(b"\r\n.\r\n", begin - 2) + 5
        if place < 5:
            return total.hexdigest()[:12]
        number += 1
        text = octets[begin:place - 3].replace(b"\r\n..", b"\r\n.")
        fetched(total, b"%d" % number, [(b"RFC822", text)])


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
            fetched(total, number, [
                (key, item(key, value)) for key, value in
                zip(values[::2], values[1::2])])
        elif re.match(rb"\* \d+ EXISTS", octets[reader.pos:reader.pos + 40]):
            total.update(reader.until(rb"\r\n"))
        else:
            reader.until(rb"\r\n")
        reader.pos += 2
    return total.hexdigest()[:12]
