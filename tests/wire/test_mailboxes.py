# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The mailbox commands of IMAP2bis (design 5; legacy-clients sections 1.3, 1.5
and 3 row 8): CREATE, DELETE, RENAME, EXAMINE, SUBSCRIBE, UNSUBSCRIBE, FIND
ALL, VERSION, with an IMAP4 client looking on or doing the same."""

import os

import host
import mail
from imap2 import Lit

FORMATS = ("maildir", "sdbox", "mdbox", "mbox")
MACINTOSH = """
remote 127.0.0.2 {
  protocol imap2 {
    imap2_client_workarounds = macms
  }
}
"""
PREFIX = "namespace inbox {\n  prefix = Mail/\n}\n"


def prepare(server):
    for name in ("general", "staff/lunch"):
        mail.folder(server.dir + "/public", name, server.owner).add(
            mail.simple(1))


def filled(t, names=("saved",), format="maildir", count=2):
    """A user with so many messages in each of these mailboxes, and a witness
    of it."""
    user = t.user(format)
    witness = t.witness(user)
    for name in names:
        if name != "INBOX":
            witness.create(name)
        for number in range(1, count + 1):
            witness.append(mail.crlf(mail.simple(number)), mailbox=name)
    return user, witness


def found(client, what="MAILBOXES", pattern="*"):
    result = client.ok("FIND ALL.%s %s" % (what, pattern))
    names = result.values("MAILBOX") + result.values("BBOARD")
    assert len(names) == len(set(names)), names
    return sorted(name.decode() for name in names)


def subscribed(witness):
    return sorted(line.decode().rsplit(" ", 1)[1] for line in
                  witness.call("lsub") if line)


def no_mailbox(client):
    result = client.bad("FETCH 1 FLAGS")
    assert "needs a selected mailbox" in result.text, result


# As the clients say it

def test_what_the_c_client_of_1996_says(t):
    user, witness = filled(t, ())
    client = t.login(user)
    client.ok("Create created", tag=b"A00033")
    client.ok("Subscribe Mailbox created", tag=b"A00034")
    assert subscribed(witness) == ["created"]
    assert found(client) == ["INBOX", "created"]
    client.ok("Rename created renamed")
    client.ok("Unsubscribe Mailbox created")
    assert subscribed(witness) == []
    client.ok("EXAMINE renamed")
    client.ok("Delete renamed")
    assert witness.names() == ["Public/general", "Public/staff/lunch",
                               "INBOX"], witness.names()


def test_all_in_one_write(t):
    user, _ = filled(t, ("INBOX",))
    client = t.login(user)
    commands = (("CREATE", b"CREATE {3}\r\nbox"), ("SELECT", b"SELECT box"),
                ("RENAME", b"RENAME {3}\r\nbox {3}\r\nbag"),
                ("CHECK", b"CHECK"), ("DELETE", b"DELETE {3}\r\nbag"),
                ("SUBSCRIBE", b"SUBSCRIBE MAILBOX {5}\r\nINBOX"),
                ("EXAMINE", b"EXAMINE {5}\r\nINBOX"))
    for tag, (verb, octets) in enumerate(commands):
        client.checker.command(b"p%d" % tag, verb)
        for _ in range(octets.count(b"{")):
            client.checker.literal()
    client.send(b"".join(b"p%d %s\r\n" % (tag, octets)
                         for tag, (_, octets) in enumerate(commands)))
    states = [client.read_until_tagged().state for _ in commands]
    assert states == ["OK", "OK", "OK", "BAD", "OK", "OK", "OK"], states
    assert client.search("ALL") == [1, 2]


# CREATE

def test_created_mailboxes_are_imap4s_too(t):
    for format in FORMATS:
        user, witness = filled(t, ("INBOX", "theirs"), format)
        client = t.selected(user)
        client.ok("CREATE ours")
        client.ok("CREATE deep/er/still")
        client.ok("CREATE Entw&APw-rfe")
        client.ok("CREATE ", Lit('say "hi"'))
        names = set(witness.names())
        assert names >= {"ours", "deep/er/still", "Entw&APw-rfe",
                         'say "hi"'}, (format, names)
        assert set(found(client)) == {name for name in names
                                      if not name.startswith("Public")}
        client.ok("COPY 1:2 ours")
        assert witness.examine("ours") == 2
        for name in ("ours", "OURS", "theirs"):
            state = client.command("CREATE " + name).state
            assert state == ("OK" if name == "OURS" else "NO"), (format, name)
        assert client.search("ALL") == [1, 2]


def test_create_of_a_parent(t):
    user, witness = filled(t, ())
    client = t.login(user)
    client.ok("CREATE dir/")
    client.ok("CREATE dir/below")
    client.ok("CREATE above/child")
    assert "above" not in found(client)
    client.ok("CREATE above")
    assert "above" in found(client)
    client.no("CREATE above/")
    assert "above" in witness.names()


def test_names_nobody_may_have(t):
    user, _ = filled(t, ("base",))
    client = t.login(user)
    for name in ("INBOX", "inbox", "Inbox/", "/", "a//b", "/a", "a//", ".",
                 "..", "../up", "a/../../b", "~root", "/etc/passwd",
                 "&bogus", "x" * 3000, "shared//x"):
        client.no("CREATE " + name)
        client.no("RENAME base " + name)
    for octets in (b"CREATE caf\xc3\xa9", b"CREATE \xff", b'CREATE ""',
                   b"CREATE &AOk", b'RENAME "" x'):
        assert client.command(octets).state == "NO", octets
    assert found(client) == ["INBOX", "base"], found(client)


def test_arguments(t):
    user, _ = filled(t)
    client = t.login(user)
    for command in ("CREATE", "CREATE a b", "DELETE", "DELETE saved saved",
                    "RENAME", "RENAME saved",
                    "RENAME saved a b", "EXAMINE", "EXAMINE a b",
                    "SUBSCRIBE", "SUBSCRIBE OTHER saved",
                    "SUBSCRIBE MAILBOX saved x", "UNSUBSCRIBE",
                    "UNSUBSCRIBE OTHER saved", "FIND ALL.MAILBOXES",
                    "FIND ALL.MAILBOXES * *", "FIND ALL *", "VERSION",
                    "VERSION x", "VERSION 1 2"):
        client.bad(command)
    assert found(client) == ["INBOX", "saved"]


# DELETE

def test_delete_of_the_selected_mailbox(t):
    """None is selected then, and the session goes on."""
    for format in FORMATS:
        user, witness = filled(t, ("INBOX", "saved"), format)
        client = t.login(user)
        client.select("saved")
        client.ok("STORE 1 +FLAGS \\Flagged")
        client.ok("DELETE saved")
        no_mailbox(client)
        client.ok("NOOP")
        client.no("SELECT saved")
        assert client.select().numbers("EXISTS") == [2]
        assert "saved" not in witness.names()
        client.no("DELETE saved")
        client.no("DELETE INBOX")
        client.no("DELETE inbox")
        assert client.search("ALL") == [1, 2]


def test_delete_of_a_mailbox_others_have_selected(t):
    for format in FORMATS:
        user, _ = filled(t, ("saved",), format)
        client, other = t.login(user), t.login(user)
        other.select("saved")
        with t.witness(user) as third:
            third.select("saved")
            client.ok("DELETE saved")
        other.start("CHECK")
        assert other.read().kind == "BYE", format
        other.expect_eof()
        client.no("SELECT saved")


def test_deleted_by_imap4_while_selected(t):
    user, witness = filled(t, ("INBOX", "saved"))
    client = t.login(user)
    client.select("saved")
    witness.call("delete", "saved")
    # Still the other's to leave.
    client.no("DELETE saved")
    no_mailbox(client)
    client.select()


def test_delete_keeps_the_children(t):
    user, witness = filled(t, ("top", "top/child"))
    client = t.login(user)
    before = witness.snapshot("top/child")
    client.ok("DELETE top")
    client.no("SELECT top")
    client.no("DELETE top")
    client.ok("CREATE top")
    assert client.select("top").numbers("EXISTS") == [0]
    assert witness.snapshot("top/child") == before


# RENAME

def test_rename_keeps_mail_and_children(t):
    for format in FORMATS:
        names = ("work/one",) if format == "mbox" else ("work", "work/one")
        user, witness = filled(t, names, format)
        witness.select("work/one")
        witness.store("2", "+FLAGS", "\\Flagged word")
        before = witness.snapshot("work/one")
        client = t.login(user)
        client.ok("RENAME work play")
        assert witness.snapshot("play/one") == before, format
        assert found(client) == sorted(
            ["INBOX"] + [name.replace("work", "play") for name in names])
        client.ok("RENAME play/one new/place")
        assert witness.snapshot("new/place") == before, format
        client.no("SELECT play/one")
        client.no("RENAME play/one x")


def test_rename_of_the_selected_mailbox(t):
    """It isn't selected any more, nor is one below; nothing is lost."""
    for format in FORMATS:
        user, witness = filled(t, ("INBOX", "work/one", "workshop"), format)
        client = t.login(user)
        client.select("work/one")
        client.ok("STORE 1 +FLAGS (\\Flagged word)")
        client.ok("RENAME work/one work/uno")
        no_mailbox(client)
        client.select("work/uno")
        assert client.flags(1) == ["\\Flagged", "word"]
        client.ok("STORE 2 +FLAGS \\Deleted")
        client.no("RENAME work/uno workshop")
        client.no("RENAME work work/below")
        assert client.flags(2) == ["\\Deleted"]
        client.ok("RENAME work play")
        no_mailbox(client)
        witness.select("play/uno")
        assert witness.all_flags() == [["\\Flagged", "word"], ["\\Deleted"]]
        # Another name that only begins so.
        client.select("workshop")
        client.ok("CREATE work")
        client.ok("RENAME work w")
        assert client.search("ALL") == [1, 2]


def test_rename_of_inbox(t):
    """As the storage has it: some can't, others begin a new INBOX."""
    for format in FORMATS:
        user, witness = filled(t, ("INBOX",), format)
        before = witness.snapshot()
        client = t.selected(user)
        result = client.command("RENAME INBOX old")
        if result.state == "NO":
            assert format == "maildir", format
            assert client.search("ALL") == [1, 2]
            continue
        no_mailbox(client)
        with t.witness(user) as again:
            assert again.snapshot("old") == before, format
        assert client.select().numbers("EXISTS") == [0]


def test_renamed_under_other_sessions(t):
    for format in FORMATS:
        user, witness = filled(t, ("saved",), format)
        before = witness.snapshot("saved")
        client, other = t.login(user), t.login(user)
        other.select("saved")
        client.ok("RENAME saved kept")
        other.start("CHECK")
        responses = other.read_until_eof_or_tagged()
        assert responses[-1].kind in ("BYE", "OK", "NO"), responses
        assert witness.snapshot("kept") == before, format


def test_renamed_by_imap4_while_selected(t):
    user, witness = filled(t, ("INBOX", "saved"))
    before = witness.snapshot("saved")
    client = t.login(user)
    client.select("saved")
    witness.call("rename", "saved", "kept")
    client.start("CHECK")
    assert client.read_until_eof_or_tagged()[-1].kind == "BYE"
    assert witness.snapshot("kept") == before
    client = t.login(user)
    client.no("SELECT saved")
    assert client.select("kept").numbers("EXISTS") == [2]


# EXAMINE

def test_examine_changes_nothing(t):
    user = t.user()
    maildir = t.maildir(user)
    for number in (1, 2, 3):
        maildir.add(mail.simple(number), new=True)
    new = maildir.path + "/new"
    before = sorted(os.listdir(new))
    client = t.login(user)
    for _ in (1, 2):
        result = client.ok("EXAMINE INBOX")
        assert result.text == "[READ-ONLY] EXAMINE completed", result
        assert result.numbers("EXISTS") == [3]
        assert result.numbers("RECENT") == [3]
        client.ok("FETCH 1:3 (RFC822 RFC822.TEXT FLAGS)")
        for command in ("STORE 1 +FLAGS \\Seen", "STORE 1 FLAGS (word)",
                        "EXPUNGE"):
            assert "read-only" in client.no(command).text
        assert client.ok("COPY 2 other").numbers("COPY") == [2]
        assert client.flags(1) == [] and client.flags(2) == []
    assert sorted(os.listdir(new)) == before
    # It sees what comes, and what goes.
    client.ok("EXAMINE INBOX")
    maildir.add(mail.simple(4), new=True)
    assert client.ok("CHECK").numbers("EXISTS") == [4]
    other = t.selected(user)
    other.ok("STORE 1 +FLAGS \\Deleted")
    other.ok("EXPUNGE")
    assert client.ok("NOOP").numbers("EXPUNGE") == [1]
    assert client.ok("EXAMINE other").numbers("EXISTS") == [2]


def test_examine_and_select_are_told_apart(t):
    user, _ = filled(t, ("INBOX", "saved"))
    client = t.login(user)
    client.ok("EXAMINE INBOX")
    client.select()
    client.ok("STORE 1 +FLAGS \\Deleted")
    client.no("EXAMINE missing")
    no_mailbox(client)
    client.ok("EXAMINE inbox")
    client.no("EXPUNGE")
    client.select()
    assert client.ok("EXPUNGE").numbers("EXPUNGE") == [1]


# SUBSCRIBE

def test_subscriptions_are_imap4s(t):
    user, witness = filled(t, ("saved", "other", "MAILBOX", "BBOARD"))
    client = t.login(user)
    for command, names in (
            ("Subscribe Mailbox saved", ["saved"]),
            ("SUBSCRIBE mailbox saved", ["saved"]),
            ("SUBSCRIBE other", ["other", "saved"]),
            ("SUBSCRIBE MAILBOX", ["MAILBOX", "other", "saved"]),
            ("UNSUBSCRIBE MAILBOX MAILBOX", ["other", "saved"]),
            ("SUBSCRIBE BBOARD", ["BBOARD", "other", "saved"]),
            ("UNSUBSCRIBE MAILBOX BBOARD", ["other", "saved"]),
            ("SUBSCRIBE MAILBOX inbox", ["INBOX", "other", "saved"]),
            ("Unsubscribe Mailbox INBOX", ["other", "saved"]),
            ("UNSUBSCRIBE other", ["saved"]),
            ("UNSUBSCRIBE other", ["saved"])):
        client.ok(command)
        assert subscribed(witness) == names, (command, subscribed(witness))
    # FIND shows what there is, as ever.
    assert client.ok("FIND MAILBOXES *").numbers("MAILBOX") == [None] * 4
    client.no("SUBSCRIBE MAILBOX missing")
    client.no("SUBSCRIBE missing")
    # One that is gone can be unsubscribed.
    client.ok("DELETE saved")
    client.no("SUBSCRIBE saved")
    assert subscribed(witness) == ["saved"]
    client.ok("UNSUBSCRIBE saved")
    assert subscribed(witness) == []


def test_subscribed_bboards(t):
    user, witness = filled(t, ("general",))
    client = t.login(user)
    client.ok("SUBSCRIBE BBOARD general")
    assert subscribed(witness) == ["Public/general"]
    client.ok("Subscribe Mailbox general")
    client.ok("Unsubscribe BBoard general")
    assert subscribed(witness) == ["general"]
    client.no("SUBSCRIBE BBOARD missing")


# FIND ALL

def test_find_all(t):
    user, witness = filled(t, ("saved", "new box", "Indoors"))
    client = t.login(user)
    assert found(client) == ["INBOX", "Indoors", "new box", "saved"]
    assert found(client, pattern="I*") == ["INBOX", "Indoors"]
    for pattern in ("INBOX", "inbox", "in?ox", "%NBOX", "INBOX*"):
        assert found(client, pattern=pattern) == ["INBOX"], pattern
    assert found(client, pattern="SAVED") == []
    assert found(client, pattern='""') == []
    for form in ('"s*d"', Lit("s*d")):
        result = client.ok("FIND ALL.MAILBOXES ", form)
        assert result.values("MAILBOX") == [b"saved"]
    assert found(client, "BBOARDS") == ["general", "staff/lunch"]
    assert found(client, "BBOARDS", "s*") == ["staff/lunch"]
    assert found(client, "BBOARDS", "INBOX") == []
    assert b"INBOX" not in client.ok("FIND MAILBOXES *").values("MAILBOX")
    listed = {name for name in witness.names()
              if not name.startswith("Public")}
    assert set(found(client)) == listed


def test_find_all_before_there_is_any_mail(t):
    for format in FORMATS:
        client = t.login(t.user(format))
        assert found(client) == ["INBOX"], format


def test_inbox_beside_a_namespace_with_a_prefix(t):
    server = t.make_server(PREFIX)
    user = t.simple_user(1, server)
    client = t.login(user, server)
    assert found(client) == ["INBOX"]
    assert "names begin with Mail/" in client.no("CREATE saved").text
    client.ok("CREATE Mail/saved")
    client.no("CREATE Mail/")
    assert found(client) == ["INBOX", "Mail/saved"]
    client.ok("RENAME Mail/saved Mail/kept")
    client.no("RENAME Mail/kept kept")
    client.no("DELETE Mail")
    client.ok("DELETE Mail/kept")


# Bulletin boards

def test_bboards_are_made_like_mailboxes(t):
    user, witness = filled(t, ("INBOX",))
    client = t.selected(user)
    client.ok("CREATE Public/made")
    client.ok("COPY 1 Public/made")
    assert "made" in found(client, "BBOARDS")
    assert client.ok("BBOARD made").numbers("EXISTS") == [1]
    client.no("RENAME Public/made mine")
    assert client.search("ALL") == [1]
    client.ok("RENAME Public/made Public/done")
    no_mailbox(client)
    client.ok("BBOARD done")
    client.ok("DELETE Public/done")
    no_mailbox(client)
    assert "done" not in found(client, "BBOARDS")
    client.no("DELETE Public")
    client.no("CREATE Public/general")
    assert witness.examine("Public/general") == 1


def test_bboards_nobody_may_write(t):
    server = t.make_server()
    t.expect_log(r"imap2\(.*Permission denied|Read-only")
    top = server.dir + "/public"
    board = mail.folder(top, "board", server.owner)
    board.add(mail.simple(1))
    os.chmod(top, 0o555)
    user = t.simple_user(1, server)
    client = t.login(user, server)
    for command in ("CREATE Public/new", "DELETE Public/board",
                    "RENAME Public/board Public/table"):
        result = client.no(command)
        assert "/public" not in result.text, result
    assert client.ok("BBOARD board").numbers("EXISTS") == [1]
    os.chmod(top, 0o755)


# VERSION

def test_version(t):
    server = t.make_server(host.CLEARTEXT_ALLOWED + MACINTOSH)
    user = t.simple_user(1, server)
    client = t.connect(server)
    client.bad("VERSION 2")
    client.login(user)
    for command, state in (("VERSION 1", "OK"), ("version 2", "OK"),
                           ("VERSION 3", "OK"), ("VERSION 4", "NO"),
                           ("VERSION 9", "NO"), ("VERSION 0", "BAD"),
                           ("VERSION -1", "BAD"), ("VERSION two", "BAD"),
                           ("VERSION 99999999999", "BAD")):
        result = client.command(command)
        assert (result.state, result.data) == (state, []), (command, result)
    macintosh = t.connect(server, source="127.0.0.2").login(user)
    result = macintosh.ok("VERSION 4")
    assert [(part.kind, part.text) for part in result.data] == [
        ("OK", "The MacMS kludge is enabled")], result
    macintosh.ok("VERSION 2")
    macintosh.no("VERSION 5")
