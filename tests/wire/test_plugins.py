# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The host's mail plugins work in IMAP2 sessions as in IMAP4 ones, when they
stand in mail_plugins inside protocol imap2. (test_host.py has fts, which
Debian's dovecot-core has no working index for; test_copy.py has quota.)"""

import gzip
import os
import poplib

import host
import mail

IMAP = host.plugins("acl", host.COMPRESS)
IMAP2 = host.plugins("acl", host.COMPRESS, "notify", "mail_log",
                     "lazy_expunge", "last_login")
CONFIG = "protocol imap2 {\n" + IMAP2 + "}\n" \
    "protocol imap {\n" + IMAP + "}\n" + host.ACL + host.both(v23="""
plugin {
  zlib_save = gz
  lazy_expunge = Removed
  mail_log_events = delete undelete expunge copy mailbox_create flag_change
  mail_log_fields = uid box msgid size
  last_login_dict = file:%h/last-login
  last_login_key = last/%s
}
""", v24="""
mail_compress_write_method = gz
lazy_expunge_mailbox = Removed
mail_log_events = delete undelete expunge copy mailbox_create flag_change
mail_log_fields = uid box msgid size
last_login {
  dict file {
    path = %{home}/last-login
  }
}
last_login_key = last/%{protocol}
""")


def rights(t, folder, line):
    with open(folder.path + "/dovecot-acl", "w") as file:
        file.write(line + "\n")
    t.server.give(folder.path + "/dovecot-acl")


def folder_user(t, name, line, count=3):
    """A user with rights `line` on a mailbox of some messages, and their
    files."""
    user = t.simple_user(1)
    folder = t.maildir(user).folder(name)
    for number in range(1, count + 1):
        folder.add(mail.simple(number), "\\Deleted" if number == 2 else "")
    rights(t, folder, line)
    return user, folder.path + "/cur"


# acl

def test_acl_read_only(t):
    user, directory = folder_user(t, "box", "owner lr")
    before = sorted(os.listdir(directory))
    client = t.login(user)
    assert client.select("box").text.startswith("[READ-ONLY] ")
    client.ok("FETCH 1:3 (RFC822.TEXT FLAGS)")
    assert client.flags(1) == []
    for command in ("STORE 1 +FLAGS \\Flagged", "STORE 1 FLAGS ()",
                    "STORE 2 -FLAGS (\\Deleted)", "STORE 1 +FLAGS word",
                    "EXPUNGE"):
        assert client.no(command).of("EXPUNGE") == []
    assert client.ok("COPY 1 other").numbers("COPY") == [1]
    client.logout()
    assert sorted(os.listdir(directory)) == before


def test_acl_without_rights_is_as_if_missing(t):
    user, directory = folder_user(t, "hidden", "owner k")
    before = sorted(os.listdir(directory))
    client = t.selected(user)
    assert client.ok("FIND MAILBOXES *").values("MAILBOX") == []
    hidden = client.no("COPY 1 hidden")
    assert hidden.of("COPY") == [], hidden
    assert "doesn't exist" in hidden.text, hidden
    hidden = client.no("SELECT hidden").text
    missing = client.no("SELECT missed").text
    assert hidden.replace("hidden", "missed") == missing, (hidden, missing)
    assert sorted(os.listdir(directory)) == before


def test_acl_without_lookup_is_only_unlisted(t):
    """As in RFC 4314, which Dovecot keeps."""
    user, _ = folder_user(t, "secret", "owner r")
    client = t.login(user)
    assert client.ok("FIND MAILBOXES *").values("MAILBOX") == []
    assert client.select("secret").numbers("EXISTS") == [3]


def test_acl_without_read_is_refused(t):
    user, _ = folder_user(t, "closed", "owner l")
    client = t.login(user)
    assert client.ok("FIND MAILBOXES *").values("MAILBOX") == [b"closed"]
    client.no("SELECT closed")
    client.bad("FETCH 1 FLAGS")


def test_acl_of_each_flag(t):
    """What the client is told is what the flags are, not what it wanted."""
    for given, granted in (("lrs", "\\Seen"), ("lrt", "\\Deleted"),
                           ("lrw", "\\Flagged")):
        user, _ = folder_user(t, "box", "owner " + given)
        client = t.login(user)
        client.select("box")
        result = client.command(
            "STORE 1 +FLAGS (\\Seen \\Deleted \\Flagged)")
        assert client.flags(1) == [granted], (given, client.flags(1))
        for response in result.of("FETCH"):
            assert set(response.value["FLAGS"]) - {"\\Recent"} == {granted}, \
                (given, result)
        with t.witness(user) as witness:
            witness.select("box")
            assert witness.flags(1) == [granted], given


def test_acl_without_expunge(t):
    user, directory = folder_user(t, "box", "owner lrwst")
    client = t.login(user)
    client.select("box")
    result = client.no("EXPUNGE")
    assert result.of("EXPUNGE") == [], result
    assert client.ok("FETCH 1:3 RFC822.TEXT").numbers("FETCH")[:3] == [1, 2, 3]
    assert len(os.listdir(directory)) == 3


def test_acl_of_a_bboard(t):
    board = mail.folder(t.server.dir + "/public", "board", t.server.owner)
    board.add(mail.simple(1))
    closed = mail.folder(t.server.dir + "/public", "closed", t.server.owner)
    rights(t, board, "anyone lr")
    rights(t, closed, "user=nobody lr")
    client = t.login(t.user())
    assert client.ok("FIND BBOARDS *").values("BBOARD") == [b"board"]
    result = client.ok("BBOARD board")
    assert result.text.startswith("[READ-ONLY] "), result
    client.ok("FETCH 1 RFC822")
    client.no("STORE 1 +FLAGS \\Seen")
    client.no("BBOARD closed")


def test_acl_of_mailbox_commands(t):
    """What others of the user's sessions may not do either. "k" is to create
    below, "x" to delete and rename."""
    user, directory = folder_user(t, "box", "owner lrwst")
    before = sorted(os.listdir(directory))
    client = t.login(user)
    for command in ("CREATE box/below", "DELETE box", "RENAME box other",
                    "CREATE box"):
        client.select("box")
        result = client.no(command)
        assert "/" not in result.text.replace("box/below", ""), result
    # Whoever may not delete it has closed it for that.
    client.no("DELETE box")
    client.bad("FETCH 1 FLAGS")
    assert sorted(os.listdir(directory)) == before
    for command in ("EXAMINE box", "SUBSCRIBE box", "FIND ALL.MAILBOXES box"):
        client.ok(command)

    hidden, directory = folder_user(t, "hidden", "owner x")
    client = t.login(hidden)
    for command in ("SUBSCRIBE hidden", "EXAMINE hidden", "CREATE hidden"):
        client.no(command)
    assert len(os.listdir(directory)) == 3
    assert client.ok("FIND ALL.MAILBOXES *").values("MAILBOX") == [b"INBOX"]

    user, _ = folder_user(t, "box", "owner lrkx")
    client = t.login(user)
    for command in ("CREATE box/below", "RENAME box other"):
        client.ok(command)


# zlib, which is mail_compress in 2.4

def test_compressed_mail(t):
    """Read as if it weren't, and copies are compressed again."""
    user = t.user()
    maildir = t.maildir(user)
    for number, message in enumerate((mail.BIG, mail.EIGHT_BIT), 1):
        path = maildir.path + "/cur/60000000%d.M1P1.sample,S=%d:2," % (
            number, len(message))
        with gzip.open(path, "wb") as file:
            file.write(message)
        maildir.give(path)
    client = t.selected(user)
    wanted = [mail.crlf(mail.BIG), mail.crlf(mail.EIGHT_BIT)]
    client.ok("COPY 1:2 other")
    for name in ("INBOX", "other"):
        client.select(name)
        result = client.ok("FETCH 1:2 (RFC822.SIZE RFC822.TEXT RFC822)")
        for number, octets in enumerate(wanted, 1):
            items = result.fetched(number)
            assert items["RFC822"] == octets
            assert octets.endswith(items["RFC822.TEXT"])
            assert items["RFC822.SIZE"] == len(octets)
    assert client.search("BODY Latin-1") == [2]
    copies = maildir.path + "/.other/cur"
    for name in os.listdir(copies):
        with open(os.path.join(copies, name), "rb") as file:
            assert file.read(2) == b"\x1f\x8b", name


def test_compressed_mail_of_dbox(t):
    user = t.user("sdbox")
    witness = t.witness(user)
    for message in (mail.BIG, mail.QUOTES):
        witness.append(mail.crlf(message))
    client = t.selected(user)
    client.ok("COPY 1:2 other")
    client.select("other")
    result = client.ok("FETCH 1:2 (RFC822 RFC822.SIZE)")
    assert [result.fetched(number)["RFC822"] for number in (1, 2)] == [
        mail.crlf(mail.BIG), mail.crlf(mail.QUOTES)]


# notify, mail_log, last_login

def test_mail_log(t):
    user = t.simple_user(3)
    client = t.selected(user)
    client.ok("FETCH 1 RFC822")
    client.ok("COPY 2 saved")
    client.ok("STORE 3 +FLAGS (\\Flagged)")
    client.ok("STORE 3 +FLAGS (\\Deleted)")
    client.ok("STORE 3 -FLAGS \\Deleted")
    client.ok("STORE 3 +FLAGS \\Deleted")
    client.ok("EXPUNGE")
    client.logout()
    for event in (r"flag_change: box=INBOX, uid=1, msgid=<1@",
                  r"copy from INBOX: box=saved, uid=1, msgid=<2@",
                  r"flag_change: box=INBOX, uid=3, ",
                  r"delete: box=INBOX, uid=3, msgid=<3@",
                  r"undelete: box=INBOX, uid=3, ",
                  r"expunge: box=INBOX, uid=3, msgid=<3@"):
        t.server.wait_log(r"imap2\(%s\)<\d+><\S+>: %s%s" % (
            user, host.MAIL_LOG, event))
    t.server.wait_log(r"imap2\(%s\)<\d+><\S+>: %s" % (
        user, host.MAILBOX_CREATED.format("saved")))


def test_last_login(t):
    user = t.simple_user(1)
    t.selected(user).logout()
    with open(t.server.home(user) + "/last-login") as file:
        assert "last/imap2" in file.read()


# lazy_expunge

def test_lazy_expunge(t):
    user = t.simple_user(3)
    client = t.selected(user)
    client.ok("STORE 2:3 +FLAGS \\Deleted")
    assert client.ok("EXPUNGE").numbers("EXPUNGE") == [2, 2]
    witness = t.witness(user)
    assert witness.examine("Removed") == 2
    assert [witness.text(number) for number in (1, 2)] == [
        mail.crlf(mail.simple(2)), mail.crlf(mail.simple(3))]
    assert client.search("ALL") == [1]


# virtual

def test_changes_through_a_virtual_mailbox(t):
    server = t.make_server(host.VIRTUAL)
    user = t.user(server=server)
    maildir = t.maildir(user, server)
    for number in range(1, 4):
        maildir.add(mail.simple(number))
    work = maildir.folder("work")
    for number in range(4, 7):
        work.add(mail.simple(number))
    box = server.home(user) + "/virtual/all"
    os.makedirs(box)
    with open(box + "/dovecot-virtual", "w") as file:
        file.write("INBOX\nwork\n  all\n")
    for path in (os.path.dirname(box), box, box + "/dovecot-virtual"):
        server.give(path)
    client = t.login(user, server)
    assert client.select("virtual/all").numbers("EXISTS") == [6]
    number, = client.search('SUBJECT "message 5"')
    client.ok("STORE %d +FLAGS (\\Flagged \\Answered)" % number)
    gone, = client.search('SUBJECT "message 2"')
    client.ok("STORE %d +FLAGS \\Deleted" % gone)
    assert client.ok("EXPUNGE").numbers("EXPUNGE") == [gone]
    assert len(client.search("ALL")) == 5
    client.ok("COPY 1 saved")
    witness = t.witness(user, server)
    assert witness.examine("saved") == 1
    assert witness.examine("INBOX") == 2
    assert witness.texts() == [mail.crlf(mail.simple(number))
                               for number in (1, 3)]
    witness.select("work")
    assert witness.flags(2) == ["\\Answered", "\\Flagged"]
    # And what others change is seen through it.
    witness.store("3", "+FLAGS", "\\Flagged")
    client.ok("CHECK")
    assert len(client.search("FLAGGED")) == 2


# Plugins of other programs

def test_plugin_for_imap_only(t):
    """imap_quota for all programs: what pop3 does, imap2 does too."""
    server = t.make_server(host.plugins("quota", "imap_quota"))
    t.expect_log(r"(imap2|pop3)\(.*Error: Couldn't load required plugin .*"
                 r"imap_quota")
    user = t.simple_user(1, server)
    t.witness(user, server).select()
    pop3 = poplib.POP3("127.0.0.1", server.ports["pop3"])
    pop3.user(user)
    try:
        pop3.pass_("secret")
    except poplib.error_proto as error:
        assert b"Internal error" in error.args[0], error
    else:
        raise AssertionError("pop3 logs in: then imap2 must, too")
    client = t.connect(server)
    result = client.command("LOGIN %s secret" % user)
    assert result.state == "NO" and "Internal error" in result.text, result
    client.expect_eof()
    for name in ("imap2", "pop3"):
        server.wait_log(r"%s\(%s\): Error: Couldn't load required plugin" % (
            name, user))
