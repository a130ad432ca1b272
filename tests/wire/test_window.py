# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""imap2_max_messages: the newest messages of a large mailbox, while other
sessions deliver, change and expunge in all of it. The client's view, made of
nothing but responses, is compared with a model of the mailbox after every
command, and the model with what IMAP4 sees.

A message is known by the time of day of its internal date. IMAP2_SEED repeats
the run of a failure, which tells its seed."""

import os
import random
import re
import threading

import host
import model
from harness import slow_factor

SMALL = "127.0.0.2"     # a client whose window is small
SIZES = {"127.0.0.1": 2000, SMALL: 40}
MESSAGES = 5000
# Each is slower in Maildir.
STEPS = {"maildir": 120, "mdbox": 300}
CONFIG = "imap2_max_messages = 2000\n" \
    "remote %s {\n%s  protocol imap2 {\n    imap2_max_messages = 40\n  }\n}\n" \
    % (SMALL, host.CLEARTEXT_ALLOWED)
FLAGS = (*model.SYSTEM_FLAGS, "Work")


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
        self.view = model.View(client, mailbox, size)

    def numbers(self, most=20):
        return self.some(len(self.view.messages), most)

    def work(self):
        if not self.view.messages:
            self.view.command("NOOP")
        if self.view.messages:
            super().work()
            self.sample()

    def sample(self):
        if self.view.messages:
            self.view.fetch(self.numbers(2), "FLAGS", "ENVELOPE",
                            "INTERNALDATE")

    def look(self):
        self.view.command(self.choose.choice(("NOOP", "CHECK")))

    def store(self):
        self.view.store(self.numbers(),
                        self.choose.choice(("FLAGS", "+FLAGS", "-FLAGS")),
                        self.choose.sample(FLAGS, self.choose.randint(1, 3)))

    def read(self):
        self.view.fetch(self.numbers(4), "INTERNALDATE", "RFC822.TEXT")

    def search(self):
        flag = self.choose.choice(FLAGS)
        self.view.search(
            "KEYWORD Work" if flag == "Work" else flag[1:].upper(),
            lambda message, flags, recent: flag in flags)

    def copy(self):
        name = self.choose.choice(("INBOX", "other"))
        self.view.copy(self.numbers(), self.mailbox if name == "INBOX" else
                       model.Mailbox(), name)

    def expunge(self):
        self.view.expunge()

    def beyond(self):
        """The numbers that the messages have for others."""
        exists = len(self.view.messages)
        for number in exists + 1, len(self.mailbox.live) + 1, 0:
            self.client.bad("FETCH %d FLAGS" % number)
            self.client.bad("STORE 1:%d +FLAGS \\Deleted" % number)

    def again(self):
        self.view.select(self.mailbox, "SELECT INBOX")

    def everything(self):
        if self.view.messages:
            self.view.fetch(range(1, len(self.view.messages) + 1), "FLAGS",
                            "INTERNALDATE")


class Imap4(Worker):
    """The witness, to whom all messages are shown."""
    ACTIONS = {"deliver": 4, "store": 3, "expunge": 2, "expunge_border": 2,
               "expunge_last": 1}

    def __init__(self, choose, mailbox, witness, others):
        super().__init__(choose, mailbox)
        self.witness = witness
        self.others = others

    def work(self):
        self.look()
        super().work()
        self.look()

    def look(self):
        self.witness.noop()
        self.mailbox.claim()

    def deliver(self):
        for _ in range(self.choose.randint(1, 3)):
            flags = self.choose.choice(((), ("\\Seen",), ("Work",)))
            message = self.mailbox.add(flags)
            self.witness.append(model.wire(message.ident), " ".join(flags),
                                model.imap_date(message.ident))

    def store(self):
        numbers = self.some(len(self.mailbox.live))
        flag = self.choose.choice(FLAGS)
        self.mailbox.change(self.mailbox.live[numbers[0] - 1:numbers[-1]],
                            "+FLAGS", [flag])
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
        self.mailbox.change(chosen, "+FLAGS", ["\\Deleted"])
        self.mailbox.expunge(self.mailbox.deleted())
        self.witness.store("%d:%d" % (numbers[0], numbers[-1]), "+FLAGS",
                           "\\Deleted")
        self.witness.expunge()

    def compare(self):
        self.look()
        data = self.witness.call("fetch", "1:*", "(INTERNALDATE FLAGS)")
        found = [(model.ident_of_date(line), set(re.search(
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
            maildir.add(model.text(message.ident),
                        when=model.DAY + message.ident)
    else:
        t.witness(user).append_all([
            (model.wire(message.ident), model.imap_date(message.ident))
            for message in messages])
    return user


def work(t, format, seed):
    choose = random.Random(seed)
    mailbox = model.Mailbox()
    user = fill(t, format, mailbox)
    witness = t.witness(user)
    witness.select()
    mailbox.claim()
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
    witness.append(model.wire(ident), "", model.imap_date(ident))
    if random.random() < 0.5:
        witness.expunge()


def test_while_another_session_works(t):
    """At the same time, not in turns: a number is always the same message's
    until EXPUNGE says otherwise, and in the end all are those of IMAP4."""
    mailbox = model.Mailbox()
    user = fill(t, "mdbox", mailbox)
    witness = t.witness(user)
    errors = []
    thread = threading.Thread(target=disturb,
                              args=(witness, MESSAGES, errors))
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
                ident = model.ident_of_date(response.value["INTERNALDATE"])
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
    assert [model.ident_of_date(line) for line in data] == idents


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


def test_one_user_by_userdb(t):
    """As any other setting that a user's entry in the userdb may have."""
    server = t.make_server()
    user, other = t.simple_user(5, server), t.simple_user(5, server)
    with open(server.dir + "/users") as file:
        lines = file.read().split("\n")
    server.write("users", "\n".join(
        line + " userdb_imap2_max_messages=3" if line.startswith(user + ":")
        else line for line in lines))
    assert t.login(user, server).select().numbers("EXISTS") == [3]
    assert t.login(other, server).select().numbers("EXISTS") == [5]
