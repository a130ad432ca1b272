# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Chroots of Debian releases, made once and kept in a directory:

    RELEASE/root      the chroot
    RELEASE/complete  is there if the chroot is whole: by which recipe it was
                      made, and (its time) when it was brought up to date
    RELEASE/log       of the last use
    RELEASE/lock      held while it is made or used

Each has what "sh tests/run" installs on a fresh machine, and nothing else.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from typing import NamedTuple

import machine
from build import SOURCE, tail

DAY = 24 * 60 * 60
MIRROR = os.environ.get("IMAP2_MATRIX_MIRROR",
                        "http://deb.debian.org/debian").rstrip("/")
# Of a command in a chroot; a run of all tests takes about ten.
MINUTES = float(os.environ.get("IMAP2_MATRIX_MINUTES", "30"))
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SCRIPTS = "/usr/share/debootstrap/scripts/"


class Release(NamedTuple):
    """A column of the matrix."""
    debian: str
    suites: str
    dovecot: str
    security: str = ""


RELEASES = {
    "bookworm": Release("bookworm", "bookworm bookworm-updates", "2.3.19.1",
                        "bookworm-security"),
    "bookworm-backports": Release(
        "bookworm", "bookworm bookworm-updates bookworm-backports",
        "2.3.21.1", "bookworm-security"),
    "trixie": Release("trixie", "trixie trixie-updates", "2.4.1",
                      "trixie-security"),
    # Not released: its Dovecot changes within the series.
    "forky": Release("forky", "forky", "2.4."),
}

SOURCES = """\
Types: deb
URIs: {mirror}
Suites: {suites}
Components: main
Signed-By: {keyring}

"""
# Clocks of test machines may be wrong, and index files older than a week.
APT = """\
Acquire::Check-Date "false";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Install-Recommends "false";
APT::Update::Error-Mode "any";
"""
BACKPORTS = """\
Package: dovecot-*
Pin: release n=bookworm-backports
Pin-Priority: 990
"""
# Services are installed, not started.
POLICY = "#!/bin/sh\nexit 101\n"
HOSTS = "127.0.0.1 localhost matrix\n::1 localhost\n"


def files_of(name):
    """{path: text} of what makes a chroot of the release's own."""
    release = RELEASES[name]
    sources = SOURCES.format(mirror=MIRROR, suites=release.suites,
                             keyring=KEYRING)
    if release.security:
        sources += SOURCES.format(mirror=MIRROR + "-security",
                                  suites=release.security, keyring=KEYRING)
    files = {
        "etc/apt/sources.list.d/debian.sources": sources,
        "etc/apt/apt.conf.d/99matrix": APT,
        "etc/dpkg/dpkg.cfg.d/99matrix": "force-unsafe-io\n",
        "etc/hosts": HOSTS,
        "usr/sbin/policy-rc.d": POLICY,
    }
    if name.endswith("-backports"):
        files["etc/apt/preferences.d/99matrix"] = BACKPORTS
    return files


def recipe_of(name):
    """Changes with whatever a chroot is made by."""
    digest = hashlib.sha256(repr(files_of(name)).encode())
    for path in ("tests/lib/chroot.py", "tests/lib/needs.sh", "tests/run"):
        with open(os.path.join(SOURCE, path), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest() + "\n"


class Failed(Exception):
    """A chroot couldn't be made or used; says why."""


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


class Chroot:
    """Use it in a with statement, which may have to wait for others."""

    def __init__(self, cache, name, sources):
        """sources: open file of the source tree in tar's format"""
        self.name = name
        self.release = RELEASES[name]
        self.recipe = recipe_of(name)
        self.sources = sources
        self.directory = os.path.join(cache, name)
        self.root = self.path("root")

    def path(self, name):
        return os.path.join(self.directory, name)

    def __enter__(self):
        os.makedirs(self.directory, exist_ok=True)
        self.lock = open(self.path("lock"), "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.say("waiting for another run")
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.log = open(self.path("log"), "w")
        return self

    def __exit__(self, *exc):
        self.log.close()
        self.lock.close()

    def say(self, text):
        print("%s: %s" % (self.name, text), file=sys.stderr, flush=True)

    # Running programs

    def call(self, command, stdin=subprocess.DEVNULL, on_line=None):
        """Runs a command to its end. Each line that it prints is logged and
        given to on_line(). Returns the exit status."""
        process = subprocess.Popen(command, stdin=stdin,
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True,
                                   errors="replace")
        begin = time.monotonic()
        limit = threading.Timer(MINUTES * 60, process.kill)
        limit.start()
        try:
            for line in process.stdout:
                self.log.write(line)
                self.log.flush()
                if on_line:
                    on_line(line.rstrip("\n"))
            status = process.wait()
            if time.monotonic() - begin >= MINUTES * 60:
                raise Failed("took longer than %g minutes" % MINUTES)
            return status
        finally:
            limit.cancel()
            process.kill()
            # It ends when the last of the command's processes has.
            process.stdout.read()
            process.wait()

    def call_inside(self, command, write=False, on_line=None):
        """The same in the chroot's machine."""
        self.sources.seek(0)
        return self.call(machine.command(self.root, command, write),
                         self.sources, on_line)

    def must(self, command, status):
        if status != 0:
            raise Failed("%s: status %d:\n%s" % (
                " ".join(command), status, tail(self.path("log"), 20)))

    def change(self, *command):
        """Runs a command that installs something."""
        self.must(command, self.call_inside(command, write=True))

    # Being up to date

    def prepare(self, options):
        """Sees to it that the chroot is there, up to date, and has all that
        tests/run with these options needs."""
        if not self.is_complete():
            self.say("making the chroot")
            self.make()
        self.set_resolver()
        if time.time() - os.stat(self.path("complete")).st_mtime > DAY:
            self.say("looking for updates")
            self.refresh()
        with self.changing():
            self.change("sh", machine.SOURCE + "/tests/run", *options,
                        "--help")
        if not self.dovecot().startswith(self.release.dovecot):
            raise Failed("its Dovecot is %s, not %s" % (
                self.dovecot(), self.release.dovecot))

    def is_complete(self):
        try:
            with open(self.path("complete")) as file:
                return file.read() == self.recipe
        except FileNotFoundError:
            return False

    @contextlib.contextmanager
    def changing(self):
        """The chroot isn't whole if what is done then doesn't end well."""
        os.rename(self.path("complete"), self.path("changing"))
        yield
        os.rename(self.path("changing"), self.path("complete"))

    def make(self):
        self.remove()
        try:
            command = debootstrap(self.release.debian, self.root)
            self.must(command, self.call(machine.isolated() + command))
            os.unlink(os.path.join(self.root, "etc/apt/sources.list"))
            for path, text in files_of(self.name).items():
                write(os.path.join(self.root, path), text)
            os.chmod(os.path.join(self.root, "usr/sbin/policy-rc.d"), 0o755)
            self.set_resolver()
            self.change("apt-get", "-q", "update")
            self.upgrade()
        except BaseException:
            self.remove()
            raise
        write(self.path("complete"), self.recipe)

    def refresh(self):
        if self.call_inside(["apt-get", "-q", "update"], write=True) != 0:
            self.say("no updates to be had now; see " + self.path("log"))
            return
        with self.changing():
            self.upgrade()
        os.utime(self.path("complete"))

    def upgrade(self):
        self.change("apt-get", "-q", "-y", "dist-upgrade")
        self.change("apt-get", "clean")

    def remove(self):
        """Nothing is mounted there: machines have mounts of their own."""
        for name in ("complete", "changing"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path(name))
        subprocess.run(["rm", "-rf", "--one-file-system", self.root],
                       check=True)

    def set_resolver(self):
        """That of this machine, which changes from network to network."""
        path = os.path.join(self.root, "etc/resolv.conf")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile("/etc/resolv.conf", path)

    def dovecot(self):
        """The version of the package, such as "2.3.19.1+dfsg1-2.1+deb12u7"."""
        return subprocess.run(
            ["chroot", self.root, "dpkg-query", "-W",
             "-f", "${Version}", "dovecot-core"],
            check=True, capture_output=True, text=True).stdout.split(":")[-1]


def debootstrap(release, root):
    """The command that makes a chroot of Debian's essential packages."""
    script = release if os.path.exists(SCRIPTS + release) else "sid"
    return ["debootstrap", "--variant=minbase", release, root, MIRROR, script]
