# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Reads the values in answers of IMAP2 and IMAP4, whatever they mean: for
comparing what is written differently in the two. (checker.py is the one that
is strict.)
"""

import re

LINE_OF_LITERAL = re.compile(rb"\{(\d+)\}\r\n")
ESCAPED = re.compile(rb'(?s)(?:[^"\\]|\\.)*')


class Reader:
    """Values of an answer, from left to right. escapes: a backslash in a quoted
    string is one (IMAP4)."""

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
            escaped = ESCAPED.match(self.octets, self.pos).group()
            text = re.sub(rb"(?s)\\(.)", rb"\1", escaped)
            self.pos += len(escaped)
        self.pos += 1
        return text
