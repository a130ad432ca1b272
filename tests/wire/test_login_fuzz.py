# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What is said before LOGIN, mutated: whatever comes, imap2-login answers in
whole lines, with tags that were sent, to the end; one process serves all of it,
and its memory stays what it was (design 4.2, 4.3, 6).

The seed is printed and IMAP2_SEED repeats it; IMAP2_DIALOGUES is how many there
are (with a build by -fsanitize=address,undefined, a fuzzer that needs no
other)."""

import os
import random
import re
import socket
from concurrent.futures import ThreadPoolExecutor

from host import one_login_process
from process import gone, private

DIALOGUES = int(os.environ.get("IMAP2_DIALOGUES", "300"))
SESSIONS = 10
MAX_GROWTH = 1024 * 1024
ANSWER = re.compile(rb"(\S+) (OK|NO|BAD|BYE)( [\x20-\x7e]+)?\Z")
# What clients say, and what is near to it; user1 is there, with that password.
SAMPLES = (
    b"a LOGIN user1 wrong\r\n", b"a LOGIN user1 secret\r\nb NOOP\r\n",
    b'a LOGIN "user1" "se cret"\r\n', b"a LOGIN {5}\r\nuser1 {5}\r\nwrong\r\n",
    b"a NOOP\r\nb NOOP\r\nc LOGOUT\r\n", b"A1 CAPABILITY\r\nA2 NOOP\r\n",
    b"a LOGIN\r\n", b"a LOGIN user1\r\n", b"a LOGIN user1 x y\r\n",
    b"a LOGOUT x\r\n", b"* OK hello\r\n", b"+ go on\r\n", b"\r\n\n \r\n",
    b"a AUTHENTICATE PLAIN\r\nAHVzZXIxAHdyb25n\r\n", b"a STARTTLS\r\n",
    b"a SELECT INBOX\r\n", b"a VERSION 4\r\n", b"a LOGIN {0}\r\n {0}\r\n\r\n",
    b"a ID NIL\r\n", b"a[1] NOOP\r\n", b"GET / HTTP/1.0\r\n\r\n",
)
SPECIAL = (b"\0", b"\r", b"\n", b"\r\n", b" ", b'"', b"\\", b"%", b"(", b")",
           b"{", b"}", b"{3}\r\n", b"{4096}\r\n", b"{4294967295}\r\n",
           b"{99999999999999999999}\r\n", b"{-1}", b"\x80", b"\xff\xfe",
           b"*", b"+", b"x" * 300, b"x" * 5000, b" " * 5000, b"LOGIN", b"NOOP",
           b"LOGOUT")


def piece(choice, octets):
    start = choice.randint(0, len(octets))
    return start, choice.randint(start, min(len(octets), start + 12))


def insert(choice, octets):
    at = choice.randint(0, len(octets))
    return octets[:at] + choice.choice(SPECIAL) + octets[at:]


def change(choice, octets):
    at = choice.randint(0, max(len(octets) - 1, 0))
    return octets[:at] + bytes([choice.randrange(256)]) + octets[at + 1:]


def delete(choice, octets):
    start, end = piece(choice, octets)
    return octets[:start] + octets[end:]


def double(choice, octets):
    start, end = piece(choice, octets)
    return octets[:end] + octets[start:end] + octets[end:]


def dialogue(choice):
    octets = b"".join(choice.choice(SAMPLES)
                      for _ in range(choice.randint(1, 4)))
    for _ in range(choice.choice((0, 1, 1, 2, 3, 8))):
        octets = choice.choice((insert, change, delete, double))(choice, octets)
    return octets


def pieces(choice, octets):
    """As they may come."""
    while octets:
        size = choice.choice((1, 2, 7, len(octets)))
        yield octets[:size]
        octets = octets[size:]


def answers(port, parts):
    """To the end, which comes when the client says no more."""
    with socket.create_connection(("127.0.0.1", port), 60) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        said = b""
        try:
            for part in parts:
                sock.sendall(part)
            sock.shutdown(socket.SHUT_WR)
            while True:
                part = sock.recv(65536)
                if not part:
                    break
                said += part
        except TimeoutError:
            raise
        except OSError:
            pass
    return said


def check(octets, said):
    assert said == b"" or said.endswith(b"\r\n"), (octets, said)
    # What follows is for the session to answer.
    said = said.split(b" logged in\r\n")[0]
    words = re.split(rb"[ \r\n]", octets)
    for line in said.split(b"\r\n"):
        if line == b"" or line.startswith(b"+ "):
            continue
        found = ANSWER.match(line)
        assert found, (octets, said)
        assert found.group(1) in words + [b"*"], (octets, line)


def test_mutated_dialogues(t):
    server = t.make_server(one_login_process(100))
    assert t.user(server=server) == "user1"
    seed = int(os.environ.get("IMAP2_SEED", random.randrange(1000000)))
    print("# seed %d" % seed, flush=True)
    choice = random.Random(seed)
    pid, = server.session_pids("imap2-login")
    dialogues = [list(pieces(choice, dialogue(choice)))
                 for _ in range(DIALOGUES)]
    first = DIALOGUES // 10
    with ThreadPoolExecutor(SESSIONS) as pool:
        said = list(pool.map(lambda parts: answers(
            server.ports["imap2"], parts), dialogues[:first]))
        memory = private(pid)
        said += pool.map(lambda parts: answers(
            server.ports["imap2"], parts), dialogues[first:])
    for parts, answer in zip(dialogues, said):
        check(b"".join(parts), answer)
    assert not gone(pid), "the process died"
    growth = private(pid) - memory
    print("# %d dialogues, %d octets, memory %+d kB" % (
        DIALOGUES, sum(map(len, map(b"".join, dialogues))), growth // 1024),
        flush=True)
    if "IMAP2_SLOW" not in os.environ:
        assert growth < MAX_GROWTH, growth
    with t.connect(server) as client:
        client.ok("NOOP")
