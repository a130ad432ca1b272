# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Storage that fails under a session that has a mailbox selected: no room, a
file system turned read-only, storage that keeps it waiting. What was answered
with OK is there when the fault is over."""

import errno
import os
import resource
import select

import host
import mail
from imap2 import Lit
from killpoint import KillPoint
from process import wait_for

FORMATS = ("maildir", "sdbox", "mdbox", "mbox")
COUNT = 4
MESSAGES = [mail.crlf(mail.simple(number)) for number in range(1, COUNT + 1)]
# Dovecot's storages say what they couldn't write, and what they couldn't undo.
LINES_PER_COMMAND = 6


def filled(t, format, server):
    user = server.fresh_user(format)
    with t.witness(user, server) as witness:
        witness.select()
        for message in MESSAGES:
            witness.append(message)
        witness.create("other")
    return user


def whole(t, user, server, mailbox="INBOX"):
    with t.witness(user, server) as witness:
        witness.examine(mailbox)
        assert witness.texts() == (MESSAGES if mailbox == "INBOX" else [])


def errors(server, start):
    return server.log()[start:].count("Error: ")


def store_each(client):
    """STORE to all messages. The numbers of those answered with OK."""
    stored = []
    for number in range(1, COUNT + 1):
        result = client.command("STORE %d +FLAGS \\Flagged" % number)
        assert result.state in ("OK", "NO"), result
        assert "/" not in result.text, result
        if result.state == "OK":
            stored.append(number)
    return stored


def store_without_writing(t, point, format, error):
    server = point.server
    user = filled(t, format, server)
    client = t.selected(user, server)
    start = len(server.log())
    point.arm(1, error=error)
    stored = store_each(client)
    assert errors(server, start) <= COUNT * LINES_PER_COMMAND, server.log()
    client.logout()
    point.disarm()
    with t.witness(user, server) as witness:
        witness.select()
        flagged = witness.search("FLAGGED")
        assert set(stored) <= set(flagged), (format, stored, flagged)
    whole(t, user, server)
    client = t.selected(user, server)
    assert store_each(client) == list(range(1, COUNT + 1))
    client.logout()


def test_flags_that_cannot_be_written(t):
    """Dovecot goes on in memory where it can't write the index log of Maildir
    and mbox, and its imap says OK to what is lost then."""
    t.expect_log(r" Error: | Warning: ")
    point = KillPoint(t)
    for format in FORMATS:
        for error in errno.ENOSPC, errno.EROFS:
            store_without_writing(t, point, format, error)


def test_read_only_under_a_session(t):
    """Nothing is changed, what is there can be read, and later changed."""
    t.expect_log(r" Error: | Warning: ")
    point = KillPoint(t)
    server = point.server
    for format in "maildir", "sdbox", "mdbox":
        user = filled(t, format, server)
        client = t.selected(user, server)
        client.ok("STORE 1 +FLAGS \\Deleted")
        # So that the new name of Maildir's file is known: to look for it,
        # Dovecot writes a lock.
        client.ok("CHECK")
        point.arm(1, error=errno.EROFS)
        client.no("COPY 2 other")
        client.no("APPEND other ", Lit(MESSAGES[0]), wait=False)
        client.no("EXPUNGE")
        # NO, if \Seen can't be set.
        texts = [client.command("FETCH %d RFC822" % number).fetched(number)[
            "RFC822"] for number in range(1, COUNT + 1)]
        assert texts == MESSAGES
        point.disarm()
        whole(t, user, server)
        whole(t, user, server, "other")
        client.select()
        client.ok("COPY 2 other")
        client.ok("EXPUNGE")
        assert client.ok("CHECK").numbers("EXISTS") == [COUNT - 1]
        client.logout()


def test_storage_that_keeps_waiting(t):
    """Nobody but who works on it waits, and then the work is done."""
    point = KillPoint(t)
    server = point.server
    for format in FORMATS:
        user, other = [filled(t, format, server) for _ in range(2)]
        client = t.selected(user, server)
        neighbour = t.selected(other, server)
        point.arm(1, hold=True)
        client.start("STORE 1 +FLAGS \\Flagged")
        wait_for(lambda: point.calls() > 0, "never written")
        neighbour.ok("NOOP")
        t.login(other, server).logout()
        assert not select.select([client.sock], [], [], 0.2)[0]
        point.disarm()
        assert client.read_until_tagged().state == "OK"
        assert t.witness(user, server).select() == COUNT
        client.logout()
        neighbour.logout()
        with t.witness(user, server) as witness:
            witness.select()
            assert witness.search("FLAGGED") == [1]
        whole(t, other, server)


def test_log_of_many_failures(t):
    """A hundred commands in one go to what can't be read: as many answers, and
    as many lines as of Dovecot's imap, which tries twice, too."""
    t.expect_log(r" Error: ")
    server = t.server
    user = filled(t, "maildir", server)
    top = server.home(user) + "/Maildir/cur"
    if not os.listdir(top):
        t.selected(user).logout()
    names = sorted(os.listdir(top))
    os.chmod(os.path.join(top, names[0]), 0)
    client = t.selected(user)
    start = len(server.log())
    tags = [client.new_tag() for _ in range(100)]
    for tag in tags:
        client.announce(tag, b"FETCH")
    client.send(b"".join(b"%s FETCH 1 RFC822\r\n" % tag for tag in tags))
    states = [client.read_until_tagged().state for _ in tags]
    assert states == ["NO"] * 100, states
    assert 1 <= errors(server, start) <= 2 * len(tags)
    client.ok("FETCH 2 RFC822")


def leftovers(t, user, server):
    return os.listdir(server.home(user) + "/Maildir/.other/tmp")


def test_append_where_nothing_can_be_written(t):
    """An unwritable directory, and a fault in the midst of the message: NO,
    still in step, and only whole messages are there."""
    t.expect_log(r" Error: | Warning: ")
    point = KillPoint(t)
    server = point.server
    user = filled(t, "maildir", server)
    client = t.selected(user, server)
    directory = server.home(user) + "/Maildir/.other/tmp"
    os.chmod(directory, 0o500)
    client.no("APPEND other ", Lit(MESSAGES[0]), wait=False)
    os.chmod(directory, 0o700)
    big = mail.crlf(mail.BIG)
    for number in range(2, 8):
        point.arm(number, error=errno.ENOSPC)
        client.command("APPEND other ", Lit(big), wait=False)
        client.ok("NOOP")
        point.disarm()
        # Also what the failure kept from being removed
        for name in leftovers(t, user, server):
            os.unlink(os.path.join(directory, name))
    with t.witness(user, server) as witness:
        for number in range(witness.examine("other")):
            assert witness.text(number + 1) == big
    client.ok("APPEND INBOX ", Lit(MESSAGES[0]))
    with t.witness(user, server) as witness:
        witness.examine()
        assert witness.texts() == MESSAGES + MESSAGES[:1]


def limit_descriptors(server, pid, count):
    """Only who is the process's user may; those it has it keeps."""
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0 and not server.rootless:
                os.setgroups([])
                os.setresgid(*[server.owner[1]] * 3)
                os.setresuid(*[server.owner[0]] * 3)
            hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
            resource.prlimit(pid, resource.RLIMIT_NOFILE,
                             (min(count, hard), hard))
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0, "prlimit failed"


def use_descriptors(client):
    """Commands that open files. The states of SELECT, FETCH, COPY, APPEND."""
    states = []
    for parts in (("SELECT INBOX",), ("FETCH 1:%d RFC822" % COUNT,),
                  ("COPY 1 other",), ("APPEND other ", Lit(MESSAGES[0]))):
        result = client.command(*parts, wait=False)
        states.append(result.state)
        assert "/" not in result.text, result
        for items in result.values("FETCH"):
            assert items.get("RFC822") in [None] + MESSAGES, items
    return states


def test_no_file_descriptors(t):
    """From none to enough: whoever lacks one gets NO, what was answered with
    OK is there, and a neighbour in the same process goes on. (Not of dbox:
    where its new file can't be opened, lib-index panics later, "Leaked
    view".)"""
    t.expect_log(r" Error: | Warning: ")
    server = t.make_server("service imap2 {\n  client_limit = 2\n"
                           "  process_limit = 1\n%s}\n" % host.REUSED)
    user = filled(t, "maildir", server)
    client, neighbour = t.login(user, server), t.selected(user, server)
    pid, _ = server.session_of(user)
    seen, copies = set(), 0
    for count in list(range(8, 32, 2)) + [1024]:
        limit_descriptors(server, pid, count)
        start = len(server.log())
        states = use_descriptors(client)
        neighbour.ok("NOOP")
        assert errors(server, start) <= len(states) * LINES_PER_COMMAND
        seen.update(states)
        copies += states[2:].count("OK")
    assert states == ["OK"] * 4 and "NO" in seen, (states, seen)
    for one in client, neighbour:
        one.logout()
    whole(t, user, server)
    with t.witness(user, server) as witness:
        assert witness.examine("other") == copies
        assert witness.texts() == MESSAGES[:1] * copies
