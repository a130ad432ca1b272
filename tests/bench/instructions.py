# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What a message costs in instructions, which no other work on the machine
changes. valgrind counts those of the session's program, and none of the kernel's:
each program is run twice on standard input and output, with the work and
without, and the difference is the work.
"""

import glob
import os
import re
import subprocess
import tempfile

from mailbox import Mailbox
from tables import Table
from work import SELECT, WORK

PROGRAMS = {"imap2": "imap2", "imap": "/usr/lib/dovecot/imap"}
TOTAL = re.compile(r"^totals: (\d+)", re.MULTILINE)
WORKS = [work for work in WORK if work.kind != SELECT]
COMMAND = re.compile(r"^cmd: +(\S+)", re.MULTILINE)


class Counter:
    """keep: a directory for callgrind's files, for callgrind_annotate."""

    def __init__(self, server, build, mailbox, keep):
        self.server = server
        self.mailbox = mailbox
        self.keep = keep
        self.programs = {service: os.path.join(os.path.abspath(build), path)
                         for service, path in PROGRAMS.items()}

    def session(self, service, lines, tool=()):
        """A whole session with these commands."""
        home = self.server.home(self.mailbox.user)
        octets = "".join("a%d %s\r\n" % (number, line) for number, line in
                         enumerate(lines)).encode()
        environment = dict(os.environ, USER=self.mailbox.user, HOME=home,
                           DOVECOT_PRESERVE_ENVS="USER HOME")
        with tempfile.TemporaryFile() as errors, subprocess.Popen(
                self.server.inside(*tool, self.programs[service], "-c",
                                   self.server.config, "-o",
                                   "mail_home=" + home),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                env=environment) as process:
            # Open until the end: imap leaves when nobody can ask any more.
            process.stdin.write(octets)
            process.stdin.flush()
            answer = process.stdout.read()
            process.stdin.close()
            process.wait()
            errors.seek(0)
            if b"\r\na%d OK" % (len(lines) - 1) not in answer:
                raise ValueError("%s gave %r, %r" % (
                    service, answer[-200:], errors.read()[-500:]))

    def instructions(self, service, lines, name):
        """Of the program itself: it may be run by others (doveconf)."""
        with tempfile.TemporaryDirectory(dir=self.keep) as directory:
            os.chmod(directory, 0o777)
            self.session(service, lines, (
                "valgrind", "--quiet", "--tool=callgrind",
                "--trace-children=yes",
                "--callgrind-out-file=%s/%%p" % directory))
            for path in glob.glob(directory + "/*"):
                with open(path) as file:
                    text = file.read()
                if COMMAND.search(text)[1] == self.programs[service]:
                    os.replace(path, os.path.join(self.keep, name))
                    return int(TOTAL.search(text)[1])
        raise ValueError("callgrind didn't count " + self.programs[service])

    def count(self, service, work):
        """Per message."""
        lines = ["SELECT " + work.mailbox,
                 self.mailbox.line(work.commands[service]), "LOGOUT"]
        name = "%s-%s" % (service, work.name.replace(" ", "-"))
        # Caches are made, or gone, both times.
        counts = []
        for _ in range(0 if work.cold else 2):
            self.mailbox.prepare(work)
            self.session(service, lines)
            self.mailbox.restore(work)
        for these, suffix in (lines[:1] + lines[2:], ".without"), (lines, ""):
            self.mailbox.prepare(work)
            counts.append(self.instructions(service, these, name + suffix))
            self.mailbox.restore(work)
        return (counts[1] - counts[0]) / self.mailbox.count


def run(server, build, format, count, works, keep, report, heading):
    mailbox = Mailbox(server, format, count, server.make_dir("made"))
    with tempfile.TemporaryDirectory() as directory:
        counter = Counter(server, build, mailbox, keep or directory)
        os.chmod(counter.keep, 0o755)
        table = Table(heading("%s, %d messages, instructions per message" % (
            format, count)), ("work", "imap2", "imap", "ratio"),
            report(format + " instructions"))
        for work in works:
            mine, theirs = (counter.count(service, work)
                            for service in PROGRAMS)
            table.add(work.name, "%d" % mine, "%d" % theirs,
                      "%.2f" % (mine / theirs))
        table.close()
    mailbox.close()
