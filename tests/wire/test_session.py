# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Whole sessions: the scenario and the sample of RFC 1176, each command in
each state, NOOP, LOGOUT and pipelining (R p.5-11, p.22-23; design 4.3, 4.13,
4.15)."""

import re

import host
import mail

COMMANDS = [
    "SELECT INBOX", "BBOARD general", "FIND MAILBOXES *", "FIND BBOARDS *",
    "CHECK", "EXPUNGE", "COPY 1 other", "FETCH 1 FLAGS",
    "STORE 1 +FLAGS \\Seen", "SEARCH ALL",
]
MAILBOX_COMMANDS = COMMANDS[4:]
# test_strict.py has them without the extension.
IMAP2BIS = ["EXAMINE INBOX", "CREATE x", "DELETE x", "RENAME x y",
            "SUBSCRIBE MAILBOX x", "SUBSCRIBE x", "UNSUBSCRIBE x",
            "PARTIAL 1 RFC822 1 10", "FIND ALL.MAILBOXES *",
            "FIND ALL.BBOARDS *", "VERSION 1", "VERSION 4"]
# IMAP4: all of it tells clients that this is IMAP2.
UNKNOWN = ["CAPABILITY", "LIST \"\" *", "LSUB \"\" *",
           "STATUS INBOX (MESSAGES)", "UID FETCH 1 FLAGS", "CLOSE",
           "UNSELECT", "IDLE", "STARTTLS", "AUTHENTICATE PLAIN",
           "FIND OTHER *", "FROB", "NAMESPACE", "ENABLE CONDSTORE"]


def prepare(server):
    board = mail.folder(server.dir + "/public", "general", server.owner)
    board.add(mail.simple(1))


def test_scenario_of_page_8(t):
    user = t.simple_user(19)
    client = t.connect()
    assert client.greeting.kind == "OK"
    client.ok("LOGIN %s secret" % user, tag=b"A001")
    result = client.ok("SELECT INBOX", tag=b"A002")
    assert result.kinds() == ["FLAGS", "EXISTS", "RECENT"]
    assert result.numbers("EXISTS") == [19]
    result = client.ok("FETCH 1:19 ALL", tag=b"A003")
    assert result.numbers("FETCH") == list(range(1, 20))
    result = client.ok("FETCH 8 RFC822.TEXT", tag=b"A004")
    assert result.fetched(8)["RFC822.TEXT"] == b"Text of message 8.\r\n"
    result = client.ok("STORE 8 +Flags \\Deleted", tag=b"A005")
    assert set(result.fetched(8)["FLAGS"]) >= {"\\Deleted", "\\Seen"}
    result = client.ok("EXPUNGE", tag=b"A006")
    sent = [(response.number, response.kind) for response in result.data
            if response.kind != "RECENT"]
    assert sent == [(19, "EXISTS"), (8, "EXPUNGE"), (18, "EXISTS")], sent
    result = client.ok("LOGOUT", tag=b"A007")
    assert result.kinds() == ["BYE"]
    client.expect_eof()


def test_sample_of_page_22(t):
    user = t.user()
    maildir = t.maildir(user)
    for number in range(1, 16):
        maildir.add(mail.simple(number), "\\Seen")
    maildir.add(mail.RFC_SAMPLE, "\\Seen", "9-Jun-1988 19:55:44")
    client = t.connect()
    client.ok("login %s secret" % user, tag=b"a001")
    result = client.ok("select inbox", tag=b"a002")
    assert result.numbers("EXISTS") == [16]
    result = client.ok("fetch 16 all", tag=b"a003")
    items = result.fetched(16)
    assert list(items) == ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"]
    assert items["INTERNALDATE"] == b" 9-Jun-88 19:55:44-GMT"
    assert items["RFC822.SIZE"] == 637
    domain = host.domain(b"SUMEX-AIM.Stanford.EDU")
    fagan = [(b"Larry Fagan", None, b"FAGAN", domain)]
    assert items["ENVELOPE"] == {
        "date": b"Sat, 4 Jun 88 13:27:11 PDT",
        "subject": b"INFO-MAC Mail Message",
        "from": fagan, "sender": fagan, "reply-to": fagan,
        "to": [(None, None, b"rindflEISCH", domain)],
        "cc": None, "bcc": None, "in-reply-to": None,
        "message-id": b"<12403828905.13.FAGAN@SUMEX-AIM.Stanford.EDU>",
    }, items["ENVELOPE"]
    result = client.ok("fetch 16 rfc822", tag=b"a004")
    assert result.fetched(16) == {"RFC822": mail.crlf(mail.RFC_SAMPLE)}
    assert len(mail.crlf(mail.RFC_SAMPLE)) == 637
    result = client.ok("logout", tag=b"a005")
    assert result.kinds() == ["BYE"]
    client.expect_eof()


def test_before_login_only_login_logout_and_noop(t):
    client = t.connect()
    for command in COMMANDS + IMAP2BIS + UNKNOWN:
        client.bad(command)
        client.ok("NOOP")
    client.logout()


def test_no_mailbox_selected(t):
    client = t.login(t.simple_user(1))
    for command in MAILBOX_COMMANDS:
        result = client.bad(command)
        assert "SELECT" in result.text.upper(), result
    client.ok("NOOP")
    client.ok("FIND MAILBOXES *")
    client.ok("FIND BBOARDS *")
    client.select()
    for command in MAILBOX_COMMANDS:
        client.ok(command)


def test_second_login_is_refused(t):
    user = t.user()
    client = t.login(user)
    client.bad("LOGIN %s secret" % user)
    client.select()
    client.bad("LOGIN %s secret" % user)
    client.bad("LOGIN")
    client.ok("CHECK")


def test_what_is_imap4_is_bad(t):
    client = t.selected(t.simple_user(1))
    for command in UNKNOWN:
        client.bad(command)
        assert client.search("ALL") == [1]
    names = client.ok("FIND MAILBOXES *").values("MAILBOX")
    assert names == [], names


def test_verbs_in_any_case(t):
    user = t.simple_user(2)
    client = t.connect()
    client.ok("lOgIn %s secret" % user)
    client.ok("Select InBox")
    client.ok("fEtCh 1 (fLaGs rFc822.SiZe)")
    client.ok("sToRe 1 +fLaGs (\\sEEN)")
    assert client.flags(1) == ["\\Seen"]
    assert client.search("sEEn") == [1]
    client.ok("find mailboxes *")
    client.ok("Find BBoards *")
    client.ok("noop")
    client.ok("check")
    client.ok("expunge")
    client.ok("Copy 1 other")
    client.ok("bboard general")
    client.ok("logout")
    client.expect_eof()


def test_tags_are_echoed_verbatim(t):
    client = t.selected(t.simple_user(1))
    for tag in (b"a", b"A", b"a[1]", b"G0001", b"*1", b"+1", b"{5}", b'"q',
                b"(x)", b"a\\b", b"100%", b"z" * 100, b"]", b"OK", b"NOOP"):
        client.ok("NOOP", tag=tag)
        client.bad("FROB", tag=tag)
    # The same tag may come again.
    client.ok("FETCH 1 FLAGS", tag=b"a")


def test_noop_tells_new_mail(t):
    user = t.simple_user(1)
    client = t.selected(user)
    assert client.ok("NOOP").data == []
    t.witness(user).append(mail.crlf(mail.PLAIN))
    result = client.ok("NOOP")
    assert result.numbers("EXISTS") == [2], result
    assert client.ok("NOOP").data == []


def test_new_mail_is_told_after_other_commands_too(t):
    user = t.simple_user(1)
    client = t.selected(user)
    witness = t.witness(user)
    for number, command in enumerate(
            ("FETCH 1 FLAGS", "SEARCH ALL", "STORE 1 +FLAGS \\Seen"), 2):
        witness.append(mail.crlf(mail.PLAIN))
        # R p.13 recommends implicit checks; at the latest CHECK tells.
        exists = client.ok(command).numbers("EXISTS") + \
            client.ok("CHECK").numbers("EXISTS")
        assert exists[-1] == number, exists


def test_logout_in_every_state(t):
    user = t.simple_user(1)
    t.connect().logout()
    t.login(user).logout()
    t.selected(user).logout()
    client = t.connect()
    client.no("LOGIN %s wrong" % user)
    client.logout()


def test_logout_with_an_argument_is_bad(t):
    client = t.selected(t.simple_user(1))
    for command in ("LOGOUT now", "NOOP 1", "CHECK 1", "EXPUNGE 1"):
        client.bad(command)
    client.logout()


def test_nothing_is_run_after_logout(t):
    user = t.simple_user(1)
    client = t.selected(user)
    client.checker.command(b"x", "LOGOUT")
    client.send(b"x LOGOUT\r\ny STORE 1 +FLAGS \\Deleted\r\nz EXPUNGE\r\n")
    assert client.read().kind == "BYE"
    assert client.read().kind == "OK"
    client.expect_eof()
    witness = t.witness(user)
    assert witness.select() == 1
    assert witness.flags(1) == []


def test_pipelined_commands_are_answered_in_order(t):
    client = t.selected(t.simple_user(9))
    commands = ["NOOP", "FETCH 1 FLAGS", "FROB", "SEARCH ALL", "CHECK",
                "STORE 2 +FLAGS \\Deleted", "FETCH 99 FLAGS", "EXPUNGE",
                "FETCH 8 RFC822", "COPY 8 other", "SELECT missing",
                "FETCH 1 FLAGS", "SELECT INBOX", "NOOP"]
    wanted = ["OK", "OK", "BAD", "OK", "OK", "OK", "BAD", "OK", "OK", "OK",
              "NO", "BAD", "OK", "OK"]
    octets = b""
    for number, command in enumerate(commands):
        tag = b"p%d" % number
        client.announce(tag, command.encode())
        octets += tag + b" " + command.encode() + b"\r\n"
    client.send(octets)
    states = [client.read_until_tagged().state for _ in commands]
    assert states == wanted, states


def test_pipelined_from_login_to_logout(t):
    user = t.simple_user(3)
    client = t.connect()
    octets = b""
    for tag, command in ((b"1", "LOGIN %s secret" % user),
                         (b"2", "SELECT INBOX"), (b"3", "FETCH 1:3 ALL"),
                         (b"4", "FETCH 2 RFC822"), (b"5", "LOGOUT")):
        client.announce(tag, command.encode())
        octets += tag + b" " + command.encode() + b"\r\n"
    client.send(octets)
    for _ in range(3):
        assert client.read_until_tagged().state == "OK"
    result = client.read_until_tagged()
    assert result.fetched(2)["RFC822"] == mail.crlf(mail.simple(2))
    assert client.read_until_tagged().kinds() == ["BYE"]
    client.expect_eof()


def test_many_pipelined_commands(t):
    client = t.selected(t.simple_user(3))
    octets = b""
    for number in range(2000):
        tag = b"m%d" % number
        client.checker.command(tag, "FETCH")
        octets += tag + b" FETCH 1:3 FLAGS\r\n"
    client.sock.setblocking(True)
    client.send(octets)
    for _ in range(2000):
        assert client.read_until_tagged().numbers("FETCH") == [1, 2, 3]


def test_commands_in_small_pieces(t):
    client = t.selected(t.simple_user(1))
    client.checker.command(b"x", "FETCH")
    for octet in b"x FETCH 1 (FLAGS RFC822.SIZE)\r\n":
        client.sock.sendall(bytes([octet]))
    assert sorted(client.read_until_tagged().fetched(1)) == \
        ["FLAGS", "RFC822.SIZE"]


def test_greeting_is_one_plain_ok(t):
    client = t.connect()
    assert re.match(rb"\* OK [^\[]", client.greeting.raw), client.greeting


def test_connection_dropped_without_logout(t):
    user = t.simple_user(2)
    client = t.selected(user)
    client.ok("STORE 1 +FLAGS \\Flagged")
    client.close()
    client = t.selected(user)
    assert client.flags(1) == ["\\Flagged"]


def test_drop_inside_a_command_does_nothing(t):
    user = t.simple_user(2)
    for octets in (b"x STORE 1 +FLAGS \\Deleted", b"x STORE 1 +FLAGS {8}\r\n"
                   b"\\Deleted", b"x COPY 1 {5}\r\nothe"):
        client = t.selected(user)
        client.send(octets)
        client.close()
    witness = t.witness(user)
    witness.select()
    assert witness.all_flags() == [[], []]
    assert witness.names() and "other" not in witness.names()
