# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Long answers: clients that read slowly or not at all, big messages, and how
much memory a session takes (design 6; issue: a session's peak private memory
stays within a few MB of its idle size)."""

import itertools
import os
import signal
import socket
import threading
import time

import mail

MEGABYTE = 1048576
MANY = 20000
LIMIT = 4 * MEGABYTE


def private_memory(pid):
    with open("/proc/%d/smaps_rollup" % pid) as file:
        return 1024 * sum(int(line.split()[1]) for line in file
                          if line.startswith("Private_"))


class Sampler:
    """Peak private memory of a process while a block runs."""

    def __init__(self, pid):
        self.pid = pid
        self.idle = self.peak = private_memory(pid)
        self.done = False

    def __enter__(self):
        self.thread = threading.Thread(target=self.sample)
        self.thread.start()
        return self

    def sample(self):
        while not self.done:
            self.peak = max(self.peak, private_memory(self.pid))
            time.sleep(0.01)

    def __exit__(self, *exc):
        self.done = True
        self.thread.join()

    @property
    def growth(self):
        return self.peak - self.idle


def session_pid(t, user):
    found = t.server.wait_log(
        r"imap2-login: Info: Login: user=<%s>.* mpid=(\d+)" % user)
    return int(found.group(1))


def measured(t):
    """Sanitizers and valgrind count their own memory."""
    if "IMAP2_REPORTS" in os.environ:
        t.skip("memory isn't measured under sanitizers or valgrind")


def big_user(t, count=1):
    user = t.user()
    maildir = t.maildir(user)
    for _ in range(count):
        maildir.add(mail.BIG)
    return user


def test_big_message_is_whole(t):
    user = big_user(t)
    client = t.selected(user)
    items = client.ok("FETCH 1 (RFC822.SIZE RFC822)").fetched(1)
    assert items["RFC822"] == mail.crlf(mail.BIG)
    witness = t.witness(user)
    witness.examine()
    assert witness.text(1) == items["RFC822"]


def test_slow_reader_gets_every_octet(t):
    user = big_user(t, 2)
    client = t.login(user, rcvbuf=4096)
    client.select()
    tag = client.start("FETCH 1:2 RFC822")
    wanted = b""
    for number in (1, 2):
        text = mail.crlf(mail.BIG)
        wanted += b"* %d FETCH (RFC822 {%d}\r\n%s FLAGS (\\Recent \\Seen))" \
            b"\r\n" % (number, len(text), text)
    got = bytearray()
    for size in itertools.cycle((1, 7, 100, 1000, 5000, 3, 30000)):
        got += client.sock.recv(min(size, len(wanted) - len(got)))
        if len(got) == len(wanted):
            break
        time.sleep(0.001)
    assert got == wanted
    assert client.read_until_tagged().state == "OK"
    assert tag


def test_paused_reader_does_not_grow_the_process(t):
    measured(t)
    user = big_user(t, 5)
    client = t.login(user, rcvbuf=4096)
    client.select()
    pid = session_pid(t, user)
    with Sampler(pid) as sampler:
        client.start("FETCH 1:5 RFC822")
        time.sleep(1.5)
        with open("/proc/%d/stat" % pid) as file:
            before = sum(int(field) for field in file.read().split()[13:15])
        time.sleep(0.5)
        with open("/proc/%d/stat" % pid) as file:
            after = sum(int(field) for field in file.read().split()[13:15])
        # It waits without spinning.
        assert after - before <= 2, "busy while waiting for the client"
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MEGABYTE)
        result = client.read_until_tagged()
    assert [len(items["RFC822"]) for items in result.values("FETCH")] == \
        [len(mail.crlf(mail.BIG))] * 5
    assert sampler.growth < LIMIT, sampler.growth


def test_pause_in_each_kind_of_long_answer(t):
    user = t.simple_user(4000)
    for command in ("FETCH 1:4000 ALL", "STORE 1:4000 +FLAGS \\Flagged",
                    "FETCH 1:4000 RFC822", "COPY 1:4000 other", "SEARCH ALL",
                    "FETCH 1:4000 FLAGS"):
        client = t.login(user, rcvbuf=2048)
        client.select()
        client.start(command)
        time.sleep(0.3)
        result = client.read_until_tagged()
        assert result.state == "OK", result
        if command.startswith("COPY"):
            assert result.numbers("COPY") == list(range(1, 4001))
        elif command.startswith("SEARCH"):
            assert result.values("SEARCH") == [list(range(1, 4001))]
        else:
            assert result.numbers("FETCH") == list(range(1, 4001))
        client.ok("NOOP")
        client.close()


def test_expunge_with_a_paused_reader(t):
    user = t.simple_user(5000, flags="\\Deleted")
    client = t.login(user, rcvbuf=2048)
    client.select()
    client.start("EXPUNGE")
    time.sleep(0.3)
    result = client.read_until_tagged()
    assert result.numbers("EXPUNGE") == [1] * 5000
    assert result.numbers("EXISTS")[-1] == 0


def test_client_that_leaves_in_the_middle_of_an_answer(t):
    user = big_user(t, 3)
    for _ in range(5):
        client = t.login(user, rcvbuf=4096)
        client.select()
        client.start("FETCH 1:3 RFC822")
        client.sock.recv(10000)
        client.close()
    client = t.selected(user)
    assert client.search("ALL") == [1, 2, 3]


def test_pipelining_while_not_reading(t):
    """Answers wait for the reader, and input for the answers."""
    user = big_user(t, 1)
    client = t.login(user, rcvbuf=4096)
    client.select()
    octets = b""
    for number in range(10):
        tag = b"p%d" % number
        client.checker.command(tag, "FETCH")
        octets += tag + b" FETCH 1 RFC822\r\n"
    client.send(octets)
    time.sleep(0.5)
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MEGABYTE)
    for _ in range(10):
        items = client.read_until_tagged().fetched(1)
        assert len(items["RFC822"]) == len(mail.crlf(mail.BIG))


def test_memory_of_20000_messages(t):
    measured(t)
    user = t.simple_user(MANY)
    client = t.login(user)
    pid = session_pid(t, user)
    client.select()
    idle = private_memory(pid)
    for item in ("ALL", "RFC822", "FLAGS"):
        with Sampler(pid) as sampler:
            count = fetch_without_keeping(client, item)
        assert count == MANY, count
        print("# memory: FETCH 1:%d %s: idle after SELECT %d kB, peak %d kB" %
              (MANY, item, idle // 1024, sampler.peak // 1024))
        assert sampler.peak - idle < LIMIT, (item, idle, sampler.peak)


def fetch_without_keeping(client, item):
    tag = client.start("FETCH 1:%d %s" % (MANY, item))
    count = 0
    del client.transcript[:]
    while True:
        response = client.read()
        del client.transcript[:]
        if response.tag == tag:
            assert response.kind == "OK", response
            return count
        count += response.kind == "FETCH"


def test_memory_of_one_big_message(t):
    measured(t)
    user = t.user()
    t.maildir(user).add(mail.BIG * 25)
    client = t.login(user)
    pid = session_pid(t, user)
    client.select()
    client.ok("FETCH 1 FAST")
    with Sampler(pid) as sampler:
        items = client.ok("FETCH 1 RFC822").fetched(1)
    assert len(items["RFC822"]) > 25 * MEGABYTE
    print("# memory: FETCH RFC822 of %d MB: idle %d kB, peak %d kB" % (
        len(items["RFC822"]) // MEGABYTE, sampler.idle // 1024,
        sampler.peak // 1024))
    assert sampler.growth < LIMIT, sampler.growth


def test_kill_9_in_the_middle_loses_nothing(t):
    user = t.simple_user(300)
    client = t.login(user, rcvbuf=4096)
    client.select()
    client.ok("STORE 1:10 +FLAGS (\\Flagged Kept)")
    pid = session_pid(t, user)
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
