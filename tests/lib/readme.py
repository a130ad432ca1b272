# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What README.md and docs/install.md tell people to type, to see whether it
does what they say:

    python3 readme.py commands FILE HEADING   prints the code block there
    python3 readme.py session PORT            types the session of README.md

The session is one with sample mail (examples/try). As a program this gives
fred mail of his own first, by IMAP4, and numbers may be others then.
"""

import imaplib
import os
import re
import socket
import sys
import time

import mail
from build import SOURCE

SECONDS = 60


def read(name):
    with open(os.path.join(SOURCE, name)) as file:
        return file.read()


def commands(name, heading):
    """The first code block under a heading."""
    _, _, text = read(name).partition("\n## %s\n" % heading)
    found = re.search(r"\n\n((?:    .*\n)+)", text.partition("\n## ")[0])
    return re.sub("^    ", "", found.group(1), flags=re.MULTILINE)


def session():
    """[(command or None, the lines that answer it)]"""
    found = re.search(r"^    \$ telnet localhost 1143\n((?:    .*\n)+)",
                      read("README.md"), re.MULTILINE)
    turns = [(None, [])]
    for line in re.findall(r"    (.*)\n", found.group(1)):
        if re.match(r"a\d+ (?!OK )", line):
            turns.append((line, []))
        else:
            turns[-1][1].append(line)
    return turns


def type_session(port):
    """Yields command, expected line and answered line."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as sock:
        file = sock.makefile("rw", newline="\r\n")
        for command, answer in session():
            if command:
                file.write(command + "\n")
                file.flush()
            for line in answer:
                said = file.readline().rstrip("\r\n")
                # Debian 12 has its name in the greeting.
                yield command, line, said.replace("Dovecot (Debian)",
                                                  "Dovecot")
        assert file.read() == "", "the connection stays"


# -- as a program -------------------------------------------------------------

def fred():
    """An IMAP4 client, once there is a server."""
    for left in range(SECONDS, -1, -1):
        try:
            client = imaplib.IMAP4("127.0.0.1")
            break
        except OSError:
            if left == 0:
                raise
            time.sleep(1)
    client.login("fred", "secret")
    client.select()
    return client


def without_numbers(line):
    return re.sub(r"\d+( \d+)*", "N", line)


def try_session(port):
    client = fred()
    for number in client.search(None, "ALL")[1][0].split():
        client.store(number, "+FLAGS", "\\Deleted")
    # What comes while it's selected would be recent to this client.
    client.close()
    for message, flags in (mail.RFC_SAMPLE, None), (mail.PLAIN, "\\Seen"):
        client.append("INBOX", flags, None, mail.crlf(message))
    client.logout()
    for command, line, answer in type_session(port):
        print(answer)
        assert without_numbers(answer) == without_numbers(line), \
            (command, line, answer)
    client = fred()
    flags = client.fetch("2", "(FLAGS)")[1][0]
    assert b"\\Flagged" in flags, flags
    client.logout()


def main():
    if sys.argv[1] == "commands":
        print(commands(*sys.argv[2:]), end="")
    else:
        try_session(int(sys.argv[2]))


if __name__ == "__main__":
    main()
