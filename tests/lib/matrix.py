# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The work of tests/matrix: runs tests/run in a chroot of each Debian release,
adds up, and compares which tests there were.
"""

import os
import re
import signal
import subprocess
import sys
import tarfile
import tempfile

import machine
from build import SOURCE
from chroot import RELEASES, Chroot, Failed
from suite import Stopped, on_signal

OUTCOME = re.compile(r"(ok|not ok|skip) ([^\s:]+)(?:: )?(.*)")
CLOSING = re.compile(r"\d+ passed, \d+ failed(, \d+ skipped)?$")
# What build.py couldn't build has no tests to compare.
NOT_BUILT = "build"


class Result:
    """What came of one release."""

    def __init__(self, name):
        self.name = name
        self.title = name
        self.outcomes = {}      # name of a test: "ok", "not ok", "skip"
        self.failures = 0       # what is no failure of a test
        self.showing = False
        self.closing = ""       # the last line of tests/run

    def read(self, line):
        """Takes a line of tests/run in. Returns whether it's worth showing:
        outcomes other than "ok", and what is said about them."""
        if CLOSING.match(line):
            self.closing = line
            return False
        found = OUTCOME.match(line)
        if not found:
            return self.showing and line.startswith("    ")
        outcome, name, reason = found.groups()
        self.outcomes[name] = outcome
        if outcome == "skip" and not reason:
            self.fail("%s: skipped without a reason" % name)
        self.showing = outcome != "ok"
        return self.showing

    def fail(self, text):
        """Counts and tells a failure that isn't one of a test."""
        self.failures += 1
        show("not ok %s: %s" % (self.name, text))

    def check_closing(self):
        """What was read must be what tests/run counted."""
        if not self.closing:
            self.fail("tests/run didn't get to its end")
        elif self.closing != summary(self.tests()):
            self.fail("tests/run counts otherwise: " + self.closing)

    def comparable(self):
        return self.closing and NOT_BUILT not in self.outcomes

    def tests(self):
        """Numbers of passed, failed and skipped tests."""
        outcomes = list(self.outcomes.values())
        return tuple(map(outcomes.count, ("ok", "not ok", "skip")))

    def counts(self):
        """The same with all failures."""
        passed, failed, skipped = self.tests()
        return passed, failed + self.failures, skipped


def show(text):
    print(text, flush=True)


def summary(counts):
    """As tests/run has it."""
    line = "%d passed, %d failed" % counts[:2]
    return line + (", %d skipped" % counts[2] if counts[2] else "")


def compare(results):
    """A test that one release has and another hasn't has failed there: it
    neither ran nor said why not."""
    results = [result for result in results if result.comparable()]
    for result in results:
        for other in results:
            for name in other.outcomes.keys() - result.outcomes.keys():
                result.outcomes[name] = "not ok"
                show("not ok %s: %s ran on %s, but not here" % (
                    result.name, name, other.name))


def run_release(cache, name, sources, options):
    result = Result(name)
    with Chroot(cache, name, sources) as chroot:
        try:
            chroot.prepare(options)
            result.title = "%s (Dovecot %s)" % (name, chroot.dovecot())
            show("== " + result.title)
            run_suite(chroot, options, result)
        except Failed as error:
            result.fail(str(error))
        show("log: " + chroot.path("log"))
    return result


def run_suite(chroot, options, result):
    def on_line(line):
        if result.read(line):
            show(line)

    chroot.call_inside(["sh", machine.SOURCE + "/tests/run", *options],
                       on_line=on_line)
    result.check_closing()


def source_files(cache):
    """The files of the source tree as it is now, without those that git
    ignores; where git knows nothing of it, without the cache."""
    try:
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", SOURCE, "ls-files", "-z",
             "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True, text=True).stdout
        return [name for name in listed.split("\0")
                if name and os.path.lexists(os.path.join(SOURCE, name))]
    except (FileNotFoundError, subprocess.CalledProcessError):
        names = []
        for top, directories, files in os.walk(SOURCE):
            directories[:] = [name for name in directories if name != ".git"
                              and os.path.join(top, name) != cache]
            names += [os.path.relpath(os.path.join(top, name), SOURCE)
                      for name in files]
        return names


def pack_sources(cache, file):
    """Like a release: nobody's files, and all may read them."""
    def anonymous(entry):
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mode = 0o755 if entry.mode & 0o100 else 0o644
        return entry

    with tarfile.open(fileobj=file, mode="w") as archive:
        for name in source_files(cache):
            archive.add(os.path.join(SOURCE, name), name, filter=anonymous)
    file.flush()


def each_release(names, run):
    """What run(cache, name, sources) returns for each; sources: as in Chroot.
    The program ends there if it's asked to."""
    cache = os.path.abspath(os.environ.get("IMAP2_MATRIX_CACHE",
                                           SOURCE + "/.matrix"))
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, on_signal)
    try:
        # A file without a name: nobody has to remove it.
        with tempfile.TemporaryFile() as sources:
            pack_sources(cache, sources)
            return [run(cache, name, sources) for name in names]
    except Stopped as stopped:
        sys.exit(128 + stopped.args[0])


def parse_arguments(arguments):
    """Releases and options of tests/run."""
    options = []
    if "--" in arguments:
        options = arguments[arguments.index("--") + 1:]
        arguments = arguments[:arguments.index("--")]
    for name in arguments:
        if name not in RELEASES:
            sys.exit("tests/matrix: %s is none of %s" % (
                name, ", ".join(RELEASES)))
    return arguments or list(RELEASES), options


def main():
    names, options = parse_arguments(sys.argv[1:])
    results = each_release(
        names, lambda *release: run_release(*release, options))
    compare(results)
    for result in results:
        show("%s: %s" % (result.title, summary(result.counts())))
    counts = tuple(map(sum, zip(*(result.counts() for result in results))))
    show(summary(counts))
    return 1 if counts[1] else 0


if __name__ == "__main__":
    sys.exit(main())
