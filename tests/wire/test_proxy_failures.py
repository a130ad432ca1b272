# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Proxying to back-ends that are no help, most of them played by a script (RFC
1176 p.10, p.18, p.21): each LOGIN is answered in time, the log says why it
failed, and never the password."""

import socket
import time

from dovecot import free_port
from imap2 import Lit
from peer import Expect, Hold, Quiet, ScriptedServer
from proxy import CONFIG, LOGIN, READY, SECRET, Refused, log_of, proxied, \
    refused, welcomed


# Octet by octet

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
        READY, Expect(b"L LOGIN {11}\r\n"), Quiet(), b"+\r\n",
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
                t, r"connect\(127.0.0.1, \d+\) failed: Connection timed out "
                r"\(after [1-9] secs",
                port=port, proxy_timeout=1).check()
    assert seconds > 0.9, seconds


def test_slow(t):
    literal = {"destuser": "some\"one"}
    attempts = [
        Refused(t, r"Login timed out in state=%s \(after [1-9] secs" % state,
                script=script + [Hold()], proxy_timeout=1, **fields)
        for script, fields, state in (
            ([], {}, "banner"),
            ([b"* OK I'll be with"], {}, "banner"),
            ([READY, LOGIN], {}, "login"),
            ([READY, LOGIN, b"* OK a moment\r\n"], {}, "login"),
            ([READY], literal, "login"))]
    for attempt in attempts:
        seconds = attempt.check()
        assert seconds > 0.9, seconds


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
