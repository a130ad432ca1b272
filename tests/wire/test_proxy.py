# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Proxying to other IMAP2 servers (passdb field proxy; RFC 1176 p.10, p.21):
front-end and back-end, each a Dovecot. The shared server is a front-end."""

import os
import re
import signal
import tempfile

import host
import tls
from dovecot import PASSWORD, free_port
from examples import example
from imap2 import Lit
from process import wait_for
from proxy import CONFIG, SECRET, log_of, proxied, refused


# Two Dovecots

def test_session(t):
    backend = t.make_server()
    user = t.simple_user(3, backend)
    front = proxied(t.server, backend.ports["imap2"], destuser=user)
    start = len(t.server.log())
    client = t.connect()
    wrong = client.no("LOGIN %s wrong" % front)
    assert "password" in wrong.text and "[" not in wrong.text, wrong
    log_of(front, start, "Login failed as user %s: Login failed" % user,
           t.server)
    assert client.ok("LOGIN %s %s" % (front, PASSWORD)).data == []
    line = log_of(front, start, "Started proxying to .* as user " + user,
                  t.server).group()
    assert "proxy(%s,127.0.0.1:%d): " % (
        front, backend.ports["imap2"]) in line, line

    assert client.select().numbers("EXISTS") == [3]
    client.ok("FETCH 1:3 RFC822")
    client.ok("STORE 2 +FLAGS \\Deleted")
    assert client.ok("EXPUNGE").numbers("EXPUNGE") == [2]
    # The back-end's own client is the front-end.
    assert re.search(r"^%s +1 imap2 +\(\d+\) +\(127\.0\.0\.1\)" % user,
                     backend.doveadm("who"), re.MULTILINE)
    client.logout()
    log_of(front, start, r"Disconnected by server \(\d+s idle, in=", t.server)
    backend.wait_log(r"imap2\(%s\).* Logged out in=" % user)
    assert PASSWORD not in t.server.log() + backend.log()


def test_front_end_checks_the_password(t):
    """And has another one for the back-end."""
    backend = t.make_server()
    user = t.simple_user(1, backend)
    front = proxied(t.server, backend.ports["imap2"], password=SECRET,
                    destuser=user, **{"pass": PASSWORD})
    client = t.connect()
    wrong = client.no("LOGIN %s %s" % (front, PASSWORD))
    assert "password" in wrong.text, wrong
    client.login(front, SECRET).select()
    client.logout()
    for password in PASSWORD, SECRET:
        assert password not in t.server.log() + backend.log()


def test_master_of_the_back_end(t):
    """The way in for users whose passwords the front-end hasn't got."""
    backend = t.make_server(host.both(v23="""
auth_master_user_separator = *
passdb {
  driver = static
  master = yes
  username_filter = boss
  args = password=of-the-boss
}
""", v24="""
auth_master_user_separator = *
passdb boss {
  driver = static
  master = yes
  username_filter = boss
  static_password = of-the-boss
}
"""))
    user = t.simple_user(2, backend)
    front = proxied(t.server, backend.ports["imap2"], password=SECRET,
                    destuser=user + "*boss", **{"pass": "of-the-boss"})
    client = t.connect().login(front, SECRET)
    assert client.select().numbers("EXISTS") == [2]
    client.logout()
    assert "of-the-boss" not in t.server.log() + backend.log()


def test_users_on_two_back_ends(t):
    """One of them going down is nothing to the users of the other one."""
    t.expect_log("Connection refused")
    backends = [t.make_server(), t.make_server()]
    fronts, clients = [], []
    for count, backend in enumerate(backends, 1):
        user = t.simple_user(count, backend)
        fronts.append(proxied(t.server, backend.ports["imap2"], destuser=user))
        clients.append(t.login(fronts[-1]))
        assert clients[-1].select().numbers("EXISTS") == [count]
    backends[0].stop()
    assert clients[0].read().kind == "BYE"
    clients[0].expect_eof()
    t.connect().no("LOGIN %s %s" % (fronts[0], PASSWORD))
    clients[1].ok("FETCH 1:2 RFC822")
    t.login(fronts[1]).logout()


ODD = {
    "odd": 'p"a\\s%s{5}',
    "odd blanks": " blanks  in it ",
    "odd{3}": "\xe9t\xe9 \xff\xf0\x9f",
    "odd(per%cent": "(\\\"%*])}" * 40,
    "odd{0}": "{2147483648}",
}


def test_odd_users_and_passwords(t):
    """As literals, where RFC 1176 has no other form for them."""
    # The host's passwd-file has no names with quotes or backslashes.
    backend = t.make_server("auth_username_chars =\n", users=ODD)
    frontend = t.make_server("auth_username_chars =\n" + host.static_passdb(
        "odd*", nopassword="y", proxy="y", host="127.0.0.1",
        port=backend.ports["imap2"]))
    for user, password in ODD.items():
        backend.make_home(user)
        for wait in (True, False):
            client = t.connect(frontend)
            client.ok("LOGIN ", Lit(user), " ", Lit(password), wait=wait)
            client.select()
            client.logout()
        assert password not in frontend.log() + backend.log()


# Input and output around the hand-over

def test_pipelined(t):
    backend = t.make_server()
    user = t.simple_user(3, backend)
    front = proxied(t.server, backend.ports["imap2"], destuser=user).encode()
    client = t.connect()
    for tag, verb in ((b"p0", "LOGIN"), (b"p1", "LOGIN"), (b"p2", "SELECT"),
                      (b"p3", "STORE"), (b"p4", "LOGOUT")):
        client.checker.command(tag, verb)
    client.checker.literal()
    client.send(b"p0 LOGIN %s wrong\r\np1 LOGIN %s {6}\r\nsecret\r\n"
                b"p2 SELECT INBOX\r\np3 STORE 1 +FLAGS \\Seen\r\n"
                b"p4 LOGOUT\r\n" % (front, front))
    answers = [client.read_until_tagged() for _ in range(5)]
    assert [answer.state for answer in answers] == ["NO"] + ["OK"] * 4, answers
    assert answers[2].numbers("EXISTS") == [3]
    client.expect_eof()


def test_much_pipelined(t):
    """More than anybody can hold, with a literal beyond the hand-over."""
    backend = t.make_server()
    user = t.simple_user(1, backend)
    front = proxied(t.server, backend.ports["imap2"], destuser=user).encode()
    client = t.connect()
    client.checker.command(b"p", "LOGIN")
    client.checker.command(b"s", "SELECT")
    client.checker.literal()
    octets = b"p LOGIN %s secret\r\ns SELECT {5}\r\nINBOX\r\n" % front
    for number in range(2000):
        tag = b"p%d" % number
        client.checker.command(tag, "NOOP")
        octets += tag + b" NOOP\r\n"
    client.send(octets)
    for _ in range(2002):
        assert client.read_until_tagged().state == "OK"


def test_back_end_dies_during_the_session(t):
    t.expect_log("killed with signal 9")
    backend = t.make_server()
    user = t.simple_user(1, backend)
    front = proxied(t.server, backend.ports["imap2"], destuser=user)
    start = len(t.server.log())
    client = t.login(front)
    client.select()
    pid, _ = backend.session_of(user)
    os.kill(pid, signal.SIGKILL)
    client.expect_eof()
    log_of(front, start, "Disconnected by server", t.server)
    t.login(front).logout()


# TLS

TLS = """
service imap2-login {
  inet_listener imap2s {
    port = %d
    ssl = yes
  }
}
"""


def test_tls(t):
    with tempfile.TemporaryDirectory() as directory:
        tls.certificate(t, directory)
        port = free_port()
        backend = t.make_server(host.tls(directory) + TLS % port)
        user = t.simple_user(2, backend)
        client = t.login(proxied(t.server, port, destuser=user,
                                 ssl="any-cert"))
        assert client.select().numbers("EXISTS") == [2]
        backend.wait_log(r"user=<%s>,.* TLS" % user)
        client.logout()

        refused(t, "Received invalid SSL certificate: self.signed", port=port,
                ssl="y", destuser=user)
        # No TLS where it's wanted (how that is logged depends on whether the
        # greeting or the handshake is first), and TLS where it isn't.
        refused(t, "(?:Disconnected by server: .*state=banner"
                "|Failed to start SSL handshake)", ssl="any-cert",
                port=backend.ports["imap2"])
        refused(t, "(?:Disconnected by server: .*state=banner|Login timed out)",
                proxy_timeout=1, port=port)

        trusting = t.make_server(CONFIG + host.trusts(directory + "/cert"))
        client = t.login(proxied(
            trusting, port, destuser=user, ssl="y", host="localhost",
            hostip="127.0.0.1"), trusting)
        client.select()
        client.logout()


# The examples

def test_examples(t):
    """The front-end's users are those of the lines in its comment."""
    with tempfile.TemporaryDirectory() as directory:
        tls.certificate(t, directory)
        path = directory + "/imap2-backends"
        port = str(free_port())
        backend = t.make_server(host.tls(directory) + example(
            "proxy-backend.conf", ("192.0.2.1", "127.0.0.1"), ("1993", port)),
            users={"jane": PASSWORD})
        backend.make_home("jane")
        config = example(
            "proxy-frontend.conf", ("192.0.2.11", "127.0.0.1"),
            ("192.0.2.12", "127.0.0.1"), ("1993", port),
            ("/etc/dovecot/imap2-backends", path))
        with open(path, "w") as file:
            file.write("\n".join(re.findall(r"^ *#   (\w+:.*)", config,
                                            re.MULTILINE)) + "\n")
        os.chmod(path, 0o644)
        frontend = t.make_server(config)
        client = t.selected("jane", frontend)
        backend.wait_log("user=<jane>,.* TLS")
        assert "jane" in frontend.doveadm("proxy", "list")
        client.logout()
        assert t.connect(frontend).no("LOGIN john x").text == \
            t.connect(frontend).no("LOGIN jane x").text
        t.login(t.user(server=frontend), frontend).logout()


# Director, which 2.4 has no more

def test_director(t):
    """It knows where each user is."""
    if host.SERIES != "2.3":
        t.skip("Dovecot %s has no director" % host.SERIES)
    users = ["spread%d" % number for number in range(8)]
    backend = t.make_server(host.CLEARTEXT_ALLOWED +
                            "listen = 127.0.0.1, 127.0.0.2\n",
                            users={user: PASSWORD for user in users})
    port = free_port()
    frontend = t.make_server(host.static_passdb(
        "spread*", nopassword="y", proxy="y", port=backend.ports["imap2"]) + """
director_servers = 127.0.0.1:%d
director_mail_servers = 127.0.0.1 127.0.0.2
service director {
  unix_listener login/director {
    mode = 0666
  }
  fifo_listener login/proxy-notify {
    mode = 0666
  }
  inet_listener {
    port = %d
  }
}
service imap2-login {
  executable = %s/imap2-login director
}
""" % (port, port, os.environ["IMAP2_BUILD"]))
    places = {}
    for user in users:
        backend.make_home(user)
        for _ in (1, 2):
            t.login(user, frontend).logout()
        places[user] = re.findall(
            r"Started proxying to <(\S+)> .*user=<%s>" % user, frontend.log())
    assert all(len(found) == 2 and found[0] == found[1]
               for found in places.values()), places
    assert {found[0] for found in places.values()} == \
        {"127.0.0.1", "127.0.0.2"}, places
    assert "127.0.0.2" in frontend.doveadm("director", "status")


# doveadm

SHARED = """
service imap2-login {
  client_limit = 10
  process_min_avail = 1
  %s}
""" % host.REUSED


def kick_one_of_three(t, frontend):
    backend = t.make_server()
    user = t.simple_user(1, backend)
    fronts = [proxied(frontend, backend.ports["imap2"], destuser=user)
              for _ in range(3)]
    clients = [t.selected(front, frontend) for front in fronts]

    def listed():
        return [front for front in fronts if re.search(
            r"^%s +%s *$" % (front, host.PROXIED),
            frontend.doveadm("proxy", "list"), re.MULTILINE)]
    assert listed() == fronts, frontend.doveadm("proxy", "list")
    assert re.search(r"^%s +3 imap2 " % user, backend.doveadm("who"),
                     re.MULTILINE), backend.doveadm("who")
    frontend.doveadm("proxy", "kick", fronts[1])
    clients[1].expect_eof()
    log_of(fronts[1], 0, "Disconnected by proxy: Kicked by admin", frontend)
    wait_for(lambda: listed() == [fronts[0], fronts[2]], "others than two")
    for client in clients[0], clients[2]:
        client.ok("NOOP")
        client.logout()
    wait_for(lambda: listed() == [], "still listed")


def test_list_and_kick(t):
    kick_one_of_three(t, t.make_server(CONFIG + SHARED))


def test_list_and_kick_in_processes_of_their_own(t):
    if not host.KICKS_PROXY_PROCESS:
        t.skip("this Dovecot counts such connections as kicked, but they stay")
    kick_one_of_three(t, t.server)
