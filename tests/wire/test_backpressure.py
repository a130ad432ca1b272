# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""A client that doesn't read is paused (design 6): nothing grows, nobody else
waits, and every octet comes when it reads again.

Dovecot's process title tells that a command is running, and /proc that its
process sleeps: then it waits for the client.
"""

import os
import signal
import socket
import time

import mail
from checker import Checker
from imap2 import Client
from process import gone, private, wait_asleep, wait_for

CONFIG = """
verbose_proctitle = yes
protocol imap2 {
  mail_max_userip_connections = 100
}
"""

# The server's kernel buffers less for a peer of small segments: a few tens of
# kilobytes instead of megabytes.
SEGMENT = 536
WINDOW = 4096
# Enough for FETCH, for STORE, for COPY and EXPUNGE, for SEARCH to be paused.
COUNT = 1500
STORES = 4000
MANY = 12000
SEARCHES = 30000
REPLACED = 20
LONG = b"x" * 998 + b"\r\n"
# From rest to the pause.
GROWTH = 3 * 1024 * 1024


class Slow(Client):
    """A client whose network holds little."""

    def __init__(self, port):
        self.checker = Checker()
        self.transcript = []
        Client.transcripts.append(self.transcript)
        self.buffer = b""
        self.count = 0
        self.sock = socket.socket()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        self.sock.settimeout(60)
        self.sock.connect(("127.0.0.1", port))
        self.greeting = self.read()

    def widen(self):
        """Read fast from now on."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)


def slow(t, user, server=None):
    """A Slow client with INBOX selected, and the process that serves it."""
    server = server or t.server
    start = len(server.log())
    client = Slow(server.ports["imap2"])
    t.clients.append(client)
    client.login(user)
    client.select()
    pid, _ = server.session_of(user, start)
    return client, pid


def title(pid):
    with open("/proc/%d/cmdline" % pid) as file:
        return file.read().replace("\0", " ")


def wait_paused(pid, verb):
    """Until the process waits for its client in the midst of a command."""
    wait_asleep(pid)
    assert " %s" % verb in title(pid), "not running: " + title(pid)


def wait_gone(pid):
    wait_for(lambda: gone(pid), "still there")


def mbox_user(t, count, status="O"):
    """A user with so many messages, quickly made."""
    user = t.user("mbox")
    path = t.server.home(user) + "/inbox"
    with open(path, "wb") as file:
        for number in range(1, count + 1):
            file.write(b"From a@b Thu Jan  4 10:11:11 1990\nStatus: %s\n"
                       b"X-Status: %s\n%s\n" % (
                           status[:1].encode(), status[1:].encode(),
                           mail.simple(number)))
    t.server.give(path)
    return user


def measured():
    """Sanitizers and valgrind count their own memory."""
    return "IMAP2_SLOW" not in os.environ


class Paused:
    """A client of `user` that has sent a command and reads no answers."""

    def __init__(self, t, user, command):
        self.t = t
        self.user = user
        self.verb = command.split()[0]
        self.client, self.pid = slow(t, user)
        self.idle = private(self.pid)
        self.client.start(command)
        wait_paused(self.pid, self.verb)

    def check_still(self):
        """Nothing grows, nobody else waits."""
        before = private(self.pid)
        if measured():
            assert before - self.idle < GROWTH, (self.idle, before)
        begin = time.time()
        with self.t.witness(self.user) as witness:
            if witness.select() > 0:
                witness.store("1", "+FLAGS", "\\Answered")
                witness.store("1", "-FLAGS", "\\Answered")
            witness.append(b"Subject: meanwhile\r\n\r\n")
        # Who waits for a lock waits for minutes.
        assert time.time() - begin < 20, "others wait for the paused one"
        if measured():
            after = private(self.pid)
            assert after <= before + 4096, ("grows while paused", before, after)

    def read(self):
        self.client.widen()
        result = self.client.read_until_tagged()
        assert result.state == "OK", result
        self.client.ok("NOOP")
        return result


def test_fetch_of_many(t):
    user = t.simple_user(COUNT)
    paused = Paused(t, user, "FETCH 1:%d ALL" % COUNT)
    paused.check_still()
    slowly = paused.read().of("FETCH")
    quickly = t.selected(user).ok("FETCH 1:%d ALL" % COUNT).of("FETCH")
    assert [response.number for response in slowly[:COUNT]] == \
        list(range(1, COUNT + 1))
    for one, other in zip(slowly, quickly):
        for item in ("ENVELOPE", "INTERNALDATE", "RFC822.SIZE"):
            assert one.value[item] == other.value[item], (one, other)


def test_fetch_of_one_big_message(t):
    user = t.user()
    t.maildir(user).add(mail.BIG)
    for item in ("RFC822", "RFC822.TEXT"):
        paused = Paused(t, user, "FETCH 1 " + item)
        paused.check_still()
        octets = paused.read().fetched(1)[item]
        assert mail.crlf(mail.BIG).endswith(octets)
        assert len(octets) > len(mail.BIG)


def test_fetch_of_one_big_message_by_sendfile(t):
    """Dovecot sends straight from the file what has CRLFs and no NULs, once
    BODY has told it so."""
    user = t.user()
    t.maildir(user).add(mail.crlf(mail.BIG))
    t.selected(user).ok("FETCH 1 BODY")
    paused = Paused(t, user, "FETCH 1 RFC822")
    paused.check_still()
    assert paused.read().fetched(1)["RFC822"] == mail.crlf(mail.BIG)


def test_search(t):
    paused = Paused(t, mbox_user(t, SEARCHES), "SEARCH ALL")
    paused.check_still()
    assert paused.read().values("SEARCH") == [list(range(1, SEARCHES + 1))]


def test_store(t):
    user = t.simple_user(STORES)
    paused = Paused(t, user, "STORE 1:%d +FLAGS (\\Flagged)" % STORES)
    paused.check_still()
    # The other session's changes may be told too.
    flags = {}
    for response in paused.read().of("FETCH"):
        flags[response.number] = response.value["FLAGS"]
    assert list(flags) == list(range(1, STORES + 1))
    assert all("\\Flagged" in value for value in flags.values())
    # What a client stored is stored, whether it reads the answers or not.
    paused = Paused(t, user, "STORE 1:%d +FLAGS (\\Answered)" % STORES)
    paused.client.close()
    wait_gone(paused.pid)
    assert len(t.selected(user).search("FLAGGED ANSWERED")) == STORES


def test_copy(t):
    user = mbox_user(t, MANY)
    paused = Paused(t, user, "COPY 1:%d other" % MANY)
    paused.check_still()
    assert paused.read().numbers("COPY") == list(range(1, MANY + 1))
    assert t.login(user).select("other").numbers("EXISTS") == [MANY]


def test_expunge(t):
    user = mbox_user(t, MANY, "OD")
    paused = Paused(t, user, "EXPUNGE")
    paused.check_still()
    assert paused.read().numbers("EXPUNGE") == [1] * MANY
    assert t.selected(user).search("SUBJECT meanwhile") == [1]


def test_find(t):
    """Fewer mailboxes with longer names do as well: lib-storage opens each."""
    user = t.user()
    top = t.maildir(user)
    names = ["%s%04d" % ("a very long name " * 12, number)
             for number in range(700)]
    for name in names:
        path = "%s/.%s" % (top.path, name)
        os.mkdir(path, 0o755)
        top.give(path)
    paused = Paused(t, user, "FIND MAILBOXES *")
    paused.check_still()
    found = [name.decode() for name in paused.read().values("MAILBOX")]
    assert sorted(found) == names


def test_commands_behind_are_answered_in_order(t):
    user = t.simple_user(COUNT)
    paused = Paused(t, user, "FETCH 1:%d ALL" % COUNT)
    client = paused.client
    tags = []
    for command in ("NOOP", "FETCH 1 FLAGS", "SEARCH ALL", "FROB",
                    "COPY 1 other", "CHECK") * 50:
        tags.append(client.start(command))
    time.sleep(0.2)
    first = client.read_until_tagged()
    assert first.numbers("FETCH")[:COUNT] == list(range(1, COUNT + 1))
    # The checker holds the tags to the order of the commands.
    states = [client.read_until_tagged().state for _ in tags]
    assert states == ["OK", "OK", "OK", "BAD", "OK", "OK"] * 50
    witness = t.witness(user)
    assert witness.examine("other") == 50


def test_logout_behind_a_long_answer_loses_nothing(t):
    user = t.simple_user(COUNT)
    paused = Paused(t, user, "FETCH 1:%d ALL" % COUNT)
    client = paused.client
    client.start("LOGOUT")
    time.sleep(0.2)
    result = client.read_until_tagged()
    assert result.numbers("FETCH") == list(range(1, COUNT + 1))
    result = client.read_until_tagged()
    assert result.kinds() == ["BYE"] and result.state == "OK", result
    client.expect_eof()
    wait_gone(paused.pid)


def test_many_small_answers(t):
    """None of them is long, but together they are."""
    user = t.simple_user(1)
    client, pid = slow(t, user)
    idle = private(pid)
    client.sock.setblocking(False)
    octets = b"x NOOP\r\n" * 100
    sent = 0
    try:
        while sent < 1 << 23:
            sent += client.sock.send(octets)
            time.sleep(0.0005)
    except BlockingIOError:
        pass
    assert sent < 1 << 23, "input is taken without end"
    time.sleep(0.3)
    if measured():
        assert private(pid) < idle + GROWTH
    client.close()
    wait_gone(pid)


def test_octet_by_octet(t):
    user = t.sample_user()
    wanted = t.selected(user).ok("FETCH 1:4 (RFC822 ENVELOPE FLAGS)")
    client, _ = slow(t, user)
    client.fill = lambda: setattr(client, "buffer",
                                  client.buffer + client.sock.recv(1))
    result = client.ok("FETCH 1:4 (RFC822 ENVELOPE FLAGS)")
    for number in range(1, 5):
        for item in ("RFC822", "ENVELOPE"):
            assert result.fetched(number)[item] == \
                wanted.fetched(number)[item]


def test_leaving_while_paused(t):
    """Politely (FIN) and not (RST, since data is unread). Nothing hangs."""
    user = t.simple_user(COUNT)
    for command in ("FETCH 1:%d ALL", "FETCH 1:%d RFC822"):
        paused = Paused(t, user, command % COUNT)
        paused.client.close()
        wait_gone(paused.pid)
        t.server.wait_log(r"imap2\(%s\)<%d>.* Disconnected: .*\(%s running\)"
                          % (user, paused.pid, paused.verb))
    paused = Paused(t, user, "FETCH 1:%d ALL" % COUNT)
    paused.client.sock.shutdown(socket.SHUT_WR)
    result = paused.client.read_until_tagged()
    assert result.numbers("FETCH") == list(range(1, COUNT + 1))
    paused.client.expect_eof()
    wait_gone(paused.pid)
    assert t.selected(user).search("ALL") == list(range(1, COUNT + 1))


def test_leaving_before_the_answer(t):
    """Messages that nobody gets aren't \\Seen, and cost no more."""
    user = t.simple_user(COUNT)
    client, pid = slow(t, user)
    os.kill(pid, signal.SIGSTOP)
    client.start("FETCH 1:%d RFC822" % COUNT)
    client.close()
    os.kill(pid, signal.SIGCONT)
    wait_gone(pid)
    t.server.wait_log(r"imap2\(%s\)<%d>.* Disconnected: .*\(FETCH running\)"
                      % (user, pid))
    assert len(t.selected(user).search("UNSEEN")) > COUNT // 2


def replaced_while_paused(t, format):
    """A client that is paused in a mailbox, which then is another one."""
    user = t.user(format)
    witness = t.witness(user)
    for first in 1, 101:
        witness.create("work")
        witness.append_all([(mail.crlf(mail.simple(number)) + 40 * LONG,
                             "04-Jan-1990 10:11:11")
                            for number in range(first, first + REPLACED)],
                           mailbox="work")
        if first == 1:
            client, pid = slow(t, user)
            client.select("work")
            client.start("FETCH 1:%d RFC822" % REPLACED)
            wait_asleep(pid)
            witness.call("delete", "work")
    return user, client, pid


def test_mailbox_replaced_while_paused(t):
    """Else sdbox gives the new texts under the old numbers, and mdbox empties
    the new mailbox. (mbox is locked.)"""
    for format in "maildir", "sdbox", "mdbox":
        for leaves in False, True:
            user, client, pid = replaced_while_paused(t, format)
            if leaves:
                client.close()
            else:
                client.widen()
                for response in client.read_until_eof_or_tagged():
                    assert response.kind == "FETCH", (format, response)
                    assert b"\nText of message %d.\r\n" % response.number in \
                        response.value["RFC822"], format
            wait_gone(pid)
            witness = t.witness(user)
            assert witness.select("work") == REPLACED, format
            assert all("\\Seen" not in flags
                       for flags in witness.all_flags()), format


def test_killed_in_the_midst_of_fetch(t):
    user = t.simple_user(COUNT)
    t.expect_log(r"imap2\(.*killed with signal 9")
    for _ in range(2):
        paused = Paused(t, user, "FETCH 1:%d RFC822" % COUNT)
        os.kill(paused.pid, signal.SIGKILL)
        t.server.wait_log("child %d killed with signal 9" % paused.pid)
        paused.client.close()
    client = t.selected(user)
    texts = client.ok("FETCH 1:%d RFC822" % COUNT)
    for response in texts.of("FETCH")[:COUNT]:
        assert response.value["RFC822"] == \
            mail.crlf(mail.simple(response.number))
    assert texts.numbers("FETCH")[:COUNT] == list(range(1, COUNT + 1))
