# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""imap2 run by a user who has logged in otherwise (R p.5: "the server may also
greet with PREAUTH"): by ssh, whose server and client are Debian's; on pipes, as
rsh has it; and what its options and exit codes are."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

import host
import mail
from dovecot import free_port
from imap2 import Given
from unpacked import Unpacked

USER = "smith"
OPTIONS = {"accounts": {
    "passwd": "%s:x:{uid}:{gid}::%s:/bin/sh\n" % (
        USER, os.path.join("{dir}", "home", "user1"))}}

SSHD = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {dir}/host
PidFile none
AuthorizedKeysFile {dir}/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
"""
# Programs that newer sshd consist of.
PARTS = {"SshdSessionPath": "/usr/lib/openssh/sshd-session",
         "SshdAuthPath": "/usr/lib/openssh/sshd-auth"}


# How Dovecot's programs end when something is wrong with how they are run.
FATAL = 89


class Ssh:
    """An sshd that has the mail user log in with a key, and runs one command
    for that."""

    def __init__(self, server, command):
        package = Unpacked("sshd")
        self.environment = package.environment()
        self.client = shutil.which("ssh") or package.path("/usr/bin/ssh")
        keygen = shutil.which("ssh-keygen") or \
            package.path("/usr/bin/ssh-keygen")
        self.port = free_port()
        self.dir = tempfile.mkdtemp(prefix="sshd-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        for name in "host", "user":
            subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f",
                            self.path(name)], check=True,
                           env=self.environment)
        with open(self.path("user.pub")) as file:
            public = file.read()
        with open(self.path("authorized_keys"), "w") as file:
            file.write('command="%s",restrict %s' % (command, public))
        with open(self.path("config"), "w") as file:
            file.write(SSHD.format(port=self.port, dir=self.dir))
            for option, path in PARTS.items():
                if os.path.exists(package.path(path)):
                    file.write("%s %s\n" % (option, package.path(path)))
        if os.getuid() == 0:
            os.chown(self.path("host"), *server.owner)
        self.log = open(self.path("log"), "w+")
        self.process = subprocess.Popen(
            server.inside(package.path("/usr/sbin/sshd"), "-D", "-e", "-f",
                          self.path("config")),
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env=self.environment)

    def path(self, name):
        return os.path.join(self.dir, name)

    def __enter__(self):
        deadline = time.time() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                assert time.time() < deadline, self.said()
                time.sleep(0.05)

    def __exit__(self, *exc):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.dir)

    def said(self):
        with open(self.path("log")) as file:
            return file.read()

    def connect(self, **pipes):
        """What a client such as the C-client's does; it asks for rimapd."""
        return subprocess.Popen(
            [self.client, "-F", "none", "-p", str(self.port),
             "-i", self.path("user"), "-o", "StrictHostKeyChecking=no",
             "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes",
             "-o", "LogLevel=ERROR", "-l", USER, "127.0.0.1",
             "exec /etc/rimapd"], env=self.environment, **pipes)


def imap2(server):
    """As the documentation has it."""
    return "%s/imap2 -c %s%s" % (
        os.environ["IMAP2_BUILD"], server.config,
        host.both("", " -o mail_home=$HOME"))


def test_over_ssh(t):
    """Who sshd says it is, with that user's home: no userdb is asked."""
    assert t.simple_user(1) == "user1"
    ours, theirs = socket.socketpair()
    with Ssh(t.server, imap2(t.server)) as ssh:
        process = ssh.connect(stdin=theirs, stdout=theirs)
        theirs.close()
        try:
            client = Given(ours)
            t.clients.append(client)
            assert client.greeting.kind == "PREAUTH", client.greeting
            assert USER in client.greeting.text, client.greeting
            assert client.select().numbers("EXISTS") == [1]
            assert client.ok("FETCH 1 RFC822").fetched(1)["RFC822"] == \
                mail.crlf(mail.simple(1))
            client.bad("LOGIN a b")
            client.logout()
            assert process.wait(10) == 0, ssh.said()
        finally:
            process.kill()
            process.wait()


# On pipes

class Done:
    """imap2 as a user runs it, all of whose input is there at once. Raw logs
    would be written to where the test's server has them."""

    def __init__(self, server, octets, *options, user=None, **environment):
        if user is not None:
            environment["USER"] = user
        environment["PATH"] = os.environ["PATH"]
        process = subprocess.run(
            server.inside(os.environ["IMAP2_BUILD"] + "/imap2", "-c",
                          server.config, "-o", "rawlog_dir=", *options),
            input=octets, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment, timeout=60)
        self.lines = process.stdout.decode().splitlines()
        self.said = process.stderr.decode()
        self.code = process.returncode

    def __repr__(self):
        return "exit code %d, %r, %s" % (self.code, self.lines, self.said)


def home(server, user):
    """As the documentation has it."""
    return host.both((), ("-o", "mail_home=" + server.home(user)))


def check_session(done, user):
    assert done.lines[0] == "* PREAUTH User %s logged in" % user, done
    assert "* 2 EXISTS" in done.lines, done


SELECT = b"a SELECT INBOX\r\n"
LOGOUT = b"b LOGOUT\r\n"


def test_on_pipes(t):
    """The client may have hung up before it's answered: what it asked for is
    done all the same, and that is no failure."""
    user = t.simple_user(2)
    for octets, last in ((SELECT + LOGOUT, "b OK LOGOUT completed"),
                         (SELECT, "a OK [READ-WRITE] SELECT completed")):
        done = Done(t.server, octets, *home(t.server, user), user=user,
                    HOME=t.server.home(user))
        check_session(done, user)
        assert done.lines[-1] == last, done
        assert done.code == 0, done


def test_user_of_the_user_database(t):
    """-u: neither USER nor HOME count."""
    user = t.simple_user(2)
    done = Done(t.server, SELECT + LOGOUT, "-u", user, user="nobody-here",
                HOME="/nowhere")
    check_session(done, user)
    assert done.code == 0, done


def test_what_cannot_be_run(t):
    """Nothing is said to the client, who would take it for an answer."""
    user = t.user()
    for options, said in (
            (("-u", "nobody-here"), "nobody-here|Unknown user"),
            (("-t", "0"), "Invalid -t parameter: 0"),
            (("-t", "x"), "Invalid -t parameter: x"),
            (("-x",), "Usage|invalid option"),
            (("-o", "imap2_max_line_length=many"), "imap2_max_line_length"),
            (("-o", "imap2_client_workarounds=frob"), "frob")):
        done = Done(t.server, LOGOUT, *options, user=user,
                    HOME=t.server.home(user))
        assert done.lines == [], (options, done)
        assert re.search(said, done.said), (options, done)
        assert done.code == FATAL, (options, done)


def test_root_on_the_network(t):
    """From inetd: that would be a session of anybody's, as root."""
    if t.server.rootless:
        t.skip("needs root")
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    listener.close()
    with client, server:
        code = subprocess.call(
            t.server.inside(os.environ["IMAP2_BUILD"] + "/imap2", "-c",
                            t.server.config, root=True),
            stdin=server, stdout=server, env={"USER": "root"}, timeout=60)
        server.shutdown(socket.SHUT_RDWR)
        client.settimeout(30)
        assert client.makefile("rb").read() == \
            b"* BAD imap2 must not be started from inetd, " \
            b"use imap2-login instead\r\n"
        assert code == 1, code
