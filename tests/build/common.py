# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What the Python tests here share: a build, and Dovecot's own programs run
with the module laid over the installed Dovecot."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, SOURCE + "/tests/lib")
sys.dont_write_bytecode = True

import host
import namespace
from build import BuildFailed, build
from dovecot import MODULES, module_dir

EXAMPLES = "%s/examples/%s" % (SOURCE, host.SERIES)
# What a configuration begins with, and which protocol it is for.
BEGINNING = host.both("", """\
dovecot_config_version = {version}
dovecot_storage_version = {version}
""").format(version=host.VERSION)
IMAP2_ONLY = BEGINNING + "protocols = imap2\nssl = no\n"


def skip(reason):
    print(reason)
    sys.exit(77)


def finished_build(work):
    """The directory of a build: the given one, or one made in work."""
    given = os.environ.get("IMAP2_BUILD")
    if given:
        return given
    directory = work + "/build"
    os.mkdir(directory)
    try:
        build(directory)
    except BuildFailed as error:
        sys.exit(str(error))
    return directory


def write(path, text):
    with open(path, "w") as file:
        file.write(text)
    return path


def read(path):
    with open(path) as file:
        return file.read()


def assignments(text):
    """{path: value} of a configuration, where a path is such as
    "service imap2-login/inet_listener imap2/port"."""
    found, sections = {}, []
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if line.endswith("{"):
            sections.append(line[:-1].strip())
        elif line == "}":
            sections.pop()
        else:
            name, _, value = line.partition("=")
            # doveconf prints sizes as "64 k"
            found["/".join(sections + [name.strip()])] = re.sub(
                r"^(\d+) ([Bkmg])$", r"\1\2", value.strip(), flags=re.I)
    return found


def uncommented(text):
    """Of an example: comments have "# " before words, settings have "#", and
    "#  " inside a section that is a comment as a whole."""
    return re.sub(r"(?m)^( *)#(|  )(?=[a-z}])", r"\1\2", text)


class Modules:
    """Runs programs of this machine's Dovecot, for which the settings modules
    of its directory are others than they are."""

    def __init__(self, work):
        user = os.getuid() != 0
        if not namespace.available(user):
            skip("needs root or user namespaces")
        self.directory = work + "/settings"
        self.conf = work + "/dovecot.conf"
        shutil.copytree(module_dir(), self.directory)
        self.enter = [sys.executable, namespace.__file__,
                      "--bind", "%s:%s" % (self.directory, module_dir())]
        if user:
            self.enter += ["--uid", "0", "--gid", "0"]

    def add(self, directory):
        for name in MODULES:
            shutil.copy(os.path.join(directory, name), self.directory)

    def run(self, program, *args):
        return subprocess.run(
            self.enter + ["--", host.find_program(program), *args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=60)

    def doveconf(self, text, *args):
        """doveconf on a configuration file with this text."""
        return self.run("doveconf", "-c", write(self.conf, text), *args)


def main(test):
    """Run test(work, modules), with a directory and the module built."""
    try:
        # Not private to its owner: programs read it as others.
        with tempfile.TemporaryDirectory(prefix="imap2-build.") as work:
            os.chmod(work, 0o755)
            modules = Modules(work)
            modules.add(finished_build(work))
            test(work, modules)
    except host.NotPossible as error:
        skip(str(error))
