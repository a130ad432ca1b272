# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Processes of a Dovecot as tests see them: whether they are there, what memory
they have, and how they run when time passes faster."""

import os
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def wait_for(condition, what, seconds=10):
    deadline = time.time() + seconds
    while not condition():
        assert time.time() < deadline, what
        time.sleep(0.05)


def gone(pid):
    return not os.path.exists("/proc/%d" % pid)


def private(pid):
    """Memory that is the process's own. (What it has mapped of files counts as
    private, too, once nobody else has, and as written to once others write to
    the file.)"""
    with open("/proc/%d/smaps_rollup" % pid) as file:
        return sum(int(line.split()[1]) * 1024 for line in file
                   if line.startswith("Anonymous:"))


def quick_server(t, program, factor, config=""):
    """A Dovecot in which processes of that program see time pass that much
    faster."""
    t.needs_own_speed()
    # Processes of the host that it waits for have the usual time.
    t.expect_log("Timeout waiting for handshake response")
    scratch = t.server.dir + "/scratch"
    library = scratch + "/quick-clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-DFACTOR=%d" % factor,
                    "-o", library, HERE + "/fast-clock.c", "-ldl"], check=True)
    wrapper = "%s/quick-%s" % (scratch, program)
    with open(wrapper, "w") as file:
        file.write('#!/bin/sh\nLD_PRELOAD=%s exec %s/%s "$@"\n' % (
            library, os.environ["IMAP2_BUILD"], program))
    os.chmod(wrapper, 0o755)
    return t.make_server(config, wrap={program: wrapper})
