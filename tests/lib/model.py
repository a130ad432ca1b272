# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What mailboxes should hold, and what an IMAP2 client should be told of them,
to the letter, as long as each command is over before the next one begins,
whoever gives it. tests/lib/stepped.py and tests/wire/test_window.py compare
the server with it.

A message is known by its number in its text, and by its internal date if it
was saved with one."""

import calendar
import itertools
import re

import host
import mail

SMALL = "127.0.0.2"     # a client whose window is small
WINDOW = 8
CONFIG = "remote %s {\n%s  protocol imap2 {\n    imap2_max_messages = %d\n" \
    "  }\n}\n" % (SMALL, host.CLEARTEXT_ALLOWED, WINDOW)
DAY = calendar.timegm((1990, 2, 1, 0, 0, 0))
SYSTEM_FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Deleted")
TEXT = b"Date: Thu, 1 Feb 1990 00:00:00 +0000\nFrom: sender@example.org\n" \
    b"Subject: message %d\nMessage-ID: <%d@crowd.example.org>\n\n" \
    b"Text of message %d.\n%s\n"
MESSAGE_ID = re.compile(rb"<(\d+)@crowd\.example\.org>")
# What a command says of the whole mailbox.
COUNTS = ("EXPUNGE", "EXISTS", "RECENT")


def text(ident):
    """Of different lengths."""
    return TEXT % (ident, ident, ident, b"line\n" * (
        ident * 37 % (90 if ident % 8 else 900)))


def wire(ident):
    return mail.crlf(text(ident))


def ident_of(octets):
    """Of a message."""
    return int(MESSAGE_ID.search(octets).group(1))


def imap_date(ident):
    return "01-Feb-1990 %02d:%02d:%02d" % (
        ident // 3600, ident // 60 % 60, ident % 60)


def ident_of_date(date):
    """From an internal date of IMAP2 or IMAP4."""
    hours, minutes, seconds = re.search(rb"(\d\d):(\d\d):(\d\d)",
                                        date).groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


class Message:
    def __init__(self, ident, flags, order, dated):
        self.ident = ident
        self.flags = set(flags)
        self.order = order
        self.dated = dated      # its internal date is imap_date(ident)
        self.expunged = False
        self.changes = 0        # how often its flags were written

    def __repr__(self):
        return "<%d %s>" % (self.ident, " ".join(sorted(self.flags)))

    def check_text(self, items):
        """What FETCH gave of it."""
        whole = wire(self.ident)
        header, text = mail.split(whole)
        # PARTIAL's is a part of it.
        assert items.get("RFC822.TEXT", b"") in text, (self, items)
        wanted = {}
        if self.dated:
            # Those that deliver mail may write in its header.
            wanted.update({"RFC822": whole, "RFC822.HEADER": header,
                           "RFC822.SIZE": len(whole)})
        for name, value in wanted.items():
            assert items.get(name, value) == value, (self, name, items)
        if "ENVELOPE" in items:
            assert ident_of(items["ENVELOPE"]["message-id"]) == self.ident, (
                self, items)
        if "INTERNALDATE" in items and self.dated:
            assert ident_of_date(items["INTERNALDATE"]) == self.ident, (
                self, items)


class Mailbox:
    def __init__(self, idents=None, exact=True):
        """exact: not mbox, of which can't be foretold what is \\Recent, as
        that stands in its file, and whether it shows messages that came and
        went in the meantime."""
        self.exact = exact
        self.all = []           # expunged ones too
        self.live = []
        self.idents = idents or itertools.count()
        # So many of all have been \\Recent to a session that may write, and
        # are so to no other one.
        self.claimed = 0
        self.keywords = set()
        # Named in vain: some storages learn them all the same.
        self.maybe_keywords = set()

    def claim(self):
        self.claimed = len(self.all)

    def add(self, flags=(), ident=None, dated=True):
        if ident is None:
            ident = next(self.idents)
        message = Message(ident, flags, len(self.all), dated)
        self.all.append(message)
        self.live.append(message)
        self.name_keywords(flags)
        return message

    def name_keywords(self, flags, kept=True):
        names = self.keywords if kept else self.maybe_keywords
        names.update(flag for flag in flags if not flag.startswith("\\"))

    def copy(self, messages):
        """Here, whichever mailbox they are of."""
        for message in messages:
            self.add(message.flags, message.ident, message.dated)

    def change(self, messages, item, flags, keep=frozenset()):
        """keep: flags that "FLAGS" doesn't remove."""
        flags = set(flags)
        live = [message for message in messages if not message.expunged]
        for message in live:
            message.changes += 1
            message.flags = {"FLAGS": flags | message.flags & keep,
                             "+FLAGS": message.flags | flags,
                             "-FLAGS": message.flags - flags}[item]
        self.name_keywords(flags, kept=live and item != "-FLAGS")

    def deleted(self):
        return [message for message in self.live
                if "\\Deleted" in message.flags]

    def expunge(self, messages):
        for message in messages:
            message.expunged = True
        self.live = [message for message in self.live
                     if not message.expunged]


class View:
    """What a session is told of its mailbox, and should be."""

    def __init__(self, client, mailbox, size=0, line="SELECT INBOX"):
        """size: of the window, 0 if all is shown."""
        self.client = client
        self.size = size
        self.select(mailbox, line)

    def select(self, mailbox, line):
        self.mailbox = mailbox
        self.read_only = line.startswith("EXAMINE")
        self.messages = []      # by number
        self.arrived = []       # those of which EXISTS is still to tell
        self.recent = set()     # messages that are so to this session
        self.keywords = []
        self.told = {}          # flags by message
        self.synced = {}        # as they were when the last command ended
        self.changes = {}
        shown = mailbox.live[-self.size:]
        self.first = shown[0].order if shown else len(mailbox.all)
        self.known = self.first         # those before it have been seen
        predicted = self.sync(looks=True, full=True)
        result = self.client.ok(line)
        assert result.text.startswith(
            "[READ-ONLY] " if self.read_only else "[READ-WRITE] "), result
        assert result.kinds() == ["FLAGS", "EXISTS", "RECENT"], result
        self.check(result, predicted, [])

    # What is to be told

    def sync(self, looks, full=False):
        """What a command does at its end: what is told then. looks: it tells
        of expunges, too."""
        before = len(self.messages), len(self.recent)
        left = self.leave() if looks else []
        self.arrive()
        if self.read_only:
            self.recent.update(message for message in self.messages
                               if message.order >= self.mailbox.claimed)
        elif looks:
            self.claim()
        after = len(self.messages), len(self.recent)
        return left + [
            (name, new)
            for name, old, new in zip(("EXISTS", "RECENT"), before, after)
            if full or left or old != new]

    def leave(self):
        gone = [number for number, message in enumerate(self.messages, 1)
                if message.expunged]
        self.messages = [message for message in self.messages
                         if not message.expunged]
        self.recent = {message for message in self.recent
                       if not message.expunged}
        return [("EXPUNGE", number - index)
                for index, number in enumerate(gone)]

    def arrive(self):
        """While the storage has to keep expunged messages in view, it also
        shows those that came and went in the meantime."""
        keeps = any(message.expunged for message in self.messages)
        new = self.mailbox.all[self.known:]
        self.known = len(self.mailbox.all)
        self.show([message for message in new if keeps or
                   not message.expunged])
        self.passed = [message for message in new if message.expunged and
                       not keeps]

    def show(self, messages):
        for shown in self.messages, self.arrived:
            shown += messages
            shown.sort(key=lambda message: message.order)

    def unclaimed(self):
        return {message for message in self.messages if not message.expunged
                and message.order >= self.mailbox.claimed}

    def claim(self):
        self.recent |= self.unclaimed()
        self.mailbox.claim()

    # What is told

    def check(self, result, predicted, before, own=()):
        """before: the messages before the command. own: numbers of those whose
        flags it tells anyway."""
        told = [(response.kind, response.number) for response in result.data
                if response.kind in COUNTS]
        if not self.mailbox.exact:
            told, predicted = [[(kind, number) for kind, number in counts
                                if kind != "RECENT"]
                               for counts in (told, predicted)]
        if self.passed and \
                told == [("EXISTS", len(self.messages) + len(self.passed))]:
            # Whether it saw those before they went is up to the storage.
            self.show(self.passed)
            predicted = told
        if not self.read_only and told == predicted + [
                ("RECENT", len(self.recent | self.unclaimed()))]:
            # It's up to the storage, and the time, how thoroughly other
            # commands look.
            self.claim()
            predicted = told
        assert told == predicted, (told, predicted, result)
        shown = list(before)
        for response in result.data:
            if response.kind == "EXPUNGE":
                del shown[response.number - 1]
            elif response.kind == "EXISTS":
                while len(shown) < response.number:
                    shown.append(self.arrived.pop(0))
            elif response.kind == "FETCH":
                self.fetched(shown[response.number - 1], response,
                             response.number in own)
            elif response.kind == "FLAGS":
                self.check_keywords(response.value)
        assert shown == self.messages, (shown, self.messages)
        self.check_all_told(result)

    def fetched(self, message, response, own):
        message.check_text(response.value)
        if "FLAGS" not in response.value or message.expunged:
            return
        flags = set(response.value["FLAGS"])
        assert flags - {"\\Recent"} == message.flags, (message, response)
        assert not self.mailbox.exact or \
            ("\\Recent" in flags) == (message in self.recent), (
                message, response, self.recent)
        assert own or message.changes != self.changes.get(message), (
            "chatter", message, response)
        self.told[message] = flags - {"\\Recent"}

    def check_keywords(self, flags):
        old = self.keywords
        self.keywords = [flag for flag in flags if not flag.startswith("\\")]
        assert self.keywords[:len(old)] == old, (old, flags)

    def check_all_told(self, result):
        """Flags as they are, if they were told before, and which ones there
        are."""
        assert self.mailbox.keywords <= set(self.keywords) <= \
            self.mailbox.keywords | self.mailbox.maybe_keywords, (
                self.keywords, self.mailbox.keywords)
        for number, message in enumerate(self.messages, 1):
            if message.expunged:
                continue
            assert self.told.get(message, message.flags) == message.flags, (
                number, message, self.told[message], result)
            self.synced[message] = set(message.flags)
            self.changes[message] = message.changes

    # Commands

    def command(self, *parts, own=(), state=None):
        """Any but SELECT and EXPUNGE, and BAD ones."""
        verb = parts[0].split()[0]
        before = list(self.messages)
        looks = verb in ("NOOP", "CHECK")
        predicted = self.sync(looks, full=verb == "CHECK")
        result = self.client.command(*parts)
        assert state in (None, result.state), result
        self.check(result, predicted, before, own)
        if not self.read_only and self.unclaimed():
            self.command("NOOP")
        return result

    def gone(self, numbers):
        return [self.messages[number - 1] for number in numbers
                if self.messages[number - 1].expunged]

    def live(self, numbers):
        return [self.messages[number - 1] for number in numbers
                if not self.messages[number - 1].expunged]

    def see(self, messages):
        """Returns those that weren't \\Seen before."""
        if self.read_only:
            return []
        unseen = [message for message in messages
                  if "\\Seen" not in message.flags]
        self.mailbox.change(unseen, "+FLAGS", ["\\Seen"])
        return unseen

    def fetch(self, numbers, *items):
        live = self.live(numbers)
        wanted = {number: set(items) for number in numbers
                  if self.messages[number - 1] in live}
        if {"RFC822", "RFC822.TEXT"} & set(items):
            for message in self.see(live):
                wanted[self.messages.index(message) + 1].add("FLAGS")
        result = self.command(
            "FETCH %d:%d (%s)" % (numbers[0], numbers[-1], " ".join(items)),
            own=wanted, state="NO" if self.gone(numbers) else "OK")
        answers = result.of("FETCH")[:len(wanted)]
        assert {response.number: set(response.value)
                for response in answers} == wanted, result
        return result

    def partial(self, number, first, count):
        gone = self.gone([number])
        self.see(self.live([number]))
        message = self.messages[number - 1]
        result = self.command("PARTIAL %d RFC822.TEXT %d %d" % (
            number, first, count), own=[number], state="NO" if gone else "OK")
        if not gone:
            whole = mail.split(wire(message.ident))[1]
            items = result.of("FETCH")[0].value
            assert items["RFC822.TEXT"] == whole[first - 1:
                                                 first - 1 + count], result

    def store(self, numbers, item, flags):
        if not self.read_only:
            # The client can't have meant keywords it doesn't know yet.
            self.mailbox.change(self.live(numbers), item, flags,
                                self.mailbox.keywords - set(self.keywords))
        result = self.command(
            "STORE %d:%d %s (%s)" % (numbers[0], numbers[-1], item,
                                     " ".join(flags)),
            own=numbers, state="NO" if self.read_only else "OK")
        answered = {response.number for response in result.of("FETCH")}
        assert self.read_only or set(numbers) <= answered, result

    def search(self, criteria, matches):
        """matches: says of a message and its flags whether it should be
        found."""
        wanted = [(number, message, matches(message, self.synced[message],
                                            message in self.recent))
                  for number, message in enumerate(self.messages, 1)
                  if message in self.synced]
        result = self.command("SEARCH " + criteria, state="OK")
        found, = result.values("SEARCH")
        for number, message, match in wanted:
            assert message.expunged or (number in found) == match, (
                number, message, criteria, result)

    def copy(self, numbers, mailbox, name):
        gone = self.gone(numbers)
        live = self.live(numbers)
        if gone:
            for message in live:
                mailbox.name_keywords(message.flags, kept=False)
        else:
            mailbox.copy(live)
            self.see(live)
        result = self.command("COPY %d:%d %s" % (
            numbers[0], numbers[-1], name), state="NO" if gone else "OK")
        assert result.numbers("COPY") == ([] if gone else list(numbers))

    def expunge(self):
        before = list(self.messages)
        predicted = self.sync(looks=True, full=True)
        deleted = []
        if not self.read_only:
            deleted = [message for message in self.mailbox.deleted()
                       if message.order >= self.first]
            self.mailbox.expunge(deleted)
            predicted += self.sync(looks=True, full=True)
        result = self.client.command("EXPUNGE")
        assert result.state == ("NO" if self.read_only else "OK"), result
        assert self.read_only or \
            " %d messages" % len(deleted) in result.text, result
        self.check(result, predicted, before)
