# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""docs/troubleshooting.md: each line that it quotes is one that appears when
what it describes is done. And a log of normal use has no errors."""

import glob
import os
import re
import shutil

import host
from build import SOURCE
from dovecot import StartFailed
from states import Line

SECTION = re.compile(r"^### ([^\n]*)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
QUOTE = re.compile(r"^    (S|log): (.*(?:\n      .*)*)", re.MULTILINE)
SELECT = b"a002 SELECT INBOX\r\n"
# What other tests provoke.
ELSEWHERE = {
    "Dovecot does not start, or the log says what it was built for":
        "build/version-guard.py",
}


def say(t, *lines, server=None, source="127.0.0.1", user=None):
    """What a client gets, which sends these lines and leaves when it has been
    answered."""
    line = Line((server or t.server).ports["imap2"], source)
    t.clients.append(line)
    line.send(b"".join(lines) + b"end LOGOUT\r\n")
    line.to_end()
    return line.got.decode()


def login(t, user):
    return b"a001 LOGIN %s secret\r\n" % user.encode()


def no_such_address(t):
    t.expect_log("Cannot assign requested|Failed to start listeners")
    try:
        t.make_server("service imap2-login {\n  inet_listener elsewhere {\n"
                      "    %s = 192.0.2.99\n    port = 1143\n  }\n}\n" %
                      host.both("address", "listen"))
    except StartFailed as failed:
        return "", str(failed)
    raise AssertionError("it started")


def another_protocol(t):
    line = Line(t.server.ports["imap2"])
    t.clients.append(line)
    line.ask_to_end(b"CAPABILITY")
    t.server.wait_log("Too many bad commands")
    return line.got.decode(), t.server.log()


def tls_without_tls(t):
    return say(t, b"\x16\x03\x01\0\xf4\x01\0\0\xf0\x03\x03\r\n"), ""


def without_tls(t):
    return say(t, login(t, t.user()), source="127.0.0.2"), ""


def wrong_password(t):
    user = t.user()
    got = say(t, b"a001 LOGIN %s wrong\r\n" % user.encode())
    t.server.wait_log(r"auth failed.*user=<%s>" % user)
    return got, t.server.log()


def too_many_connections(t):
    server = t.make_server("mail_max_userip_connections = 1\n")
    user = t.user(server=server)
    t.login(user, server)
    return say(t, login(t, user), server=server), ""


def read_only(t):
    return say(t, login(t, t.simple_user(1)), b"a002 EXAMINE INBOX\r\n"
               b"a003 STORE 1 +FLAGS \\Seen\r\n"), ""


def internal_error(t):
    t.expect_log(" Error: ")
    user = t.simple_user(1)
    path, = glob.glob(t.server.home(user) + "/Maildir/cur/*")
    os.chmod(path, 0)
    got = say(t, login(t, user), SELECT, b"a003 FETCH 1 RFC822\r\n")
    return got, t.server.wait_log(r"imap2\(%s\).* Error: .*" % user).group()


def ends_with_bye(t):
    user = t.simple_user(1)
    line = Line(t.server.ports["imap2"])
    t.clients.append(line)
    line.send(login(t, user) + SELECT)
    line.until(b"a002 OK")
    shutil.rmtree(t.server.home(user) + "/Maildir")
    line.send(b"a003 CHECK\r\n")
    line.to_end()
    other = Line(t.server.ports["imap2"])
    t.clients.append(other)
    other.login(user)
    other.ask_to_end(b"FROBNICATE")
    return (line.got + other.got).decode(), ""


PROVOKED = {
    "Dovecot does not start, an address can't be assigned": no_such_address,
    "The greeting comes, and then every command is BAD": another_protocol,
    "A client with TLS gives up at once": tls_without_tls,
    "Refused, without TLS": without_tls,
    "Refused, with the right password": wrong_password,
    "Too many connections": too_many_connections,
    "STORE and EXPUNGE are NO": read_only,
    "NO, and an internal error": internal_error,
    "The session ends with BYE": ends_with_bye,
}


def test_quoted_lines(t):
    with open(SOURCE + "/docs/troubleshooting.md") as file:
        sections = dict(SECTION.findall(file.read()))
    quoting = {title: QUOTE.findall(text)
               for title, text in sections.items() if QUOTE.search(text)}
    assert quoting.keys() == PROVOKED.keys() | ELSEWHERE.keys(), \
        quoting.keys() ^ (PROVOKED.keys() | ELSEWHERE.keys())
    for name in ELSEWHERE.values():
        assert os.path.exists(SOURCE + "/tests/" + name), name
    for title, provoke in PROVOKED.items():
        got, log = provoke(t)
        for kind, text in quoting[title]:
            text = re.sub(r"\n +", " ", text)
            assert text in (got if kind == "S" else log), (
                title, text, got, log[-1000:])


def test_no_errors_in_normal_use(t):
    """What people do wrong is no error of the server."""
    server = t.make_server()
    user = t.simple_user(3, server)
    say(t, login(t, user), SELECT, b"a003 FETCH 1:3 ALL\r\n",
        b"a004 FETCH 9 ALL\r\n", b"a005 SELECT nowhere\r\n",
        b"a006 STORE 1 +FLAGS \\Deleted\r\n", b"a007 EXPUNGE\r\n",
        server=server)
    say(t, b"a001 LOGIN %s wrong\r\n" % user.encode(), server=server)
    dropped = Line(server.ports["imap2"])
    dropped.login(user)
    dropped.close()
    server.wait_log(r"imap2\(%s\).*Disconnected: Connection closed" % user)
    assert server.doveadm("log", "errors").strip() == ""
