# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Runs a command in a machine of its own, made of a chroot:

    python3 machine.py [--write] ROOT -- COMMAND... <SOURCES.tar

The machine has the chroot's files, the source tree of SOURCES.tar in
directory SOURCE, read-only, and no other files, processes or network
addresses than its own. What is written to the chroot is in memory and gone
afterwards. With --write it stays, and the network is that of this machine:
to install with.

The machine ends with the command, and with the process that started it: even
if that is killed, no process, mount or file stays.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys

from namespace import check, libc

# In pieces, for lint, which in a machine looks for this path in all files.
SOURCE = os.path.join("/srv", "imap2")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "no_proxy")
SIOCSIFFLAGS = 0x8914
IFF_UP = 1
MNT_DETACH = 2


def isolated(*options):
    """The beginning of a command that is to have mounts and processes of its
    own, and to be killed with its parent."""
    return ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid",
            "--mount-proc", "--fork", "--kill-child", *options]


def command(root, arguments, write=False):
    """What to call to run a command in the machine."""
    return isolated("--ipc", "--uts", *([] if write else ["--net"])) + [
        sys.executable, "-B", os.path.abspath(__file__),
        *(["--write"] if write else []), root, "--", *arguments]


# -- inside the namespaces ----------------------------------------------------

def run(*arguments):
    subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL)


def mount_tmpfs(target, mode):
    os.makedirs(target, exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", "mode=" + mode, "tmpfs", target)


def enter_scratch():
    """Go from a chroot to what looks like it but is kept in memory."""
    mount_tmpfs("mnt", "755")
    for name in ("upper", "work", "root"):
        os.mkdir("mnt/" + name)
    try:
        run("mount", "-t", "overlay", "-o",
            "lowerdir=.,upperdir=mnt/upper,workdir=mnt/work", "overlay",
            "mnt/root")
    except subprocess.CalledProcessError:
        print("note: no overlay file system here: the chroot is copied",
              flush=True)
        run("mount", "--bind", "mnt/root", "mnt/root")
        run("cp", "-a", "--one-file-system", ".", "mnt/root")
    os.chdir("mnt/root")


def enter_itself(root):
    """Only a mount point can become the root of a machine."""
    run("mount", "--bind", root, root)
    os.chdir(root)


def unpack_sources():
    directory = "." + SOURCE
    mount_tmpfs(directory, "755")
    subprocess.run(["tar", "-x", "--no-same-owner", "-C", directory],
                   check=True)
    run("mount", "-o", "remount,ro", directory)


def make_dev():
    mount_tmpfs("dev", "755")
    for name in DEVICES:
        open("dev/" + name, "w").close()
        run("mount", "--bind", "/dev/" + name, "dev/" + name)
    os.mkdir("dev/pts")
    run("mount", "-t", "devpts", "-o", "newinstance,ptmxmode=666,mode=620",
        "devpts", "dev/pts")
    mount_tmpfs("dev/shm", "1777")
    for name, target in (("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"),
                         ("stdin", "fd/0"), ("stdout", "fd/1"),
                         ("stderr", "fd/2")):
        os.symlink(target, "dev/" + name)


def loopback_up():
    with socket.socket() as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS,
                    struct.pack("16sH14x", b"lo", IFF_UP))


def become_root():
    """Make the working directory the root, and leave the other one."""
    check(libc.pivot_root(b".", b"mnt"), "pivot_root")
    os.chdir("/")
    check(libc.umount2(b"/mnt", MNT_DETACH), "umount /mnt")


def init(arguments):
    """The machine's first process: it has to bury its orphans. Returns the
    exit status of the command."""
    environment = {name: os.environ[name] for name in PROXIES
                   if name in os.environ}
    environment.update({
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root", "LANG": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive"})
    child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
            os.execvpe(arguments[0], arguments, environment)
        except OSError as error:
            print("machine: %s: %s" % (arguments[0], error), flush=True)
            os._exit(127)
    while True:
        pid, status = os.wait()
        if pid == child:
            status = os.waitstatus_to_exitcode(status)
            return status if status >= 0 else 128 - status


def main():
    arguments = sys.argv[1:]
    write = arguments[0] == "--write"
    root, separator, *arguments = arguments[1:] if write else arguments
    assert separator == "--"
    os.umask(0o022)
    socket.sethostname("matrix")
    if write:
        enter_itself(root)
    else:
        os.chdir(root)
        enter_scratch()
        loopback_up()
    run("mount", "-t", "proc", "proc", "proc")
    make_dev()
    mount_tmpfs("tmp", "1777")
    mount_tmpfs("run", "755")
    unpack_sources()
    become_root()
    return init(arguments)


if __name__ == "__main__":
    sys.exit(main())
