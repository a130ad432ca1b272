# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""COPY (R p.13-14; design 4.9; legacy-clients section 4 row 12)."""

import host
import mail
from imap2 import Lit

QUOTA = host.plugins("acl", "quota") + host.ACL + host.both(v23="""
plugin {
  quota = count:User quota
  quota_rule = *:messages=12
  quota_vsizes = yes
}
""", v24="""
quota "User quota" {
  message_count = 12
}
""")


def sources(t, server=None):
    """A client with three messages of different kinds, and the witness."""
    user = t.user(server=server)
    maildir = t.maildir(user, server)
    maildir.add(mail.PLAIN, "\\Flagged", "2-Jan-1990 03:04:05")
    maildir.add(mail.QUOTES, "\\Answered \\Draft", "4-Jan-1990 10:11:11")
    maildir.add(mail.EIGHT_BIT, "\\Deleted", "5-Jan-2005 12:00:00")
    witness = t.witness(user, server)
    witness.select()
    witness.store("1:2", "+FLAGS", "Work")
    client = t.selected(user, server)
    return client, witness


def test_copy_makes_a_missing_mailbox(t):
    client, witness = sources(t)
    result = client.ok("COPY 1:3 archive/1990")
    assert result.numbers("COPY") == [1, 2, 3], result
    assert "archive/1990" in witness.names()
    assert witness.examine("archive/1990") == 3


def test_copies_are_the_same_messages(t):
    client, witness = sources(t)
    client.ok("COPY 1:3 other")
    witness.examine("other")
    for number, message in enumerate((mail.PLAIN, mail.QUOTES,
                                      mail.EIGHT_BIT), 1):
        assert witness.text(number) == mail.crlf(message)
    assert [witness.internal_date(number) for number in (1, 2, 3)] == [
        b"02-Jan-1990 03:04:05 +0000", b"04-Jan-1990 10:11:11 +0000",
        b"05-Jan-2005 12:00:00 +0000"]


def test_flags_and_keywords_are_kept(t):
    client, witness = sources(t)
    client.ok("COPY 1:3 other")
    witness.examine("other")
    flags = [set(flags) - {"\\Seen"} for flags in witness.all_flags()]
    assert flags == [{"\\Flagged", "Work"}, {"\\Answered", "\\Draft", "Work"},
                     {"\\Deleted"}], flags


def test_sources_become_seen_and_the_client_is_told(t):
    client, witness = sources(t)
    result = client.ok("COPY 1,3 other")
    for number in (1, 3):
        assert "\\Seen" in client.flags(number)
    assert "\\Seen" not in client.flags(2)
    told = [response.number for response in result.of("FETCH")
            if "\\Seen" in response.value["FLAGS"]]
    assert told == [1, 3], result
    witness.noop()
    assert "\\Seen" in witness.flags(1)


def test_one_copy_response_per_message_ascending(t):
    client, _ = sources(t)
    assert client.ok("COPY 3,1 other").numbers("COPY") == [1, 3]
    assert client.ok("COPY 3:1 other").numbers("COPY") == [1, 2, 3]
    assert client.ok("COPY 2,2 other").numbers("COPY") == [2]


def test_copy_to_the_mailbox_itself(t):
    client, witness = sources(t)
    result = client.ok("COPY 1:2 INBOX")
    assert result.numbers("COPY") == [1, 2]
    result = client.ok("CHECK")
    assert result.numbers("EXISTS")[-1] == 5
    assert client.ok("FETCH 4 RFC822").fetched(4)["RFC822"] == \
        mail.crlf(mail.PLAIN)
    client.ok("COPY 1:5 inbox")
    assert client.ok("CHECK").numbers("EXISTS")[-1] == 10


def test_names_in_every_form(t):
    client, witness = sources(t)
    client.ok('COPY 1 "new box"')
    client.ok("COPY 1 ", Lit("lit box"))
    client.ok("COPY 1 ", Lit("pipe box"), wait=False)
    client.ok("COPY 1 100%")
    client.ok("COPY 1 ", Lit('say "hi"'))
    assert {"new box", "lit box", "pipe box", "100%", 'say "hi"'} <= \
        set(witness.names()), witness.names()


def test_bad_arguments_do_nothing(t):
    client, witness = sources(t)
    before = witness.snapshot()
    for arguments in ("", "1", "1:3", "other", "0 other", "4 other",
                      "1:4 other", "x other", "1:* other", "1 new box",
                      '1 "other', "1 other 2"):
        result = client.bad("COPY " + arguments)
        assert result.data == [], result
    for name in ('""', "a//b", "/abs", "../x", "&bogus", "~/x", "x/../y"):
        result = client.command("COPY 1 " + name)
        assert result.state in ("NO", "BAD"), (name, result)
        assert result.data == [], result
    assert witness.names() == ["INBOX"], witness.names()
    assert witness.snapshot() == before


def test_quota_all_or_nothing(t):
    server = t.make_server(QUOTA)
    user = t.user(server=server)
    maildir = t.maildir(user, server)
    for number in range(1, 11):
        maildir.add(mail.simple(number))
    client = t.selected(user, server)
    witness = t.witness(user, server)
    client.ok("COPY 1:2 other")
    result = client.no("COPY 3:5 other")
    assert result.numbers("COPY") == [], result
    assert "quota" in result.text.lower(), result
    assert witness.examine("other") == 2
    assert client.flags(3) == [], "a failed copy marks nothing as seen"
    client.ok("STORE 10 +FLAGS \\Deleted")
    client.ok("EXPUNGE")
    client.ok("COPY 3 other")
    assert witness.examine("other") == 3


def test_failed_copy_to_a_new_mailbox(t):
    server = t.make_server(QUOTA)
    user = t.user(server=server)
    maildir = t.maildir(user, server)
    for number in range(1, 11):
        maildir.add(mail.simple(number))
    client = t.selected(user, server)
    result = client.no("COPY 1:5 fresh")
    assert result.data == [], result
    witness = t.witness(user, server)
    if "fresh" in witness.names():
        assert witness.examine("fresh") == 0


def test_destination_without_the_right_to_insert(t):
    server = t.make_server(QUOTA)
    client, witness = sources(t, server)
    user = "user%d" % server.next_user["maildir"]
    locked = t.maildir(user, server).folder("locked")
    with open(locked.path + "/dovecot-acl", "w") as file:
        file.write("owner lrws\n")
    result = client.no("COPY 1 locked")
    assert result.data == [], result
    assert "\\Seen" not in client.flags(1)
    # Nor may a mailbox be made where that isn't allowed.
    parent = t.maildir(user, server).folder("parent")
    with open(parent.path + "/dovecot-acl", "w") as file:
        file.write("owner lr\n")
    client.no("COPY 1 parent/child")
    assert witness.names().count("parent/child") == 0


def test_read_only_source_is_copied_without_seen(t):
    server = t.make_server(QUOTA)
    user = t.user(server=server)
    locked = t.maildir(user, server).folder("locked")
    locked.add(mail.PLAIN)
    with open(locked.path + "/dovecot-acl", "w") as file:
        file.write("owner lr\n")
    client = t.login(user, server)
    client.select("locked")
    result = client.ok("COPY 1 other")
    assert result.numbers("COPY") == [1]
    assert result.of("FETCH") == [], result
    assert client.flags(1) == []
    witness = t.witness(user, server)
    assert witness.examine("other") == 1


def test_copy_of_a_message_expunged_elsewhere(t):
    client, witness = sources(t)
    witness.store("2", "+FLAGS", "\\Deleted")
    witness.store("3", "-FLAGS", "\\Deleted")
    witness.expunge()
    result = client.no("COPY 1:3 other")
    assert result.data == [] or not result.of("COPY"), result
    if "other" in witness.names():
        assert witness.examine("other") == 0


def test_copy_many(t):
    user = t.simple_user(400)
    client = t.selected(user)
    result = client.ok("COPY 1:400 other")
    assert result.numbers("COPY") == list(range(1, 401))
    assert client.select("other").numbers("EXISTS") == [400]
    assert client.search("ALL") == list(range(1, 401))


def test_move_as_clients_do_it(t):
    """C88 and C92: COPY, STORE \\Deleted \\Seen, later EXPUNGE."""
    client, witness = sources(t)
    client.ok("COPY 1 saved")
    client.ok("STORE 1 +Flags \\Deleted \\Seen")
    result = client.ok("EXPUNGE")
    assert result.numbers("EXPUNGE") == [1, 2]
    assert witness.examine("saved") == 1
    assert witness.examine() == 1


def test_copy_between_formats_of_namespaces(t):
    board = mail.folder(t.server.dir + "/public", "copies", t.server.owner)
    client, _ = sources(t)
    client.ok("COPY 1 Public/copies")
    assert client.ok("BBOARD copies").numbers("EXISTS") == [1]
    client.ok("COPY 1 back")
    assert client.select("back").numbers("EXISTS") == [1]
    assert board.path
