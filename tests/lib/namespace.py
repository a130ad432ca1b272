# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Run a command in a mount namespace of its own:

    python3 namespace.py [--uid N --gid N] [--bind SOURCE:TARGET]... -- COMMAND...

What is bind-mounted is seen by the command and its children only. Root does
without --uid. With --uid the command runs in a user namespace too, as the
caller, who is called N there: so anybody may do it, and so root may run what
refuses to run as uid 0. The command replaces this process, and gets SIGTERM
when the parent dies.
"""

import argparse
import ctypes
import os
import signal
import sys

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, "%s: %s" % (what, os.strerror(number)))


def mount(source, target, flags):
    check(libc.mount(os.fsencode(source), os.fsencode(target), None,
                     ctypes.c_ulong(flags), None), "mount " + target)


def write_file(path, text):
    with open(path, "w") as file:
        file.write(text)


def make_private():
    """Keep what is mounted from now on in this namespace. In a chroot "/" is
    no mount point: go to the namespace's own root for that, and back."""
    root = os.open("/", os.O_RDONLY)
    work = os.open(".", os.O_RDONLY)
    own = os.open("/proc/self/ns/mnt", os.O_RDONLY)
    check(libc.setns(own, CLONE_NEWNS), "setns")
    mount("none", "/", MS_REC | MS_PRIVATE)
    os.fchdir(root)
    os.chroot(".")
    os.fchdir(work)
    for descriptor in (root, work, own):
        os.close(descriptor)


def enter(uid, gid, binds):
    outer_uid, outer_gid = os.getuid(), os.getgid()
    if uid is None:
        check(libc.unshare(CLONE_NEWNS), "unshare")
    else:
        if outer_uid == 0:
            os.setgroups([])
        check(libc.unshare(CLONE_NEWNS | CLONE_NEWUSER), "unshare")
        write_file("/proc/self/setgroups", "deny")
        write_file("/proc/self/uid_map", "%d %d 1" % (uid, outer_uid))
        write_file("/proc/self/gid_map", "%d %d 1" % (gid, outer_gid))
    make_private()
    for source, target in binds:
        mount(source, target, MS_BIND | MS_REC)


def available(user):
    """Whether this process may make such namespaces (user: with --uid)."""
    pid = os.fork()
    if pid == 0:
        try:
            enter(54321 if user else None, 54321, [])
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("--bind", action="append", default=[])
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()

    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    try:
        enter(args.uid, args.gid, [bind.split(":", 1) for bind in args.bind])
    except OSError as error:
        sys.exit("namespace: " + str(error))
    os.execvp(args.command[0], args.command)


if __name__ == "__main__":
    main()
