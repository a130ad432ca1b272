# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Reload, stop, restart and upgrade of Dovecot under live sessions, in each
state that they can be in, beside sessions of Dovecot's own IMAP4: what is said
to the clients is the same, and nothing of what they were told is lost."""

import os
import shutil
import signal
import tempfile
import time

from dovecot import MODULES, PATIENCE
from process import wait_for
from states import Line, leave

CONFIG = "imap2_extensions = imap2bis\n"
# Of login processes of before a reload, IMAP4's too.
LATE_LOGIN = r"Error: .*(auth|master\(imap2?\))"
BYE = b"* BYE Server shutting down"
BUILD = os.environ.get("IMAP2_BUILD")


def check_mail(t, line, appended):
    """As a new session sees it."""
    with t.witness(line.user, line.server) as witness:
        assert witness.select() == 1 + appended, line
        assert set(witness.flags(1)) <= {"\\Seen"}, line


def greet(server):
    return [Line(server.ports[protocol]) for protocol in ("imap2", "imap")]


def check_greeted(lines, user):
    """They are answered, or closed, when they want to log in now."""
    for line in lines:
        answer = line.login(user)
        assert answer is None or answer.startswith((b"a OK", b"a NO")), answer


def logs_in(server, user):
    """Login processes of before a reload may close the connection."""
    try:
        line = Line(server.ports["imap2"])
    except ConnectionError:
        return False
    answer = line.login(user)
    line.close()
    return answer is not None and answer.startswith(b"a OK")


def restart(server):
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(PATIENCE)
    server.launch()


def test_restart(t):
    """A new Dovecot serves clients while sessions of the old one have ten
    seconds to do something: then they end with BYE."""
    t.expect_log(LATE_LOGIN)
    server = t.make_server(CONFIG)
    greeted = greet(server)
    user = t.simple_user(1, server)
    lines = leave(t, server)
    unfinished = leave(t, server, ["literal", "append"])
    begin = time.time()
    server.process.send_signal(signal.SIGTERM)
    gone_on = [line for line in lines if line.go_on()]
    if time.time() - begin < 5:
        assert gone_on == lines, set(lines) - set(gone_on)
    server.process.wait(PATIENCE)
    server.launch()
    t.selected(user, server).logout()
    check_greeted(greeted, user)
    for line in lines + unfinished:
        last = line.to_end()
        assert last.startswith(BYE), (line, last)
        check_mail(t, line, line.state == "append" and line in gone_on)


def test_restart_that_spares_clients(t):
    """shutdown_clients = no: they live on beside those of the new Dovecot."""
    server = t.make_server(CONFIG + "shutdown_clients = no\n")
    lines = leave(t, server)
    restart(server)
    for line in lines:
        assert line.go_on(), line
        check_mail(t, line, line.state == "append")
        line.send(b"d LOGOUT\r\n")
        assert line.to_end().startswith(b"d OK"), line


def test_reload(t):
    """Sessions have some seconds to do something, as after a stop."""
    t.expect_log(LATE_LOGIN)
    server = t.make_server(CONFIG)
    user = t.simple_user(1, server)
    greeted = greet(server)
    lines = leave(t, server)
    begin = time.time()
    server.doveadm("reload")
    gone_on = [line for line in lines if line.go_on()]
    if time.time() - begin < 5:
        assert gone_on == lines, set(lines) - set(gone_on)
    wait_for(lambda: logs_in(server, user), "no more logins")
    for line in lines:
        check_mail(t, line, line.state == "append" and line in gone_on)
    check_greeted(greeted, user)


# Upgrade

def replace(source, target):
    """As package managers do: a file of the same name is another one."""
    shutil.copy(source, target + ".new")
    os.rename(target + ".new", target)


def program_of(pid):
    return os.stat("/proc/%d/exe" % pid).st_ino


class Installed:
    """A Dovecot with programs of its own, which can be replaced."""

    def __init__(self, t):
        self.directory = tempfile.mkdtemp(dir=t.server.dir + "/scratch")
        os.chmod(self.directory, 0o755)
        self.programs = {name: os.path.join(self.directory, name)
                         for name in ("imap2", "imap2-login")}
        self.copy_programs()
        self.server = t.make_server(CONFIG, wrap=self.programs)

    def copy_programs(self):
        for name, path in self.programs.items():
            replace(os.path.join(BUILD, name), path)

    def upgrade(self):
        self.copy_programs()
        for name in MODULES:
            replace(os.path.join(BUILD, name),
                    os.path.join(self.server.dir, "settings", name))

    def elsewhere(self, program):
        """Install one that was built for another Dovecot."""
        with open(program + ".new", "w") as file:
            file.write('#!/bin/sh\nDOVECOT_VERSION=9.8.7 exec %s/imap2 "$@"\n'
                       % BUILD)
        os.chmod(program + ".new", 0o755)
        os.rename(program + ".new", program)


def test_upgrade(t):
    t.expect_log(LATE_LOGIN)
    installed = Installed(t)
    server = installed.server
    lines = leave(t, server, protocols=["imap2"])
    user = t.simple_user(1, server)
    old = program_of(lines[0].pid)
    installed.upgrade()
    later = t.selected(user, server)
    assert program_of(server.session_of(user)[0]) != old
    for line in lines:
        assert program_of(line.pid) == old, line
        assert line.go_on(), line
        check_mail(t, line, line.state == "append")
    server.doveadm("reload")
    later.ok("STORE 1 +FLAGS \\Flagged")
    wait_for(lambda: logs_in(server, user), "no more logins")


def test_upgrade_to_another_dovecot(t):
    """Programs of another one are refused, with a line that says what to do.
    Sessions go on, and who logs in waits, until there is the right one."""
    t.expect_log("returned error|was built for Dovecot|startup failed|"
                 r"master\(imap2\): read\(\) failed")
    installed = Installed(t)
    server = installed.server
    lines = leave(t, server, protocols=["imap2"])
    user = t.simple_user(1, server)
    installed.elsewhere(installed.programs["imap2"])
    waiting = Line(server.ports["imap2"])
    waiting.send(b"a LOGIN %s secret\r\n" % user.encode())
    server.wait_log("was built for Dovecot .* but this is Dovecot 9.8.7: "
                    "rebuild and reinstall dovecot-imap2")
    installed.upgrade()
    answer = waiting.answer(b"a")
    assert answer is None or answer.startswith((b"a OK", b"a NO")), answer
    for line in lines:
        assert line.go_on(), line
    wait_for(lambda: logs_in(server, user), "never works again")
