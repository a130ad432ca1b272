# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Several sessions on the same mailboxes in turns: a seed chooses whose turn
it is and what is done, and the next turn begins when that is over. So
everything that IMAP2 clients are told can be foretold (model.py), and a seed
repeats a run to the letter: digest() tells so."""

import collections
import hashlib
import itertools
import random
import re

import model
from imap2 import Lit

FLAGS = (*model.SYSTEM_FLAGS, "Work", "Later")
BOARD = "Public/board"
RECENT = re.compile(rb"\* \d+ RECENT\r\n|\\Recent ?")
# How sessions name the mailboxes.
SELECT = {"SELECT INBOX": "INBOX", "EXAMINE INBOX": "INBOX",
          "BBOARD board": BOARD, "SELECT other": "other"}
CRITERIA = {
    "ALL": lambda message, flags, recent: True,
    "SEEN": lambda message, flags, recent: "\\Seen" in flags,
    "UNSEEN FLAGGED": lambda message, flags, recent:
        "\\Seen" not in flags and "\\Flagged" in flags,
    "KEYWORD Work": lambda message, flags, recent: "Work" in flags,
    "UNKEYWORD Later": lambda message, flags, recent: "Later" not in flags,
    "DELETED": lambda message, flags, recent: "\\Deleted" in flags,
    "RECENT": lambda message, flags, recent: recent,
    "NEW": lambda message, flags, recent:
        recent and "\\Seen" not in flags,
    "OLD": lambda message, flags, recent: not recent,
    'SUBJECT "message 1"': lambda message, flags, recent:
        str(message.ident).startswith("1"),
    'TEXT "message 7."': lambda message, flags, recent: message.ident == 7,
    "SINCE 1-Jan-90": lambda message, flags, recent: True,
    "BEFORE 2-Feb-90": lambda message, flags, recent: message.dated,
}


class Actor:
    def __init__(self, table):
        self.table = table
        self.choose = table.choose

    def some(self, count, most=6):
        """Numbers in a row."""
        first = self.choose.randint(1, count)
        return range(first, min(count, first + self.choose.randrange(most)) +
                     1)

    def flags(self):
        return self.choose.sample(FLAGS, self.choose.randint(1, 2))

    def work(self):
        names = list(self.ACTIONS)
        name, = self.choose.choices(names, list(self.ACTIONS.values()))
        self.table.note(type(self).__name__, name)
        getattr(self, name)()


class Imap2(Actor):
    ACTIONS = {"look": 4, "read": 4, "part": 1, "store": 5, "search": 3,
               "copy": 2, "append": 1, "expunge": 1, "beyond": 0.5,
               "select": 0.5}

    def __init__(self, table, client, size, lines):
        super().__init__(table)
        self.lines = lines
        line = lines[0]
        self.view = model.View(client, table.mailboxes[SELECT[line]], size,
                               line)

    def work(self):
        if not self.view.messages:
            self.view.command("NOOP")
        if self.view.messages:
            super().work()

    def numbers(self, most=6):
        return self.some(len(self.view.messages), most)

    def look(self):
        self.view.command(self.choose.choice(("NOOP", "CHECK")), state="OK")

    def read(self):
        numbers = self.numbers()
        items = self.choose.choice((
            ["FLAGS"], ["FLAGS", "ENVELOPE"], ["ENVELOPE", "RFC822.TEXT"],
            ["RFC822", "RFC822.SIZE", "FLAGS"], ["RFC822.HEADER"],
            ["INTERNALDATE", "FLAGS", "RFC822.SIZE"]))
        if not all(message.dated for message in self.view.live(numbers)):
            # Nothing that is different when the seed is repeated.
            items = ["FLAGS", "ENVELOPE"]
        self.view.fetch(numbers, *items)

    def part(self):
        self.view.partial(self.numbers(1)[0], self.choose.randint(1, 400),
                          self.choose.randint(1, 900))

    def store(self):
        item = self.choose.choice(("FLAGS", "+FLAGS", "+FLAGS", "-FLAGS"))
        self.view.store(self.numbers(), item, self.flags())

    def search(self):
        criteria = self.choose.choice(list(CRITERIA))
        if criteria in ("RECENT", "NEW", "OLD") and \
                not self.view.mailbox.exact:
            criteria = "ALL"
        self.view.search(criteria, CRITERIA[criteria])

    def copy(self):
        name = self.choose.choice(self.table.targets(self.view.mailbox))
        self.view.copy(self.numbers(4), self.table.mailboxes[name], name)

    def append(self):
        name = self.choose.choice(list(self.table.mailboxes))
        message = self.table.mailboxes[name].add(self.flags())
        self.view.command(
            'APPEND %s (%s) "%s +0000" ' % (
                name, " ".join(sorted(message.flags)),
                model.imap_date(message.ident)),
            Lit(model.wire(message.ident)), state="OK")

    def expunge(self):
        self.view.expunge()

    def beyond(self):
        number = self.choose.choice((0, len(self.view.messages) + 1))
        self.view.client.bad("FETCH %d FLAGS" % number)
        self.view.client.bad("STORE 1:%d +FLAGS \\Deleted" % number)

    def select(self):
        line = self.choose.choice(self.lines)
        self.view.select(self.table.mailboxes[SELECT[line]], line)


class Imap4(Actor):
    """Dovecot's own imap, in INBOX."""
    ACTIONS = {"append": 3, "store": 4, "expunge": 2, "copy": 1, "move": 1}

    def __init__(self, table, witness):
        super().__init__(table)
        self.witness = witness
        self.mailbox = table.mailboxes["INBOX"]
        witness.select()
        self.mailbox.claim()

    def work(self):
        self.look()
        super().work()
        self.look()

    def look(self):
        self.witness.noop()
        self.mailbox.claim()

    def chosen(self, most=6):
        """Messages, and how to name them."""
        count = len(self.mailbox.live)
        if count == 0:
            return [], ""
        numbers = self.some(count, most)
        return self.mailbox.live[numbers[0] - 1:numbers[-1]], \
            "%d:%d" % (numbers[0], numbers[-1])

    def append(self):
        name = self.choose.choice(list(self.table.mailboxes))
        message = self.table.mailboxes[name].add(self.flags())
        self.witness.append(
            model.wire(message.ident), " ".join(sorted(message.flags)),
            model.imap_date(message.ident), name)

    def store(self):
        messages, numbers = self.chosen()
        if messages:
            item = self.choose.choice(("FLAGS", "+FLAGS", "-FLAGS"))
            flags = self.flags()
            self.mailbox.change(messages, item, flags)
            self.witness.store(numbers, item, " ".join(flags))

    def expunge(self):
        messages, numbers = self.chosen()
        if messages:
            self.mailbox.change(messages, "+FLAGS", ["\\Deleted"])
            self.witness.store(numbers, "+FLAGS", "\\Deleted")
        self.mailbox.expunge(self.mailbox.deleted())
        self.witness.expunge()

    def copy(self):
        messages, numbers = self.chosen(3)
        name = self.choose.choice(self.table.targets(self.mailbox))
        if messages:
            self.table.mailboxes[name].copy(messages)
            self.witness.call("copy", numbers, name)

    def move(self):
        messages, numbers = self.chosen(3)
        if messages:
            self.table.mailboxes["other"].copy(messages)
            self.mailbox.expunge(messages)
            self.witness.call("_simple_command", "MOVE", numbers, "other")


class Postmaster(Actor):
    """doveadm, and mail from outside."""
    ACTIONS = {"deliver": 3, "flags": 1, "expunge": 1, "purge": 0.5}

    def doveadm(self, *args, **options):
        command, *rest = args
        self.table.server.doveadm(*command.split(), "-u", self.table.user,
                                  *rest, **options)

    def deliver(self):
        name = self.choose.choice(list(self.table.mailboxes))
        message = self.table.mailboxes[name].add(dated=False)
        self.doveadm("save", "-m", name, input=model.text(message.ident))

    def flags(self):
        messages = self.table.mailboxes["INBOX"].live
        if messages:
            ident = self.choose.choice(messages).ident
            flag = self.choose.choice(FLAGS)
            self.table.mailboxes["INBOX"].change(
                [message for message in messages if message.ident == ident],
                "+FLAGS", [flag])
            self.doveadm("flags add", flag, "mailbox", "INBOX", "header",
                         "message-id", "<%d@crowd.example.org>" % ident)

    def expunge(self):
        mailbox = self.table.mailboxes["INBOX"]
        mailbox.expunge(mailbox.deleted())
        self.doveadm("expunge", "mailbox", "INBOX", "deleted")

    def purge(self):
        self.doveadm("purge")


class Table:
    """Around which they sit."""

    def __init__(self, t, format, seed):
        self.server = t.server
        self.user = t.user(format)
        self.choose = random.Random(seed)
        self.operations = collections.Counter()
        self.log = []
        self.format = format
        idents = itertools.count()
        self.mailboxes = {
            "INBOX": model.Mailbox(idents, format != "mbox"),
            "other": model.Mailbox(idents, format != "mbox"),
            BOARD: model.Mailbox(idents)}   # is always a Maildir
        self.witness = t.witness(self.user)
        if BOARD in self.witness.names():
            self.witness.call("delete", BOARD)      # the last table's
        for name in "other", BOARD:
            self.witness.create(name)
        postman = Imap4(self, self.witness)
        for _ in range(6):
            postman.append()
        postman.look()
        clients = [t.login(self.user, source=source)
                   for source in ("127.0.0.1",) * 3 + (model.SMALL,)]
        self.connections = [self.witness, *clients]
        self.transcripts = [(client.transcript, len(client.transcript))
                            for client in clients]
        self.actors = [postman, Postmaster(self)] + [
            Imap2(self, client, size, lines)
            for client, size, lines in zip(
                clients, (0, 0, 0, model.WINDOW),
                (list(SELECT), ["EXAMINE INBOX"], ["BBOARD board"],
                 ["SELECT INBOX", "SELECT other"]))]

    def targets(self, mailbox):
        """Where to copy what is in one of them. Dovecot's mbox can't stand
        copies to the same mailbox."""
        return [name for name, target in self.mailboxes.items()
                if self.format != "mbox" or target is not mailbox]

    def note(self, actor, action):
        self.operations[actor] += 1
        self.log.append("%s %s" % (actor, action))

    def run(self, steps):
        for _ in range(steps):
            self.choose.choice(self.actors).work()
        self.check_end()

    def close(self):
        for connection in self.connections:
            connection.close()

    def digest(self):
        """Of all that was done and all that IMAP2 clients were told, but for
        when they were told what is \\Recent, which depends on the time."""
        digest = hashlib.sha256("\n".join(self.log).encode())
        for transcript, start in self.transcripts:
            for side, octets in transcript[start:]:
                digest.update(side + RECENT.sub(b"", octets))
        return digest.hexdigest()[:16]

    def check_end(self):
        """All clients see what IMAP4 sees, and that is the model."""
        for actor in self.actors:
            if isinstance(actor, Imap2):
                actor.view.command("NOOP")
                if actor.view.messages:
                    actor.view.fetch(range(1, len(actor.view.messages) + 1),
                                     "FLAGS", "ENVELOPE")
        for name, mailbox in self.mailboxes.items():
            self.witness.examine(name)
            assert [(model.ident_of(octets), set(flags)) for octets, flags in
                    zip(self.witness.texts(), self.witness.all_flags())] == \
                [(message.ident, message.flags) for message in mailbox.live]
