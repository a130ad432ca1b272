# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Before LOGIN, and LOGIN itself (RFC 1176 p.5-6, p.10-11, p.18, p.21;
design 4.2, 4.3)."""

import os
import signal
import socket
import struct
import time

import host
from imap2 import Closed, Lit
from process import wait_for

# Users who can't log in, each in a way of its own. Their password is secret.
CONFIG = "".join((
    host.static_passdb("locked", "secret", nologin="y"),
    host.static_passdb("moved", "secret", nologin="y",
                       reason="[MOVED]\xe9\x01away"),
    host.static_passdb("elsewhere", "secret", nologin="y", host="192.0.2.1"),
    host.static_passdb("homeless", "secret"),
    host.both(v23="""
passdb {
  driver = passwd-file
  username_filter = broken
  args = {dir}/users/%u
}
""", v24="""
passdb broken {
  driver = passwd-file
  username_filter = broken
  passwd_file_path = {dir}/users/%{user}
}
"""), """
protocol imap2 {
  mail_max_userip_connections = 3
}
"""))

BAD_COMMANDS_MAX = 20


def still_alive(client):
    client.ok("NOOP")


def read_answers(client, count):
    return [client.read_until_tagged() for _ in range(count)]


# Before LOGIN

def test_greeting(t):
    client = t.connect()
    assert client.greeting.kind == "OK"
    assert "[" not in client.greeting.text
    still_alive(client)


def test_only_three_commands(t):
    client = t.connect()
    for line in ("SELECT INBOX", "CAPABILITY", "FETCH 1 FLAGS", "VERSION 4",
                 "AUTHENTICATE PLAIN", "STARTTLS", "CHECK", "FROB x y",
                 "FIND MAILBOXES *"):
        client.bad(line)
    still_alive(client)
    client.ok("noop")
    client.ok("NoOp")
    client.logout()


def test_arguments(t):
    client = t.connect()
    for line in ("NOOP x", "LOGOUT now", "LOGIN", "LOGIN user1",
                 "LOGIN user1 ", "LOGIN user1 secret more",
                 'LOGIN "user1 secret', 'LOGIN user1 "secret',
                 'LOGIN "user1"secret', 'LOGIN us"er1 secret',
                 "LOGIN user1 {secret", "LOGIN {} secret"):
        client.bad(line)
        still_alive(client)


def test_lines_that_are_no_command(t):
    client = t.connect()
    for octets in (b"\r\n", b"\n", b" \r\n", b" NOOP\r\n", b"* NOOP\r\n",
                   b"+ NOOP\r\n", b"\xe9 NOOP\r\n", b"a\tb NOOP\r\n",
                   b"\0\r\n", b"a\0 NOOP\r\n", b"x" * 128 + b" NOOP\r\n",
                   b"GET\0 / HTTP/1.0\r\n"):
        assert client.raw_line(octets).kind == "BAD", octets
        still_alive(client)
    for octets in (b"t1\r\n", b"t1 \r\n", b"t1 NO\0OP\r\n", b"t1 NO\rOP\r\n",
                   b"t1 NOOP\r\r\n", b"t1 LOGIN us\0er secret\r\n",
                   b"t1 LOGIN user1 {3} \r\n", b"t1 NOOP\xe9\r\n"):
        assert client.raw_line(octets, tag=b"t1").state == "BAD", octets
        still_alive(client)


def test_bare_lf(t):
    client = t.connect()
    assert client.raw_line(b"t1 NOOP\n", tag=b"t1", verb="NOOP").state == "OK"


def test_many_bad_commands(t):
    client = t.connect()
    for _ in range(2):
        for _ in range(BAD_COMMANDS_MAX):
            client.bad("CAPABILITY")
        still_alive(client)
    for _ in range(BAD_COMMANDS_MAX):
        client.bad("CAPABILITY")
    client.no("LOGIN user1 wrong")
    for _ in range(BAD_COMMANDS_MAX + 1):
        client.bad("CAPABILITY")
    assert client.read().kind == "BYE"
    client.expect_eof()


def test_endless_line(t):
    client = t.connect()
    client.checker.command(b"t1", "LOGIN")
    client.send(b"t1 LOGIN user1 ")
    for _ in range(100):
        client.send(b"x" * 10000)
    client.send(b"\r\n")
    assert client.read_until_tagged().state == "BAD"
    still_alive(client)


def test_endless_tag(t):
    client = t.connect()
    client.send(b"x" * 100000)
    assert client.raw_line(b" NOOP\r\n").kind == "BAD"
    still_alive(client)


# Literals (p.21)

def test_literal_of_refused_command_is_swallowed(t):
    client = t.connect()
    for wait in (True, False):
        client.bad("BBOARD ", Lit("x1 LOGOUT\r\n"), wait=wait)
        client.bad("LOGIN user1 secret ", Lit("x1 LOGOUT\r\n"), wait=wait)
        client.bad("LOGIN ", Lit("user1"), " ", Lit("se\0cret"), wait=wait)
        client.bad("LOGIN ", Lit("user1"), "more secret", wait=wait)
        client.bad("LOGIN user1 ", Lit(b"x1 LOGOUT\r\n" * 1000), wait=wait)
        still_alive(client)


def test_literals_that_are_not_to_be_sent(t):
    client = t.connect()
    for size in (b"2147483648", b"4294967296", b"99999999999999999999"):
        assert client.raw_line(b"t1 LOGIN user1 {%s}\r\n" % size,
                               tag=b"t1").state == "BAD"
        still_alive(client)
    # IMAP4's form is never asked for, but never executed either.
    assert client.raw_line(b"t1 LOGIN user1 {11+}\r\nx1 LOGOUT\r\n\r\n",
                           tag=b"t1").state == "BAD"
    still_alive(client)


def test_disconnects_anywhere(t):
    for octets in (b"", b"a", b"a LOGIN user1 sec", b"a LOGIN user1 {6}\r\n",
                   b"a LOGIN user1 {6}\r\nsec",
                   b"a LOGIN user1 {2147483647}\r\n", b"a NOOP\r"):
        client = t.connect()
        client.checker.literal()
        client.send(octets)
        client.close()
    still_alive(t.connect())


def test_hanging_up_during_login(t):
    user = t.user()
    for password in ("secret", "wrong"):
        for reset in (False, True):
            for delay in (0, 0, 0.01, 0.05):
                client = t.connect()
                if reset:
                    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                           struct.pack("ii", 1, 0))
                client.start("LOGIN %s %s" % (user, password))
                time.sleep(delay)
                client.close()
    t.login(user).logout()


# LOGIN

def test_forms_of_login(t):
    user = t.user()
    for parts in (("LOGIN %s secret" % user,),
                  ("login %s secret" % user,),
                  ("Login  %s   secret  " % user,),
                  ('LOGIN "%s" "secret"' % user,),
                  ("LOGIN %s " % user, Lit("secret")),
                  ("LOGIN ", Lit(user), " ", Lit("secret")),
                  ("LOGIN ", Lit(user), " secret"),
                  ('LOGIN "%s" ' % user, Lit("secret"))):
        for wait in (True, False):
            client = t.connect()
            client.ok(*parts, wait=wait)
            client.select()
            client.logout()


def test_octet_by_octet(t):
    user = t.user()
    client = t.connect()
    client.checker.command(b"t1", "LOGIN")
    client.checker.literal()
    for octet in b"t1 LOGIN %s {6}\r\nsecret\r\n" % user.encode():
        client.send(bytes([octet]))
        time.sleep(0.001)
    assert client.read_until_tagged().state == "OK"
    client.select()


def test_odd_tags(t):
    user = t.user()
    for tag in (b"a[1]", b"{5}", b'"x', b"%(\\)", b"**", b"x" * 127):
        client = t.connect()
        client.ok("NOOP", tag=tag)
        client.no("LOGIN %s wrong" % user, tag=tag)
        client.ok("LOGIN %s secret" % user, tag=tag)
        client.logout()


def test_wrong_password(t):
    user = t.user()
    client = t.connect()
    wrong = client.no("LOGIN %s wrong" % user)
    unknown = client.no("LOGIN nobody wrong")
    assert wrong.text == unknown.text
    assert "[" not in wrong.text and "password" in wrong.text
    client.no("LOGIN ", Lit(""), " ", Lit(""))
    client.no('LOGIN %s ""' % user)
    client.no("LOGIN %s " % user, Lit("\xe9\"\\\r\n%"))
    client.ok("LOGIN %s secret" % user)
    client.select()


def test_second_login_is_refused(t):
    client = t.login(t.user())
    result = client.command("LOGIN user1 secret")
    assert result.state in ("NO", "BAD"), result


def refusal(t, user):
    client = t.connect()
    result = client.no("LOGIN %s secret" % user)
    assert "[" not in result.text and "]" not in result.text
    still_alive(client)
    return result.text


def test_locked_user(t):
    assert "disabled" in refusal(t, "locked")


def test_reason_of_the_administrator(t):
    text = refusal(t, "moved")
    assert text.startswith("(MOVED)") and text.endswith("away"), text


def test_other_server(t):
    assert refusal(t, "elsewhere").endswith(" 192.0.2.1")


def test_authentication_is_broken(t):
    t.expect_log("users/broken")
    assert "emporary" in refusal(t, "broken")


def test_user_without_a_home(t):
    """Both programs act on this; which is first is a matter of chance."""
    t.expect_log("user not found from (any )?userdb")
    before = len(t.server.log())
    client = t.connect()
    client.start("LOGIN homeless secret")
    try:
        result = client.read_until_tagged()
        assert result.state == "NO", result
        client.expect_eof()
    except (Closed, ConnectionResetError):
        pass
    # The session program's own line may come last of all.
    t.server.wait_log(r"imap2\(.*user not found from userdb", before)


def test_too_many_connections(t):
    user = t.user()
    clients = [t.login(user) for _ in range(3)]
    refused = t.connect()
    assert "connections" in refused.no("LOGIN %s secret" % user).text
    refused.expect_eof()
    clients[0].logout()

    def logs_in():
        return t.connect().command("LOGIN %s secret" % user).state == "OK"
    wait_for(logs_in, "a connection that ended is still counted")


def test_password_is_not_logged(t):
    user = t.user()
    client = t.connect()
    start = len(t.server.log())
    client.no("LOGIN %s unlogged-password" % user)
    client.bad("LOGIN %s unlogged-password more" % user)
    client.logout()
    t.server.wait_log("imap2-login: Info: .*%s" % user, start)
    assert "unlogged-password" not in t.server.log()


# What follows a LOGIN in the same write is the session's.

def test_pipelined(t):
    user = t.simple_user(3)
    client = t.connect()
    for tag, verb in ((b"p1", "LOGIN"), (b"p2", "SELECT"), (b"p3", "NOOP"),
                      (b"p4", "LOGOUT")):
        client.checker.command(tag, verb)
    client.send(b"p1 LOGIN %s secret\r\np2 SELECT INBOX\r\np3 NOOP\r\n"
                b"p4 LOGOUT\r\n" % user.encode())
    answers = read_answers(client, 4)
    assert [answer.state for answer in answers] == ["OK"] * 4, answers
    assert answers[1].numbers("EXISTS") == [3]
    client.expect_eof()


def test_pipelined_behind_a_failure(t):
    user = t.user()
    client = t.connect()
    for tag, verb in ((b"p1", "LOGIN"), (b"p2", "NOOP"), (b"p3", "LOGIN"),
                      (b"p4", "SELECT")):
        client.checker.command(tag, verb)
    client.checker.literal()
    client.send(b"p1 LOGIN %s wrong\r\np2 NOOP\r\np3 LOGIN %s {6}\r\n"
                b"secret\r\np4 SELECT INBOX\r\n" %
                (user.encode(), user.encode()))
    answers = read_answers(client, 4)
    assert [answer.state for answer in answers] == \
        ["NO", "OK", "OK", "OK"], answers


def test_much_pipelined(t):
    """More than the login process can hand over."""
    user = t.user()
    for password, states in ((b"secret", ["OK"]), (b"wrong", ["NO"])):
        client = t.connect()
        client.checker.command(b"p", "LOGIN")
        octets = b"p LOGIN %s %s\r\n" % (user.encode(), password)
        for number in range(1000):
            tag = b"p%d" % number
            client.checker.command(tag, "NOOP")
            octets += tag + b" NOOP\r\n"
        client.send(octets)
        answers = read_answers(client, 1001)
        assert [answer.state for answer in answers] == states + ["OK"] * 1000


def test_half_a_command_pipelined(t):
    user = t.user()
    client = t.connect()
    client.checker.command(b"p1", "LOGIN")
    client.checker.command(b"p2", "SELECT")
    client.checker.literal()
    client.send(b"p1 LOGIN %s secret\r\np2 SELECT {5}\r\nIN" % user.encode())
    assert client.read_until_tagged().state == "OK"
    client.send(b"BOX\r\n")
    assert client.read_until_tagged().state == "OK"


# The host around it

def test_authentication_process_dies(t):
    t.expect_log("auth")
    user = t.user()
    client = t.connect()
    for pid in t.server.session_pids("auth"):
        os.kill(pid, signal.SIGKILL)
    client.no("LOGIN %s wrong" % user)
    client.ok("LOGIN %s secret" % user)
    client.logout()


def test_one_process_for_all(t):
    server = t.make_server("""
service imap2-login {
  client_limit = 100
  process_limit = 1
  %s}
""" % host.REUSED)
    user = t.user(server=server)
    clients = [t.connect(server) for _ in range(20)]
    for client in clients:
        client.start("LOGIN %s " % user, Lit("wrong"))
    for client in clients:
        assert client.read_until_tagged().state == "NO"
    for client in clients[:10]:
        client.ok("LOGIN %s secret" % user)
    for client in clients:
        client.logout()


def test_login_process_is_stopped(t):
    client = t.connect()
    for pid in t.server.session_pids("imap2-login"):
        os.kill(pid, signal.SIGTERM)
    assert client.read().kind == "BYE"
    client.expect_eof()
