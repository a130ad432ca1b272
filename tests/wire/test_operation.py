# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What an administrator sees and does (design 3, 4.13), beyond test_host.py:
the log's figures, doveadm, limits, raw logs, timeouts, reload, stand-alone
use, settings, and several sessions in one process."""

import glob
import os
import re
import socket
import subprocess
import time

import host
import mail
from dovecot import StartFailed
from imap2 import Closed, Given
from process import Hurry, gone, wait_for
from states import Line

CONFIG = """
protocol imap2 {
  rawlog_dir = %{home}/rawlog
}
"""


# Logs

def test_log_of_a_session(t):
    user = t.simple_user(3)
    client = t.selected(user)
    client.ok("FETCH 1 RFC822.HEADER")
    client.ok("FETCH 1:2 RFC822")
    client.ok("STORE 3 +FLAGS \\Deleted")
    client.ok("EXPUNGE")
    sent = sum(len(octets) for side, octets in client.transcript
               if side == b"C") - len("a001 LOGIN %s secret\r\n" % user)
    client.logout()
    sent += len(b"a007 LOGOUT\r\n")
    login = t.server.wait_log(
        r"imap2-login: Info: %s: user=<%s>, method=PLAIN, rip=127.0.0.1, "
        r"lip=127.0.0.1, mpid=(\d+), secured, session=<(\S+)>\n" % (
            host.LOGGED_IN, user))
    end = t.server.wait_log(
        r"imap2\(%s\)<%s><%s>: Info: Disconnected: Logged out (.*)\n" % (
            user, login.group(1), re.escape(login.group(2))))
    size = [len(mail.crlf(mail.simple(number))) for number in (1, 2)]
    header = len(mail.split(mail.simple(1))[0])
    expected = "in=%d out=%s deleted=1 expunged=1 hdr_count=1 hdr_bytes=%d " \
        "body_count=2 body_bytes=%d" % (
            sent, re.search(r"out=(\d+)", end.group(1)).group(1), header,
            sum(size))
    assert end.group(1) == expected, (end.group(1), expected)
    received = sum(len(octets) for side, octets in client.transcript
                   if side == b"S")
    # The greeting comes from the login process.
    assert "out=%d " % (received - len(client.greeting.raw)) in end.group(1)


def test_every_end_is_logged_once(t):
    """With who it was, from where, which session, and why. The client leaves
    after the answer with that tag, or the server ends it."""
    user = t.simple_user(1)
    login = b"a LOGIN %s secret\r\n" % user.encode()
    ends = (
        (b"", b"", "Connection closed"),
        (b"a LOGOUT\r\n", b"", host.both("Aborted login by logging out",
                                    "Logged out")),
        (b"a LOGIN %s wrong\r\n" % user.encode(), b"a", "Connection closed"),
        (b"", b"", "Too many bad commands"),
        (login, b"a", "Too many invalid commands"),
        (login, b"a", r"Connection closed \(No commands sent\)"),
        (login + b"b NOOP\r\n", b"b",
         r"Connection closed \(NOOP finished .*\)"),
        (login + b"b LOGOUT\r\n", b"", "Logged out"),
    )
    sessions = []
    for octets, tag, reason in ends:
        before = len(t.server.log())
        line = Line(t.server.ports["imap2"])
        t.clients.append(line)
        line.send(octets)
        if reason.startswith("Connection closed"):
            assert not tag or line.answer(tag)
            line.sock.shutdown(socket.SHUT_WR)
        elif reason.startswith("Too many"):
            assert not tag or line.answer(tag)
            line.ask_to_end(b"FROBNICATE")
        line.to_end()
        if b" logged in\r\n" in line.got:
            found = t.server.wait_log(
                r"imap2\(%s\)<\d+><(\S+)>: Info: Disconnected: %s "
                r"in=\d+ out=\d+ deleted=0 " % (user, reason), before)
        else:
            found = t.server.wait_log(
                r"imap2-login: Info: (?:Disconnected|Login aborted): %s \(.*\): "
                r"user=<.*>, .*rip=127\.0\.0\.1, lip=127\.0\.0\.1, "
                r".*session=<(\S+)>" % reason, before)
        sessions.append(found.group(1))
    # Lines of others may come late.
    ended = [line for line in t.server.log().split("\n")
             if re.search(" Info: (?:Disconnected|Login aborted): ", line)]
    for session in sessions:
        assert len([line for line in ended if session in line]) == 1, session


# doveadm

def test_who(t):
    user, other = t.simple_user(1), t.simple_user(1)
    clients = [t.login(user), t.selected(user), t.login(other)]
    found = re.search(r"^%s +2 imap2 +\((\d+) (\d+)\) +\(127\.0\.0\.1\) *$" %
                      user, t.server.doveadm("who"), re.MULTILINE)
    assert found, t.server.doveadm("who")
    for client in clients:
        client.logout()
    wait_for(lambda: "imap2" not in t.server.doveadm("who"),
             "still in doveadm who")


def test_who_and_kick_of_some(t):
    """By user and by address."""
    t.expect_log(r"imap2: Warning: Killed with signal 15")
    user, other = t.simple_user(1), t.simple_user(1)
    client, stays = t.login(user), t.login(other)
    shown = t.server.doveadm("who", "-1")
    for name in (user, other):
        pid, _ = t.server.session_of(name)
        assert re.search(r"(?m)^%s +imap2 +%d +127\.0\.0\.1[ -]*$" % (
            name, pid), shown), shown
    for mask, names in (((user,), {user}),
                        (("127.0.0.0/8",), {user, other}),
                        ((user, "127.0.0.1"), {user}),
                        (("10.0.0.0/8",), set())):
        shown = t.server.doveadm("who", *mask).splitlines()[1:]
        assert {line.split()[0] for line in shown if line} == names, shown
    t.server.doveadm("kick", user, "10.0.0.0/8", check=False)
    client.ok("NOOP")
    t.server.doveadm("kick", user, "127.0.0.0/8")
    response, = client.read_until_eof()
    assert response.kind == "BYE", response
    stays.ok("NOOP")


def test_kick(t):
    user, other = t.simple_user(1), t.simple_user(1)
    client, stays = t.selected(user), t.selected(other)
    t.expect_log(r"imap2: Warning: Killed with signal 15")
    assert host.KICKED.format(user=user) in t.server.doveadm("kick", user)
    response, = client.read_until_eof()
    assert response.kind == "BYE", response
    t.server.wait_log(r"imap2\(%s\).* Disconnected: %s in=" % (
        user, re.escape(host.KICKED_LOG)))
    wait_for(lambda: user not in t.server.doveadm("who"), "still counted")
    stays.ok("NOOP")


def test_connections_of_one_user(t):
    server = t.make_server(
        "protocol imap2 {\n  mail_max_userip_connections = 2\n}\n")
    user = t.simple_user(1, server)
    clients = [t.login(user, server), t.login(user, server)]
    third = t.connect(server)
    result = third.command("LOGIN %s secret" % user)
    assert result.state == "NO", result
    assert "mail_max_userip_connections" in result.text, result
    server.wait_log(r"imap2-login: Info: .*Maximum number of connections from "
                    r"user\+IP exceeded")
    # Other users and protocols don't count.
    t.login(t.simple_user(1, server), server).logout()
    t.witness(user, server).select()
    clients[0].logout()

    def logs_in():
        again = t.connect(server)
        return again.command("LOGIN %s secret" % user).state == "OK"
    wait_for(logs_in, "a connection that ended is still counted")


def test_raw_log(t):
    user = t.simple_user(1)
    directory = t.server.home(user) + "/rawlog"
    os.mkdir(directory)
    t.server.give(directory)
    client = t.selected(user)
    client.ok("FETCH 1 RFC822")
    client.logout()

    def logged(kind):
        path, = glob.glob("%s/*.%s" % (directory, kind))
        with open(path, "rb") as file:
            return re.sub(rb"(?m)^\d+\.\d+ ", b"", file.read())
    pid, _ = t.server.session_of(user)
    wait_for(lambda: gone(pid), "session didn't end")
    assert logged("in") == b"a002 SELECT INBOX\r\na003 FETCH 1 RFC822\r\n" \
        b"a004 LOGOUT\r\n", logged("in")
    received = [octets for side, octets in client.transcript if side == b"S"]
    assert logged("out") == b"".join(received[1:]), logged("out")
    assert b"secret" not in logged("in") + logged("out")


# Time

def test_autologout(t):
    """After 30 minutes without a command, with BYE (R p.20)."""
    hurry = Hurry(t, "imap2", 600)
    server = hurry.server
    user = t.simple_user(1, server)
    clients = [t.login(user, server), t.selected(user, server)]
    hurry.go()
    begin = time.time()
    for client in clients:
        response, = client.read_until_eof()
        assert response.kind == "BYE", response
        assert "Autologout" in response.text, response
    assert time.time() - begin > 30 * 60 / 600 - 0.1
    for pid in re.findall(r"user=<%s>.*? mpid=(\d+)" % user, server.log()):
        server.wait_log(r"imap2\(%s\)<%s>.* Disconnected: Inactivity - no "
                        r"input for \d{4} secs in=" % (user, pid))


def test_active_clients_are_not_logged_out(t):
    factor = 300
    hurry = Hurry(t, "imap2", factor)
    client = t.selected(t.simple_user(1, hurry.server), hurry.server)
    hurry.go()
    begin = time.time()
    while time.time() - begin < 1.2 * 30 * 60 / factor:
        time.sleep(0.5)
        assert client.ok("NOOP").data == []


def test_long_command_is_not_idling(t):
    """A SEARCH of an hour, which looks at the event loop now and then."""
    factor = 1000
    hurry = Hurry(t, "imap2", factor)
    user = t.user(server=hurry.server)
    maildir = t.maildir(user, hurry.server)
    for _ in range(24):
        maildir.add(mail.BIG)
    client = t.selected(user, hurry.server)
    client.start("SEARCH" + "".join(" TEXT 0199%02d" % n for n in range(16)))
    hurry.go()
    begin = time.time()
    assert client.read_until_tagged().state == "OK"
    print("# %d minutes" % ((time.time() - begin) * factor / 60), flush=True)


def test_client_that_does_not_read_is_dropped_after_5_minutes(t):
    """But not while it reads, however long that takes."""
    factor = 60
    hurry = Hurry(t, "imap2", factor)
    server = hurry.server
    user = t.user(server=server)
    t.maildir(user, server).add(mail.BIG * 20)
    client = t.login(user, server, rcvbuf=65536)
    client.select()
    pid, _ = server.session_of(user)
    client.start("FETCH 1 RFC822")
    hurry.go()
    begin, size = time.time(), 0
    while time.time() - begin < 1.3 * 300 / factor:
        size += len(client.sock.recv(65536))
        time.sleep(0.05)
    assert not gone(pid), "dropped though it reads"
    assert size < len(mail.BIG) * 20, "nothing was left to read"
    wait_for(lambda: gone(pid), "never dropped")
    # Counted from what the server could last write, which the network took
    # before the client read it.
    line = server.wait_log(r"imap2\(%s\).* Disconnected: Client has not read "
                           r"server output for (\d+) secs in=" % user)
    assert 300 <= int(line.group(1)) < 600, line.group()


# Reload

def test_reload_keeps_sessions(t):
    """For as long as the host waits before it ends old processes."""
    t.needs_own_speed()
    server = t.make_server()
    user = t.simple_user(1, server)
    client = t.selected(user, server)
    with open(server.config, "a") as file:
        file.write("imap2_logout_format = after the reload\n")
    server.doveadm("reload")
    client.ok("FETCH 1 RFC822")

    def new_settings():
        try:
            t.login(user, server).logout()
        except (Closed, ConnectionError):
            # By a login process of before the reload, as all protocols' do.
            return False
        return "Logged out after the reload" in server.log()
    wait_for(new_settings, "new sessions have the old settings")
    client.ok("NOOP")
    client.logout()
    server.wait_log(r"Logged out in=\d+ out=\d+ deleted=0 ")


# Stand-alone

def nsenter(t, *owner):
    """The beginning of a command that is to see what t's server does."""
    command = ["nsenter", "-t", str(t.server.process.pid), "-m", "-r", "-w"]
    if t.server.rootless:
        return command + ["-U", "--preserve-credentials"]
    return command + list(owner)


def test_stand_alone(t):
    """On stdin and stdout of a user, who needn't log in (R p.5)."""
    user = t.simple_user(2)
    ours, theirs = socket.socketpair()
    namespace = nsenter(t, "-S", str(t.server.owner[0]),
                        "-G", str(t.server.owner[1]))
    environment = {"USER": user, "PATH": os.environ["PATH"]}
    process = subprocess.Popen(
        namespace + [os.environ["IMAP2_BUILD"] + "/imap2", "-c",
                     t.server.config, "-o", "rawlog_dir=",
                     "-o", "mail_home=" + t.server.home(user)],
        stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=environment)
    theirs.close()
    try:
        client = Given(ours)
        t.clients.append(client)
        assert client.greeting.kind == "PREAUTH", client.greeting
        assert client.select().numbers("EXISTS") == [2]
        client.ok("FETCH 1:2 RFC822")
        client.logout()
        assert process.wait(10) == 0, process.stderr.read()
    finally:
        process.kill()
        process.communicate()


def test_stand_alone_for_another_user(t):
    """As imap2(8) shows it: whom the userdb knows, commands from a pipe."""
    user = t.simple_user(2)
    done = subprocess.run(
        nsenter(t) + [os.environ["IMAP2_BUILD"] + "/imap2", "-c",
                      t.server.config, "-u", user],
        input="a001 SELECT INBOX\r\na002 LOGOUT\r\n", text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"]})
    assert done.returncode == 0, done
    assert done.stdout.startswith("* PREAUTH "), done
    assert "\n* 2 EXISTS\n" in done.stdout, done
    assert "\na002 OK " in done.stdout, done


# Settings

def test_wrong_settings_are_refused_at_the_start(t):
    for setting, names in (
            ("imap2_client_workarounds = long-dates frob",
             ("imap2_client_workarounds", "frob", "long-dates")),
            ("imap2_extensions = imap9", ("imap2_extensions", "imap9")),
            ("imap2_max_keywords = 31", ("imap2_max_keywords", "31")),
            ("imap2_max_line_length = 100",
             ("imap2_max_line_length", "100")),
            ("imap2_max_keywords = many", ("many",)),
            ("imap2_frob = yes", ("imap2_frob",))):
        try:
            t.make_server(setting + "\n")
        except StartFailed as error:
            for name in names + ("dovecot.conf",):
                assert name in str(error), (setting, name, str(error))
        else:
            raise AssertionError("accepted: " + setting)


def test_workaround_for_some_clients(t):
    server = t.make_server(host.CLEARTEXT_ALLOWED +
                           "remote 127.0.0.2 {\n  protocol imap2 {\n"
                           "    imap2_client_workarounds = long-dates\n"
                           "  }\n}\n")
    user = t.user(server=server)
    t.maildir(user, server).add(mail.PLAIN, "", "2-Jan-1990 03:04:05")
    for source, long_dates, wanted in (
            ("127.0.0.1", False, b" 2-Jan-90 03:04:05-GMT"),
            ("127.0.0.2", True, b" 2-Jan-1990 03:04:05 +0000")):
        client = t.selected(user, server, source=source,
                            long_dates=long_dates)
        date = client.ok("FETCH 1 FAST").fetched(1)["INTERNALDATE"]
        assert date == wanted, date


# Several sessions in one process

SHARED = """
service imap2 {
  client_limit = 5
  process_limit = 1
  %s}
""" % host.REUSED


def work(client, count):
    """A little of everything, in a mailbox of `count` messages."""
    client.ok("FETCH 1:%d ALL" % count)
    client.ok("FETCH 1 RFC822")
    client.ok("STORE 2 +FLAGS (\\Flagged word)")
    assert client.search("FLAGGED") == [2]
    client.ok("COPY 1:2 other")
    client.ok("FIND MAILBOXES *")
    client.ok("CHECK")
    client.ok("STORE %d +FLAGS \\Deleted" % count)
    assert client.ok("EXPUNGE").numbers("EXPUNGE") == [count]


def test_slow_client_beside_others_in_one_process(t):
    server = t.make_server(SHARED)
    user, other = t.user(server=server), t.simple_user(5, server)
    t.maildir(user, server).add(mail.BIG * 4)
    slow = t.login(user, server, rcvbuf=4096)
    slow.select()
    slow.start("FETCH 1 RFC822")
    time.sleep(0.3)
    client = t.selected(other, server)
    begin = time.time()
    work(client, 5)
    # Who doesn't read is dropped after five minutes only.
    assert time.time() - begin < 30, "waits for the slow one"
    leaver = t.login(user, server, rcvbuf=4096)
    leaver.select()
    leaver.start("FETCH 1 RFC822")
    time.sleep(0.1)
    leaver.close()
    client.ok("NOOP")
    slow.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    octets = slow.read_until_tagged().fetched(1)["RFC822"]
    assert octets == mail.crlf(mail.BIG * 4)


def test_kick_in_a_shared_process(t):
    """Whoever is ended is told; others go on."""
    server = t.make_server(SHARED)
    t.expect_log(r"Killed with signal 15")
    clients = [t.selected(t.simple_user(2, server), server)
               for _ in range(3)]
    server.doveadm(*host.KICK, "user1")
    ended = len(clients) if host.KICK_ENDS_PROCESS else 1
    for client in clients[:ended]:
        response, = client.read_until_eof()
        assert response.kind == "BYE", response
    for client in clients[ended:]:
        client.ok("NOOP")
        client.logout()
    wait_for(lambda: "imap2" not in server.doveadm("who"), "still counted")
    t.selected("user2", server).ok("FETCH 1:2 FLAGS")
