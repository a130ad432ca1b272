# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The witness: what an IMAP4rev1 client of the same Dovecot sees of the
mailboxes that IMAP2 works on. Knows nothing of our code.
"""

import imaplib
import re

from dovecot import PATIENCE

imaplib._MAXLINE = 10000000


def quote(name):
    return '"%s"' % name.replace("\\", "\\\\").replace('"', '\\"')


class Witness:
    def __init__(self, port, user, password="secret"):
        self.imap = imaplib.IMAP4("127.0.0.1", port, timeout=PATIENCE)
        self.imap.login(user, password)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        try:
            self.imap.logout()
        except (OSError, imaplib.IMAP4.error):
            pass

    def call(self, name, *args):
        state, data = getattr(self.imap, name)(*args)
        assert state == "OK", (name, args, state, data)
        return data

    def select(self, mailbox="INBOX", readonly=False):
        """The number of messages."""
        return int(self.call("select", quote(mailbox), readonly)[0])

    def examine(self, mailbox="INBOX"):
        return self.select(mailbox, True)

    def append(self, message, flags="", when=None, mailbox="INBOX"):
        self.call("append", quote(mailbox), "(%s)" % flags if flags else None,
                  '"%s +0000"' % when if when else None, message)

    def append_all(self, messages, mailbox="INBOX"):
        """Pairs of message and date, in one command (RFC 3502, RFC 7888)."""
        tag = self.imap._new_tag()
        self.imap.send(tag + b" APPEND " + quote(mailbox).encode() + b"".join(
            b' "%s +0000" {%d+}\r\n%s' % (when.encode(), len(message), message)
            for message, when in messages) + b"\r\n")
        state, data = self.imap._command_complete("APPEND", tag)
        assert state == "OK", data

    def noop(self):
        self.call("noop")

    def search(self, criteria, charset=None):
        data = self.call("search", charset, criteria)[0]
        return [int(number) for number in (data or b"").split()]

    def fetch(self, number, item):
        """The octets of one item that is a literal or quoted string."""
        data = self.call("fetch", str(number), "(%s)" % item)
        for part in data:
            if isinstance(part, tuple):
                return part[1]
        found = re.search(rb'"(.*)"\)$', data[0])
        return found.group(1) if found else b""

    def text(self, number):
        return self.fetch(number, "BODY.PEEK[]")

    def texts(self):
        count = len(self.search("ALL"))
        return [self.text(number) for number in range(1, count + 1)]

    def flags(self, number):
        """Without \\Recent, sorted."""
        data = self.call("fetch", str(number), "(FLAGS)")
        line = [part for part in data if b"FLAGS" in part][-1]
        found = re.search(rb"FLAGS \(([^)]*)\)", line)
        return sorted(flag for flag in found.group(1).decode().split()
                      if flag != "\\Recent")

    def all_flags(self):
        return [self.flags(number) for number in self.search("ALL")]

    def internal_date(self, number):
        data = self.call("fetch", str(number), "(INTERNALDATE)")
        return re.search(rb'INTERNALDATE "([^"]*)"', data[0]).group(1)

    def store(self, sequence, item, flags):
        self.call("store", sequence, item, "(%s)" % flags)

    def expunge(self):
        self.call("expunge")

    def create(self, mailbox):
        self.call("create", quote(mailbox))

    def subscribe(self, mailbox):
        self.call("subscribe", quote(mailbox))

    def names(self):
        """All selectable mailboxes, as IMAP4 names them."""
        names = []
        for line in self.call("list"):
            if isinstance(line, tuple):     # name as a literal
                if rb"\Noselect" not in line[0]:
                    names.append(line[1].decode())
            elif line and rb"\Noselect" not in line and \
                    rb"\NonExistent" not in line:
                found = re.match(rb'\([^)]*\) (?:"[^"]*"|NIL) (.*)$', line)
                name = found.group(1).decode()
                if name.startswith('"'):
                    name = re.sub(r"\\(.)", r"\1", name[1:-1])
                names.append(name)
        return names

    def snapshot(self, mailbox="INBOX"):
        """All that a mailbox holds: for "nothing was done to mail"."""
        self.examine(mailbox)
        content = [(self.text(number), self.flags(number),
                    self.internal_date(number))
                   for number in self.search("ALL")]
        self.call("unselect")
        return content
