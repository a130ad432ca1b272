# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Builds the module outside the source tree."""

import os
import signal
import subprocess

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


class BuildFailed(Exception):
    """Has the end of what the compiler said."""


def build(directory, targets=("all",), variables=(), options=()):
    """Configure and make in an empty directory."""
    log = os.path.join(directory, "build.log")
    commands = [
        [os.path.join(SOURCE, "configure"), *options, *variables],
        ["make", "-j2", *targets],
    ]
    with open(log, "w") as output:
        for command in commands:
            if run(command, directory, output) != 0:
                raise BuildFailed("%s failed:\n%s" % (
                    " ".join(command), tail(log)))


def run(command, directory, output):
    """Like subprocess.call(), but leaves no grandchild when interrupted."""
    process = subprocess.Popen(command, cwd=directory, stdout=output,
                               stderr=output, stdin=subprocess.DEVNULL,
                               start_new_session=True,
                               # where compilers leave what they're working on
                               env=dict(os.environ, TMPDIR=directory))
    try:
        return process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


def tail(path, lines=40):
    with open(path, errors="replace") as file:
        return "".join(file.readlines()[-lines:])
