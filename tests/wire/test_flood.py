# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Clients who send without end, without reading, and in numbers, before LOGIN
(design 4.2, 6): memory is bounded, and a good client is served all the while.
Run by hand, this prints its figures:

    IMAP2_BUILD=DIR python3 tests/lib/harness.py tests/wire/test_flood.py
"""

import os
import select
import socket
import threading
import time

import host
from host import login_service, one_login_process
from process import gone, private

MEGABYTE = 1024 * 1024


def show(line):
    """Figures for whoever reads the output of the tests."""
    print("    " + line)


# One client

ENDLESS = (
    ("endless line", b"a LOGIN user1 ", b"x" * 65536),
    ("endless quoted string", b'a LOGIN user1 "', b"x" * 65536),
    ("endless literal", b"a LOGIN user1 {2147483647}\r\n", b"x" * 65536),
    ("endless literals", b"", b"a LOGIN {3}\r\nabc{3}\r\nabc{3}\r\nabc" * 2000),
    ("endless tag", b"", b"x" * 65536),
    ("endless words", b"a LOGIN", b" x" * 32768),
    ("endless empty lines", b"", b"\r\n" * 32768),
    ("endless bad commands", b"", b"a FROB\r\n" * 8192),
    ("endless commands", b"", b"a NOOP\r\n" * 8192),
)


def connect_raw(port):
    return socket.create_connection(("127.0.0.1", port), 30)


def pour(sock, first, octets, size):
    """Send so much and read nothing. Returns how much was sent until the
    server had enough."""
    sent = 0
    try:
        sock.sendall(first)
        while sent < size:
            sock.sendall(octets)
            sent += len(octets)
    except ConnectionError:
        pass
    return sent


def test_memory_of_endless_input(t):
    """Of one process, while one client pours; it's not even a megabyte."""
    slow = "IMAP2_SLOW" in os.environ
    size = MEGABYTE if slow else 16 * MEGABYTE
    server = t.make_server(one_login_process(100))
    pid, = server.session_pids("imap2-login")
    t.login(t.user(server=server), server).logout()
    before = private(pid)
    for name, first, octets in ENDLESS:
        with connect_raw(server.ports["imap2"]) as sock:
            begin = time.time()
            sent = pour(sock, first, octets, size)
            memory = private(pid)
            show("%-22s %8d octets in %4.1f s, memory %d kB (before %d kB)" % (
                name, sent, time.time() - begin, memory // 1024,
                before // 1024))
        if not slow:
            assert memory - before < MEGABYTE, (name, before, memory)
    t.login(t.user(server=server), server).logout()
    assert not gone(pid)


# Floods

IDLE = 300
FLOODING = 50
GOOD_SESSIONS = 10
# Of one session, from the connection to the end.
GOOD_SECONDS = 5


class Flood(threading.Thread):
    """Many clients, of which some do nothing and others send without end and
    without reading. Whoever is thrown out comes again."""

    def __init__(self, port, idle, flooding):
        super().__init__(daemon=True)
        self.port = port
        self.connections = 0
        self.octets = 0
        self.stopping = False
        self.idle = [self.connect() for _ in range(idle)]
        self.flooding = {}
        for number in range(flooding):
            self.begin(ENDLESS[number % len(ENDLESS)])

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stopping = True
        self.join()
        for sock in self.idle + list(self.flooding):
            sock.close()

    def connect(self):
        self.connections += 1
        return connect_raw(self.port)

    def begin(self, kind):
        sock = self.connect()
        self.flooding[sock] = kind
        pour(sock, kind[1], b"", 0)
        sock.setblocking(False)

    def run(self):
        while not self.stopping:
            _, ready, _ = select.select([], list(self.flooding), [], 0.1)
            for sock in ready:
                self.pour(sock)
            time.sleep(0.001)

    def pour(self, sock):
        try:
            self.octets += sock.send(self.flooding[sock][2])
        except BlockingIOError:
            pass
        except ConnectionError:
            sock.close()
            self.begin(self.flooding.pop(sock))


class Memory:
    """Of all processes of a program together."""

    def __init__(self, server, program):
        self.octets = self.processes = self.files = 0
        for pid in server.session_pids(program):
            try:
                self.octets += private(pid)
                self.files += len(os.listdir("/proc/%d/fd" % pid))
                self.processes += 1
            except OSError:
                pass

    def __str__(self):
        return "%d kB in %d processes" % (self.octets // 1024, self.processes)


def good_session(t, server, user):
    """Seconds."""
    begin = time.time()
    client = t.login(user, server)
    assert client.select().numbers("EXISTS") == [1]
    client.ok("FETCH 1 RFC822")
    client.logout()
    return time.time() - begin


def settled(server, program, before):
    """When all connections have been noticed to be gone."""
    deadline = time.time() + 10
    while time.time() < deadline:
        time.sleep(0.5)
        memory = Memory(server, program)
        if memory.processes <= before.processes and \
                memory.files <= before.files:
            break
    return memory


def check_returned(before, worst, after):
    """The host's ioloop keeps a few octets for each file descriptor that it
    ever had, and each of these its page: that is what doesn't return."""
    assert after.octets - before.octets < (worst.octets - before.octets) / 2, \
        "memory before %s, during %s, after %s" % (before, worst, after)


def flood(t, server, what, idle=IDLE, flooding=FLOODING,
          sessions=GOOD_SESSIONS):
    """Returns the memory before, at the worst, and after; and what good
    clients' sessions took meanwhile, sorted."""
    user = t.simple_user(1, server)
    quiet = min(good_session(t, server, user) for _ in range(3))
    before = worst = Memory(server, "imap2-login")
    times = []
    with Flood(server.ports["imap2"], idle, flooding) as clients:
        for _ in range(sessions):
            times.append(good_session(t, server, user))
            worst = max(worst, Memory(server, "imap2-login"),
                        key=lambda memory: memory.octets)
    times.sort()
    after = settled(server, "imap2-login", before)
    show("%s: %d idle and %d flooding, %d connections tried, %d MB sent" % (
        what, idle, flooding, clients.connections,
        clients.octets // MEGABYTE))
    show("    memory before %s, during %s, after %s" % (before, worst, after))
    show("    a good client's session without %.3f s, during %.3f s (median), "
         "%.3f s (longest)" % (quiet, times[len(times) // 2], times[-1]))
    return before, worst, after, times


def flood_imap(server):
    """What imap-login has more afterwards than before."""
    before = Memory(server, "imap-login")
    with Flood(server.ports["imap"], IDLE, FLOODING):
        time.sleep(1.5)
        worst = Memory(server, "imap-login")
    after = settled(server, "imap-login", before)
    show("imap-login: memory before %s, during %s, after %s" % (
        before, worst, after))
    return after.octets - before.octets


def test_flood_of_few_processes(t):
    """High-performance mode: few processes serve all clients. Afterwards they
    give the memory back, which imap-login doesn't, and the next time takes no
    more."""
    t.needs_own_speed()
    few = "  process_min_avail = 2\n  process_limit = 2\n" \
        "  client_limit = 1000\n  " + host.REUSED
    server = t.make_server(login_service(few) +
                           "service imap-login {\n%s}\n" % few)
    before, worst, after, times = flood(t, server, "few processes")
    assert times[-1] < GOOD_SECONDS, times
    assert worst.octets < before.octets + 8 * MEGABYTE
    check_returned(before, worst, after)
    assert after.octets - before.octets < flood_imap(server)
    _, worst, again, times = flood(t, server, "once more")
    assert times[-1] < GOOD_SECONDS, times
    check_returned(before, worst, again)


def test_flood_of_a_process_each(t):
    """High-security mode: a process for each client."""
    t.needs_own_speed()
    server = t.make_server(login_service("  process_limit = 200\n"))
    before, worst, after, times = flood(t, server, "a process each", 80, 10, 4)
    assert times[-1] < 3 * GOOD_SECONDS, times
    assert worst.processes > 80
    assert after.octets < before.octets + MEGABYTE
    assert after.processes <= before.processes


def test_flood_beyond_the_limit_of_processes(t):
    """A newcomer waits until it's his turn to take the place of one of those
    who came before him."""
    t.needs_own_speed()
    server = t.make_server(login_service("  process_limit = 20\n"))
    before, worst, after, times = flood(t, server, "too many", 28, 3, 3)
    assert times[-1] < 4 * GOOD_SECONDS, times
    server.wait_log(r"Warning: service\(imap2-login\): process_limit \(20\) "
                    r"reached")
    assert worst.processes <= 21
    assert after.octets < before.octets + MEGABYTE


# Sessions

SESSIONS = 60
MESSAGES = 300


def crowd(t, server, user):
    """Many sessions at once, which then leave."""
    before = Memory(server, "imap2")
    clients = [t.login(user, server) for _ in range(SESSIONS)]
    for client in clients:
        assert client.select().numbers("EXISTS") == [MESSAGES]
        client.ok("FETCH 1:%d ALL" % MESSAGES)
    worst = Memory(server, "imap2")
    for client in clients:
        client.logout()
    after = settled(server, "imap2", before)
    show("%d sessions: memory before %s, during %s, after %s" % (
        SESSIONS, before, worst, after))
    return before, worst, after


def test_sessions_of_one_process(t):
    """What they needed it gives back, too."""
    t.needs_own_speed()
    server = t.make_server(
        "mail_max_userip_connections = 100\n"
        "service imap2 {\n  process_min_avail = 1\n  process_limit = 1\n"
        "  client_limit = 100\n  %s}\n" % host.REUSED)
    user = t.simple_user(MESSAGES, server)
    # What the first session of all needs stays.
    t.login(user, server).logout()
    check_returned(*crowd(t, server, user))
