# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""People's programs, driven as people drive them: what they type, and what they
read on the screen. Their connections go through a relay, which hears all.
"""

import errno
import glob
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time

import host
from dovecot import PASSWORD, PATIENCE
from imap2 import format_transcript
from process import wait_for
from relay import Relay
from unpacked import Unpacked

# The service may take passwords in the clear from here, and is RFC 1176 and no
# more.
STRICT = "127.0.0.11"
CONFIG = host.both(v23="""
remote 127.0.0.11 {
  disable_plaintext_auth = no
  protocol imap2 {
    imap2_extensions =
  }
}
""", v24="""
remote 127.0.0.11 {
  auth_allow_cleartext = yes
  protocol imap2 {
    imap2_extensions =
  }
}
""")
# Neither TLS nor rsh, which C-client tries of its own accord.
SPEC = "{127.0.0.1:%d/notls/norsh/user=%s}"
# What C-client begins with: it knows that IMAP2 has no such thing.
NORMAL = [("CAPABILITY", "BAD"), ("CAPABILITY", "BAD")]


class Person:
    """Somebody with a home, at a program of theirs."""

    def __init__(self, t, user, source=None):
        self.package = Unpacked(self.PACKAGE)
        self.t = t
        self.user = user
        self.relay = Relay(t.server.ports["imap2"], source)
        self.at = SPEC % (self.relay.port, user)
        self.home = tempfile.mkdtemp(prefix="home-", dir="/tmp")
        self.output = ""
        t.clients.append(self)
        self.environment = dict(self.package.environment(), HOME=self.home,
                                LC_ALL="C.UTF-8", TERM="screen")

    def path(self, name):
        return os.path.join(self.home, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def close(self):
        self.relay.close()
        self.keep_transcript()
        shutil.rmtree(self.home)

    def keep_transcript(self):
        """Where somebody wants to read it."""
        directory = os.environ.get("IMAP2_TRANSCRIPTS")
        if directory is not None:
            path = "%s/%s-%s" % (directory, self.NAME, self.user)
            with open(path, "w") as file:
                file.write(self.output)
                for said in self.relay.conversations:
                    file.write("\n" + format_transcript(said, limit=0))

    # What a test asks when all is done

    def heard(self):
        """(command, Result) of each connection, from the first on."""
        return self.relay.read()

    def check(self, refused=()):
        """The server refused nothing but CAPABILITY, at the beginning of each
        connection, and what is expected beside: commands, in order. It said
        nothing that programs warn their users of."""
        found = []
        for exchanges in self.heard():
            answers = [(line, result.state) for line, result in exchanges
                       if result.state != "OK"]
            assert answers[:2] == NORMAL, answers
            found += [line for line, _ in answers[2:]]
            for line, result in exchanges:
                warned = [data for data in result.data
                          if data.kind in ("OK", "NO", "BAD")]
                assert not warned, (line, warned)
        assert found == list(refused), found


class CommandLine(Person):
    """Somebody who types commands, and a password when asked."""

    PACKAGE = "c-client"

    def run(self, *command):
        """What it said, and its exit status."""
        pid, terminal = pty.fork()
        if pid == 0:
            try:
                os.chdir(self.home)
                os.execve(command[0], command, self.environment)
            finally:
                os._exit(127)
        try:
            said = self.talk(terminal, time.time() + PATIENCE)
        except BaseException:
            os.kill(pid, signal.SIGKILL)
            raise
        finally:
            os.close(terminal)
            _, status = os.waitpid(pid, 0)
        self.output += "$ %s\n%s" % (" ".join(command), said)
        return said, os.waitstatus_to_exitcode(status)

    @staticmethod
    def talk(terminal, deadline):
        said = b""
        while select.select([terminal], [], [],
                            max(0, deadline - time.time()))[0]:
            try:
                said += os.read(terminal, 4096)
            except OSError as error:
                assert error.errno == errno.EIO     # it has ended
                return said.decode().replace("\r\n", "\n")
            if said.endswith(b"password:"):
                os.write(terminal, PASSWORD.encode() + b"\n")
        raise AssertionError("it hangs: %r" % said)


class Mailutil(CommandLine):
    NAME = "mailutil"

    def do(self, *arguments, status=0):
        """What it says beside asking for passwords."""
        said, ended = self.run(self.package.path("/usr/bin/mailutil"),
                               *arguments)
        assert ended == status, (arguments, ended, said)
        return [line for line in said.splitlines()
                if not line.endswith("password:")]


class Php(CommandLine):
    NAME = "php"

    def do(self, *calls, errors=()):
        """What each call returns, as JSON has it. $m is the open mailbox and
        $at the server. No warnings; errors: what imap_errors() has."""
        extension, = glob.glob(self.package.path("/usr/lib/php/*/imap.so"))
        script = self.write("script.php", SCRIPT % (
            self.user, PASSWORD, "".join("show(%s);\n" % call
                                         for call in calls)))
        said, status = self.run(
            self.package.path("/usr/bin/php8.2"), "-n", "-d",
            "extension=" + extension, script, self.at)
        assert status == 0, said
        *values, found, alerts = map(json.loads, said.splitlines())
        assert (found or []) == list(errors), found
        assert not alerts, alerts
        return values


SCRIPT = r"""<?php
function show($value) {
    echo json_encode($value, JSON_THROW_ON_ERROR), "\n";
}
$at = $argv[1];
$m = imap_open($at . "INBOX", "%s", "%s");
%s
imap_close($m, CL_EXPUNGE);
show(imap_errors());
show(imap_alerts());
"""


class Alpine(Person):
    """Somebody at a terminal, which tmux is."""

    NAME = PACKAGE = "alpine"
    # What alpine says to people when something went wrong.
    COMPLAINT = re.compile(r"(?i)\[[^]]*\b(error|bad|unknown|can't|couldn't|"
                           r"fail(ed|ure)?|unexpected|invalid|bogus)\b.*")
    expected = None

    def __init__(self, t, user, source=None):
        super().__init__(t, user, source)
        self.write("pinerc", PINERC.format(at=self.at))
        self.tmux_program = shutil.which("tmux") or \
            self.package.path("/usr/bin/tmux")
        self.tmux("new-session", "-d", "-x", "100", "-y", "30",
                  "exec %s -p pinerc" % self.package.path("/usr/bin/alpine"))
        self.wait("ENTER PASSWORD")
        if "Preserve" in self.press(PASSWORD, "Enter", then="Preserve|INBOX"):
            self.press("n", then="Folder: INBOX")

    def tmux(self, *arguments):
        return subprocess.run(
            [self.tmux_program, "-S", self.path("tmux"), "-f", "/dev/null",
             *arguments], env=self.environment, cwd=self.home, check=True,
            stdout=subprocess.PIPE, text=True).stdout

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def wait(self, pattern):
        """Until the screen has this."""
        deadline = time.time() + PATIENCE
        while True:
            screen = self.screen()
            if re.search(pattern, screen):
                self.output += screen
                self.check_screen(screen)
                return screen
            assert time.time() < deadline, "not seen: %s\n%s" % (
                pattern, screen)
            time.sleep(0.05)

    def check_screen(self, screen):
        found = self.COMPLAINT.search(screen)
        assert not found or (self.expected and
                             self.expected in found.group()), screen

    def press(self, *keys, then):
        """Type keys, by tmux's names, or text."""
        # A semicolon is for tmux if nothing is before it.
        self.tmux("send-keys", "--",
                  *(re.sub(";$", r"\;", key) for key in keys))
        return self.wait(then)

    def quit(self, *keys):
        self.tmux("send-keys", *keys)
        wait_for(lambda: self.ended(), "alpine doesn't end")

    def ended(self):
        """The terminal goes with its only program."""
        return not os.path.exists(self.path("tmux")) or subprocess.call(
            [self.tmux_program, "-S", self.path("tmux"), "has-session"],
            stderr=subprocess.DEVNULL) != 0

    def close(self):
        if not self.ended():
            self.tmux("kill-server")
        super().close()


PINERC = """\
personal-name=A Person
user-domain=example.org
smtp-server=127.0.0.1:1
inbox-path={at}INBOX
folder-collections=Mail {at}[]
last-version-used=9.99
"""
