# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Long answers and interrupted ones (design 6). See also test_backpressure.py
and test_memory.py."""

import os
import signal
import time

import mail
from process import sleeping, wait_asleep


def big_user(t, count=1):
    user = t.user()
    maildir = t.maildir(user)
    for _ in range(count):
        maildir.add(mail.BIG)
    return user


def test_big_message_is_what_imap4_has(t):
    user = big_user(t)
    client = t.selected(user)
    items = client.ok("FETCH 1 (RFC822.SIZE RFC822)").fetched(1)
    assert items["RFC822"] == mail.crlf(mail.BIG)
    witness = t.witness(user)
    witness.examine()
    assert witness.text(1) == items["RFC822"]


def test_waiting_for_the_client_takes_no_processor(t):
    t.needs_own_speed()
    user = big_user(t, 5)
    client = t.login(user, rcvbuf=4096)
    client.select()
    pid, _ = t.server.session_of(user)
    client.start("FETCH 1:5 RFC822")
    wait_asleep(pid)
    _, before = sleeping(pid)
    time.sleep(1)
    assert sleeping(pid)[1] - before <= 2
    client.close()


def test_pipelining_while_not_reading(t):
    """Answers wait for the reader, and input for the answers."""
    user = big_user(t, 1)
    client = t.login(user, rcvbuf=65536)
    client.select()
    octets = b""
    for number in range(10):
        tag = b"p%d" % number
        client.checker.command(tag, "FETCH")
        octets += tag + b" FETCH 1 RFC822\r\n"
    client.send(octets)
    time.sleep(0.5)
    for _ in range(10):
        items = client.read_until_tagged().fetched(1)
        assert len(items["RFC822"]) == len(mail.crlf(mail.BIG))


def test_kill_9_during_copy_loses_nothing(t):
    user = t.simple_user(300)
    client = t.login(user, rcvbuf=4096)
    client.select()
    client.ok("STORE 1:10 +FLAGS (\\Flagged Kept)")
    pid, _ = t.server.session_of(user)
    t.expect_log(r"killed with signal 9")
    client.start("COPY 1:300 other")
    os.kill(pid, signal.SIGKILL)
    t.server.wait_log(r"imap2\(%s\).* killed with signal 9" % user)
    client = t.selected(user)
    assert client.search("KEYWORD Kept FLAGGED") == list(range(1, 11))
    assert client.search("ALL") == list(range(1, 301))
    witness = t.witness(user)
    if "other" in witness.names():
        assert witness.examine("other") in (0, 300)
