# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The work of tests/run: builds outside the source tree, runs every kind of
test, prints the host's name, each test's name and outcome, and at last "N
passed, N failed". Leaves no file, process or mount behind.
"""

import argparse
import contextlib
import glob
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

import host
from build import SOURCE, BuildFailed, build

SANITIZE = "-g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined"
SKIPPED = 77
# Two processors are what most machines have.
PARALLEL = 2
# Of one program of tests, and what it then has to clean up.
JOB_SECONDS = 600
ENDING_SECONDS = 60

USAGE = """\
tests/run [-k PATTERN] [--asan | --valgrind] [--jobs N] [--keep]

Runs all tests on this machine's Dovecot and ends with "N passed, N failed".
The tests' servers are private: nothing of the system's Dovecot is touched.
What is missing is installed with apt if you are root, otherwise named.

  -k PATTERN   only tests whose names match
  --asan       the same on a build with address and undefined sanitizers
  --valgrind   run the module's programs under valgrind
  --jobs N     so many tests at a time (%d)
  --keep       keep the directory of the build and say where it is
""" % PARALLEL


class Report:
    """Counts outcomes and prints them, whole files at a time."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts = {"ok": 0, "not ok": 0, "skip": 0}

    def add(self, text):
        with self.lock:
            for line in text.splitlines():
                found = re.match(r"(ok|not ok|skip) ", line)
                if found:
                    self.counts[found.group(1)] += 1
            sys.stdout.write(text)
            sys.stdout.flush()

    def end(self):
        line = "%d passed, %d failed" % (self.counts["ok"],
                                         self.counts["not ok"])
        if self.counts["skip"]:
            line += ", %d skipped" % self.counts["skip"]
        print(line, flush=True)
        return 1 if self.counts["not ok"] else 0


class Suite:
    def __init__(self, args, directory):
        self.args = args
        self.directory = directory
        self.build_dir = os.path.join(directory, "build")
        self.report = Report()
        self.job_seconds = JOB_SECONDS
        self.running = set()
        self.stopped = False
        self.environment = dict(os.environ, IMAP2_BUILD=self.build_dir,
                                TMPDIR=directory, TZ="UTC")

    # Building

    def programs(self):
        """(kind, name) of the unit and storage tests' programs."""
        for kind in ("unit", "storage"):
            for path in sorted(glob.glob("%s/tests/%s/test-*.c" %
                                         (SOURCE, kind))):
                yield kind, os.path.basename(path)[:-2]

    @staticmethod
    def fuzz_targets():
        for path in sorted(glob.glob(SOURCE + "/tests/fuzz/fuzz-*.c")):
            yield os.path.basename(path)[len("fuzz-"):-2]

    def build(self):
        os.mkdir(self.build_dir)
        os.chmod(self.directory, 0o755)
        options = ["--quiet", "--enable-werror"]
        variables = []
        if self.args.asan:
            variables = ["CFLAGS=" + SANITIZE]
            self.sanitize()
        print("building ...", file=sys.stderr, flush=True)
        build(self.build_dir, ["all"] + [name for _, name in self.programs()] +
              ["replay-" + name for name in self.fuzz_targets()],
              variables, options)
        if self.args.valgrind:
            self.environment.update({"IMAP2_VALGRIND": "valgrind",
                                     "IMAP2_SLOW": "10"})

    def sanitize(self):
        # What a service writes to its standard error Dovecot logs as an
        # error, which fails the test. Leaks can't be looked for in processes
        # that have dropped their privileges; valgrind does.
        self.environment.update({
            "ASAN_OPTIONS": "halt_on_error=1:detect_leaks=0:"
                            "disable_coredump=0",
            "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
            "IMAP2_SLOW": "3",
        })

    # Running

    def jobs(self):
        """(name, command, whether it prints outcomes itself)."""
        prefix = []
        if self.args.valgrind:
            prefix = ["valgrind", "--quiet", "--vgdb=no", "--leak-check=full",
                      "--error-exitcode=1"]
        if self.args.asan:
            prefix = ["env", "ASAN_OPTIONS=detect_leaks=1"]
        for kind, name in self.programs():
            yield ("%s/%s" % (kind, name),
                   prefix + [os.path.join(self.build_dir, name)], False)
        for name in self.fuzz_targets():
            yield "fuzz/" + name, prefix + [
                os.path.join(self.build_dir, "replay-" + name),
                "%s/tests/fuzz/corpus-%s" % (SOURCE, name)], False
        if not (self.args.asan or self.args.valgrind):
            for path in sorted(glob.glob(SOURCE + "/tests/build/*")):
                if os.access(path, os.X_OK) and os.path.isfile(path):
                    yield "build/" + os.path.basename(path), [path], False
        harness = os.path.join(SOURCE, "tests", "lib", "harness.py")
        for kind in "wire", "clients":
            for path in sorted(glob.glob("%s/tests/%s/test_*.py" %
                                         (SOURCE, kind))):
                name = os.path.basename(path)
                if name not in self.left_out():
                    yield "%s/%s" % (kind, name), [
                        sys.executable, harness, path, "-k",
                        self.args.pattern], True

    def left_out(self):
        """Wire tests that mean nothing then: of memory, of process titles
        and processor time, and of what builds programs of its own."""
        if self.args.valgrind:
            return ("test_memory.py", "test_backpressure.py", "test_try.py")
        if self.args.asan:
            return ("test_memory.py", "test_try.py")
        return ()

    def run(self):
        waiting = queue.SimpleQueue()
        for job in self.jobs():
            if job[2] or re.search(self.args.pattern, job[0]):
                waiting.put(job)
        threads = [threading.Thread(target=self.work, args=(waiting,))
                   for _ in range(self.args.jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def work(self, waiting):
        while not self.stopped:
            try:
                name, command, speaks = waiting.get_nowait()
            except queue.Empty:
                return
            status, output = self.call(command)
            if not self.stopped:
                self.report.add(self.judge(name, status, output, speaks))

    def call(self, command):
        """The exit status, None of a program that had to be ended; and what
        it wrote: not through a pipe, which whoever is left might hold. Its
        working directory is its own: storage tests have their mail there."""
        with tempfile.TemporaryFile(dir=self.directory) as output, \
                tempfile.TemporaryDirectory(
                    dir=self.directory, ignore_cleanup_errors=True) as work:
            os.chmod(work, 0o755)
            process = subprocess.Popen(
                command, cwd=work, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True)
            self.running.add(process)
            status = self.wait(process)
            self.running.discard(process)
            output.seek(0)
            return status, output.read().decode(errors="replace")

    def wait(self, process):
        seconds = self.job_seconds * float(
            self.environment.get("IMAP2_SLOW", "1"))
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            end_group(process)
            return None

    @staticmethod
    def judge(name, status, output, speaks):
        """What to print of a finished program."""
        indented = "".join("    %s\n" % line
                           for line in output.splitlines()[-60:])
        if status is None:
            return "%snot ok %s: took too long\n%s" % (
                output if speaks else "", name, "" if speaks else indented)
        if speaks:
            if status in (0, 1) and (status == 0 or "not ok " in output):
                return output
            return output + "not ok %s: ended with status %d\n" % (
                name, status)
        if status == 0:
            return "ok %s\n" % name
        if status == SKIPPED:
            return "skip %s: %s\n" % (name, output.strip().split("\n")[-1])
        return "not ok %s: status %d\n%s" % (name, status, indented)

    def stop(self):
        self.stopped = True
        for process in list(self.running):
            end_group(process)


def end_group(process):
    """The program and the others of its group. It's asked first, because it
    has things to clean up."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(ENDING_SECONDS)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tests/run", add_help=False)
    parser.format_usage = parser.format_help = lambda: "usage: " + USAGE
    parser.add_argument("-h", "--help", action="help")
    parser.add_argument("-k", dest="pattern", default="")
    parser.add_argument("--asan", action="store_true")
    parser.add_argument("--valgrind", action="store_true")
    parser.add_argument("--jobs", type=int, default=PARALLEL)
    parser.add_argument("--keep", action="store_true")
    return parser.parse_args()


class Stopped(BaseException):
    pass


def on_signal(number, _):
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise Stopped(number)


def main():
    args = parse_arguments()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, on_signal)
    print("Dovecot " + host.FULL_VERSION, flush=True)
    directory = tempfile.mkdtemp(prefix="imap2-test-")
    suite = Suite(args, directory)
    try:
        suite.build()
        suite.run()
        return suite.report.end()
    except BuildFailed as error:
        print("not ok build: %s" % error)
        suite.report.counts["not ok"] += 1
        return suite.report.end()
    except Stopped as stopped:
        suite.stop()
        return 128 + stopped.args[0]
    finally:
        if args.keep:
            print("kept: " + directory, file=sys.stderr)
        else:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
