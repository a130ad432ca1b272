#!/usr/bin/env python3
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What tests/run makes of programs that fail, skip, or don't come to an end,
and that no two tests get one port."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from types import SimpleNamespace

from common import SOURCE
from dovecot import PORTS, free_port
from suite import Suite

FOREVER = "1000000"


def run(directory, text, speaks=False, seconds=60):
    """What is printed of a shell script."""
    tests = Suite(SimpleNamespace(), directory)
    tests.environment.pop("IMAP2_SLOW", None)
    tests.job_seconds = seconds
    status, output = tests.call(["sh", "-c", text])
    return tests.judge("x", status, output, speaks)


def check_judgement(directory):
    for text, speaks, wanted in (
            ("echo unseen", False, "ok x\n"),
            ("echo why; exit 77", False, "skip x: why\n"),
            ("echo why; exit 3", False, "not ok x: status 3\n    why\n"),
            ("echo ok one", True, "ok one\n"),
            ("echo not ok one; exit 1", True, "not ok one\n"),
            ("ls; touch in-nobodys-way", False, "ok x\n"),
            ("ls", True, ""),
            ("echo ok one; exit 1", True,
             "ok one\nnot ok x: ended with status 1\n"),
            ("echo ok one; kill -SEGV $$", True,
             "ok one\nnot ok x: ended with status -11\n")):
        assert run(directory, text, speaks) == wanted, (text, wanted)


def gone(pid):
    """Or a zombie that nobody has buried."""
    try:
        with open("/proc/%s/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def check_hanging(directory):
    """It may clean up; what it started ends with it, deaf or not; who holds
    its output is not waited for."""
    pids = directory + "/pids"
    text = """\
echo ok one
(trap '' TERM; while :; do sleep 0.1; done) & echo $! >>%s
setsid sleep %s & echo $! >>%s
trap 'echo cleaned up; exit 1' TERM
sleep %s & wait
""" % (pids, FOREVER, pids, FOREVER)
    for speaks, wanted in (
            (True, "ok one\ncleaned up\nnot ok x: took too long\n"),
            (False, "not ok x: took too long\n    ok one\n"
                    "    cleaned up\n")):
        shown = run(directory, text, speaks, seconds=3)
        deaf, holder = open(pids).read().split()
        os.unlink(pids)
        os.kill(int(holder), signal.SIGTERM)
        assert shown == wanted, shown
        deadline = time.time() + 60
        while not gone(deaf):
            assert time.time() < deadline, "something is left"
            time.sleep(0.05)


def check_ports():
    """Of one program, and of several at a time."""
    program = "import sys; sys.path.insert(0, %r); import dovecot; " \
        "print(*(dovecot.free_port() for _ in range(200)), flush=True); " \
        "sys.stdin.read()" % (SOURCE + "/tests/lib")
    others = [subprocess.Popen([sys.executable, "-B", "-c", program],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
              for _ in range(2)]
    ports = [free_port() for _ in range(200)]
    for other in others:
        ports += map(int, other.stdout.readline().split())
    for other in others:
        other.communicate()
    assert len(ports) == len(set(ports)) == 600, sorted(ports)
    assert set(ports) <= set(PORTS)


def main():
    with tempfile.TemporaryDirectory() as directory:
        check_judgement(directory)
        check_hanging(directory)
    check_ports()


if __name__ == "__main__":
    main()
