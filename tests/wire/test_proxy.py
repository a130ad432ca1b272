# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Proxying to other IMAP2 servers (passdb field proxy; RFC 1176 p.10, p.21):
front-end and back-end, each a Dovecot, or a back-end that misbehaves. The front
must answer every LOGIN in time, log why it failed, and never the password."""

import itertools
import os
import re
import signal
import socket
import tempfile
import time

import host
import tls
from dovecot import PASSWORD, StartFailed, free_port
from imap2 import Lit
from peer import Expect, Hold, ScriptedServer

# The shared server is the front-end. Its proxied users have a file each, so
# that tests can make them.
CONFIG = host.both(v23="""
passdb {
  driver = passwd-file
  username_filter = proxied*
  args = {dir}/scratch/%u
}
""", v24="""
passdb proxied {
  driver = passwd-file
  username_filter = proxied*
  passwd_file_path = {dir}/scratch/%{user}
}
""") + """
auth_verbose = yes
login_proxy_max_reconnects = 0
"""

UNAVAILABLE = "Account is temporarily unavailable."
SECRET = "a-word-for-no-log"
READY = b"* OK ready\r\n"
LOGIN = Expect(b"L LOGIN \"someone\" \"%s\"\r\n" % SECRET.encode())

numbers = itertools.count(1)


def proxied(server, port, password="", **fields):
    """A new user, whom that front-end proxies. No password: the back-end is to
    judge it."""
    user = "proxied%d" % next(numbers)
    wanted = {"proxy": "y", "host": "127.0.0.1", "port": port,
              "destuser": "someone"}
    if not password:
        wanted["nopassword"] = "y"
    wanted.update(fields)
    path = server.write("scratch/" + user, "%s:%s::::::%s\n" % (
        user, password and "{PLAIN}" + password, " ".join(
            "%s=%s" % field for field in wanted.items()
            if field[1] is not None)))
    os.chmod(path, 0o644)
    return user


def log_of(user, start, pattern, server):
    return server.wait_log(r"imap2-login: \w+: .*%s.*: user=<%s>" % (
        pattern, user), start)


class Refused:
    """A LOGIN that is answered with NO and the text. Something is logged, and
    the client can go on. The back-end listens on the port, or plays a script
    to its end."""

    def __init__(self, t, pattern, text=UNAVAILABLE, port=None, script=(),
                 **fields):
        t.expect_log(pattern)
        self.t, self.pattern, self.text = t, pattern, text
        self.backend = ScriptedServer(script) if port is None else None
        self.user = proxied(t.server, port or self.backend.port, **fields)
        self.log = len(t.server.log())
        self.client = t.connect()
        self.begin = time.time()
        self.client.start("LOGIN %s %s" % (self.user, SECRET))

    def check(self):
        """Returns how long the answer took."""
        result = self.client.read_until_tagged()
        seconds = time.time() - self.begin
        assert (result.state, result.text, result.data) == \
            ("NO", self.text, []), result
        log_of(self.user, self.log, self.pattern, self.t.server)
        self.client.ok("NOOP")
        if self.backend is not None:
            self.backend.finish()
        assert SECRET not in self.t.server.log()
        return seconds


def refused(t, pattern, *args, **fields):
    attempt = Refused(t, pattern, *args, **fields)
    attempt.check()
    return attempt.client


def welcomed(t, *scripts, server=None, **fields):
    """LOGIN is answered with OK. Returns the client and its result, and the
    back-end, whose scripts end when the client goes."""
    backend = ScriptedServer(*scripts)
    user = proxied(server or t.server, backend.port, **fields)
    client = t.connect(server)
    result = client.ok("LOGIN %s %s" % (user, SECRET))
    assert result.data == [], result
    return client, result, backend


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


def test_line_ends_in_a_password(t):
    """Some hosts proxy no control characters; else they are a literal's."""
    password = "x\r\nL2 LOGOUT"
    backend = ScriptedServer([
        READY, Expect(b"L LOGIN \"someone\" {%d}\r\n" % len(password)),
        b"+ go on\r\n", Expect(password.encode() + b"\r\n"), b"L OK in\r\n"])
    user = proxied(t.server, backend.port)
    result = t.connect().command("LOGIN %s " % user, Lit(password))
    connections = backend.finish()
    assert (result.state, connections) in (("OK", 1), ("NO", 0)), result


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


def test_only_the_answer_reaches_the_client(t):
    """Nothing before it; what follows it in the same packet does."""
    client, result, backend = welcomed(t, [
        b"* OK\r\n", LOGIN, b"* 5 EXISTS\r\n+ what for\r\n* OK a moment\r",
        b"\nL ok [x] welc\xe9me\r\n* NO it's late\r\na002 OK done\r\n",
        Expect(b"a002 NOOP\r\n"), Hold()])
    assert result.text == "(x) welc?me", result
    assert client.ok("NOOP").kinds() == ["NO"]
    client.close()
    backend.finish()


def test_literals_only_when_asked_for(t):
    client, result, backend = welcomed(t, [
        READY, Expect(b"L LOGIN {11}\r\n"), b"+\r\n",
        Expect(b"some\"one{5} \"%s\"\r\n" % SECRET.encode()),
        b"+ more\r\nL OK\r\n", Hold()], destuser="some\"one{5}")
    assert result.text == "Logged in", result
    client.close()
    backend.finish()


# Back-ends that are no help

def test_down(t):
    """Until it's back, the client can try again."""
    port = free_port()
    client = refused(t, r"connect\(127.0.0.1, \d+\) failed: Connection "
                     r"refused \(after 0 secs", port=port)
    backend = t.make_server(ports={"imap2": port})
    user = t.simple_user(1, backend)
    client.login(proxied(t.server, port, destuser=user)).logout()


def test_unreachable(t):
    """From an address that this machine hasn't."""
    t.expect_log(r"bind\(192.0.2.1\) failed")
    refused(t, r"connect\(127.0.0.1, \d+\) failed: Cannot assign", port=1143,
            source_ip="192.0.2.1")


def test_does_not_accept(t):
    """Its queue is full."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(0)
        port = sock.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            seconds = Refused(
                t, r"connect\(127.0.0.1, \d+\) failed: Connection timed out",
                port=port, proxy_timeout=1).check()
    assert 0.9 < seconds < 5, seconds


def test_slow(t):
    literal = {"destuser": "some\"one"}
    attempts = [
        Refused(t, r"Login timed out in state=%s \(after [12] secs" % state,
                script=script + [Hold()], proxy_timeout=1, **fields)
        for script, fields, state in (
            ([], {}, "banner"),
            ([b"* OK I'll be with"], {}, "banner"),
            ([READY, LOGIN], {}, "login"),
            ([READY, LOGIN, b"* OK a moment\r\n"], {}, "login"),
            ([READY], literal, "login"))]
    for attempt in attempts:
        seconds = attempt.check()
        assert 0.9 < seconds < 5, seconds


def test_slow_but_in_time(t):
    client, result, backend = welcomed(t, [
        b"* OK wait", b"ing\r\n", LOGIN, b"L O", b"K in\r\n", Hold()])
    assert result.text == "in", result
    client.close()
    backend.finish()


def test_client_leaves_meanwhile(t):
    backend = ScriptedServer([READY, LOGIN, Hold()])
    user = proxied(t.server, backend.port, proxy_timeout=1)
    t.expect_log("Login timed out")
    start = len(t.server.log())
    client = t.connect()
    client.start("LOGIN %s %s" % (user, SECRET))
    time.sleep(0.2)
    client.close()
    log_of(user, start, "(?:Disconnected|Login aborted): ", t.server)
    backend.finish()


def test_refuses(t):
    for text, shown in ((b"NO Not you", "Not you"), (b"NO", "Login failed"),
                        (b"no [AUTH] \x01 {5}", "(AUTH) ? {5}")):
        for fields in ({}, {"proxy_mech": "plain"}):
            refused(t, "Login failed as user someone: ", shown,
                    script=[READY, LOGIN, b"* 1 EXISTS\r\nL " + text +
                            b"\r\n", Hold()], **fields)


def test_repeats_the_password(t):
    """In what is both told the client and logged."""
    password = SECRET.encode()
    hidden = "Login failed (the server repeated the password)"
    refused(t, "Login failed as user someone: ", hidden, script=[
        READY, LOGIN, b"L NO someone is not " + password + b"\r\n", Hold()])
    for answer in (b"L BAD LOGIN someone ", b"LOGIN someone "):
        refused(t, "the server repeated", script=[
            READY, LOGIN, answer + password + b"?\r\n", Hold()])


def test_no_imap2_server(t):
    invalid = "Remote server sent invalid input: "
    for script, reason in (
            ([b"220 mail.example.com ESMTP\r\n"],
             invalid + "Invalid banner: 220 mail.example.com"),
            ([b"* PREAUTH you are in\r\n"], invalid + "Invalid banner: "),
            ([b"* BYE too many\r\n"],
             invalid + r"Invalid banner: \* BYE too many"),
            ([b"* OKAY\r\n"], invalid + "Invalid banner: "),
            ([b"\r\n"], invalid + "Invalid banner: "),
            ([b"\0\x01\xff\n"], invalid + "Invalid banner: "),
            ([b"x" * 5000], invalid + "Too long input line"),
            ([READY, LOGIN, b"M OK what?\r\n"],
             invalid + r"Unexpected response: M OK what\?"),
            ([READY, LOGIN, b"LOK in\r\n"],
             invalid + "Unexpected response: LOK in"),
            ([READY, LOGIN, b"\r\n"], invalid + "Unexpected response: "),
            ([READY, LOGIN, b"M" + b"x" * 3000 + b"\r\n"],
             invalid + "Unexpected response: Mx"),
            ([READY, LOGIN, b"L BAD what\x01\r\n"],
             "Aborting due to remote server: LOGIN was answered with: BAD "
             "what")):
        refused(t, reason, script=script + [Hold()])


def test_only_imap4(t):
    """Told by the greeting: old clients would take it for IMAP2."""
    backend = t.make_server()
    user = t.simple_user(1, backend)
    refused(t, "Aborting due to remote server: It speaks IMAP4, not IMAP2",
            port=backend.ports["imap"], destuser=user)
    assert user not in backend.log(), backend.log()


def test_closes(t):
    literal = {"destuser": "some\"one"}
    for script, fields, state in (
            ([], {}, "banner"),
            ([b"* OK I'll"], {}, "banner"),
            ([READY], {}, "login"),
            ([READY, LOGIN, b"* BYE going down\r\n"], {}, "login"),
            ([READY, LOGIN, b"L OK y"], {}, "login"),
            ([READY, Expect(b"L LOGIN {8}\r\n"), b"+\r\n"], literal, "login")):
        refused(t, r"Disconnected by server: .*\(state=%s, duration=\d+s\)" %
                state, script=script, **fields)


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


def test_reconnects(t):
    """Where the back-end may be better at the next try, in silence."""
    frontend = t.make_server(CONFIG.replace("reconnects = 0", "reconnects = 2"))
    literal = [b"* OK\r\n", Expect(b"L LOGIN {5}\r\n"), b"+\r\n",
               Expect(b"a\"one \"%s\"\r\n" % SECRET.encode())]
    client, _, backend = welcomed(
        t, [READY], literal, literal + [b"L OK in\r\n", Hold()],
        server=frontend, destuser="a\"one")
    frontend.wait_log(r"Started proxying .* 2 reconnects\)")
    client.close()
    assert backend.finish() == 3

    # Not if it's a matter of configuration, or of the password.
    t.expect_log("LOGIN was answered|speaks IMAP4")
    for script in ([READY, LOGIN, b"L BAD\r\n"], [READY, LOGIN, b"L NO\r\n"],
                   [b"* OK [CAPABILITY IMAP4rev1] ready\r\n"]):
        backend = ScriptedServer(script)
        user = proxied(frontend, backend.port)
        t.connect(frontend).no("LOGIN %s %s" % (user, SECRET))
        assert backend.finish() == 1, script


# Fields

def test_what_imap2_cannot_do(t):
    for fields, reason in (
            ({"master": "boss"}, r"IMAP2 has no master users \(field master"),
            ({"master": "boss", "proxy_mech": "plain"}, "no master users"),
            ({"starttls": "y"}, "IMAP2 has no STARTTLS .*: use ssl"),
            ({"starttls": "any-cert"}, "IMAP2 has no STARTTLS"),
            ({"ssl": "any-cert", "starttls": "any-cert"}, "has no STARTTLS"),
            ({"proxy_mech": "external"}, "IMAP2 has no SASL mechanisms"),
            ({"proxy_mech": "unheard-of"}, "Unsupported SASL mechanism")):
        refused(t, reason, script=[READY, Hold()], **fields)


def test_wrong_fields(t):
    """Whatever the host makes of them: an answer, and a line in the log."""
    t.expect_log("host|port|proxy_timeout|DNS|Connection refused|banner")
    backend = ScriptedServer([b"-\r\n"])
    for field in ({"host": None}, {"host": "no.such.host.invalid"},
                  {"port": "many"}, {"hostip": "one"},
                  {"proxy_timeout": "a-while"}):
        start = len(t.server.log())
        client = t.connect()
        result = client.no("LOGIN %s x" % proxied(
            t.server, **dict({"port": backend.port, "proxy_timeout": 1},
                             **field)))
        assert "emporar" in result.text, (field, result)
        t.server.wait_log(" Error: ", start)
        client.ok("NOOP")
    backend.finish()


def test_loop(t):
    """To itself; over other servers IMAP2 has no means to notice one."""
    refused(t, "Proxying loops to itself", port=t.server.ports["imap2"],
            destuser=None)


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
        # No TLS where it's wanted, and TLS where it isn't.
        refused(t, "Disconnected by server: .*state=banner", ssl="any-cert",
                port=backend.ports["imap2"])
        refused(t, "Disconnected by server: .*state=banner|Login timed out",
                proxy_timeout=1, port=port)

        trusting = t.make_server(CONFIG + host.trusts(directory + "/cert"))
        client = t.login(proxied(
            trusting, port, destuser=user, ssl="y", host="localhost",
            hostip="127.0.0.1"), trusting)
        client.select()
        client.logout()


# The examples

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def example(name, *changes):
    with open("%s/examples/%s/%s" % (SOURCE, host.SERIES, name)) as file:
        text = file.read()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


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
    assert listed() == [fronts[0], fronts[2]]
    for client in clients[0], clients[2]:
        client.ok("NOOP")
        client.logout()
    assert listed() == []


def test_list_and_kick(t):
    kick_one_of_three(t, t.make_server(CONFIG + SHARED))


def test_list_and_kick_in_processes_of_their_own(t):
    if not host.KICKS_PROXY_PROCESS:
        t.skip("this Dovecot counts such connections as kicked, but they stay")
    kick_one_of_three(t, t.server)
