# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Signals to processes of a running Dovecot, and the end of their memory: who
is told what, and that the others go on. Dovecot's own IMAP4 has the same done to
it."""

import os
import random
import signal
import time

from process import wait_asleep, wait_for
from states import Left, Line, leave

CONFIG = "imap2_extensions = imap2bis\n"
KILLED = "killed with signal 9"


def kill_all(server, program):
    for pid in server.session_pids(program):
        server.kill(pid, signal.SIGKILL)


def test_terminated_sessions(t):
    """With BYE, but for the one in the middle of its answer, where IMAP4's
    clients find it among the octets of their message."""
    t.expect_log("Killed with signal 15")
    for line in leave(t, t.server):
        t.server.kill(line.pid, signal.SIGTERM)
        last = line.to_end()
        if line.state != "response":
            assert last.startswith(b"* BYE Server shutting down"), (line, last)
        elif line.protocol == "imap2":
            # Its whole answer may have left before it saw the signal.
            answer = line.got.partition(b"\r\nc OK ")[0]
            assert b"BYE" not in answer, answer[-100:]
        t.server.wait_log(r"%s\(%s\).* Disconnected: Server shutting down" % (
            line.protocol, line.user))
        with t.witness(line.user) as witness:
            assert witness.select() == 1
            assert witness.flags(1) in (
                [], ["\\Seen"] if line.state == "response" else [])


def try_to_log_in(server, protocol, user, choice):
    """The login process is killed meanwhile. Returns what came."""
    line = Line(server.ports[protocol])
    line.send(b"a LOGIN %s secret\r\nb SELECT INBOX\r\nc LOGOUT\r\n" %
              user.encode())
    time.sleep(choice.random() * 0.02)
    kill_all(server, protocol + "-login")
    line.to_end()
    return line.got


def test_killed_login_processes(t):
    """Who isn't logged in loses the connection; who is notices nothing. No
    session is left, and none is counted."""
    t.needs_own_speed()
    t.expect_log(KILLED + "|Error: .*(auth|Login client disconnected)")
    seed = int(os.environ.get("IMAP2_SEED", random.randrange(1000000)))
    print("# seed %d" % seed)
    choice = random.Random(seed)
    server = t.make_server()
    user = t.simple_user(1, server)
    live = t.selected(user, server)
    for protocol in ("imap2", "imap"):
        waiting = Line(server.ports[protocol])
        kill_all(server, protocol + "-login")
        assert waiting.to_end().startswith(b"* OK ")
        for _ in range(10):
            got = try_to_log_in(server, protocol, user, choice)
            if b"\r\na OK" in got:
                assert b"\r\nc OK" in got, got
            else:
                assert got.count(b"\r\n") == 1 or b"\r\na NO" in got, got
    live.ok("STORE 1 +FLAGS \\Flagged")
    live.logout()
    wait_for(lambda: user not in server.doveadm("who"), "still counted")
    wait_for(lambda: not server.session_pids("imap2"), "still there")


def log_in_without(server, service, line, user):
    """LOGIN reaches the login process before it knows that the service is
    gone."""
    logins = server.session_pids("imap2-login")
    for pid in logins:
        server.kill(pid, signal.SIGSTOP)
    line.send(b"a LOGIN %s secret\r\n" % user.encode())
    kill_all(server, service)
    for pid in logins:
        server.kill(pid, signal.SIGCONT)
    return line.answer(b"a")


def test_killed_auth(t):
    """Sessions go on. Who logs in at that moment isn't told that the password
    was wrong; who comes later waits."""
    t.needs_own_speed()
    t.expect_log(KILLED + "|Error: .*auth")
    server = t.make_server()
    user = t.simple_user(1, server)
    live = t.selected(user, server)
    for _ in range(2):
        line = Line(server.ports["imap2"])
        answer = log_in_without(server, "auth", line, user)
        assert answer and answer.startswith(
            (b"a OK", b"a NO Temporary")), answer
        line.close()
        live.ok("STORE 1 +FLAGS \\Flagged")
    t.login(user, server).logout()
    live.logout()


def test_killed_anvil(t):
    """Which only counts: sessions go on, and so do logins."""
    t.needs_own_speed()
    t.expect_log(KILLED + "|anvil: Error|Error: .*(anvil|mail_max_userip)")
    server = t.make_server()
    user = t.simple_user(1, server)
    live = t.selected(user, server)
    waiting = t.connect(server)
    kill_all(server, "anvil")
    # Dovecot 2.3's login processes, IMAP4's too, panic when they ask at the
    # very moment.
    for pid in server.session_pids("imap2-login"):
        wait_asleep(pid)
    waiting.login(user).logout()
    t.login(user, server).logout()
    live.ok("STORE 1 +FLAGS \\Flagged")
    live.logout()


def test_stopped_session(t):
    """For a while, at any time: neighbours go on, in its own mailbox too, and
    nothing is lost."""
    user = t.simple_user(40)
    stopped, other = t.selected(user), t.selected(user)
    stranger = t.selected(t.simple_user(1))
    pid, _ = t.server.session_of(user)
    for number in range(1, 41, 2):
        tag = other.start("STORE %d +FLAGS \\Flagged" % number)
        t.server.kill(pid, signal.SIGSTOP)
        stopped.start("STORE %d +FLAGS \\Answered" % (number + 1))
        stranger.ok("STORE 1 FLAGS \\Seen")
        time.sleep(random.random() * 0.05)
        t.server.kill(pid, signal.SIGCONT)
        assert stopped.read_until_tagged().state == "OK"
        assert other.read_until_tagged().state == "OK", tag
    with t.witness(user) as witness:
        witness.select()
        assert witness.all_flags() == [["\\Flagged"], ["\\Answered"]] * 20


SMALL = """
imap2_max_line_length = 200 M
imap_max_line_length = 200 M
service imap2 {
  vsz_limit = 64 M
}
service imap {
  vsz_limit = 64 M
}
"""


def test_too_little_memory(t):
    """vsz_limit: the process ends, and the log says why."""
    t.needs_own_speed()
    t.expect_log("Out of memory|Raw backtrace")
    server = t.make_server(CONFIG + SMALL)
    for protocol in ("imap2", "imap"):
        neighbour = t.simple_user(1, server)
        live = t.selected(neighbour, server)
        line = Left(t, server, protocol, "selected")
        line.send(b"c STORE 1 +FLAGS \\Flagged\r\n")
        answer = line.answer(b"c")
        assert answer and answer.startswith(b"c OK"), line.got
        try:
            line.send(b"d SEARCH SUBJECT {150000000}\r\n")
            for _ in range(150):
                line.send(b"x" * 1000000)
        except ConnectionError:
            pass
        line.to_end()
        assert b"\r\nd " not in line.got, line.got
        server.wait_log(r"%s\(%s\).*Out of memory" % (protocol, line.user))
        server.wait_log(r"service\(%s\): child %d returned error 83 \(Out of "
                        r"memory \(service %s { vsz_limit" % (
                            protocol, line.pid, protocol))
        live.ok("FETCH 1 RFC822")
        with t.witness(line.user, server) as witness:
            assert witness.select() == 1
            assert witness.flags(1) == ["\\Flagged"]
