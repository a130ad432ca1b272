# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""examples/try as its public contract has it (design 3): the page it shows,
--serve with its options, and that nothing is left behind."""

import glob
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import mail
import readme
from build import SOURCE
from dovecot import free_port
from imap2 import Client, Closed
from imap4 import Witness

SERVER = False
TRY = os.path.join(SOURCE, "examples", "try")
READY = re.compile(r"ready imap2=127\.0\.0\.1:(\d+) imap=127\.0\.0\.1:(\d+) "
                   r"user=(\S+) password=(.+) mail=(/.*) pid=(\d+)\n\Z")
COMMANDS = ["NOOP", "LOGIN", "LOGOUT", "SELECT", "BBOARD", "FIND MAILBOXES",
            "FIND BBOARDS", "CHECK", "EXPUNGE", "COPY", "STORE", "SEARCH"] + \
    ["FETCH 1 " + item for item in (
        "ALL", "FAST", "ENVELOPE", "FLAGS", "INTERNALDATE", "RFC822",
        "RFC822.HEADER", "RFC822.SIZE", "RFC822.TEXT")]


class Serving:
    """A running examples/try --serve with a private TMPDIR."""

    def __init__(self, *options):
        self.top = tempfile.mkdtemp(prefix="try-")
        os.chmod(self.top, 0o755)
        self.process = subprocess.Popen(
            ["sh", TRY, "--serve", *options], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            env=dict(os.environ, TMPDIR=self.top))

    def __enter__(self):
        return self

    def ready(self):
        line = self.process.stdout.readline()
        found = READY.match(line)
        assert found, (line, self.process.stderr.read()
                       if not line else None)
        self.imap2, self.imap = int(found.group(1)), int(found.group(2))
        self.user, self.password = found.group(3), found.group(4)
        self.mail, self.pid = found.group(5), int(found.group(6))
        return self

    def stop(self, number=signal.SIGTERM):
        """The exit status and what was printed after the ready line."""
        self.process.send_signal(number)
        output, _ = self.process.communicate()
        left = glob.glob(self.top + "/*")
        assert left == [], left
        assert processes_with(self.top) == []
        return self.process.returncode, output

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate()
        shutil.rmtree(self.top, ignore_errors=True)


def processes_with(text):
    """Command lines that name a directory."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, errors="replace") as file:
                line = file.read()
        except OSError:
            continue
        if text in line:
            found.append(line)
    return found


def run(*options):
    return subprocess.run(["sh", TRY, *options], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL)


def test_the_page_shows_each_command_with_its_answer(t):
    done = run()
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    for command in COMMANDS:
        found = re.search(r"^C: (a\d+) %s\b" % re.escape(command),
                          done.stdout, re.MULTILINE)
        assert found, command
        assert re.search(r"^S: %s OK " % found.group(1), done.stdout,
                         re.MULTILINE), command
    assert "| C: z1 LOGIN" in done.stdout
    assert re.search(r"^All \d+ checks passed", done.stdout, re.MULTILINE)


def test_help_and_wrong_options(t):
    done = run("--help")
    assert done.returncode == 0 and "usage: sh examples/try" in done.stdout
    for options in (["--frob"], ["frob"], ["--serve", "--port"],
                    ["--serve", "--port", "x"], ["--serve", "--port", "70000"],
                    ["--serve", "--mail", "/does/not/exist"],
                    ["--serve", "--conf", "/does/not/exist"],
                    ["--serve", "--user", "a b"], ["--port", "1"],
                    ["--serve", "--password", ""]):
        done = run(*options)
        assert done.returncode == 2, (options, done)
        assert done.stdout == "" and "usage:" in done.stderr, done


def test_serve_sample_mail(t):
    with Serving() as serving:
        serving.ready()
        assert serving.pid == serving.process.pid
        client = Client(serving.imap2)
        client.login(serving.user, serving.password)
        assert client.select().numbers("EXISTS")[0] > 10
        assert client.ok("FIND BBOARDS *").values("BBOARD") != []
        with Witness(serving.imap, serving.user, serving.password) as witness:
            assert witness.select() > 10
        status, output = serving.stop()
        assert (status, output) == (0, ""), (status, output)
        try:
            while client.read().kind == "BYE":
                pass
        except (Closed, ConnectionResetError):
            pass


def test_serve_what_readme_shows(t):
    with Serving() as serving:
        serving.ready()
        for command, line, answer in readme.type_session(serving.imap2):
            assert answer == line, (command, line, answer)


def test_serve_an_existing_maildir_in_place(t):
    top = tempfile.mkdtemp(prefix="mail-")
    config = top + "/conf"
    with open(config, "w") as file:
        file.write("imap2_max_keywords = 1\n")
    maildir = mail.Maildir(top + "/my mail")
    maildir.add(mail.simple(1))
    owners = {path: os.stat(path) for path in
              [maildir.path] + glob.glob(maildir.path + "/*")}
    try:
        with Serving("--mail", maildir.path, "--user", "Fred",
                     "--password", "two words", "--conf", config) as serving:
            serving.ready()
            assert serving.mail == maildir.path and serving.user == "Fred"
            assert serving.password == "two words"
            client = Client(serving.imap2)
            client.ok('LOGIN Fred "two words"')
            assert client.select().numbers("EXISTS") == [1]
            maildir.add(mail.simple(2), new=True)
            assert client.ok("CHECK").numbers("EXISTS")[-1] == 2
            client.ok("STORE 1 +FLAGS \\Flagged")
            client.ok("COPY 1 saved")
            client.ok("STORE 2 +FLAGS one")
            client.ok("FETCH 1:2 FLAGS")
            client.logout()
            assert serving.stop(signal.SIGINT)[0] == 0
        flags = sorted(path.rsplit(",", 1)[1] for path in
                       glob.glob(maildir.path + "/cur/*"))
        assert flags == ["FS", "a"], flags
        assert len(glob.glob(maildir.path + "/.saved/cur/*")) == 1
        assert glob.glob(maildir.path + "/dovecot.index*") == []
        for path, stat in owners.items():
            now = os.stat(path)
            assert (now.st_uid, now.st_gid, now.st_mode) == \
                (stat.st_uid, stat.st_gid, stat.st_mode), path
        for path in glob.glob(maildir.path + "/**", recursive=True):
            assert os.stat(path).st_uid == os.getuid(), path
    finally:
        shutil.rmtree(top)



def test_serve_on_ports_of_choice(t):
    ports = free_port(), free_port()
    with Serving("--port", str(ports[0]), "--imap-port=%d" % ports[1]) as \
            serving:
        serving.ready()
        assert (serving.imap2, serving.imap) == ports
        # A second one can't have the same port, says so, and cleans up.
        with Serving("--port", str(ports[0])) as second:
            output, errors = second.process.communicate()
            assert second.process.returncode == 1, output
            assert "in use" in errors and output == "", errors
            assert glob.glob(second.top + "/*") == []
        assert serving.stop()[0] == 0


def test_a_bad_configuration_is_reported(t):
    with tempfile.NamedTemporaryFile("w") as config:
        config.write("imap2_max_keywords = many\n")
        config.flush()
        with Serving("--conf", config.name) as serving:
            output, errors = serving.process.communicate()
            assert serving.process.returncode == 1
            assert "Invalid number many" in errors and output == "", errors
            assert glob.glob(serving.top + "/*") == []


def test_signals_at_any_moment(t):
    for number, seconds in ((signal.SIGTERM, 0.3), (signal.SIGINT, 1.0),
                            (signal.SIGTERM, 3.0), (signal.SIGHUP, 2.0)):
        with Serving() as serving:
            time.sleep(seconds)
            serving.stop(number)
            assert serving.process.returncode != 0 or seconds > 1.5
