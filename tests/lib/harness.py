# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Runs the functions test_*(t) of one file of tests/wire or tests/clients:

    IMAP2_BUILD=DIR python3 tests/lib/harness.py FILE [-k PATTERN]

prints "ok NAME", "not ok NAME" with the reason, or "skip NAME: reason" for
each, and exits 0 if none failed. The tests of a file share one Dovecot, each
with users of its own; a file's CONFIG is added to the configuration. A test
fails too when Dovecot logs an error that the test didn't announce with
t.expect_log(), and when any process dies of a signal.

IMAP2_VALGRIND: run the module's programs under this valgrind; whatever it
reports fails the test. IMAP2_SLOW: by what factor everything takes longer.
"""

import argparse
import faulthandler
import glob
import importlib.util
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import host
import mail
from dovecot import PASSWORD, Dovecot, NotPossible
from imap2 import Client, format_transcript
from imap4 import Witness

TEST_SECONDS = 240
BAD_LOG = re.compile(
    r".*(?: Error: | Panic: | Fatal: |killed with signal|Raw backtrace|"
    r"Module is for different ABI).*")
# A process that was about to begin when its Dovecot was stopped.
STOPPED_EARLY = re.compile(
    r"Fatal: Error reading configuration: read\(\S+/run/config\) failed: "
    r"read\(size=\d+\) failed: Connection reset by peer")


class Skip(Exception):
    """A stated requirement of the test is missing."""


class Timeout(Exception):
    pass


def slow_factor():
    """Sanitizers and valgrind take their time."""
    return float(os.environ.get("IMAP2_SLOW", "1"))


class Test:
    """What a test function gets."""

    def __init__(self, server):
        self.server = server
        self.clients = []
        self.servers = []
        self.expected_logs = []
        self.logs = []

    # Servers

    def make_server(self, config="", **options):
        """A Dovecot of the test's own."""
        server = make_server(config, **options)
        self.servers.append(server)
        return server.start()

    # Clients

    def connect(self, server=None, port=None, kind=Client, **options):
        port = port or (server or self.server).ports["imap2"]
        client = kind(port, timeout=30 * slow_factor(), **options)
        self.clients.append(client)
        return client

    def login(self, user, server=None, **options):
        return self.connect(server, **options).login(user)

    def witness(self, user, server=None):
        witness = Witness((server or self.server).ports["imap"], user,
                          PASSWORD)
        self.clients.append(witness)
        return witness

    # Mail

    def user(self, format="maildir", server=None):
        return (server or self.server).fresh_user(format)

    def maildir(self, user, server=None):
        server = server or self.server
        return mail.Maildir(server.home(user) + "/Maildir", server.owner)

    def simple_user(self, count, server=None, flags=""):
        """A user with so many simple messages in INBOX."""
        user = self.user(server=server)
        maildir = self.maildir(user, server)
        for number in range(1, count + 1):
            maildir.add(mail.simple(number), flags)
        return user

    def sample_user(self, server=None):
        """A user with mail.SAMPLES in INBOX."""
        user = self.user(server=server)
        mail.add_samples(self.maildir(user, server))
        return user

    def selected(self, user, server=None, **options):
        """A client with INBOX selected."""
        client = self.login(user, server, **options)
        client.select()
        return client

    # Judgement

    def expect_log(self, pattern):
        """Log lines that this test provokes."""
        self.expected_logs.append(re.compile(pattern))

    def skip(self, reason):
        raise Skip(reason)

    def needs_own_speed(self):
        """Time and processes are not what they seem under sanitizers and
        valgrind."""
        if slow_factor() != 1:
            self.skip("not under sanitizers or valgrind")

    def check_logs(self):
        """After stop(): what shutting down brought to light counts too."""
        for log in self.logs:
            self.check_log(log)
        valgrind.check()

    def check_log(self, log):
        for line in BAD_LOG.findall(log):
            if not any(pattern.search(line)
                       for pattern in [STOPPED_EARLY,
                                       *self.expected_logs]):
                raise AssertionError("Dovecot logged: " + line)

    def stop(self, start):
        """start: where the test's part of the shared server's log begins."""
        for client in self.clients:
            client.close()
        if self.server is not None:
            self.logs.append(self.server.log()[start:])
        for server in self.servers:
            server.stop()
            self.logs.append(server.last_log)

    def log_tails(self):
        return "".join("log:\n" + "".join("  %s\n" % line for line in
                                          log.splitlines()[-6:])
                       for log in self.logs)


def make_server(config="", **options):
    environment = {"TZ": "UTC"}
    environment.update(options.pop("environment", {}))
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    wrap = dict(valgrind.programs, **options.pop("wrap", {}))
    if len(environment) > 1 or wrap:
        options.setdefault("vsz_limit", host.NO_LIMIT)
    return Dovecot(os.environ["IMAP2_BUILD"], config, wrap=wrap,
                   environment=environment, **options)


class Valgrind:
    """Programs to run in place of the module's, and what they report."""

    SCRIPT = """\
#!/bin/sh
exec {valgrind} --quiet --vgdb=no --leak-check=full \\
	--show-leak-kinds=definite --num-callers=30 \\
	--log-file={directory}/reports/{name}.%p \\
	{build}/{name} "$@"
"""
    # Said by a program that has changed its root, of valgrind's own parts.
    CHROOTED = re.compile(r"==\d+== warning: connection to image \S*vgpreload"
                          r"\S* failed\n==\d+== +no debug info loaded\n")

    def __init__(self):
        self.programs = {}
        self.directory = None

    def start(self, valgrind):
        self.directory = tempfile.mkdtemp(prefix="valgrind-")
        os.chmod(self.directory, 0o755)
        os.mkdir(self.directory + "/reports")
        os.chmod(self.directory + "/reports", 0o1777)
        for name in ("imap2", "imap2-login"):
            path = self.programs[name] = os.path.join(self.directory, name)
            with open(path, "w") as file:
                file.write(self.SCRIPT.format(
                    valgrind=shutil.which(valgrind), name=name,
                    directory=self.directory,
                    build=os.environ["IMAP2_BUILD"]))
            os.chmod(path, 0o755)

    def check(self):
        """Fails for what was reported since the last time."""
        for path in glob.glob("%s/reports/*" % self.directory):
            with open(path, errors="replace") as file:
                text = self.CHROOTED.sub("", file.read()).strip()
            if text:
                os.truncate(path, 0)
                raise AssertionError("%s:\n%s" % (os.path.basename(path),
                                                  text[:6000]))

    def stop(self):
        if self.directory is not None:
            shutil.rmtree(self.directory)


valgrind = Valgrind()


def run_test(function, server):
    """Returns "ok", "not ok" or "skip", and why."""
    test = Test(server)
    Client.transcripts = []
    start = len(server.log()) if server is not None else 0
    signal.alarm(int(TEST_SECONDS * slow_factor()))
    try:
        try:
            function(test)
        finally:
            signal.alarm(0)
            test.stop(start)
        test.check_logs()
    except (Skip, NotPossible) as reason:
        return "skip", str(reason)
    except Exception:
        why = traceback.format_exc(limit=-4)
        for transcript in Client.transcripts[-2:]:
            why += "transcript:\n%s\n" % format_transcript(transcript)
        why += test.log_tails()
        return "not ok", why
    return "ok", ""


def load(path):
    name = os.path.basename(path)[:-3]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tests_of(module, pattern):
    return [function for name, function in vars(module).items()
            if name.startswith("test_") and callable(function) and
            re.search(pattern, "%s.%s" % (module.__name__, name))]


def run_tests(module, tests, server):
    failed = 0
    for function in tests:
        begin = time.time()
        state, why = run_test(function, server)
        name = "%s.%s" % (module.__name__, function.__name__)
        seconds = time.time() - begin
        if state == "ok":
            print("ok %s%s" % (name, " (%.1f s)" % seconds
                               if seconds >= 2 else ""))
        elif state == "skip":
            print("skip %s: %s" % (name, why))
        else:
            failed += 1
            print("not ok %s" % name)
            print("".join("    %s\n" % line
                          for line in why.splitlines()), end="")
        sys.stdout.flush()
    return failed


def on_alarm(*_):
    raise Timeout("the test took too long")


def on_terminate(number, _):
    sys.exit(128 + number)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("-k", dest="pattern", default="")
    args = parser.parse_args()
    faulthandler.enable()
    signal.signal(signal.SIGALRM, on_alarm)
    signal.signal(signal.SIGTERM, on_terminate)

    module = load(os.path.abspath(args.file))
    tests = tests_of(module, args.pattern)
    if not tests:
        return 0
    try:
        if "IMAP2_VALGRIND" in os.environ:
            valgrind.start(os.environ["IMAP2_VALGRIND"])
        if getattr(module, "SERVER", True) is False:
            return 1 if run_tests(module, tests, None) else 0
        return run_with_server(module, tests)
    except NotPossible as error:
        for function in tests:
            print("skip %s.%s: %s" % (module.__name__, function.__name__,
                                      error))
        return 0
    finally:
        valgrind.stop()


def run_with_server(module, tests):
    server = make_server(getattr(module, "CONFIG", ""),
                         **getattr(module, "OPTIONS", {}))
    with server:
        if hasattr(module, "prepare"):
            module.prepare(server)
        failed = run_tests(module, tests, server)
        start = len(server.log())
    last = Test(None)
    last.logs.append(server.last_log[start:])
    try:
        last.check_logs()
    except AssertionError as error:
        failed += 1
        print("not ok %s: while stopping\n    %s" % (
            module.__name__, str(error).replace("\n", "\n    ")))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
