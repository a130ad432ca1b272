# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Faults of what is below: damaged and missing indexes, messages that can't be
read, a full disk, a mailbox that is taken away. A client gets NO or BYE with a
sentence, or the right answer; never a wrong one; and when the fault is over,
IMAP4 sees everything that was there."""

import os
import random
import re
import shutil
import sys

import mail
from imap2 import Closed, Lit

COUNT = 12
INDEXES = ("dovecot.index", "dovecot.index.log", "dovecot.index.cache")


def message(number):
    return mail.crlf(b"Date: Thu, 1 Feb 1990 00:00:00 +0000\n"
                     b"From: sender@example.org\nTo: fred@example.com\n"
                     b"Subject: message %d\n\nText of message %d.\n%s" % (
                         number, number, b"line\n" * number * 30))


MESSAGES = [message(number) for number in range(1, COUNT + 1)]


def filled(t, format):
    """A user with mail, whose caches are warm."""
    return fill(t, t.user(format))


def fill(t, user, server=None):
    with t.witness(user, server) as witness:
        witness.select()
        for text in MESSAGES:
            witness.append(text)
        witness.create("other")
    with t.login(user, server) as client:
        client.select()
        client.ok("FETCH 1:%d ALL" % COUNT)
        client.logout()
    return user


def whole(t, user, server=None, mailbox="INBOX", texts=MESSAGES):
    """Through IMAP4: the very same messages, each once."""
    with t.witness(user, server) as witness:
        witness.examine(mailbox)
        assert witness.texts() == texts


def files(t, user, name):
    """All files of that name."""
    return sorted(os.path.join(top, name)
                  for top, _, names in os.walk(t.server.home(user))
                  if name in names)


def delete(path, choose):
    os.unlink(path)


def empty(path, choose):
    os.truncate(path, 0)


def halve(path, choose):
    os.truncate(path, os.path.getsize(path) // 2)


def garbage(path, choose):
    with open(path, "r+b") as file:
        file.write(choose.randbytes(os.path.getsize(path)))


def flips(path, choose):
    """Here and there, behind the header."""
    size = os.path.getsize(path)
    with open(path, "r+b") as file:
        for _ in range(size // 40):
            file.seek(choose.randrange(min(size - 1, 256), size))
            file.write(choose.randbytes(1))


DAMAGES = (delete, empty, halve, garbage, flips)


def answers(client, exists):
    """What the client may be told."""
    if exists == 0:
        return
    try:
        # Of ENVELOPE only the syntax is known, which the checker sees to: it
        # may be made of cached headers, some octets of which are others now.
        result = client.command("FETCH 1:%d (ENVELOPE RFC822.SIZE)" % exists)
        assert result.state in ("OK", "NO"), result
        result = client.command("FETCH 1:%d RFC822" % exists)
        assert result.state == "NO" or \
            len([items for items in result.values("FETCH")
                 if "RFC822" in items]) == exists, result.state
        for response in result.of("FETCH"):
            if "RFC822" in response.value:
                assert response.value["RFC822"] in MESSAGES
                assert exists < COUNT or response.value["RFC822"] == \
                    MESSAGES[response.number - 1], response.number
        for line in ("NOOP", "STORE 1 +FLAGS \\Flagged", "CHECK"):
            assert client.command(line).state in ("OK", "NO")
    except Closed as reason:
        ended_well(client, reason)


def ended_well(client, reason):
    """With BYE, or in the middle of a literal, where nothing can be said."""
    _, last = client.transcript[-1] if client.transcript[-1][0] == b"S" \
        else client.transcript[-2]
    assert last.startswith(b"* BYE ") or "in the middle" in str(reason), last


def damage_each(t, format):
    """At rest, and while a session has the mailbox selected."""
    t.expect_log(r" Error: ")
    choose = random.Random(int(os.environ.get("IMAP2_SEED", "6")))
    user = filled(t, format)
    for damage in DAMAGES:
        for name in INDEXES:
            for live in (False, True):
                damage_one(t, user, damage, name, live, choose)


def damage_one(t, user, damage, name, live, choose):
    client = t.selected(user)
    if not live:
        client.logout()
    for path in files(t, user, name):
        damage(path, choose)
    if live:
        answers(client, COUNT)
        client.close()
    # The first one may only find out, and repair it.
    for _ in range(2):
        client = t.login(user)
        result = client.command("SELECT INBOX")
        if result.state == "OK":
            answers(client, result.numbers("EXISTS")[0])
        client.close()
    # What dbox has lost is found again only so; and here too the first one
    # may only find out.
    for _ in range(2):
        t.server.run("doveadm", "force-resync", "-u", user, "INBOX",
                     check=False)
    whole(t, user)


def test_damaged_indexes_of_maildir(t):
    damage_each(t, "maildir")


def test_damaged_indexes_of_sdbox(t):
    damage_each(t, "sdbox")


def test_damaged_indexes_of_mdbox(t):
    damage_each(t, "mdbox")


def test_unreadable_messages(t):
    """NO names no path; the others are given; later it is whole again."""
    t.expect_log(r" Error: ")
    user = filled(t, "maildir")
    top = t.server.home(user) + "/Maildir/cur"
    path = os.path.join(top, os.listdir(top)[0])
    with open(path, "rb") as file:
        number = 1 + MESSAGES.index(mail.crlf(file.read()))
    os.chmod(path, 0)
    client = t.selected(user)
    start = len(t.server.log())
    result = client.no("FETCH 1:%d RFC822" % COUNT)
    assert result.numbers("FETCH") == [
        other for other in range(1, COUNT + 1) if other != number], result
    assert "/" not in result.text, result
    t.server.wait_log("Error: ", start)
    assert t.server.log()[start:].count("Error: ") <= 3, t.server.log()[start:]
    # Maildir needn't read it for that.
    copied = client.command("COPY 1:%d other" % COUNT)
    assert t.witness(user).examine("other") == \
        (COUNT if copied.state == "OK" else 0)
    client.ok("SEARCH SEEN")
    for name in os.listdir(top):    # it may be called otherwise by now
        os.chmod(os.path.join(top, name), 0o600)
    client.ok("FETCH %d RFC822" % number)
    whole(t, user)


def test_cut_messages(t):
    """Files of dbox that are damaged: NO or the end, but nobody's else."""
    t.expect_log(r" Error: | Warning: ")
    for format, pattern in (("sdbox", r"u\.5$"), ("mdbox", r"m\.1$")):
        user = filled(t, format)
        path, = [os.path.join(top, name)
                 for top, _, names in os.walk(t.server.home(user))
                 for name in names if re.match(pattern, name)]
        os.truncate(path, os.path.getsize(path) * 2 // 3)
        client = t.selected(user)
        answers(client, COUNT)
        client.close()


def test_mailbox_taken_away(t):
    """rm -r of the mailbox, and of all, under a session."""
    t.expect_log(r" Error: ")
    for format in "maildir", "sdbox", "mdbox":
        for everything in False, True:
            user = filled(t, format)
            client = t.login(user)
            client.select("other")
            client.ok("APPEND other ", Lit(MESSAGES[0]))
            client.ok("NOOP")
            home = t.server.home(user)
            for top, names, _ in list(os.walk(home)):
                for name in names:
                    if everything or name in ("other", ".other"):
                        shutil.rmtree(os.path.join(top, name),
                                      ignore_errors=True)
            try:
                for line in ("NOOP", "FETCH 1 (FLAGS RFC822)",
                             "STORE 1 +FLAGS \\Deleted", "EXPUNGE", "CHECK",
                             "SELECT other"):
                    client.command(line)
            except Closed as reason:
                ended_well(client, reason)
            client.close()
            if not everything:
                whole(t, user)
            t.login(user).command("SELECT INBOX")


MOUNT = """
import ctypes, os, sys
target, size, uid, gid = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"tmpfs", os.fsencode(target), b"tmpfs", 0, os.fsencode(
        "size=%s,mode=700,uid=%s,gid=%s" % (size, uid, gid))) != 0:
    sys.exit("mount: " + os.strerror(ctypes.get_errno()))
"""
FILL = """
import os, sys
with open(sys.argv[1] + "/filler", "wb", buffering=0) as file:
    for size in 65536, 4096, 1:
        try:
            while True:
                file.write(b"x" * size)
        except OSError:
            pass
"""
REMOUNT = """
import ctypes, errno, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
MS_RDONLY, MS_REMOUNT = 1, 32
for _ in range(100):
    if libc.mount(None, os.fsencode(sys.argv[1]), None, MS_REMOUNT |
                  (MS_RDONLY if sys.argv[2] == "ro" else 0), None) == 0:
        sys.exit(0)
    # Sessions that have just ended
    if ctypes.get_errno() != errno.EBUSY:
        break
    time.sleep(0.1)
sys.exit("remount: " + os.strerror(ctypes.get_errno()))
"""


def on_small_disk(t, format):
    """A user whose home is a file system of its own."""
    server = t.make_server()
    user = server.fresh_user(format)
    server.run(sys.executable, "-c", MOUNT, server.home(user), "2m",
               *map(str, server.inner))
    return server, fill(t, user, server)


def refuse_or_do(client, *parts):
    """A command of which nobody knows whether it needs a block."""
    assert client.command(*parts).state in ("OK", "NO")


def full_disk(t, format):
    t.expect_log(r" Error: ")
    server, user = on_small_disk(t, format)
    client = t.selected(user, server)
    # In the midst of a literal
    big = MESSAGES[0] + b"A line of a big message\r\n" * 120000
    result = client.no("APPEND INBOX ", Lit(big))
    assert "/" not in result.text, result
    server.run(sys.executable, "-c", FILL, server.home(user))
    # There may be room in the last block of a file. Links need none.
    saved = [client.command("APPEND INBOX ", Lit(MESSAGES[0]), wait=wait).state
             for wait in (True, False, True, True)].count("OK")
    copied = client.command("COPY 1:%d other" % COUNT).state
    created = client.command("CREATE new").state
    for line in ("STORE 1 +FLAGS \\Flagged", "NOOP", "CHECK",
                 "FETCH 1:%d FLAGS" % COUNT, "SELECT other", "SELECT INBOX"):
        refuse_or_do(client, line)
    client.close()
    other = t.login(user, server)
    refuse_or_do(other, "SELECT INBOX")
    other.close()
    server.run("rm", server.home(user) + "/filler")
    whole(t, user, server, texts=MESSAGES + MESSAGES[:1] * saved)
    with t.witness(user, server) as witness:
        # (lib-storage leaves an empty mailbox where it said NO.)
        assert created == "NO" or "new" in witness.names()
    copies = MESSAGES if copied == "OK" else []
    whole(t, user, server, "other", copies)
    client = t.selected(user, server)
    client.ok("COPY 1:2 other")
    client.ok("APPEND other ", Lit(MESSAGES[2]))
    whole(t, user, server, "other", copies + MESSAGES[:3])


def test_full_disk_of_maildir(t):
    full_disk(t, "maildir")


def test_full_disk_of_sdbox(t):
    full_disk(t, "sdbox")


def test_full_disk_of_mdbox(t):
    full_disk(t, "mdbox")


def append_is_refused(client):
    """Instead of "+" or afterwards"""
    tag = client.new_tag()
    client.announce(tag, b"APPEND")
    client.checker.literal()
    client.send(tag + b" APPEND INBOX {%d}\r\n" % len(MESSAGES[0]))
    response = client.read()
    if response.kind == "+":
        client.send(MESSAGES[0] + b"\r\n")
        response = client.read()
    assert response.kind == "NO" and response.tag == tag, response


def imap_on_read_only_disk(t, user, server):
    """What Dovecot's imap says to SELECT, and to STORE and EXPUNGE."""
    with t.witness(user, server) as witness:
        try:
            state = witness.imap.select("INBOX")[0]
            if state != "OK":
                return state, []
            return state, [witness.imap.store("1", "+FLAGS",
                                              "(\\Deleted)")[0],
                           witness.imap.expunge()[0]]
        except witness.imap.readonly:
            return "OK", ["NO", "NO"]


def test_read_only_disk(t):
    """Where Dovecot's imap can open the mailbox, so can IMAP2, and read."""
    t.expect_log(r" Error: | Warning: ")
    for format in "maildir", "sdbox", "mdbox":
        server, user = on_small_disk(t, format)
        server.run(sys.executable, "-c", REMOUNT, server.home(user), "ro")
        state, changes = imap_on_read_only_disk(t, user, server)
        client = t.login(user, server)
        assert client.command("SELECT INBOX").state == state
        if state == "OK":
            result = client.command("FETCH 1:%d RFC822" % COUNT)
            assert [items["RFC822"] for items in
                    result.values("FETCH") if "RFC822" in items] == MESSAGES
            client.no("COPY 1 other")
            assert changes == [client.command(line).state for line in (
                "STORE 1 +FLAGS \\Deleted", "EXPUNGE")]
        append_is_refused(client)
        client.no("CREATE new")
        client.logout()
        server.run(sys.executable, "-c", REMOUNT, server.home(user), "rw")
        whole(t, user, server)
