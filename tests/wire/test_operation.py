# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What an administrator sees and does (design 3, 4.13): logs, doveadm, limits,
process titles, raw logs, metrics, timeouts, shutdown, settings, other
protocols and several sessions in one process."""

import glob
import os
import poplib
import re
import signal
import socket
import subprocess
import time

import mail
from checker import Checker
from dovecot import StartFailed
from imap2 import Client

HERE = os.path.dirname(os.path.abspath(__file__))

CONFIG = """
protocol imap2 {
  verbose_proctitle = yes
  rawlog_dir = %h/rawlog
}
metric imap2_commands {
  filter = event=imap2_command_finished
  fields = bytes_in bytes_out running_usecs
  group_by = cmd_name tagged_reply_state
}
"""


def find_pid(t, user, server=None):
    """The process of the last login of a user."""
    pids = re.findall(r"imap2-login: Info: Login: user=<%s>.*? mpid=(\d+)" %
                      user, (server or t.server).log())
    return int(pids[-1])


def wait_for(condition, what, seconds=10):
    deadline = time.time() + seconds
    while not condition():
        assert time.time() < deadline, what
        time.sleep(0.05)


def gone(pid):
    return not os.path.exists("/proc/%d" % pid)


def title(pid):
    with open("/proc/%d/cmdline" % pid) as file:
        return file.read().strip("\0 ")


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
        r"imap2-login: Info: Login: user=<%s>, method=PLAIN, rip=127.0.0.1, "
        r"lip=127.0.0.1, mpid=(\d+), secured, session=<(\S+)>\n" % user)
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


def test_log_of_a_dropped_connection(t):
    user = t.simple_user(1)
    t.login(user).close()
    t.server.wait_log(r"imap2\(%s\).* Disconnected: Connection closed "
                      r"\(No commands sent\) in=0 " % user)
    client = t.selected(user)
    client.ok("FETCH 1 FLAGS")
    client.close()
    t.server.wait_log(r"imap2\(%s\).* Disconnected: Connection closed "
                      r"\(FETCH finished \d+\.\d+ secs ago\) in=" % user)


def test_logout_format(t):
    server = t.make_server(
        "imap2_logout_format = u=%u i=%i o=%o e=%{expunged} r=%{rip} "
        "s=%{session} 100%%\n")
    user = t.simple_user(1, server)
    t.login(user, server).logout()
    server.wait_log(r"Logged out u=%s i=13 o=\d+ e=0 r=127\.0\.0\.1 "
                    r"s=\S+ 100%%\n" % user)


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


def test_kick(t):
    user, other = t.simple_user(1), t.simple_user(1)
    client, stays = t.selected(user), t.selected(other)
    t.expect_log(r"imap2: Warning: Killed with signal 15")
    assert user in t.server.doveadm("kick", user)
    response, = client.read_until_eof()
    assert response.kind == "BYE", response
    t.server.wait_log(r"imap2\(%s\).* Disconnected: Server shutting down\. in="
                      % user)
    assert user not in t.server.doveadm("who")
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


def test_process_title(t):
    user = t.simple_user(1)
    client = t.selected(user)
    pid = find_pid(t, user)
    assert title(pid).endswith("[%s 127.0.0.1]" % user), title(pid)
    client.logout()
    # Off unless it's asked for.
    server = t.make_server()
    user = t.simple_user(1, server)
    t.selected(user, server)
    assert user not in title(find_pid(t, user, server))


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
    pid = find_pid(t, user)
    wait_for(lambda: gone(pid), "session didn't end")
    assert logged("in") == b"a002 SELECT INBOX\r\na003 FETCH 1 RFC822\r\n" \
        b"a004 LOGOUT\r\n", logged("in")
    received = [octets for side, octets in client.transcript if side == b"S"]
    assert logged("out") == b"".join(received[1:]), logged("out")
    assert b"secret" not in logged("in") + logged("out")


def test_metric(t):
    client = t.selected(t.simple_user(2))
    for _ in range(3):
        client.ok("FETCH 1:2 FAST")
    client.bad("FETCH 9 FAST")
    client.no("SELECT missing")
    client.bad("FROB")
    client.logout()

    def counted():
        dump = t.server.doveadm("stats", "dump")
        counts = re.findall(r"^imap2_commands_(\w+_\w+)\sbytes_out\s(\d+)\s",
                            dump, re.MULTILINE)
        # Other tests' commands may be among them.
        return {"FETCH_OK", "FETCH_BAD", "SELECT_OK", "SELECT_NO",
                "LOGOUT_OK", "unknown_BAD"} <= set(dict(counts)) and \
            int(dict(counts)["FETCH_OK"]) >= 3
    wait_for(counted, "not in the statistics")


# Time

class Clock:
    """A Dovecot whose imap2 programs see the time pass as it's told."""

    def __init__(self, t, config=""):
        if "IMAP2_SLOW" in os.environ:
            t.skip("a preloaded clock doesn't go with sanitizers or valgrind")
        scratch = t.server.dir + "/scratch"
        self.path = scratch + "/clock"
        self.pass_seconds(0)
        library = scratch + "/clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library,
                        HERE + "/clock.c", "-ldl"], check=True)
        wrapper = scratch + "/imap2-with-clock"
        with open(wrapper, "w") as file:
            file.write("#!/bin/sh\nIMAP2_CLOCK=%s LD_PRELOAD=%s exec %s/imap2 "
                       '"$@"\n' % (self.path, library,
                                   os.environ["IMAP2_BUILD"]))
        os.chmod(wrapper, 0o755)
        self.server = t.make_server(config, wrap={"imap2": wrapper})

    def pass_seconds(self, seconds):
        with open(self.path + ".new", "w") as file:
            file.write("%d\n" % seconds)
        os.rename(self.path + ".new", self.path)


def test_autologout(t):
    """After 30 minutes without a command, with BYE (R p.20)."""
    clock = Clock(t)
    user = t.simple_user(1, clock.server)
    clients = [t.login(user, clock.server), t.selected(user, clock.server)]
    clock.pass_seconds(1700)
    time.sleep(0.3)
    # A command begins the wait anew.
    for client in clients:
        client.ok("NOOP")
    clock.pass_seconds(3400)
    time.sleep(0.3)
    clients[1].ok("NOOP")
    clock.pass_seconds(3600)
    for number, client in enumerate(clients):
        if number == 1:
            clock.pass_seconds(5400)
        response, = client.read_until_eof()
        assert response.kind == "BYE", response
        assert "Autologout" in response.text, response
    clock.server.wait_log(r"imap2\(%s\).* Disconnected: Inactivity - no input "
                          r"for 18\d\d secs in=" % user)


def test_client_that_never_reads_is_dropped_after_5_minutes(t):
    clock = Clock(t)
    user = t.user(server=clock.server)
    t.maildir(user, clock.server).add(mail.BIG * 6)
    client = t.login(user, clock.server, rcvbuf=4096)
    client.select()
    pid = find_pid(t, user, clock.server)
    for _ in range(3):
        client.start("FETCH 1 RFC822")
    time.sleep(0.5)
    clock.pass_seconds(280)
    time.sleep(0.3)
    assert not gone(pid), "dropped too early"
    # Reading begins the wait anew.
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    client.read_until_tagged()
    clock.pass_seconds(500)
    time.sleep(0.3)
    assert not gone(pid), "dropped though it reads"
    clock.pass_seconds(2000)
    wait_for(lambda: gone(pid), "never dropped")
    clock.server.wait_log(r"imap2\(%s\).* Disconnected: Client has not read "
                          r"server output for \d{3,4} secs in=" % user)


# Shutdown

def test_shutdown_says_bye(t):
    """When a client has been quiet for ten seconds, as imap does."""
    clock = Clock(t)
    server = clock.server
    clients = [t.login(t.simple_user(1, server), server),
               t.selected(t.simple_user(1, server), server)]
    server.process.send_signal(signal.SIGTERM)
    # The one that works is let work.
    clients[1].ok("FETCH 1 RFC822")
    clock.pass_seconds(11)
    for client in clients:
        response, = client.read_until_eof()
        assert response.kind == "BYE", response
    server.process.wait(10)


def test_shutdown_that_spares_clients(t):
    """shutdown_clients = no: sessions live on, and end by themselves."""
    server = t.make_server("shutdown_clients = no\n")
    user = t.simple_user(2, server)
    client = t.selected(user, server)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(10)
    assert client.ok("FETCH 1:2 FLAGS").numbers("FETCH") == [1, 2]
    client.logout()


def test_reload_keeps_sessions(t):
    server = t.make_server()
    user = t.simple_user(1, server)
    client = t.selected(user, server)
    with open(server.config, "a") as file:
        file.write("imap2_logout_format = after the reload\n")
    server.doveadm("reload")
    client.ok("FETCH 1 RFC822")

    def new_settings():
        t.login(user, server).logout()
        return "Logged out after the reload" in server.log()
    wait_for(new_settings, "new sessions have the old settings")
    client.ok("NOOP")
    client.logout()
    server.wait_log(r"Logged out in=\d+ out=\d+ deleted=0 ")


# Stand-alone

class Given(Client):
    """A client on a connected socket."""

    def __init__(self, sock):
        self.checker = Checker()
        self.transcript = []
        Client.transcripts.append(self.transcript)
        self.buffer = b""
        self.count = 0
        self.sock = sock
        self.sock.settimeout(30)
        self.greeting = self.read()


def test_stand_alone(t):
    """On stdin and stdout of a user, who needn't log in (R p.5)."""
    user = t.simple_user(2)
    ours, theirs = socket.socketpair()
    namespace = ["nsenter", "-t", str(t.server.process.pid), "-m"]
    if t.server.rootless:
        namespace += ["-U", "--preserve-credentials"]
    else:
        namespace += ["-S", str(t.server.owner[0]),
                      "-G", str(t.server.owner[1])]
    environment = {"USER": user, "HOME": t.server.home(user),
                   "PATH": os.environ["PATH"]}
    process = subprocess.Popen(
        namespace + [os.environ["IMAP2_BUILD"] + "/imap2", "-c",
                     t.server.config, "-o", "rawlog_dir="],
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
    t.expect_log(".*")


def test_workaround_for_some_clients(t):
    server = t.make_server("disable_plaintext_auth = no\n"
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


# Neighbours

def test_imap_and_pop3_beside(t):
    user = t.simple_user(2)
    client = t.selected(user)
    witness = t.witness(user)
    assert witness.select() == 2
    pop3 = poplib.POP3("127.0.0.1", t.server.ports["pop3"])
    pop3.user(user)
    pop3.pass_("secret")
    assert pop3.stat()[0] == 2
    assert b"\r\n".join(pop3.retr(1)[1]) + b"\r\n" == \
        client.ok("FETCH 1 RFC822").fetched(1)["RFC822"]
    pop3.dele(2)
    pop3.quit()
    assert client.ok("NOOP").numbers("EXPUNGE") == [2]
    witness.noop()
    assert witness.search("ALL") == [1]
    who = t.server.doveadm("who", user)
    assert " imap2 " in who and " imap " in who, who


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


def test_whole_session_in_every_format(t):
    for format in ("maildir", "sdbox", "mdbox", "mbox"):
        user = t.user(format)
        witness = t.witness(user)
        messages = [mail.simple(number) for number in range(1, 6)]
        for message in messages:
            witness.append(mail.crlf(message))
        client = t.selected(user)
        work(client, 5)
        client.logout()
        assert witness.select("other") == 2
        assert witness.select() == 4
        assert witness.texts() == [mail.crlf(message)
                                   for message in messages[:4]], format
        assert witness.flags(2) == ["\\Flagged", "\\Seen", "word"], format
        assert witness.flags(1) == ["\\Seen"], format


# Several sessions in one process

SHARED = """
service imap2 {
  client_limit = 5
  service_count = 0
  process_limit = 1
}
"""


def test_sessions_of_one_process(t):
    server = t.make_server(SHARED)
    users = [t.simple_user(5, server) for _ in range(5)]
    clients = [t.selected(user, server) for user in users]
    assert len(server.session_pids()) == 1, server.session_pids()
    for client in clients:
        work(client, 5)
    clients[0].logout()
    clients[1].close()
    for client in clients[2:]:
        assert client.search("ALL") == [1, 2, 3, 4]
    # Room for one more.
    wait_for(lambda: server.doveadm("who").count(" imap2 ") == 3,
             "sessions that ended are still counted")
    t.selected(users[0], server).ok("FETCH 1:4 RFC822")


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
    assert time.time() - begin < 5, "waits for the slow one"
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
    """doveadm ends whole processes; those in it are told."""
    server = t.make_server(SHARED)
    t.expect_log(r"Killed with signal 15")
    clients = [t.selected(t.simple_user(2, server), server)
               for _ in range(3)]
    server.doveadm("kick", "-f", "user1")
    for client in clients:
        response, = client.read_until_eof()
        assert response.kind == "BYE", response
    wait_for(lambda: "imap2" not in server.doveadm("who"), "still counted")
    t.selected("user2", server).ok("FETCH 1:2 FLAGS")
