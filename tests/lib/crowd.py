# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Many sessions at once on the same mailboxes, each choosing what to do by a
seed: IMAP2 and IMAP4 clients, deliveries, doveadm; and, with limits, a
quota and rights that come and go. What they see is compared
with a ledger of what was done, by rules that hold however the server's
processes take turns:

* a number is always the same message's until EXPUNGE says otherwise, and
  EXISTS and RECENT add up (tests/lib/checker.py too);
* a flag that is seen was set by somebody, and one that somebody was told is
  set, and that nobody ever cleared, is seen;
* every message whose saving was answered with OK is there exactly once, with
  the text it had, unless somebody marked it \\Deleted before.

A message is known by its Message-ID. Copies share it, so they are counted."""

import collections
import random
import re
import threading
import time

import host
import mail
import model
from imap2 import Closed, Lit
from model import MESSAGE_ID, text, wire

FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "Work", "Later")
BOARD = "Public/crowd"
MAILBOXES = ("INBOX", "other", BOARD)
# For Crowd(limited=...).
LIMITS = host.plugins("acl", "quota") + host.both(v23="""
plugin {
  acl = vfile::cache_secs=0
  quota = count:User quota
  quota_rule = *:messages=20
  quota_vsizes = yes
}
""", v24="""
acl_driver = vfile
acl_cache_ttl = 0
quota "User quota" {
  message_count = 20
}
""")
ALL_RIGHTS = "lookup read write write-seen write-deleted insert post expunge " \
    "create delete admin"


class Ledger:
    """What was asked for, what was promised. Used by all threads.

    forgets: a flag that was set may be lost. Dovecot's mbox loses some when
    several sessions work at once, also without IMAP2 (`make stress` with
    --stock --strict shows it)."""

    def __init__(self, forgets):
        self.forgets = forgets
        self.lock = threading.Lock()
        self.idents = 0
        self.saved = collections.Counter()
        self.maybe = collections.Counter()      # asked to save, no answer yet
        self.marked = set()                     # \Deleted, by anybody
        self.moved = collections.Counter()      # asked to move
        self.may = collections.defaultdict(set)     # flags ever asked for
        self.must = collections.defaultdict(set)    # told set, never cleared
        self.cleared = collections.defaultdict(set)
        self.operations = collections.Counter()

    def new_ident(self):
        with self.lock:
            self.idents += 1
            return self.idents

    def saving(self, idents):
        with self.lock:
            self.maybe.update(idents)

    def was_saved(self, idents, saved):
        """saved: those of them that really were."""
        with self.lock:
            self.operations["not saved"] += len(idents) - len(saved)
            self.maybe.subtract(idents)
            self.saved.update(saved)

    def moving(self, idents):
        """One of each may go, when another one has come."""
        with self.lock:
            self.moved.update(idents)

    def marking(self, idents):
        with self.lock:
            self.marked.update(idents)

    def storing(self, idents, item, flags):
        """Before it's asked for."""
        with self.lock:
            for ident in idents:
                if item != "-FLAGS":
                    self.may[ident] |= flags
                gone = flags if item == "-FLAGS" else \
                    set(FLAGS) - flags if item == "FLAGS" else set()
                self.cleared[ident] |= gone
                self.must[ident] -= gone

    def stored(self, idents, item, flags):
        with self.lock:
            for ident in idents:
                # Of copies only one has been changed.
                if item != "-FLAGS" and self.saved[ident] == 1 and \
                        not self.maybe[ident]:
                    self.must[ident] |= flags - self.cleared[ident]

    def copied(self, idents):
        """Copies have flags of their own from now on."""
        with self.lock:
            for ident in idents:
                self.cleared[ident] |= set(FLAGS)
                self.must[ident] = set()

    def promises(self):
        if self.forgets:
            return {}
        with self.lock:
            return {ident: set(flags) for ident, flags in self.must.items()
                    if flags}

    def check_flags(self, ident, flags, promised):
        with self.lock:
            flags = set(flags) - {"\\Recent", "\\Deleted"}
            extra = flags - self.may[ident]
            missing = (promised.get(ident, set()) & self.must[ident]) - flags
            assert not extra, "%d has %s that nobody set" % (ident, extra)
            assert not missing, "%d lacks %s" % (ident, missing)

    def check_all(self, found):
        """found: how often each message is there in the end."""
        for ident in set(self.saved) | set(found):
            assert found[ident] <= self.saved[ident], \
                "message %d: %d times, saved %d times" % (
                    ident, found[ident], self.saved[ident])
            assert found[ident] >= self.saved[ident] - self.moved[ident] or \
                ident in self.marked, \
                "message %d is lost: %d of %d" % (
                    ident, found[ident], self.saved[ident])


class Actor(threading.Thread):
    """Chooses what to do until the time is over."""

    def __init__(self, crowd, seed):
        super().__init__(daemon=True)
        self.crowd = crowd
        self.ledger = crowd.ledger
        self.choose = random.Random(seed)
        self.error = None

    def run(self):
        try:
            while not self.crowd.over():
                names = list(self.ACTIONS)
                name, = self.choose.choices(names,
                                            [self.ACTIONS[n] for n in names])
                getattr(self, name)()
                with self.ledger.lock:
                    self.ledger.operations[type(self).__name__] += 1
        except Exception as error:
            self.error = error
            self.crowd.stop()


class Imap2(Actor):
    """An IMAP2 client, with the view it has of its mailbox."""
    ACTIONS = {"look": 5, "read": 4, "store": 5, "search": 2, "copy": 1,
               "append": 2, "mark": 1, "expunge": 1, "select": 0.3,
               "pipeline": 1, "part": 1}

    def __init__(self, crowd, seed, source, mailbox, lines):
        """lines: how it selects the mailbox."""
        super().__init__(crowd, seed)
        self.client = crowd.t.login(crowd.user, crowd.server,
                                    source=source)
        self.is_small = source == model.SMALL
        self.mailbox = mailbox
        self.lines = lines
        self.view = []          # idents by number; None: not known yet
        self.promised = {}
        self.select()

    def apply(self, result, promised):
        for response in result.data:
            if response.kind == "EXISTS":
                missing = response.number - len(self.view)
                assert missing >= 0, response
                self.view += [None] * missing
            elif response.kind == "EXPUNGE":
                ident = self.view.pop(response.number - 1)
                assert ident is None or ident in self.ledger.marked or \
                    self.ledger.moved[ident], \
                    "message %s expunged, which nobody asked for" % ident
            elif response.kind == "FETCH":
                self.fetched(response.number, response.value, promised)
        return result

    def fetched(self, number, items, promised):
        ident = self.view[number - 1]
        if "ENVELOPE" in items:
            found = int(MESSAGE_ID.match(
                items["ENVELOPE"]["message-id"]).group(1))
            assert ident in (None, found), "%d was message %d, is %d" % (
                number, ident, found)
            ident = self.view[number - 1] = found
        if "RFC822.TEXT" in items and ident is not None:
            assert items["RFC822.TEXT"] == mail.split(wire(ident))[1], \
                "text of %d" % ident
        if "FLAGS" in items and ident is not None:
            self.ledger.check_flags(ident, items["FLAGS"], promised)

    def command(self, *parts, **options):
        """What others were told before the command before this, which ended
        with the news, is to be seen."""
        promised, self.promised = self.promised, self.ledger.promises()
        return self.apply(self.client.command(*parts, **options), promised)

    def some(self, most=10):
        """Numbers of messages that are known, in a row."""
        if None in self.view or not self.view:
            self.learn()
        if not self.view or None in self.view:
            return None
        first = self.choose.randint(1, len(self.view))
        return first, min(len(self.view),
                          first + self.choose.randrange(most))

    def learn(self):
        if not self.view:
            self.command("NOOP")
        if self.view:
            first = self.view.index(None) + 1 if None in self.view else 1
            self.command("FETCH %d:%d (FLAGS ENVELOPE)" % (
                first, len(self.view)))
            if None in self.view:
                # Expunged before they were seen
                self.command("NOOP")

    def idents(self, numbers):
        return self.view[numbers[0] - 1:numbers[1]]

    def select(self):
        self.view = []
        self.promised = {}
        result = self.client.ok(self.choose.choice(self.lines))
        exists, = result.numbers("EXISTS")
        assert exists <= model.WINDOW or not self.is_small, result
        self.read_only = "READ-ONLY" in result.text
        self.apply(result, {})

    def look(self):
        assert self.command(self.choose.choice(
            ("NOOP", "CHECK"))).state == "OK"
        self.learn()

    def read(self):
        numbers = self.some()
        if numbers:
            if not self.read_only:
                self.ledger.storing(self.idents(numbers), "+FLAGS",
                                    {"\\Seen"})
            self.command("FETCH %d:%d (ENVELOPE RFC822.TEXT FLAGS)" % numbers)

    def part(self):
        numbers = self.some(1)
        if not numbers:
            return
        if not self.read_only:
            self.ledger.storing(self.idents(numbers), "+FLAGS", {"\\Seen"})
        first, count = self.choose.randint(1, 400), self.choose.randint(1, 900)
        result = self.command("PARTIAL %d RFC822 %d %d" % (
            numbers[0], first, count))
        for value in result.values("FETCH"):
            if "RFC822" in value:
                assert value["RFC822"] == wire(
                    self.view[numbers[0] - 1])[first - 1:first - 1 + count]

    def store(self):
        numbers = self.some()
        if not numbers:
            return
        flags = set(self.choose.sample(FLAGS, self.choose.randint(1, 2)))
        item = self.choose.choice(("+FLAGS", "+FLAGS", "-FLAGS", "FLAGS"))
        idents = self.idents(numbers)
        if not self.read_only:
            self.ledger.storing(idents, item, flags)
        result = self.command("STORE %d:%d %s (%s)" % (
            *numbers, item, " ".join(flags)))
        self.check_write(result)
        if result.state == "OK":
            self.ledger.stored(idents, item, flags)

    def check_write(self, result):
        if not self.read_only and result.state == "NO":
            self.ledger.operations["refused"] += 1
        assert result.state == ("NO" if self.read_only else "OK") or \
            self.crowd.limits and result.state == "NO", result

    def mark(self):
        numbers = self.some(3)
        if numbers and not self.read_only:
            self.ledger.marking(self.idents(numbers))
            self.command("STORE %d:%d +FLAGS \\Deleted" % numbers)

    def expunge(self):
        self.check_write(self.command("EXPUNGE"))

    def search(self):
        result = self.command("SEARCH " + self.choose.choice(
            ("ALL", "SEEN", "UNSEEN FLAGGED", "KEYWORD Work",
             "TEXT line", "SINCE 1-Jan-90", "DELETED")))
        assert result.state == "OK", result

    def copy(self):
        numbers = self.some(5)
        if not numbers:
            return
        idents = self.idents(numbers)
        mailbox = self.choose.choice(self.crowd.targets)
        if not self.read_only:
            self.ledger.storing(idents, "+FLAGS", {"\\Seen"})
        self.ledger.copied(idents)
        self.ledger.saving(idents)
        result = self.command("COPY %d:%d %s" % (*numbers, mailbox))
        self.ledger.was_saved(idents, idents if result.state == "OK" else [])

    def append(self):
        ident = self.ledger.new_ident()
        flags = set(self.choose.sample(FLAGS, 1))
        self.ledger.storing([ident], "+FLAGS", flags)
        self.ledger.saving([ident])
        # What is refused isn't asked for.
        result = self.command("APPEND %s (%s) " % (
            self.mailbox, " ".join(flags)), Lit(wire(ident)),
            wait=not self.crowd.limits)
        assert result.state == "OK" or self.crowd.limits, result
        self.ledger.was_saved([ident], [ident] if result.state == "OK" else [])

    def pipeline(self):
        """Commands sent together, by a client that doesn't wait."""
        count = self.choose.randint(2, 6)
        for _ in range(count):
            self.client.start(self.choose.choice(
                ["SEARCH SEEN"] + (["FETCH %d FLAGS" % self.choose.randint(
                    1, len(self.view))] if self.view else [])))
        # SEARCH and FETCH tell no expunges, so the numbers stay right.
        for _ in range(count):
            self.apply(self.client.read_until_tagged(), self.promised)


def copied_uids(imap):
    """Of the messages that COPY or MOVE found (RFC 4315)."""
    uids = set()
    for line in imap.untagged_responses.get("COPYUID", []):
        for part in line.split()[1].split(b","):
            first, _, last = part.partition(b":")
            uids.update(range(int(first), int(last or first) + 1))
    return uids


class Imap4(Actor):
    """The same by Dovecot's own imap."""
    ACTIONS = {"append": 3, "store": 3, "mark": 1, "expunge": 1, "copy": 0.5,
               "move": 0.5, "look": 3, "check": 3}

    def __init__(self, crowd, seed, witness):
        super().__init__(crowd, seed)
        self.witness = witness
        self.witness.select()

    def uids(self, most):
        """Some messages: pairs of UID and ident."""
        self.witness.noop()
        data = self.witness.call(
            "uid", "fetch", "1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        found = [(re.search(rb"UID (\d+)", part[0]).group(1).decode(),
                  int(MESSAGE_ID.search(part[1]).group(1)))
                 for part in data if isinstance(part, tuple)]
        if not found:
            return "", []
        first = self.choose.randrange(len(found))
        chosen = found[first:first + self.choose.randint(1, most)]
        return ",".join(uid for uid, _ in chosen), \
            [ident for _, ident in chosen]

    def look(self):
        self.witness.noop()

    def check(self):
        """Flags, as IMAP2 clients look at them."""
        promised = self.ledger.promises()
        uids, idents = self.uids(20)
        if not idents:
            return
        for part in self.witness.call(
                "uid", "fetch", uids,
                "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"):
            if isinstance(part, tuple):
                flags = re.search(rb"FLAGS \(([^)]*)\)", part[0]).group(1)
                self.ledger.check_flags(
                    int(MESSAGE_ID.search(part[1]).group(1)),
                    flags.decode().split(), promised)

    def append(self):
        ident = self.ledger.new_ident()
        flag = self.choose.choice(FLAGS)
        mailbox = self.choose.choice(("INBOX", BOARD))
        self.ledger.storing([ident], "+FLAGS", {flag})
        self.ledger.saving([ident])
        done = self.write("append", mailbox, "(%s)" % flag, None, wire(ident))
        self.ledger.was_saved([ident], [ident] if done else [])

    def write(self, name, *args):
        """Returns whether it was done."""
        state, data = getattr(self.witness.imap, name)(*args)
        assert state == "OK" or self.crowd.limits, (name, args, state, data)
        return state == "OK"

    def store(self):
        uids, idents = self.uids(5)
        if idents:
            flag = self.choose.choice(FLAGS)
            item = self.choose.choice(("+FLAGS", "-FLAGS"))
            self.ledger.storing(idents, item, {flag})
            if self.write("uid", "store", uids, item, "(%s)" % flag):
                self.ledger.stored(idents, item, {flag})

    def mark(self):
        uids, idents = self.uids(3)
        if idents:
            self.ledger.marking(idents)
            self.write("uid", "store", uids, "+FLAGS", "(\\Deleted)")

    def expunge(self):
        self.write("expunge")

    def transfer(self, name, mailbox):
        uids, idents = self.uids(3)
        if not idents:
            return
        self.ledger.copied(idents)
        self.ledger.saving(idents)
        if name == "MOVE":
            self.ledger.moving(idents)
        self.witness.imap.untagged_responses.pop("COPYUID", None)
        self.witness.imap.uid(name, uids, mailbox)
        done = copied_uids(self.witness.imap)
        self.ledger.was_saved(
            idents, [ident for uid, ident in zip(uids.split(","), idents)
                     if int(uid) in done])

    def copy(self):
        self.transfer("COPY", self.choose.choice(self.crowd.targets))

    def move(self):
        self.transfer("MOVE", "other")


class Delivery(Actor):
    """Mail from outside."""
    ACTIONS = {"save": 1, "deliver": 2}

    def __init__(self, crowd, seed, server, user):
        super().__init__(crowd, seed)
        self.server = server
        self.user = user

    def save(self):
        self.arrive(lambda mailbox, message: self.server.doveadm(
            "save", "-u", self.user, "-m", mailbox, input=message))

    def deliver(self):
        self.arrive(lambda mailbox, message: self.server.deliver(
            self.user, message, mailbox))

    def arrive(self, bring):
        ident = self.ledger.new_ident()
        self.ledger.saving([ident])
        done = True
        try:
            bring(self.choose.choice(("INBOX", "INBOX", BOARD)), text(ident))
        except AssertionError:
            if not self.crowd.limits:
                raise
            done = False
        self.ledger.was_saved([ident], [ident] if done else [])
        time.sleep(self.choose.random() * 0.3)


class Postmaster(Actor):
    """doveadm, in the midst of it; and mailboxes that come and go while
    somebody has them selected."""
    ACTIONS = {"flags": 2, "purge": 1, "expunge": 1, "mailboxes": 3,
               "rights": 6}

    def __init__(self, crowd, seed, server, user):
        super().__init__(crowd, seed)
        self.server = server
        self.user = user

    def doveadm(self, *args):
        self.server.run("doveadm", *args, check=False)

    def flags(self):
        number = self.choose.randint(1, max(1, self.ledger.idents))
        self.ledger.storing([number], "+FLAGS", {"\\Flagged"})
        self.doveadm("flags", "add", "-u", self.user, "\\Flagged", "mailbox",
                     "INBOX", "header", "message-id",
                     "<%d@crowd.example.org>" % number)

    def purge(self):
        self.doveadm("purge", "-u", self.user)

    def expunge(self):
        self.doveadm("expunge", "-u", self.user, "mailbox", "INBOX",
                     "deleted")

    def rights(self):
        """Some are withdrawn, or given back."""
        if self.crowd.limits:
            withdrawn = self.choose.sample((
                "write", "write-seen", "write-deleted", "insert", "expunge"),
                self.choose.randrange(4))
            self.crowd.set_rights(
                self.choose.choice(MAILBOXES[:2]),
                [right for right in ALL_RIGHTS.split()
                 if right not in withdrawn])

    def mailboxes(self):
        """The selected mailbox goes, and another of its name comes."""
        client = self.crowd.t.login(self.user, self.server)
        name = "work%d" % self.choose.randrange(3)
        try:
            client.command("CREATE " + name)
            if client.command("SELECT " + name).state != "OK":
                return
            client.command("APPEND %s " % name, Lit("Subject: x\r\n\r\ny\r\n"),
                           wait=not self.crowd.limits)
            client.command("NOOP")
            how = self.choose.randrange(3)
            if how == 0:
                self.doveadm("mailbox", "delete", "-u", self.user, name)
            elif how == 1:
                self.doveadm("mailbox", "rename", "-u", self.user, name,
                             name + "x")
                self.doveadm("mailbox", "delete", "-u", self.user,
                             name + "x")
            else:
                self.doveadm("mailbox", "delete", "-u", self.user, name)
                self.doveadm("mailbox", "create", "-u", self.user, name)
            for line in ("NOOP", "FETCH 1 (FLAGS RFC822.TEXT)", "CHECK",
                         "STORE 1 +FLAGS \\Deleted", "EXPUNGE", "NOOP"):
                client.command(line)
        except Closed:
            pass        # BYE: the checker has seen it
        finally:
            client.close()


class Crowd:
    def __init__(self, t, format, seed, seconds, stock=False, strict=False,
                 limited=None):
        """stock: no IMAP2, so that what happens is Dovecot's own doing.
        strict: nothing is allowed for mbox. limited: a server with LIMITS;
        what isn't allowed there isn't to be done."""
        self.limits = limited is not None
        self.ledger = Ledger(forgets=self.limits or
                             format == "mbox" and not strict)
        self.stopped = threading.Event()
        # Dovecot's mbox can't stand copies to the same mailbox while others
        # work: it waits for itself, or imap is closed (--stock --strict).
        self.targets = MAILBOXES if format != "mbox" or strict else ("other",)
        self.t = t
        self.server = limited or t.server
        self.user = t.user(format, self.server)
        self.make_mailboxes()
        self.actors = self.make_actors(random.Random(seed), stock)
        if format == "mbox":
            t.expect_log(r" Error: Mailbox INBOX: Log synchronization error")
        if self.limits:
            # doveadm and dovecot-lda say so as errors.
            t.expect_log(r"[Qq]uota|Permission denied|ACL")
        self.end = time.monotonic() + seconds

    def make_mailboxes(self):
        with self.witness() as witness:
            if BOARD in witness.names():
                witness.call("delete", BOARD)   # the last crowd's
            witness.create("other")
        board = mail.folder(self.server.dir + "/public", "crowd",
                            self.server.owner)
        with open(board.path + "/dovecot-acl", "w") as file:
            file.write("anyone lrwstipekxa\n")
        board.give(board.path + "/dovecot-acl")
        for _ in range(6):
            self.first_message()

    def make_actors(self, choose, stock):
        actors = []
        if not stock:
            inbox = ("SELECT INBOX", "SELECT INBOX", "EXAMINE INBOX")
            for source, mailbox, lines in (
                    ("127.0.0.1", "INBOX", inbox),
                    ("127.0.0.1", "INBOX", inbox),
                    (model.SMALL, "INBOX", inbox),
                    ("127.0.0.1", BOARD, ("BBOARD crowd",))):
                actors.append(Imap2(self, choose.random(), source, mailbox,
                                    lines))
            actors.append(Postmaster(self, choose.random(), self.server,
                                     self.user))
            # The index of a mailbox that isn't this one anymore
            self.t.expect_log(r" Error: Mailbox work\dx?: ")
        for _ in range(5 if stock else 2):
            actors.append(Imap4(self, choose.random(), self.witness()))
        actors.append(Delivery(self, choose.random(), self.server, self.user))
        return actors

    def set_rights(self, mailbox, rights):
        self.server.doveadm("acl", "set", "-u", self.user, mailbox, "owner",
                            *rights)

    def witness(self):
        return self.t.witness(self.user, self.server)

    def first_message(self):
        ident = self.ledger.new_ident()
        self.ledger.saved[ident] += 1
        with self.witness() as witness:
            witness.select()
            witness.append(wire(ident))

    def over(self):
        return self.stopped.is_set() or time.monotonic() > self.end

    def stop(self):
        self.stopped.set()

    def run(self):
        for actor in self.actors:
            actor.start()
        for actor in self.actors:
            actor.join()
        for actor in self.actors:
            if actor.error is not None:
                raise actor.error
        self.check_end()

    def check_end(self):
        """All clients see what IMAP4 sees, and nothing is lost."""
        found = collections.Counter()
        with self.witness() as witness:
            for mailbox in MAILBOXES:
                witness.examine(mailbox)
                idents = []
                for octets in witness.texts():
                    ident = int(MESSAGE_ID.search(octets).group(1))
                    assert octets == wire(ident), ident
                    idents.append(ident)
                found.update(idents)
                self.check_views(mailbox, idents)
        self.ledger.check_all(found)

    def check_views(self, mailbox, idents):
        for actor in self.actors:
            if isinstance(actor, Imap2) and actor.mailbox == mailbox:
                actor.command("NOOP")
                actor.learn()
                shown = idents[-len(actor.view):] if actor.is_small else idents
                assert not actor.view or actor.view == shown, (
                    actor.view, idents)
