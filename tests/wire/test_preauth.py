# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""imap2 run by a user who has logged in otherwise (R p.5: "the server may also
greet with PREAUTH"): by ssh, whose server and client are Debian's."""

import os
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


def inside(server, *command):
    """As the mail user, where that Dovecot is."""
    enter = ["nsenter", "-t", str(server.process.pid), "-m", "-r", "-w"]
    if server.rootless:
        enter += ["-U", "--preserve-credentials"]
    else:
        enter += ["-S", str(server.owner[0]), "-G", str(server.owner[1])]
    return enter + list(command)


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
            inside(server, package.path("/usr/sbin/sshd"), "-D", "-e", "-f",
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
