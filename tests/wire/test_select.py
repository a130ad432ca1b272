# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""SELECT and BBOARD (R p.11-12, p.18-20; design 4.4, 4.5; legacy-clients
section 4 rows 1, 5, 14, 16). The order FLAGS EXISTS RECENT and the form of
the OK are held by the checker for every SELECT of every test."""

import mail
from imap2 import Lit


def prepare(server):
    for name in ("general", "staff/lunch"):
        board = mail.folder(server.dir + "/public", name, server.owner)
        board.add(mail.simple(1))
        board.add(mail.simple(2))


def test_select_tells_flags_exists_and_recent(t):
    user = t.user()
    maildir = t.maildir(user)
    maildir.add(mail.simple(1), "\\Seen")
    maildir.add(mail.simple(2), new=True)
    client = t.login(user)
    result = client.select()
    assert result.kinds() == ["FLAGS", "EXISTS", "RECENT"]
    assert result.values("FLAGS") == [["\\Answered", "\\Flagged", "\\Deleted",
                                       "\\Seen"]]
    assert result.numbers("EXISTS") == [2]
    assert result.text.startswith("[READ-WRITE] "), result


def test_recent_is_for_the_first_session_only(t):
    user = t.simple_user(3)
    client = t.login(user)
    assert client.select().numbers("RECENT") == [3]
    assert client.search("RECENT") == [1, 2, 3]
    assert "\\Recent" in client.ok("FETCH 1 FLAGS").fetched(1)["FLAGS"]
    assert t.login(user).select().numbers("RECENT") == [0]
    assert client.select().numbers("RECENT") == [0]


def test_inbox_in_any_case(t):
    client = t.login(t.simple_user(2))
    for name in ("INBOX", "inbox", "InBox", '"inbox"'):
        assert client.select(name).numbers("EXISTS") == [2]
    assert client.ok("SELECT ", Lit("iNBOX")).numbers("EXISTS") == [2]


def test_empty_mailbox(t):
    client = t.login(t.user())
    result = client.select()
    assert result.numbers("EXISTS") == [0]
    assert result.numbers("RECENT") == [0]
    client.bad("FETCH 1 FLAGS")
    assert client.search("ALL") == []
    client.ok("CHECK")
    client.ok("EXPUNGE")
    client.ok("NOOP")


def test_failed_select_leaves_no_mailbox(t):
    client = t.selected(t.simple_user(2))
    for command in ("SELECT missing", "BBOARD missing", "SELECT work//x",
                    'SELECT "a b"'):
        client.select()
        client.no(command)
        client.bad("FETCH 1 FLAGS")
        client.bad("CHECK")
        client.ok("NOOP")


def test_select_without_or_with_too_many_arguments(t):
    client = t.selected(t.simple_user(1))
    for command in ("SELECT", "SELECT ", "SELECT INBOX x", "SELECT a b",
                    "BBOARD", "BBOARD general x", 'SELECT "INBOX',
                    'SELECT INB"OX', "SELECT INBOX\"\""):
        client.bad(command)
    # Those weren't SELECTs: INBOX is still open.
    client.ok("FETCH 1 FLAGS")


def test_select_of_an_empty_name(t):
    client = t.login(t.simple_user(1))
    for result in (client.command('SELECT ""'),
                   client.command("SELECT ", Lit("")),
                   client.command('BBOARD ""')):
        assert result.state in ("NO", "BAD"), result
    client.select()


def test_reselect_closes_the_old_mailbox_without_expunging(t):
    user = t.simple_user(3)
    maildir = t.maildir(user)
    other = maildir.folder("other")
    other.add(mail.simple(7))
    client = t.selected(user)
    client.ok("STORE 2 +FLAGS \\Deleted")
    assert client.select("other").numbers("EXISTS") == [1]
    result = client.ok("FETCH 1 RFC822.TEXT")
    assert result.fetched(1)["RFC822.TEXT"] == b"Text of message 7.\r\n"
    assert client.select().numbers("EXISTS") == [3]
    assert client.flags(2) == ["\\Deleted"]


def test_keywords_come_first(t):
    user = t.simple_user(2)
    witness = t.witness(user)
    witness.select()
    witness.store("1", "+FLAGS", "Work todo $Label1 NonJunk \\Draft")
    result = t.login(user).select()
    flags = result.values("FLAGS")[0]
    assert sorted(flags[:-4]) == ["$Label1", "NonJunk", "Work", "todo"], flags


def test_no_more_than_30_keywords(t):
    user = t.simple_user(3)
    witness = t.witness(user)
    witness.select()
    for number in range(40):
        witness.store(str(1 + number % 3), "+FLAGS", "k%02d" % number)
    client = t.login(user)
    flags = client.select().values("FLAGS")[0]
    assert len(flags) == 34, flags
    result = client.ok("FETCH 1:3 FLAGS")
    shown = [flag for number in (1, 2, 3)
             for flag in result.fetched(number)["FLAGS"] if flag[0] != "\\"]
    assert len(shown) == 30, shown


def test_nothing_chatters(t):
    """No response codes, no closing notice, no UID business."""
    user = t.simple_user(2)
    client = t.login(user)
    for _ in range(3):
        result = client.select()
        assert result.kinds() == ["FLAGS", "EXISTS", "RECENT"]


def test_bboard_is_select_for_public_namespaces(t):
    client = t.login(t.simple_user(1))
    result = client.ok("BBOARD general")
    assert result.kinds() == ["FLAGS", "EXISTS", "RECENT"]
    assert result.numbers("EXISTS") == [2]
    assert client.ok("BBOARD staff/lunch").numbers("EXISTS") == [2]
    assert client.ok("FETCH 1 RFC822.TEXT").fetched(1)["RFC822.TEXT"] == \
        b"Text of message 1.\r\n"
    client.ok("BBOARD ", Lit("general"))
    client.ok("BBOARD ", Lit("general"), wait=False)
    client.no("BBOARD staff")
    client.no("BBOARD INBOX")
    client.no("BBOARD Public/general")
    client.no("SELECT general")
    assert client.select("Public/general").numbers("EXISTS") == [2]


def test_two_sessions_on_one_mailbox(t):
    user = t.simple_user(2)
    first = t.selected(user)
    second = t.selected(user)
    first.ok("FETCH 1:2 FLAGS")
    second.ok("FETCH 1:2 FLAGS")
    first.logout()
    second.ok("FETCH 1:2 FLAGS")


def test_mailbox_deleted_while_open(t):
    user = t.simple_user(1)
    t.maildir(user).folder("gone").add(mail.simple(1))
    client = t.login(user)
    client.select("gone")
    witness = t.witness(user)
    witness.call("delete", "gone")
    # Design 6: a view that can't be brought up to date ends in BYE.
    client.checker.command(b"x", "CHECK")
    client.send(b"x CHECK\r\n")
    assert client.read().kind == "BYE"
    client.expect_eof()
    client = t.login(user)
    client.no("SELECT gone")
    client.select()


def test_mailbox_replaced_while_open(t):
    """Dovecot's imap shows the new mailbox's texts under the old numbers, or
    takes the new index for a corrupted one and empties the mailbox."""
    # mbox looks once more while it's closed.
    t.expect_log(r"(Corrupted|duplicate) transaction log")
    for format in ("sdbox", "mdbox", "maildir", "mbox"):
        user = t.user(format)
        witness = t.witness(user)
        for first in (1, 4):
            witness.create("work")
            for number in range(first, first + 3):
                witness.append(mail.crlf(mail.simple(number)), mailbox="work")
            if first == 1:
                client = t.login(user)
                client.select("work")
                witness.call("delete", "work")
        client.start("FETCH 2 RFC822.TEXT")
        assert client.read().kind == "BYE", format
        client.expect_eof()
        client = t.login(user)
        assert client.select("work").numbers("EXISTS") == [3], format
        for number in range(1, 4):
            assert client.ok("FETCH %d RFC822.TEXT" % number).fetched(number)[
                "RFC822.TEXT"] == b"Text of message %d.\r\n" % (number + 3)


def test_keyword_limit_is_a_setting(t):
    server = t.make_server("imap2_max_keywords = 3\n")
    user = t.simple_user(1, server)
    witness = t.witness(user, server)
    witness.select()
    witness.store("1", "+FLAGS", "one two three four five")
    client = t.login(user, server)
    flags = client.select().values("FLAGS")[0]
    assert len(flags) == 7, flags
    assert len(client.flags(1)) == 3
    none = t.make_server("imap2_max_keywords = 0\n")
    user = t.simple_user(1, none)
    witness = t.witness(user, none)
    witness.select()
    witness.store("1", "+FLAGS", "one \\Seen")
    client = t.login(user, none)
    assert len(client.select().values("FLAGS")[0]) == 4
    assert client.flags(1) == ["\\Seen"]
