# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""imap2_max_messages: the newest messages of a large mailbox, while other
sessions deliver, change and expunge in all of it. The client's view, made of
nothing but responses, is compared with a model of the mailbox after every
command, and the model with what IMAP4 sees.

A message is known by the time of day of its internal date. IMAP2_SEED repeats
the run of a failure, which tells its seed."""

import calendar
import os
import random
import re
import threading

import host
import mail
from harness import slow_factor

SMALL = "127.0.0.2"     # a client whose window is small
SIZES = {"127.0.0.1": 2000, SMALL: 40}
MESSAGES = 5000
# Each is slower in Maildir.
STEPS = {"maildir": 120, "mdbox": 300}
CONFIG = "imap2_max_messages = 2000\n" \
    "remote %s {\n%s  protocol imap2 {\n    imap2_max_messages = 40\n  }\n}\n" \
    % (SMALL, host.CLEARTEXT_ALLOWED)
DAY = calendar.timegm((1990, 2, 1, 0, 0, 0))
FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "Work")
TEXT = b"From: sender@example.org\nSubject: message %d\n" \
    b"Message-ID: <%d@window.example.org>\n\nText of message %d.\n"


def text(ident):
    return TEXT % (ident, ident, ident)


def imap_date(ident):
    return "01-Feb-1990 %02d:%02d:%02d" % (
        ident // 3600, ident // 60 % 60, ident % 60)


def ident_of(date):
    """From an internal date of IMAP2 or IMAP4."""
    hours, minutes, seconds = re.search(rb"(\d\d):(\d\d):(\d\d)",
                                        date).groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


class Message:
    def __init__(self, ident, flags, order):
        self.ident = ident
        self.flags = set(flags)
        self.order = order
        self.expunged = False

    def __repr__(self):
        return "<%d %s>" % (self.ident, " ".join(sorted(self.flags)))


class Mailbox:
    """What should be in it."""

    def __init__(self):
        self.all = []           # expunged ones too
        self.live = []
        self.idents = 0

    def add(self, flags=(), ident=None):
        if ident is None:
            ident = self.idents
            self.idents += 1
        message = Message(ident, flags, len(self.all))
        self.all.append(message)
        self.live.append(message)
        return message

    def expunge(self, messages):
        for message in messages:
            message.expunged = True
        self.live = [message for message in self.live
                     if not message.expunged]

    def find(self, ident, after):
        """The message that a client sees behind another one."""
        found = [message for message in self.all[after + 1:]
                 if message.ident == ident]
        return ([message for message in found if not message.expunged] +
                found)[0]


class View:
    """What a client knows of the mailbox from its responses."""

    def __init__(self, client, mailbox, size):
        self.client = client
        self.mailbox = mailbox
        self.size = size
        self.select()

    def select(self):
        shown = self.mailbox.live[-self.size:]
        self.first = shown[0].order if shown else len(self.mailbox.all)
        self.messages = []      # by number; None: not fetched yet
        self.flags = []
        assert self.command("SELECT INBOX").numbers("EXISTS") == [len(shown)]

    def apply(self, result):
        for response in result.data:
            if response.kind == "EXISTS":
                self.grow(response.number)
            elif response.kind == "EXPUNGE":
                message = self.messages.pop(response.number - 1)
                assert message is None or message.expunged, message
                del self.flags[response.number - 1]
            elif response.kind == "FETCH":
                self.fetched(response.number, response.value)

    def grow(self, exists):
        missing = exists - len(self.messages)
        assert missing >= 0, "%d EXISTS of %d" % (exists, len(self.messages))
        self.messages += [None] * missing
        self.flags += [None] * missing

    def fetched(self, number, items):
        if "INTERNALDATE" in items:
            ident = ident_of(items["INTERNALDATE"])
            if self.messages[number - 1] is None:
                after = max((message.order for message in
                             self.messages[:number - 1] if message),
                            default=self.first - 1)
                self.messages[number - 1] = self.mailbox.find(ident, after)
            known = self.messages[number - 1].ident
            assert ident == known, "%d was %d, is %d" % (number, known, ident)
        if "FLAGS" in items:
            self.flags[number - 1] = set(items["FLAGS"]) - {"\\Recent"}
        if "ENVELOPE" in items:
            assert items["ENVELOPE"]["message-id"] == \
                b"<%d@window.example.org>" % self.messages[number - 1].ident

    def run(self, line):
        result = self.client.command(line)
        self.apply(result)
        return result

    def command(self, line):
        """And look at what came unasked."""
        result = self.run(line)
        if None in self.messages:
            self.learn(self.messages.index(None) + 1, len(self.messages))
        self.compare(told="EXPUNGE" in line or line in ("NOOP", "CHECK"))
        return result

    def learn(self, first, last):
        result = self.run("FETCH %d:%d (FLAGS INTERNALDATE)" % (first, last))
        # Some may have gone before they were seen.
        missed = None in self.messages[first - 1:last]
        assert result.state == ("NO" if missed else "OK"), result

    def fetch(self, first, last, items):
        gone = self.has_gone(range(first, last + 1))
        result = self.command("FETCH %d:%d %s" % (first, last, items))
        assert result.state == ("NO" if gone else "OK"), result
        return result

    def has_gone(self, numbers):
        return any(self.messages[number - 1] is None or
                   self.messages[number - 1].expunged for number in numbers)

    def compare(self, told):
        """told: other sessions' expunges are."""
        window = [message for message in self.mailbox.live
                  if message.order >= self.first]
        shown = [message for message in self.messages if message is not None and
                 (told or not message.expunged)]
        assert shown == window, (
            [message for message in shown if message not in window],
            [message for message in window if message not in shown],
            "order")
        for number, message in enumerate(self.messages, 1):
            if message is None or message.expunged:
                continue
            assert self.flags[number - 1] == message.flags, \
                "%d: %s, not %s" % (number, self.flags[number - 1],
                                    message.flags)


class Worker:
    """One of the sessions, choosing what to do."""

    def __init__(self, choose, mailbox):
        self.choose = choose
        self.mailbox = mailbox

    def some(self, count, most=20):
        """Numbers in a row."""
        first = self.choose.randint(1, count)
        return range(first, min(count, first + self.choose.randrange(most)) +
                     1)

    def work(self):
        actions = [(getattr(self, name), weight)
                   for name, weight in self.ACTIONS.items()]
        action, = self.choose.choices(*zip(*actions))
        action()


class Imap2(Worker):
    ACTIONS = {"look": 4, "store": 4, "read": 3, "search": 3, "copy": 1,
               "expunge": 1, "beyond": 1, "again": 0.3, "everything": 0.3}

    def __init__(self, choose, mailbox, client, size):
        super().__init__(choose, mailbox)
        self.client = client
        self.view = View(client, mailbox, size)

    def numbers(self, most=20):
        return self.some(len(self.view.messages), most)

    def live(self, numbers):
        return [self.view.messages[number - 1] for number in numbers
                if not self.view.has_gone([number])]

    def work(self):
        if not self.view.messages:
            self.view.command("NOOP")
        if self.view.messages:
            super().work()
            self.sample()

    def sample(self):
        if self.view.messages:
            numbers = self.numbers(2)
            self.view.fetch(numbers[0], numbers[-1], "ALL")

    def look(self):
        self.view.command(self.choose.choice(("NOOP", "CHECK")))

    def store(self):
        numbers = self.numbers()
        flags = set(self.choose.sample(FLAGS, self.choose.randint(1, 3)))
        item = self.choose.choice(("FLAGS", "+FLAGS", "-FLAGS"))
        for message in self.live(numbers):
            message.flags = {"FLAGS": flags, "+FLAGS": message.flags | flags,
                             "-FLAGS": message.flags - flags}[item]
        result = self.view.command("STORE %d:%d %s (%s)" % (
            numbers[0], numbers[-1], item, " ".join(flags)))
        assert result.state == "OK", result

    def read(self):
        numbers = self.numbers(4)
        for message in self.live(numbers):
            message.flags = message.flags | {"\\Seen"}
        result = self.view.fetch(numbers[0], numbers[-1],
                                 "(INTERNALDATE RFC822.TEXT)")
        for response in result.of("FETCH"):
            if "RFC822.TEXT" in response.value:
                ident = ident_of(response.value["INTERNALDATE"])
                assert response.value["RFC822.TEXT"] == \
                    b"Text of message %d.\r\n" % ident, response

    def search(self):
        flag = self.choose.choice(FLAGS)
        criterion = "KEYWORD Work" if flag == "Work" else flag[1:].upper()
        # Before the command tells what changed.
        known = [flag in (flags or ()) for flags in self.view.flags]
        messages = list(self.view.messages)
        found = self.view.command("SEARCH " + criterion).values("SEARCH")[0]
        for number, message in enumerate(messages, 1):
            if message is not None and not message.expunged and \
                    known[number - 1] == (flag in message.flags):
                assert (number in found) == known[number - 1], number

    def copy(self):
        numbers = self.numbers()
        mailbox = self.choose.choice(("INBOX", "other"))
        gone = self.view.has_gone(numbers)
        if not gone:
            live = self.live(numbers)
            if mailbox == "INBOX":
                for message in live:
                    self.mailbox.add(message.flags, message.ident)
            for message in live:
                message.flags = message.flags | {"\\Seen"}
        result = self.view.command("COPY %d:%d %s" % (
            numbers[0], numbers[-1], mailbox))
        assert result.state == ("NO" if gone else "OK"), result
        assert result.numbers("COPY") == ([] if gone else list(numbers))

    def expunge(self):
        deleted = [message for message in self.mailbox.live
                   if "\\Deleted" in message.flags and
                   message.order >= self.view.first]
        self.mailbox.expunge(deleted)
        result = self.view.command("EXPUNGE")
        assert " %d messages" % len(deleted) in result.text, result

    def beyond(self):
        """The numbers that the messages have for others."""
        exists = len(self.view.messages)
        for number in exists + 1, len(self.mailbox.live) + 1, 0:
            self.client.bad("FETCH %d FLAGS" % number)
            self.client.bad("STORE 1:%d +FLAGS \\Deleted" % number)

    def again(self):
        self.view.select()

    def everything(self):
        if self.view.messages:
            self.view.fetch(1, len(self.view.messages), "(FLAGS INTERNALDATE)")


class Imap4(Worker):
    """The witness, to whom all messages are shown."""
    ACTIONS = {"deliver": 4, "store": 3, "expunge": 2, "expunge_border": 2,
               "expunge_last": 1}

    def __init__(self, choose, mailbox, witness, others):
        super().__init__(choose, mailbox)
        self.witness = witness
        self.others = others

    def work(self):
        self.witness.noop()
        super().work()

    def deliver(self):
        for _ in range(self.choose.randint(1, 3)):
            flags = self.choose.choice(((), ("\\Seen",), ("Work",)))
            message = self.mailbox.add(flags)
            self.witness.append(mail.crlf(text(message.ident)),
                                " ".join(flags), imap_date(message.ident))

    def store(self):
        numbers = self.some(len(self.mailbox.live))
        flag = self.choose.choice(FLAGS)
        for number in numbers:
            message = self.mailbox.live[number - 1]
            message.flags = message.flags | {flag}
        self.witness.store("%d:%d" % (numbers[0], numbers[-1]), "+FLAGS", flag)

    def expunge(self):
        self.expunge_numbers(self.some(len(self.mailbox.live)))

    def expunge_border(self):
        """Where somebody's window begins."""
        first = self.choose.choice(self.others).view.first
        before = sum(message.order < first for message in self.mailbox.live)
        count = len(self.mailbox.live)
        self.expunge_numbers(range(
            max(1, min(count, before) - self.choose.randrange(5)),
            min(count, before + self.choose.randrange(5)) + 1))

    def expunge_last(self):
        """All that the small window shows, or a part of it."""
        count = len(self.mailbox.live)
        self.expunge_numbers(range(count - self.choose.randrange(60),
                                   count + 1))

    def expunge_numbers(self, numbers):
        chosen = self.mailbox.live[numbers[0] - 1:numbers[-1]]
        self.mailbox.expunge(chosen + [message for message in self.mailbox.live
                                       if "\\Deleted" in message.flags])
        self.witness.store("%d:%d" % (numbers[0], numbers[-1]), "+FLAGS",
                           "\\Deleted")
        self.witness.expunge()

    def compare(self):
        self.witness.noop()
        data = self.witness.call("fetch", "1:*", "(INTERNALDATE FLAGS)")
        found = [(ident_of(line), set(re.search(
            rb"FLAGS \((.*?)\)", line).group(1).decode().split()) -
                  {"\\Recent"}) for line in data if b"INTERNALDATE" in line]
        assert found == [(message.ident, message.flags)
                         for message in self.mailbox.live]


def fill(t, format, mailbox):
    """A user with many messages."""
    user = t.user(format)
    messages = [mailbox.add() for _ in range(MESSAGES)]
    if format == "maildir":
        maildir = t.maildir(user)
        for message in messages:
            maildir.add(text(message.ident), when=DAY + message.ident)
    else:
        t.witness(user).append_all([
            (mail.crlf(text(message.ident)), imap_date(message.ident))
            for message in messages])
    return user


def work(t, format, seed):
    choose = random.Random(seed)
    mailbox = Mailbox()
    user = fill(t, format, mailbox)
    witness = t.witness(user)
    witness.select()
    readers = [Imap2(choose, mailbox, t.login(user, source=source), size)
               for source, size in SIZES.items()]
    writer = Imap4(choose, mailbox, witness, readers)
    for step in range(int(STEPS[format] / slow_factor())):
        choose.choice([writer, *readers]).work()
        if step % 50 == 0:
            writer.compare()
    for reader in readers:
        reader.look()
        reader.everything()
    writer.compare()


def with_seed(t, function, *args):
    seed = int(os.environ.get("IMAP2_SEED", random.randrange(1000000)))
    try:
        function(t, *args, seed)
    except Exception as error:
        raise AssertionError("IMAP2_SEED=%d repeats it" % seed) from error


def test_work_on_maildir(t):
    with_seed(t, work, "maildir")


def test_work_on_mdbox(t):
    with_seed(t, work, "mdbox")


def disturb(witness, first, errors):
    """Deliver and expunge, anywhere."""
    try:
        for ident in range(first, first + 150):
            disturb_once(witness, ident)
    except Exception as error:
        errors.append(error)


def disturb_once(witness, ident):
    count = witness.select()
    number = random.choice((random.randint(1, count),
                            random.randint(count - 30, count)))
    witness.store("%d:%d" % (number, min(number + 2, count)), "+FLAGS",
                  random.choice(("\\Deleted", "\\Flagged")))
    witness.append(mail.crlf(text(ident)), "", imap_date(ident))
    if random.random() < 0.5:
        witness.expunge()


def test_while_another_session_works(t):
    """At the same time, not in turns: a number is always the same message's
    until EXPUNGE says otherwise, and in the end all are those of IMAP4."""
    mailbox = Mailbox()
    user = fill(t, "mdbox", mailbox)
    witness = t.witness(user)
    errors = []
    thread = threading.Thread(target=disturb,
                              args=(witness, mailbox.idents, errors))
    client = t.login(user)
    idents = []

    def command(line):
        for response in client.command(line).data:
            number = response.number
            if response.kind == "EXISTS":
                idents.extend([None] * (number - len(idents)))
            elif response.kind == "EXPUNGE":
                del idents[number - 1]
            elif response.kind == "FETCH" and "INTERNALDATE" in response.value:
                ident = ident_of(response.value["INTERNALDATE"])
                assert idents[number - 1] in (None, ident), response
                idents[number - 1] = ident

    command("SELECT INBOX")
    command("FETCH 1:2000 FAST")
    thread.start()
    while thread.is_alive():
        exists = len(idents)
        number = random.choice((random.randint(1, exists),
                                random.randint(exists - 30, exists)))
        command(random.choice((
            "NOOP", "SEARCH DELETED", "FETCH %d:%d FAST" % (number, exists),
            "STORE %d +FLAGS \\Answered" % number, "EXPUNGE")))
    assert not errors, errors
    command("NOOP")
    command("FETCH 1:%d FAST" % len(idents))
    witness.select()
    data = witness.call("fetch", "%d:*" % (
        len(witness.search("ALL")) - len(idents) + 1), "(INTERNALDATE)")
    assert [ident_of(line) for line in data] == idents


def test_one_client_by_its_address(t):
    """Others see all; a mailbox looks as small as it is."""
    user = t.simple_user(45)
    assert t.login(user).select().numbers("EXISTS") == [45]
    client = t.login(user, source=SMALL)
    for _ in range(2):
        assert client.select().numbers("EXISTS") == [40]
        items = client.ok("FETCH 1 (ENVELOPE RFC822.TEXT)").fetched(1)
        assert items["ENVELOPE"]["subject"] == b"message 6"
        assert items["RFC822.TEXT"] == b"Text of message 6.\r\n"
        client.bad("FETCH 41 FLAGS")
        client.bad("STORE 41 +FLAGS \\Deleted")
        client.bad("COPY 1:41 other")
        assert client.search("ALL") == list(range(1, 41))
    assert t.witness(user).examine() == 45
