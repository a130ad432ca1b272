# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""kill -9 loses, doubles and corrupts nothing (design 6).

The session is killed before each of the calls that change mail, one after
another: IMAP2_KILL_STEP is how many calls are passed over between two kills.
1 is all of them."""

import os
import shutil

import mail
from imap2 import Closed, Lit
from killpoint import KillPoint, remove_locks
from process import wait_for

STEP = int(os.environ.get("IMAP2_KILL_STEP", "11"))
# What Dovecot's storages find, and mend, of what a killed process left.
EXPECTED = r"killed with signal 9|already exists, rebuilding index|" \
    r"refcount too low|view is now inconsistent|bad magic value|" \
    r"reset_id mismatch|Inconsistency in map index"
MORE = mail.crlf(mail.simple(99))
BIG = mail.crlf(mail.BIG)[:200000]


def texts(number, count):
    return [mail.crlf(mail.simple(number + n)) for n in range(count)]


def make_home(t, server, user, wanted):
    """A new one, in which INBOX has these messages."""
    wait_for(lambda: not server.session_pids("imap") and
             not server.session_pids("imap2"), "sessions didn't end")
    shutil.rmtree(server.home(user))
    server.make_home(user)
    with t.witness(user, server) as witness:
        for text in wanted:
            witness.append(text, "", "02-Jan-1990 03:04:05")


def snapshot(witness, name):
    """None: its deletion has begun, which nothing but DELETE can go on with."""
    try:
        return witness.snapshot(name)
    except AssertionError as error:
        if "Mailbox was deleted under us" not in str(error):
            raise
        return None


def state(t, server, user):
    """{mailbox: [(text, flags, date)]} as a new IMAP4 session sees it."""
    with t.witness(user, server) as witness:
        return {name: snapshot(witness, name) for name in witness.names()}


def message_texts(snapshot):
    return sorted(text for text, _, _ in snapshot)


def check_flags(snapshot, choices):
    for _, flags, _ in snapshot:
        assert flags in choices, flags


class Command:
    """What is killed: a command, what must be there before it, and what may
    be there after it."""
    before = texts(1, 3)
    may_set = [[]]

    def prepare(self, client):
        pass

    def check(self, mailboxes):
        """For most: INBOX has the same as before."""
        assert message_texts(mailboxes["INBOX"]) == sorted(self.before)
        check_flags(mailboxes["INBOX"], self.may_set)


class Select(Command):
    def run(self, client):
        return client.command("SELECT INBOX")


class Store(Command):
    may_set = [[], ["Word", "\\Flagged"]]

    def prepare(self, client):
        """Dovecot gives messages of a Maildir a new keyword first, and writes
        down its name then: between the two it's nameless."""
        client.select()
        client.ok("STORE 1 +FLAGS Word")
        client.ok("STORE 1 FLAGS ()")

    def run(self, client):
        client.select()
        return client.command("STORE 1:3 +FLAGS (\\Flagged Word)")


class Fetch(Command):
    may_set = [[], ["\\Seen"]]

    def run(self, client):
        client.select()
        return client.command("FETCH 1:3 RFC822")


class Copy(Command):
    may_set = [[], ["\\Seen"]]

    def run(self, client):
        client.select()
        return client.command("COPY 1:3 other")

    def check(self, mailboxes):
        super().check(mailboxes)
        copies = message_texts(mailboxes.get("other", []))
        # Each is there as a whole or not at all, and once.
        assert len(set(copies)) == len(copies), copies
        assert set(copies) <= set(self.before), copies


class Expunge(Command):
    before = texts(1, 5)
    may_set = [[], ["\\Deleted"]]

    def run(self, client):
        client.select()
        client.ok("STORE 2,4 +FLAGS \\Deleted")
        return client.command("EXPUNGE")

    def check(self, mailboxes):
        left = message_texts(mailboxes["INBOX"])
        kept = [self.before[n] for n in (0, 2, 4)]
        assert len(set(left)) == len(left), left
        assert set(kept) <= set(left) <= set(self.before), left
        for text, flags, _ in mailboxes["INBOX"]:
            assert flags == [] or text not in kept, flags


class Append(Command):
    # What mdbox makes of a message whose header wasn't written yet, when it
    # mends its files. Nobody was told that it had been saved.
    unfinished = b"\x80" * 30 + BIG

    def run(self, client):
        return client.command("APPEND INBOX (\\Flagged) ", Lit(BIG))

    def check(self, mailboxes):
        found = mailboxes["INBOX"]
        assert message_texts(found) in [
            sorted(self.before + more)
            for more in ([], [BIG], [self.unfinished])]
        for text, flags, _ in found:
            assert flags in ([], ["\\Flagged"]), flags


class Create(Command):
    def run(self, client):
        return client.command("CREATE new")

    def check(self, mailboxes):
        super().check(mailboxes)
        assert mailboxes.get("new", []) == []


class Rename(Command):
    def prepare(self, client):
        client.select()
        client.ok("COPY 1:3 old")
        client.ok("STORE 1:3 -FLAGS \\Seen")

    def run(self, client):
        return client.command("RENAME old new")

    def check(self, mailboxes):
        super().check(mailboxes)
        assert ("old" in mailboxes) != ("new" in mailboxes), mailboxes.keys()
        name = "old" if "old" in mailboxes else "new"
        assert message_texts(mailboxes[name]) == sorted(self.before)


class Delete(Rename):
    def run(self, client):
        return client.command("DELETE old")

    def check(self, mailboxes):
        Command.check(self, mailboxes)
        if mailboxes.get("old") is not None:
            assert message_texts(mailboxes["old"]) in (
                [], sorted(self.before))


COMMANDS = (Select, Store, Fetch, Copy, Expunge, Append, Create, Rename,
            Delete)


def killed(client, command):
    """Whether the session died before it answered."""
    try:
        result = command.run(client)
    except (Closed, ConnectionError):
        return True
    assert result.state == "OK", result
    return False


def append(client):
    client.ok("APPEND INBOX ", Lit(MORE))
    client.select()
    number = client.search("SUBJECT \"message 99\"")[-1]
    items = client.ok("FETCH %d RFC822" % number).fetched(number)
    assert items["RFC822"] == MORE, items


def use(t, server, user):
    """A session that works, or is refused: what was left may cost a command or
    a session, once, when Dovecot finds it. (With IMAP4, too.)"""
    for last in (False, True):
        with t.connect(server) as client:
            client.login(user)
            try:
                return append(client)
            except (AssertionError, ConnectionError):
                if last:
                    raise


def trial(t, point, user, command, victim):
    """Returns whether there was such a call, and how many there were."""
    server = point.server
    make_home(t, server, user, command.before)
    start = len(server.log())
    with t.connect(server) as client:
        client.login(user)
        command.prepare(client)
        point.arm(victim)
        died = killed(client, command)
    calls = point.disarm()
    if died:
        server.wait_log("killed with signal 9", start)
        remove_locks(server.home(user))
    before = state(t, server, user)
    command.check(before)
    use(t, server, user)
    after = state(t, server, user)
    assert message_texts(after["INBOX"]).count(MORE) in (1, 2), after
    after["INBOX"] = [found for found in after["INBOX"] if found[0] != MORE]
    # The storage may find more of what the command had done.
    assert set(message_texts(before["INBOX"])) <= \
        set(message_texts(after["INBOX"])), "lost when found"
    command.check(after)
    return died, calls


def walk(t, point, format, command):
    """Returns at how many points it was killed, and of how many."""
    user = t.user(format, point.server)
    kills, died = 0, True
    while died:
        victim = 1 + kills * STEP
        try:
            died, calls = trial(t, point, user, command, victim)
        except AssertionError as error:
            raise AssertionError("%s in %s, killed before call %d: %s" % (
                type(command).__name__, format, victim, error)) from error
        kills += died
    return kills, calls


def kill_everywhere(t, format):
    t.expect_log(EXPECTED)
    point = KillPoint(t)
    total = 0
    for command in COMMANDS:
        kills, calls = walk(t, point, format, command())
        if "IMAP2_KILL_STEP" in os.environ:
            print("# %s: %s: killed at %d points of %d calls" % (
                format, command.__name__, kills, calls), flush=True)
        total += kills
    assert total > len(COMMANDS), total


def test_maildir(t):
    kill_everywhere(t, "maildir")


def test_sdbox(t):
    kill_everywhere(t, "sdbox")


def test_mdbox(t):
    kill_everywhere(t, "mdbox")
