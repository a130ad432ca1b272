# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Processes of a Dovecot as tests see them: whether they are there, what memory
they have, and how they run when time passes faster."""

import os
import subprocess
import tempfile
import time

from dovecot import PATIENCE

HERE = os.path.dirname(os.path.abspath(__file__))


def wait_for(condition, what):
    deadline = time.time() + PATIENCE
    while not condition():
        assert time.time() < deadline, what
        time.sleep(0.05)


def gone(pid):
    return not os.path.exists("/proc/%d" % pid)


def sleeping(pid):
    """Whether the process waits, and the processor time it has used."""
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rpartition(")")[2].split()
    return fields[0] == "S", int(fields[11]) + int(fields[12])


def wait_asleep(pid):
    """Until the process has done nothing for a while."""
    deadline = time.time() + PATIENCE
    used, since = None, 0
    while used is None or time.time() - since < 0.25:
        assert time.time() < deadline, "never asleep"
        time.sleep(0.02)
        asleep, now_used = sleeping(pid)
        if not asleep or now_used != used:
            used, since = now_used, time.time()


def private(pid):
    """Memory that is the process's own. (What it has mapped of files counts as
    private, too, once nobody else has, and as written to once others write to
    the file.)"""
    with open("/proc/%d/smaps_rollup" % pid) as file:
        return sum(int(line.split()[1]) * 1024 for line in file
                   if line.startswith("Anonymous:"))


class Hurry:
    """A Dovecot in which processes of that program see time pass that much
    faster, from go() until stop(): logging in takes its usual time."""

    def __init__(self, t, program, factor, config=""):
        t.needs_own_speed()
        # Processes of the host that it waits for have the usual time.
        t.expect_log("Timeout waiting for handshake response")
        directory = tempfile.mkdtemp(dir=t.server.dir + "/scratch")
        os.chmod(directory, 0o755)
        self.file = directory + "/hurry"
        self.stop()
        library = directory + "/fast-clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-DFACTOR=%d" % factor,
                        "-DHURRY=\"%s\"" % self.file, "-o", library,
                        HERE + "/fast-clock.c", "-ldl"], check=True)
        wrapper = directory + "/" + program
        with open(wrapper, "w") as file:
            file.write('#!/bin/sh\nLD_PRELOAD=%s exec %s/%s "$@"\n' % (
                library, os.environ["IMAP2_BUILD"], program))
        os.chmod(wrapper, 0o755)
        self.server = t.make_server(config, wrap={program: wrapper})

    def go(self):
        self.set(b"\1")

    def stop(self):
        self.set(b"\0")

    def set(self, octet):
        descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT, 0o644)
        os.write(descriptor, octet)
        os.close(descriptor)
