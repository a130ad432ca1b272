#!/usr/bin/env python3
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""How the time and memory of a command grow with the size of a message that was
made to hurt (tests/lib/hostile.py), beside Dovecot's own imap. Each measurement
is of a new session, with a mailbox and a message of its own that nobody has
looked at. Shows CPU milliseconds for each size, the last by the one before
(linear: 2.0), and the growth of the session's peak memory at the largest.
"""

import argparse
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + "/../lib"]

import hostile
import mail
import sessions
from dovecot import Dovecot, NotPossible

# IMAP2's words, and IMAP4's.
WORK = [
    ("FETCH 1 ENVELOPE", "FETCH 1 ENVELOPE"),
    ("FETCH 1 BODY", "FETCH 1 BODY"),
    ("FETCH 1 RFC822.HEADER", "FETCH 1 RFC822.HEADER"),
    ("FETCH 1 RFC822.HEADER.LINES (SUBJECT)",
     "FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]"),
    ("FETCH 1 RFC822", "FETCH 1 RFC822"),
    ("FETCH 1 BODY[1.1.1.1]", "FETCH 1 BODY[1.1.1.1]"),
    ("SEARCH FROM nobody", "SEARCH FROM nobody"),
    ("SEARCH TEXT nothing", "SEARCH TEXT nothing"),
]
LIMITS = "protocol imap2 {\n  mail_max_userip_connections = 0\n}\n" \
    "protocol imap {\n  mail_max_userip_connections = 0\n}\n"
DOUBLINGS = 4


def measure(server, user, folder, service, line):
    """CPU seconds, octets by which the peak grew."""
    session = sessions.Imap(server, service, user)
    session.command("SELECT " + folder)
    _, idle = sessions.memory(session.pid)
    cost = session.measure(session.command, line)
    peak, _ = sessions.memory(session.pid)
    session.close()
    return cost.cpu, peak - idle


def curve(server, kind, work, service, base):
    """CPU seconds for each size, and the last's memory."""
    user = server.fresh_user()
    inbox = mail.Maildir(server.home(user) + "/Maildir", server.owner)
    line = WORK[work][service == "imap"]
    times = []
    for doubling in range(DOUBLINGS):
        name = "size%d" % doubling
        inbox.folder(name).add(hostile.GROWING[kind](base << doubling))
        cpu, memory = measure(server, user, name, service, line)
        times.append(cpu)
    shutil.rmtree(server.home(user))
    return times, memory


def show(kind, line, curves):
    text = ""
    for service in ("imap2", "imap"):
        times, memory = curves[service]
        text += "  | %s %4.1f %6.1fM" % (
            " ".join("%7.1f" % (time * 1000) for time in times),
            times[-1] / times[-2], memory / (1 << 20))
    print("%-22.22s %-28.28s%s" % (kind, line, text), flush=True)


def all_curves(server, kinds, pattern, base):
    for kind in kinds:
        for work, (line, _) in enumerate(WORK):
            if pattern not in line:
                continue
            show(kind, line, {service: curve(server, kind, work, service, base)
                              for service in ("imap2", "imap")})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=128 << 10,
                        help="octets of the smallest message")
    parser.add_argument("--kind", default="", help="part of a kind's name")
    parser.add_argument("--work", default="", help="part of a command")
    args = parser.parse_args()
    kinds = [kind for kind in hostile.GROWING if args.kind in kind]
    directory = os.environ["IMAP2_BUILD"]
    print("sizes %s; imap2, then imap" % " ".join(
        "%dk" % (args.base << doubling >> 10)
        for doubling in range(DOUBLINGS)))
    try:
        for first in range(0, len(kinds), 4):
            with Dovecot(directory, LIMITS, vsz_limit="0") as server:
                all_curves(server, kinds[first:first + 4], args.work,
                           args.base)
    except NotPossible as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
