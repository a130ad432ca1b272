# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""EXPUNGE and CHECK (R p.13, p.18; design 4.10, 4.11; legacy-clients section
4 row 6). That EXPUNGE data comes in NOOP, CHECK and EXPUNGE only, with right
arithmetic and an EXISTS after it, is held by the checker in every test."""

import host
import mail

ACL = host.plugins("acl") + host.ACL


def numbers(result):
    return [(response.number, response.kind) for response in result.data]


def test_the_last_five_of_nine_are_five_times_five(t):
    client = t.selected(t.simple_user(9))
    client.ok("STORE 5:9 +FLAGS (\\Deleted)")
    result = client.ok("EXPUNGE")
    assert result.numbers("EXPUNGE") == [5, 5, 5, 5, 5], result
    assert result.kinds()[-2:] == ["EXISTS", "RECENT"], result
    assert result.numbers("EXISTS")[-1] == 4


def test_ascending_and_renumbered(t):
    client = t.selected(t.simple_user(10))
    client.ok("STORE 1,3,4,9,10 +FLAGS \\Deleted")
    result = client.ok("EXPUNGE")
    assert result.numbers("EXPUNGE") == [1, 2, 2, 6, 6], result
    texts = client.ok("FETCH 1:5 RFC822.TEXT")
    left = [texts.fetched(number)["RFC822.TEXT"] for number in range(1, 6)]
    assert left == [b"Text of message %d.\r\n" % number
                    for number in (2, 5, 6, 7, 8)], left


def test_old_count_then_expunges_then_new_count(t):
    """As R p.9 shows it."""
    client = t.selected(t.simple_user(4))
    client.ok("STORE 2 +FLAGS \\Deleted")
    sent = [(number, kind) for number, kind in numbers(client.ok("EXPUNGE"))
            if kind != "RECENT"]
    assert sent == [(4, "EXISTS"), (2, "EXPUNGE"), (3, "EXISTS")], sent


def test_nothing_to_expunge(t):
    client = t.selected(t.simple_user(3))
    result = client.ok("EXPUNGE")
    assert result.numbers("EXPUNGE") == []
    assert result.numbers("EXISTS")[-1] == 3
    client.select("INBOX")
    client.ok("EXPUNGE")


def test_expunge_all(t):
    user = t.simple_user(5)
    client = t.selected(user)
    client.ok("STORE 1:5 +FLAGS \\Deleted")
    assert client.ok("EXPUNGE").numbers("EXPUNGE") == [1] * 5
    client.bad("FETCH 1 FLAGS")
    assert client.search("ALL") == []
    witness = t.witness(user)
    assert witness.select() == 0


def test_new_mail_before_expunge_is_told_first(t):
    user = t.simple_user(3)
    client = t.selected(user)
    client.ok("STORE 1 +FLAGS \\Deleted")
    t.witness(user).append(mail.crlf(mail.PLAIN), "\\Deleted")
    result = client.ok("EXPUNGE")
    # Also a message that came already deleted may go, once it was told.
    assert result.numbers("EXPUNGE") in ([1], [1, 3]), result
    assert result.data[0].kind == "EXISTS"
    assert result.data[0].number == 4


def test_check_always_tells_exists_and_recent(t):
    user = t.simple_user(2)
    client = t.selected(user)
    for _ in range(3):
        result = client.ok("CHECK")
        assert result.numbers("EXISTS") == [2], result
        assert len(result.of("RECENT")) == 1, result
    t.witness(user).append(mail.crlf(mail.PLAIN))
    result = client.ok("CHECK")
    assert result.numbers("EXISTS")[-1] == 3


def test_other_sessions_expunges_in_noop_check_expunge_only(t):
    for command in ("NOOP", "CHECK", "EXPUNGE"):
        user = t.simple_user(6)
        client = t.selected(user)
        witness = t.witness(user)
        witness.select()
        witness.store("2,5", "+FLAGS", "\\Deleted")
        witness.expunge()
        for other in ("FETCH 1:6 FLAGS", "SEARCH ALL",
                      "STORE 1 +FLAGS \\Seen", "STORE 2 +FLAGS \\Seen",
                      "COPY 1 other", "FIND MAILBOXES *", "FROB",
                      "FETCH 6 RFC822.TEXT"):
            result = client.command(other)
            assert not result.of("EXPUNGE"), (other, result)
        result = client.ok("FETCH 6 RFC822.TEXT")
        assert result.fetched(6)["RFC822.TEXT"] == b"Text of message 6.\r\n"
        result = client.ok(command)
        assert result.numbers("EXPUNGE") == [2, 4], result
        assert result.numbers("EXISTS")[-1] == 4
        result = client.ok("FETCH 4 RFC822.TEXT")
        assert result.fetched(4)["RFC822.TEXT"] == b"Text of message 6.\r\n"


def test_fetch_of_a_message_expunged_elsewhere_is_no(t):
    user = t.simple_user(3)
    client = t.selected(user)
    witness = t.witness(user)
    witness.select()
    witness.store("2", "+FLAGS", "\\Deleted")
    witness.expunge()
    for item in ("RFC822", "RFC822.TEXT", "RFC822.HEADER", "ENVELOPE", "ALL"):
        result = client.no("FETCH 2 " + item)
        # That it was marked as \\Deleted may be told.
        assert set(result.fetched(2)) <= {"FLAGS"}, result
    result = client.no("FETCH 1:3 RFC822.TEXT")
    assert "RFC822.TEXT" not in result.fetched(2), result
    client.ok("FETCH 1 RFC822")
    client.ok("FETCH 3 RFC822")
    assert client.ok("NOOP").numbers("EXPUNGE") == [2]
    client.ok("FETCH 1:2 ALL")


def test_both_sessions_expunge(t):
    user = t.simple_user(8)
    first = t.selected(user)
    second = t.selected(user)
    first.ok("STORE 1,8 +FLAGS \\Deleted")
    second.ok("STORE 2,7 +FLAGS \\Deleted")
    # EXPUNGE removes all that is marked, whoever did.
    result = first.ok("EXPUNGE")
    assert result.numbers("EXPUNGE") == [1, 1, 5, 5], result
    assert second.ok("NOOP").numbers("EXPUNGE") == [1, 1, 5, 5]
    for client in (first, second):
        result = client.ok("FETCH 1:4 RFC822.TEXT")
        assert [result.fetched(number)["RFC822.TEXT"]
                for number in range(1, 5)] == \
            [b"Text of message %d.\r\n" % number for number in (3, 4, 5, 6)]


def test_read_only_mailbox_refuses_store_and_expunge(t):
    server = t.make_server(ACL)
    user = t.user(server=server)
    locked = t.maildir(user, server).folder("locked")
    locked.add(mail.simple(1), "\\Deleted")
    locked.add(mail.simple(2))
    with open(locked.path + "/dovecot-acl", "w") as file:
        file.write("owner lr\n")
    client = t.login(user, server)
    assert client.select("locked").text.startswith("[READ-ONLY] ")
    assert client.no("EXPUNGE").numbers("EXPUNGE") == []
    for command in ("STORE 1 +FLAGS \\Seen", "STORE 1 -FLAGS \\Deleted",
                    "STORE 1:2 FLAGS ()", "STORE 1 +FLAGS word"):
        assert client.no(command).data == []
    client.bad("STORE 9 +FLAGS \\Seen")
    client.ok("CHECK")
    client.ok("NOOP")
    assert client.flags(1) == ["\\Deleted"]
    assert client.search("ALL") == [1, 2]


def test_right_to_store_but_not_to_expunge(t):
    server = t.make_server(ACL)
    user = t.user(server=server)
    box = t.maildir(user, server).folder("noexpunge")
    box.add(mail.simple(1))
    with open(box.path + "/dovecot-acl", "w") as file:
        file.write("owner lrwst\n")
    client = t.login(user, server)
    client.select("noexpunge")
    client.ok("STORE 1 +FLAGS (\\Deleted \\Flagged)")
    result = client.no("EXPUNGE")
    assert result.numbers("EXPUNGE") == [], result
    assert client.ok("CHECK").numbers("EXISTS")[-1] == 1


def test_expunge_many(t):
    user = t.simple_user(2500)
    client = t.selected(user)
    client.ok("STORE 1:2500 +FLAGS \\Flagged")
    client.ok("STORE 251:2500 +FLAGS \\Deleted")
    result = client.ok("EXPUNGE")
    assert result.numbers("EXPUNGE") == [251] * 2250
    assert result.numbers("EXISTS")[-1] == 250


def test_flag_changes_of_others_as_fetch(t):
    user = t.simple_user(3)
    client = t.selected(user)
    witness = t.witness(user)
    witness.select()
    witness.store("2", "+FLAGS", "\\Flagged New")
    result = client.ok("NOOP")
    assert result.kinds() == ["FLAGS", "FETCH"], result
    assert set(result.fetched(2)["FLAGS"]) >= {"\\Flagged", "New"}
    witness.store("1:3", "-FLAGS", "\\Flagged New")
    result = client.ok("CHECK")
    assert set(result.fetched(2)["FLAGS"]) <= {"\\Recent"}
