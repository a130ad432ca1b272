# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""APPEND of IMAP2bis: what is appended is there for IMAP4 octet by octet, and
nothing else ever is."""

import hashlib
import os
import signal
import socket
import time

import host
import mail
from imap2 import Lit
from process import private

CONFIG = "protocol imap2 {\n" + host.plugins("quota") + \
    "  imap2_max_keywords = 4\n}\n" + host.both(v23="""
plugin {
  quota = count:User quota
  quota_rule = *:storage=300M
  quota_vsizes = yes
  quota_max_mail_size = 250M
}
""", v24="""
quota "User quota" {
  driver = count
  storage_size = 300M
}
quota_mail_size = 250M
""")
FORMATS = ("maildir", "sdbox", "mdbox", "mbox")
BIG = 200 * 1024 * 1024
MEGABYTE = 1024 * 1024
# Octets of a literal that would do harm as commands
HARMFUL = b"x1 CREATE evil\r\nx2 STORE 1 +FLAGS \\Deleted\r\nx3 EXPUNGE\r\n"


def append(client, arguments, octets, wait=True, size=None, end=b"\r\n"):
    """The Result. wait: for "+" before the message, which isn't sent if it
    isn't asked for."""
    tag = client.new_tag()
    client.announce(tag, b"APPEND")
    client.checker.literal()
    line = b"%s APPEND %s {%d}\r\n" % (tag, arguments.encode(),
                                       len(octets) if size is None else size)
    if not wait:
        client.send(line + octets + end)
        return client.read_until_tagged()
    client.send(line)
    response = client.read()
    if response.kind == "+":
        client.send(octets + end)
        return client.read_until_tagged()
    data = []
    while response.tag is None:
        data.append(response)
        response = client.read()
    return Refused(response, data)


class Refused:
    """The answer came instead of "+"."""

    def __init__(self, response, data):
        self.state, self.text, self.data = response.kind, response.text, data


def appended(client, arguments, octets, **options):
    result = append(client, arguments, octets, **options)
    assert result.state == "OK" and not isinstance(result, Refused), result
    return result


def refused(client, arguments, octets=mail.crlf(mail.simple(1)),
            state="NO", before=True):
    """By one that waits, before the message is asked for; and by one that
    doesn't wait, of whom nothing is run."""
    result = append(client, arguments, octets)
    assert result.state == state, result
    assert isinstance(result, Refused) == before, result
    other = append(client, arguments, HARMFUL, wait=False)
    assert other.state == state, other
    client.ok("NOOP")
    return result.text


def test_what_is_appended_is_there(t):
    for format in FORMATS:
        user = t.user(format)
        client = t.login(user)
        witness = t.witness(user)
        messages = [mail.crlf(message) for _, message, _, _ in mail.SAMPLES
                    if not message.startswith(b"\n")]
        messages += [mail.crlf(mail.BIG), b"x", b"\r\n\r\n"]
        for number, message in enumerate(messages):
            appended(client, "INBOX", message, wait=number % 2 == 0)
        witness.examine()
        if format == "mbox":
            # Not all can be kept in it as they are.
            twin = t.witness(t.user(format))
            for message in messages:
                twin.append(message)
            twin.examine()
            messages = twin.texts()
        assert witness.texts() == messages, format
        client.select()
        for number, message in enumerate(messages, 1):
            assert client.ok("FETCH %d RFC822" % number).fetched(number)[
                "RFC822"] == message


def test_flags_and_date(t):
    user = t.user()
    client = t.login(user)
    witness = t.witness(user)
    message = mail.crlf(mail.simple(1))
    cases = [
        ("", [], None),
        ("()", [], None),
        ("(\\Seen)", ["\\Seen"], None),
        ("(\\SEEN \\flagged work)", ["\\Flagged", "\\Seen", "work"], None),
        ('" 2-Jan-1990 03:04:05 +0000"', [], b"02-Jan-1990 03:04:05 +0000"),
        ('(\\Deleted) " 2-Jan-90 03:04:05-GMT"', ["\\Deleted"],
         b"02-Jan-1990 03:04:05 +0000"),
        ('"2-Jan-90 03:04:05-PST"', [], b"02-Jan-1990 11:04:05 +0000"),
        ('"02-Jan-1990 03:04:05 -0130"', [], b"02-Jan-1990 04:34:05 +0000"),
    ]
    for arguments, _, _ in cases:
        appended(client, "INBOX " + arguments, message)
    witness.examine()
    today = time.strftime("-%b-%Y ", time.gmtime()).encode()
    for number, (arguments, flags, date) in enumerate(cases, 1):
        assert witness.flags(number) == flags, arguments
        stored = witness.internal_date(number)
        assert stored == date if date else today in stored, (arguments, stored)


def test_mailbox_name_as_a_literal(t):
    user = t.user()
    client = t.login(user)
    client.ok("CREATE \"a box\"")
    message = mail.crlf(mail.simple(1))
    client.ok("APPEND ", Lit(b"a box"), " ", Lit(message))
    client.ok("APPEND \"a box\" (\\Seen) ", Lit(message))
    client.ok("APPEND ", Lit(b"a box"), " (\\Seen) ", Lit(message), wait=False)
    witness = t.witness(user)
    assert witness.examine("a box") == 3
    assert witness.texts() == [message] * 3


def test_selected_mailbox_is_told_of(t):
    user = t.simple_user(2)
    client = t.selected(user)
    message = mail.crlf(mail.simple(3))
    result = appended(client, "INBOX (work)", message)
    assert result.of("EXISTS") and result.numbers("EXISTS") == [3], result
    items = client.ok("FETCH 3 (RFC822 FLAGS)").fetched(3)
    assert items["RFC822"] == message and "work" in items["FLAGS"], items
    # Of another mailbox nothing is told.
    client.ok("CREATE other")
    assert not appended(client, "other", message).data


def test_refused_before_the_message(t):
    user = t.simple_user(1)
    client = t.selected(user)
    witness = t.witness(user)
    before = witness.snapshot()
    assert "[TRYCREATE] " in refused(client, "missing")
    assert "empty" in append(client, "INBOX", b"").text
    refused(client, '""')
    refused(client, "&bad")
    assert "\\Recent" in refused(client, "INBOX (\\Recent)")
    refused(client, "INBOX (\\Draft)")
    refused(client, "INBOX (\\Frob)")
    assert "keywords" in refused(client, "INBOX (a b c d e)")
    for arguments in ("INBOX (a", "INBOX (a{)", "INBOX frob",
                      'INBOX "32-Jan-1990 00:00:00 +0000"',
                      'INBOX " 2-Jan-1990 00:00:00 +0000" (\\Seen)',
                      "INBOX () () ", "INBOX (\\Seen)x",
                      'INBOX "" '):
        refused(client, arguments, state="BAD")
    client.bad("APPEND INBOX")
    client.bad("APPEND")
    client.bad('APPEND INBOX "text"')
    client.bad("APPEND INBOX {2147483648}")
    client.bad("APPEND INBOX {99999999999999999999}")
    assert witness.snapshot() == before
    assert "evil" not in witness.names()
    assert client.search("ALL") == [1]


def test_quota_and_size_limit(t):
    """Known by the size alone."""
    user = t.user()
    client = t.login(user)
    for size in (260 * MEGABYTE, 2147483647):
        tag = client.new_tag()
        client.announce(tag, b"APPEND")
        client.checker.literal()
        client.send(b"%s APPEND INBOX {%d}\r\n" % (tag, size))
        response = client.read()
        assert response.kind == "NO", response
    appended(client, "INBOX", mail.crlf(mail.simple(1)))
    assert t.witness(user).examine() == 1


def test_rest_of_the_line(t):
    user = t.simple_user(1)
    client = t.selected(user)
    message = mail.crlf(mail.simple(2))
    for end in (b" x\r\n", b" (\\Seen)\r\n", b"x\r\n", b"\0\r\n", b"\r\r\n"):
        result = append(client, "INBOX", message, end=end)
        assert result.state == "BAD", (end, result)
        assert client.ok("CHECK").numbers("EXISTS") == [1]
    # One message a command
    tag = client.new_tag()
    client.announce(tag, b"APPEND")
    client.checker.literal()
    client.checker.literal()
    client.send(b"%s APPEND INBOX {1}\r\nx {%d}\r\n%s\r\n" % (
        tag, len(HARMFUL), HARMFUL))
    assert client.read_until_tagged().state == "BAD"
    assert client.ok("CHECK").numbers("EXISTS") == [1]
    appended(client, "INBOX", message, end=b"\n")
    appended(client, "INBOX", message, end=b"  \r\n")
    assert client.ok("CHECK").numbers("EXISTS") == [3]


def begin(client, mailbox, size):
    tag = client.new_tag()
    client.announce(tag, b"APPEND")
    client.checker.literal()
    client.send(b"%s APPEND %s {%d}\r\n" % (tag, mailbox, size))
    assert client.read().kind == "+"


def test_cut_off_messages_never_appear(t):
    for format in FORMATS:
        user = t.user(format)
        message = mail.crlf(mail.BIG)
        for octets in (b"", message[:10], message[:100000], message[:-1],
                       message, message + b"\r"):
            client = t.login(user)
            begin(client, b"INBOX", len(message))
            client.send(octets)
            client.sock.shutdown(socket.SHUT_WR)
            client.expect_eof()
        witness = t.witness(user)
        assert witness.examine() == 0, format
        if format == "maildir":
            names = os.listdir(t.server.home(user) + "/Maildir/tmp")
            assert names == [], names


def test_mailbox_replaced_in_the_midst(t):
    """Else sdbox and mdbox take the new index for a corrupted one and empty the
    new mailbox, as with Dovecot's imap."""
    # Of the part that went with the old one, and while that is cleaned up
    t.expect_log(r"duplicate transaction log")
    t.expect_log(r"unlink\(.*/(tmp/|\.temp\.).* failed: No such file")
    begun = []
    for format in ("maildir", "sdbox", "mdbox") * 2:
        user = t.user(format)
        t.witness(user).create("work")
        client = t.login(user)
        begin(client, b"work", 30000)
        client.send(b"x" * 20000)
        begun.append((format, user, client))
    # An index is known by the second in which it was made.
    time.sleep(1.1)
    for number, (format, user, client) in enumerate(begun):
        witness = t.witness(user)
        witness.call("delete", "work")
        witness.create("work")
        witness.append(b"Subject: new\r\n\r\n", mailbox="work")
        if number < 3:
            client.send(b"x" * 10000 + b"\r\n")
            result = client.read_until_tagged()
            assert result.state == "NO", (format, result)
        else:
            client.sock.shutdown(socket.SHUT_WR)
            client.expect_eof()
        assert t.witness(user).select("work") == 1, (format, number)


def test_killed_in_the_midst(t):
    """(Dovecot writes a message into an mbox in its place: there, a part of it
    stays behind after kill -9, whatever protocol it came by.)"""
    for format in FORMATS[:-1]:
        # mdbox finds the part of a message later, and says so.
        t.expect_log("killed with signal 9|msg header has bad magic value")
        user = t.user(format)
        message = mail.crlf(mail.BIG)
        appended(t.login(user), "INBOX", message)
        for size in (1, 50000, len(message) - 1, len(message)):
            start = len(t.server.log())
            client = t.login(user)
            pid, _ = t.server.session_of(user, start)
            tag = client.new_tag()
            client.announce(tag, b"APPEND")
            client.checker.literal()
            client.send(b"%s APPEND INBOX {%d}\r\n" % (tag, len(message)))
            assert client.read().kind == "+"
            client.send(message[:size])
            os.kill(pid, signal.SIGKILL)
            client.expect_eof()
            t.server.wait_log("killed with signal 9", start)
        client = t.login(user)
        appended(client, "INBOX", message)
        witness = t.witness(user)
        assert witness.examine() == 2, format
        assert witness.texts() == [message] * 2, format


def test_slow_clients_disturb_nobody(t):
    user = t.user()
    message = mail.crlf(mail.simple(1))
    slow = t.login(user)
    tag = slow.new_tag()
    slow.announce(tag, b"APPEND")
    slow.checker.literal()
    slow.send(b"%s APPEND INBOX {%d}\r\n" % (tag, len(message)))
    assert slow.read().kind == "+"
    other = t.selected(user)
    for octet in message:
        slow.send(bytes([octet]))
        other.ok("NOOP")
    assert other.ok("CHECK").numbers("EXISTS") == [0]
    slow.send(b"\r\n")
    assert slow.read_until_tagged().state == "OK"
    assert other.ok("CHECK").numbers("EXISTS") == [1]
    assert other.ok("FETCH 1 RFC822").fetched(1)["RFC822"] == message


def test_many_in_one_go(t):
    """Pipelined, refused and accepted ones in turn."""
    user = t.user()
    client = t.login(user)
    octets, tags = b"", []
    for number in range(200):
        tags.append(client.new_tag())
        client.announce(tags[-1], b"APPEND")
        client.checker.literal()
        box = b"INBOX" if number % 2 else b"missing"
        message = mail.crlf(mail.simple(number))
        octets += b"%s APPEND %s {%d}\r\n%s\r\n" % (
            tags[-1], box, len(message), message)
    client.send(octets)
    states = [client.read_until_tagged().state for _ in tags]
    assert states == ["NO", "OK"] * 100, states
    client.select()
    assert client.ok("FETCH 100 RFC822").fetched(100)["RFC822"] == \
        mail.crlf(mail.simple(199))


def test_memory_of_a_big_message(t):
    """200 MB in and out again: the session holds none of it."""
    t.needs_own_speed()
    user = t.user()
    start = len(t.server.log())
    client = t.login(user)
    pid, _ = t.server.session_of(user, start)
    client.select()
    chunk = b"A line of a very big message, one of three million and more\r\n"
    chunk *= 1024 * 1024 // len(chunk)
    head = b"From: big@example.org\r\nSubject: big\r\n\r\n"
    count = (BIG - len(head)) // len(chunk)
    size = len(head) + count * len(chunk)
    total = hashlib.sha256(head)
    idle = private(pid)
    tag = client.new_tag()
    client.announce(tag, b"APPEND")
    client.checker.literal()
    client.sock.sendall(b"%s APPEND INBOX {%d}\r\n" % (tag, size))
    assert client.read().kind == "+"
    client.sock.sendall(head)
    peak = idle
    for _ in range(count):
        client.sock.sendall(chunk)
        total.update(chunk)
        peak = max(peak, private(pid))
    client.sock.sendall(b"\r\n")
    assert client.read_until_tagged().state == "OK"
    peak = max(peak, private(pid))
    print("    APPEND of %d octets: %d kB at rest, %d kB at most" % (
        size, idle // 1024, peak // 1024))
    assert peak - idle < 2 * MEGABYTE, (idle, peak)

    client.announce(b"f", b"FETCH")
    client.sock.sendall(b"f FETCH 1 RFC822\r\n")
    line = client.take_line()
    assert b"{%d}" % size in line, line
    got, left = hashlib.sha256(client.buffer), size - len(client.buffer)
    fetch_peak = idle
    while left > 0:
        octets = client.sock.recv(min(left, 1 << 18))
        got.update(octets)
        left -= len(octets)
        fetch_peak = max(fetch_peak, private(pid))
    assert got.digest() == total.digest()
    print("    FETCH of it: %d kB at most" % (fetch_peak // 1024))
    assert fetch_peak - idle < 2 * MEGABYTE, (idle, fetch_peak)
