# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""A Dovecot whose imap2 dies, as by kill -9, before the N-th call that changes
mail (see kill-point.c): with N from 1 on, every point of a command once. Or in
which from that call on all fail, or wait."""

import mmap
import os
import struct
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# struct control of kill-point.c
HEAD = struct.Struct("=IIiI")
CONTROL_SIZE = HEAD.size + 4096


class KillPoint:
    def __init__(self, t, config=""):
        # What else is preloaded must come first.
        t.needs_own_speed()
        directory = tempfile.mkdtemp(dir=t.server.dir + "/scratch")
        os.chmod(directory, 0o755)
        self.control = self.make_control(directory + "/control")
        library = directory + "/kill-point.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror",
                        "-DCONTROL=\"%s/control\"" % directory,
                        "-o", library, HERE + "/kill-point.c", "-ldl"],
                       check=True)
        wrapper = directory + "/imap2"
        with open(wrapper, "w") as file:
            file.write('#!/bin/sh\nLD_PRELOAD=%s exec %s/imap2 "$@"\n' % (
                library, os.environ["IMAP2_BUILD"]))
        os.chmod(wrapper, 0o755)
        self.server = t.make_server(config, wrap={"imap2": wrapper})
        mail = os.fsencode(self.server.dir + "/home/")
        self.control[HEAD.size:HEAD.size + len(mail)] = mail

    @staticmethod
    def make_control(path):
        with open(path, "w+b") as file:
            os.fchmod(file.fileno(), 0o666)
            file.truncate(CONTROL_SIZE)
            return mmap.mmap(file.fileno(), CONTROL_SIZE)

    def arm(self, victim, error=0, hold=False):
        """error: fail with that errno instead. hold: wait for disarm()
        instead."""
        self.control[:HEAD.size] = HEAD.pack(victim, 0, error, hold)

    def calls(self):
        """How many there were since arm()."""
        return HEAD.unpack(self.control[:HEAD.size])[1]

    def disarm(self):
        """Returns calls()."""
        calls = self.calls()
        self.arm(0)
        return calls


def remove_locks(home):
    """As Dovecot does after two minutes with those that don't say whose they
    are."""
    for top, _, files in os.walk(home):
        for name in files:
            if name.endswith("lock"):
                os.unlink(os.path.join(top, name))
