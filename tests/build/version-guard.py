#!/usr/bin/env python3
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The programs refuse to run under another version of Dovecot than the one they
were built for, and Dovecot's log says what to do."""

import os
import re
import socket
import sys
import tempfile
import time

import common
import host
from dovecot import PASSWORD, Dovecot

# The version in the environment of the program, as another master would put
# it there.
WRAPPER = """\
#!/bin/sh
DOVECOT_VERSION=9.8.7
export DOVECOT_VERSION
exec %s "$@"
"""
LINE = (r"\n[^\n]*%s: Error: dovecot-imap2 [\d.]+ was built for Dovecot \S+, "
        r"but this is Dovecot 9\.8\.7: rebuild and reinstall dovecot-imap2\n")


class Guarded(Dovecot):
    def wait_ready(self, deadline):
        """imap2-login may be one of those that refuse."""
        while not self.answers(self.ports["imap"]):
            if self.process.poll() is not None or time.time() > deadline:
                sys.exit("Dovecot didn't come up:\n" + self.tail())
            time.sleep(0.02)


def check(programs, directory, program):
    wrapper = os.path.join(directory, program + "-elsewhere")
    with open(wrapper, "w") as file:
        file.write(WRAPPER % os.path.join(programs, program))
    os.chmod(wrapper, 0o755)
    with Guarded(programs, wrap={program: wrapper}) as server:
        user = server.fresh_user()
        with socket.create_connection(
                ("127.0.0.1", server.ports["imap2"])) as client:
            client.sendall(b"a LOGIN %s %s\r\n" %
                           (user.encode(), PASSWORD.encode()))
            found = server.wait_log(LINE % program)
        print(found.group(0).strip())
        others = [line for line in server.log().split("\n")
                  if re.search(r"Panic|Segmentation|signal \d+", line)]
        assert not others, others


def main():
    with tempfile.TemporaryDirectory(prefix="imap2-guard-") as directory:
        os.chmod(directory, 0o755)
        programs = common.finished_build(directory)
        for program in ("imap2", "imap2-login"):
            check(programs, directory, program)


if __name__ == "__main__":
    try:
        main()
    except host.NotPossible as reason:
        common.skip(str(reason))
