# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What clients send, well or badly: strings and literals, line ends, limits,
nonsense (R p.9-10, p.21; design 4.2, 4.3, 4.14; legacy-clients section 4 rows
4, 13). After each piece of bad input the next command must be answered
rightly and the mailbox be as it was."""

import socket
import time

import mail
from imap2 import Closed, Lit
from process import private

MAX_LINE = 65536


def client_and_before(t, count=3):
    user = t.simple_user(count)
    client = t.selected(user)
    witness = t.witness(user)
    return client, witness, witness.snapshot()


def still_fine(client):
    assert client.ok("SEARCH ALL").values("SEARCH") == [[1, 2, 3]]


# (octets, tag of the BAD or None for an untagged one)
MALFORMED = [
    (b"\r\n", None), (b"\n", None), (b" \r\n", None), (b"   \r\n", None),
    (b" a NOOP\r\n", None), (b"* NOOP\r\n", None), (b"+ NOOP\r\n", None),
    (b"a\r\n", b"a"), (b"a \r\n", b"a"), (b"a  \r\n", b"a"),
    (b"caf\xe9 NOOP\r\n", None), (b"t\x01 NOOP\r\n", None),
    (b"x" * 200 + b" NOOP\r\n", None),
    (b"\0 NOOP\r\n", None), (b"a NO\0OP\r\n", b"a"),
    (b"a NOOP \0\r\n", b"a"), (b"a SELECT IN\0BOX\r\n", b"a"),
    (b"a NOOP\rx\r\n", b"a"), (b"a SELECT a\rb\r\n", b"a"),
    (b"a N\xe9OP\r\n", b"a"), (b"a \"NOOP\"\r\n", b"a"),
    (b"a (NOOP)\r\n", b"a"), (b"a {4\r\n", b"a"),
    (b"a STORE 1 +FLAGS (\\Deleted\r\n", b"a"),
    (b"a STORE 1 +FLAGS ((\\Deleted))\r\n", b"a"),
    (b"a SELECT \"INBOX\r\n", b"a"), (b"a SELECT INBOX\"\r\n", b"a"),
    (b"a SELECT \"INBOX\"x\r\n", b"a"), (b"a SELECT {x}\r\n", b"a"),
    (b"a SELECT {}\r\n", b"a"), (b"a SELECT {-1}\r\n", b"a"),
    (b"a SELECT {5\r\n", b"a"),
    (b"a SELECT {99999999999999999999}\r\n", b"a"),
    (b"a SELECT {4294967296}\r\n", b"a"),
    (b"a FETCH\r\n", b"a"), (b"a FETCH 1\r\n", b"a"),
    (b"a FETCH 1 (\r\n", b"a"), (b"a FETCH 1 )\r\n", b"a"),
    (b"a FETCH (1) FLAGS\r\n", b"a"), (b"a FETCH \"1\" FLAGS\r\n", b"a"),
    (b"a FETCH 1 FLAGS FLAGS\r\n", b"a"), (b"a FETCH 1\tFLAGS\r\n", b"a"),
    (b"a\tNOOP\r\n", None),
    (b"GET / HTTP/1.0\r\n", b"GET"), (b"EHLO example.org\r\n", b"EHLO"),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", None),
]


def test_malformed_commands(t):
    client, witness, before = client_and_before(t)
    for octets, tag in MALFORMED:
        answer = client.raw_line(octets, tag)
        state = answer.kind if tag is None else answer.state
        assert state == "BAD", (octets, answer)
        still_fine(client)
    assert witness.snapshot() == before


def test_bare_lf_is_a_line_end(t):
    client, _, _ = client_and_before(t)
    assert client.raw_line(b"a NOOP\n", b"a").state == "OK"
    result = client.raw_line(b"b FETCH 1:3 FLAGS\n", b"b", "FETCH")
    assert result.numbers("FETCH") == [1, 2, 3]
    client.checker.literal()
    client.checker.command(b"c", "SELECT")
    client.send(b"c SELECT {5}\nINBOX\n")
    assert client.read_until_tagged().state == "OK"


def test_spaces_between_and_after_arguments(t):
    """A documented reading: harmless, and never guessed at otherwise."""
    client, _, _ = client_and_before(t)
    for line in (b"a NOOP ", b"a  NOOP", b"a FETCH  1  FLAGS", b"a CHECK  "):
        verb = line.split()[1].decode()
        answer = client.raw_line(line + b"\r\n", b"a", verb)
        assert answer.state in ("OK", "BAD"), (line, answer)
        still_fine(client)


def test_literals_waiting_and_pipelined(t):
    user = t.simple_user(2)
    for wait in (True, False):
        client = t.connect()
        client.ok("LOGIN ", Lit(user), " ", Lit("secret"), wait=wait)
        client.ok("SELECT ", Lit("INBOX"), wait=wait)
        client.ok("COPY 1 ", Lit("lit %s" % wait), wait=wait)
        result = client.ok("SEARCH FROM ", Lit("sender1"), " SUBJECT ",
                           Lit("message"), " UNFLAGGED", wait=wait)
        assert result.values("SEARCH") == [[1]]
        client.ok("FIND MAILBOXES ", Lit("lit*"), wait=wait)


def test_the_plus_is_sent_at_once(t):
    client, _, _ = client_and_before(t)
    client.checker.command(b"a", "SEARCH")
    client.checker.literal()
    client.send(b"a SEARCH FROM {7}\r\n")
    assert client.read().kind == "+"
    client.send(b"sender2")
    client.send(b" SUBJECT {9}\r\n")
    client.checker.literal()
    assert client.read().kind == "+"
    client.send(b"message 2\r\n")
    assert client.read_until_tagged().values("SEARCH") == [[2]]


def test_c92_switching_mailboxes(t):
    """One write: the literal doesn't wait."""
    board = mail.folder(t.server.dir + "/public", "some.bboard",
                        t.server.owner)
    client, _, _ = client_and_before(t)
    for octets, wanted in ((b"a BBOARD {11}\r\nsome.bboard\r\n", None),
                           (b"b SELECT {5}\r\nINBOX\r\n", "OK")):
        client.checker.command(octets[:1], octets.split()[1].decode())
        client.checker.literal()
        client.send(octets)
        result = client.read_until_tagged()
        assert wanted is None or result.state == wanted, result
    still_fine(client)
    assert board.path


def test_literals_of_refused_commands_are_swallowed(t):
    client, witness, before = client_and_before(t)
    danger = b"x STORE 1:3 +FLAGS \\Deleted\r\ny EXPUNGE\r\n"
    for head in (b"a FROB", b"a CREATE x", b"a APPEND", b"a SELECT x",
                 b"a FETCH 1", b"a STORE 1 +FLAGS", b"a NOOP", b"a LOGIN x",
                 b"a FIND OTHER", b"a SEARCH FROB", b"a EXPUNGE",
                 b"a FETCH 9 FLAGS"):
        for wait in (False, True):
            client.checker.command(b"a", head.split()[1].decode())
            client.checker.literal()
            announced = head + b" {%d}\r\n" % len(danger)
            if wait:
                client.send(announced)
                assert client.read().kind == "+"
                client.send(danger + b"\r\n")
            else:
                client.send(announced + danger + b"\r\n")
            result = client.read_until_tagged()
            assert result.state == "BAD", (head, result)
            still_fine(client)
    assert witness.snapshot() == before


def test_imap4_literals_without_waiting_are_refused_and_swallowed(t):
    client, witness, before = client_and_before(t)
    danger = b"x STORE 1:3 +FLAGS \\Deleted\r\n"
    answer = client.raw_line(b"a SELECT {%d+}\r\n" % len(danger) + danger +
                             b"\r\n", b"a", "SELECT")
    assert answer.state == "BAD", answer
    still_fine(client)
    assert witness.snapshot() == before


def test_literal_of_zero_octets(t):
    client, _, _ = client_and_before(t)
    for wait in (True, False):
        result = client.command("SELECT ", Lit(""), wait=wait)
        assert result.state in ("NO", "BAD")
        client.select()
        result = client.command("SEARCH TEXT ", Lit(""), " ALL", wait=wait)
        assert result.state in ("OK", "BAD")
        still_fine(client)


def test_literal_with_line_ends_and_nul(t):
    client, witness, before = client_and_before(t)
    for octets in (b"a\r\nb", b"\r\n", b"a\0b", b"\0", b"\xff\xfe"):
        for verb in ("SELECT ", "COPY 1 ", "FIND MAILBOXES "):
            result = client.command(verb, Lit(octets))
            assert result.state in ("NO", "BAD") or verb[0] == "F", result
            client.select()
    assert witness.snapshot() == before
    # More could exist only if a line end got into a name.
    names = witness.names()
    assert all(name.isprintable() for name in names), names


def test_oversized_line(t):
    client, witness, before = client_and_before(t)
    for size in (MAX_LINE + 1, MAX_LINE * 3, 2000000):
        client.checker.command(b"a", "SELECT")
        client.send(b"a SELECT " + b"x" * size + b"\r\n")
        result = client.read_until_tagged()
        assert result.state == "BAD", result
        still_fine(client)
    # What looks like a command at the end of it is only its end.
    client.checker.command(b"b", "SEARCH")
    client.send(b"b SEARCH " + b"x" * MAX_LINE + b" x STORE 1:3 FLAGS "
                b"\\Deleted\r\n")
    assert client.read_until_tagged().state == "BAD"
    still_fine(client)
    assert witness.snapshot() == before


def test_oversized_line_without_a_tag(t):
    client, _, _ = client_and_before(t)
    client.send(b"y" * 300000 + b"\r\n")
    assert client.read().kind == "BAD"
    still_fine(client)


def test_oversized_literal(t):
    client, witness, before = client_and_before(t)
    for wait in (True, False):
        for size in (MAX_LINE + 100, 1000000):
            body = b"x STORE 1:3 +FLAGS \\Deleted\r\n" * (size // 29)
            result = client.command("SELECT ", Lit(body), wait=wait)
            assert result.state == "BAD", result
            still_fine(client)
    assert witness.snapshot() == before


def test_longest_line_allowed(t):
    client, _, _ = client_and_before(t)
    text = b"x" * (MAX_LINE - 100)
    assert client.ok(b"SEARCH TEXT " + text).values("SEARCH") == [[]]
    assert client.ok("SEARCH TEXT ", Lit(text)).values("SEARCH") == [[]]


def test_the_limit_is_a_setting(t):
    server = t.make_server("imap2_max_line_length = 2k\n")
    client = t.selected(t.simple_user(3, server), server)
    client.ok("SEARCH TEXT " + "x" * 1900)
    client.bad("SEARCH TEXT " + "x" * 2100)
    client.bad("SEARCH TEXT ", Lit("x" * 2100))
    still_fine(client)


def test_endless_line_takes_no_memory(t):
    t.needs_own_speed()
    user = t.simple_user(3)
    client = t.selected(user)
    pid, _ = t.server.session_of(user)
    before = private(pid)
    client.checker.command(b"a", "SEARCH")
    client.send(b"a SEARCH ")
    for _ in range(200):
        client.sock.sendall(b"x" * 100000)
    time.sleep(0.3)
    assert private(pid) - before < 1000000
    client.send(b"\r\n")
    assert client.read_until_tagged().state == "BAD"
    still_fine(client)


def test_twenty_bad_commands_in_a_row_are_borne(t):
    """legacy-clients section 3 row 12: probing is normal."""
    user = t.simple_user(3)
    client = t.connect()
    for _ in range(20):
        client.bad("CAPABILITY")
    client.login(user)
    client.select()
    for _ in range(5):
        for _ in range(19):
            client.bad("CAPABILITY")
        still_fine(client)


def test_endless_nonsense_ends_with_bye(t):
    client = t.selected(t.simple_user(1))
    for _ in range(200):
        tag = client.new_tag()
        client.checker.command(tag, "FROB")
        client.send(tag + b" FROB\r\n")
        if client.read().kind == "BYE":
            break
    else:
        raise AssertionError("never said BYE")
    client.expect_eof()


def test_truncated_commands_at_every_octet(t):
    """A client that vanishes in mid-command changes nothing."""
    user = t.simple_user(2)
    line = b"x STORE 1 +FLAGS {8}\r\n\\Deleted"
    for cut in range(2, len(line), 3):
        client = t.selected(user)
        client.send(line[:cut])
        client.close()
    line = b"x COPY 1:2 {3}\r\nnew\r"
    for cut in range(8, len(line)):
        client = t.selected(user)
        client.send(line[:cut])
        client.close()
    time.sleep(0.3)
    witness = t.witness(user)
    witness.select()
    assert witness.all_flags() == [[], []]
    assert witness.names() == ["INBOX"] or "new" not in witness.names()


def test_half_closed_connection(t):
    """A client that sends all at once and stops writing gets its answers."""
    user = t.simple_user(1)
    client = t.connect()
    for tag, command in ((b"1", "LOGIN %s secret" % user),
                         (b"2", "SELECT INBOX"), (b"3", "FETCH 1 ALL"),
                         (b"4", "LOGOUT")):
        client.announce(tag, command.encode())
    client.send(b"1 LOGIN %s secret\r\n2 SELECT INBOX\r\n3 FETCH 1 ALL\r\n"
                b"4 LOGOUT\r\n" % user.encode())
    client.sock.shutdown(socket.SHUT_WR)
    try:
        states = [client.read_until_tagged().state for _ in range(4)]
    except Closed:
        return
    assert states == ["OK"] * 4
