# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""FIND MAILBOXES and FIND BBOARDS (R p.12-13; design 4.12; legacy-clients
section 4 row 11)."""

import time

import mail
from examples import example
from imap2 import Lit

# As IMAP4 names them (modified UTF-7).
NAMES = ["saved", "work", "work/one", "work/two", "work/deep/er", "new box",
         "100%", 'say "hi"', "back\\slash", "a{3}", "Entw&APw-rfe", "star*",
         "FOOBAR", "FOOD-ON", "FOO+BAR", "(paren)", "it's", "inboxes"]

SHARED = example("shared-mailboxes.conf", ("/var/vmail", "{dir}/home"),
                 ("/var/lib/dovecot/db", "{dir}/scratch"))


def prepare(server):
    for name in ("general", "staff/lunch", "staff/rides", "a board"):
        mail.folder(server.dir + "/public", name, server.owner).add(
            mail.simple(1))


def user_with_names(t):
    user = t.simple_user(1)
    witness = t.witness(user)
    for name in NAMES:
        witness.create(name)
    return user, witness


def find(client, pattern, kind="MAILBOX"):
    what = "MAILBOXES" if kind == "MAILBOX" else "BBOARDS"
    result = client.ok("FIND %s " % what, pattern)
    assert set(result.kinds()) <= {kind}, result
    return sorted(name.decode() for name in result.values(kind))


def test_star_finds_all_but_inbox(t):
    user, witness = user_with_names(t)
    client = t.login(user)
    found = find(client, "*")
    assert found == sorted(NAMES), found
    listed = [name for name in witness.names()
              if name != "INBOX" and not name.startswith("Public")]
    assert found == sorted(listed), listed


def test_every_name_found_is_usable_in_select(t):
    user, _ = user_with_names(t)
    client = t.login(user)
    result = client.ok("FIND MAILBOXES *")
    for response in result.of("MAILBOX"):
        # As it stands, in the form the server chose.
        octets = response.raw[len(b"* MAILBOX "):]
        if octets.startswith(b"{"):
            client.ok("SELECT ", Lit(response.value))
        else:
            client.ok(b"SELECT " + octets.rstrip(b"\r\n"))
        client.ok("SELECT ", Lit(response.value), wait=False)


def test_plain_names_are_atoms(t):
    """C-clients take the rest of the line as the name."""
    user, _ = user_with_names(t)
    client = t.login(user)
    raws = [response.raw for response in
            client.ok("FIND MAILBOXES *").of("MAILBOX")]
    for name in ("saved", "work/one", "FOOD-ON", "Entw&APw-rfe", "it's"):
        assert b"* MAILBOX %s\r\n" % name.encode() in raws, raws
    assert b'* MAILBOX "new box"\r\n' in raws, raws
    assert b"* MAILBOX {4}\r\n100%\r\n" in raws, raws


def test_wildcards(t):
    user, _ = user_with_names(t)
    client = t.login(user)
    for pattern, wanted in (
            ("saved", ["saved"]), ("SAVED", []), ("sav*", ["saved"]),
            ("*d", ["saved"]), ("s%ved", ["saved"]), ("s%%ed", ["saved"]),
            ("s%%%ed", []), ("%aved", ["saved"]), ("saved%", []),
            ("saved*", ["saved"]), ("*saved", ["saved"]),
            # R p.12's own examples
            ("FOO*BAR", ["FOO+BAR", "FOOBAR"]), ("FOO%BAR", ["FOO+BAR"]),
            ("FOO*", ["FOO+BAR", "FOOBAR", "FOOD-ON"]),
            ("FOO?BAR", ["FOO+BAR"]),
            # separators aren't special
            ("work*", ["work", "work/deep/er", "work/one", "work/two"]),
            ("work%one", ["work/one"]), ("work/%ne", ["work/one"]),
            ("*/*", ["work/deep/er", "work/one", "work/two"]),
            ("*e*e*", ["work/deep/er"]), ("*o*", None), ("**", None),
            ("*%", None), ("%*", None), ("nothing", []), ("%", []),
            ("INBOX", []), ("inbox", []), ("INBOX*", []),
            ("inbox*", ["inboxes"]), ("*inbox*", ["inboxes"])):
        found = find(client, pattern)
        if wanted is None:
            assert len(found) > 3, (pattern, found)
        else:
            assert found == wanted, (pattern, found)


def test_patterns_in_every_form(t):
    user, _ = user_with_names(t)
    client = t.login(user)
    assert find(client, '"sav*"') == ["saved"]
    for wait in (True, False):
        result = client.ok("FIND MAILBOXES ", Lit("work/%ne"), wait=wait)
        assert result.values("MAILBOX") == [b"work/one"]
        result = client.ok("FIND BBOARDS ", Lit("gen*"), wait=wait)
        assert result.values("BBOARD") == [b"general"]
    assert find(client, '"new box"') == ["new box"]
    assert find(client, "new%box") == ["new box"]


def test_empty_pattern_is_ok_without_data(t):
    user, _ = user_with_names(t)
    client = t.login(user)
    assert find(client, '""') == []
    assert client.ok("FIND MAILBOXES ", Lit("")).data == []
    assert client.ok('FIND BBOARDS ""').data == []


def test_bad_arguments(t):
    client = t.login(t.simple_user(1))
    for command in ("FIND", "FIND MAILBOXES", "FIND BBOARDS", "FIND *",
                    "FIND MAILBOXES a b", "FIND OTHER *", 'FIND MAILBOXES "a',
                    "FIND MAILBOXES * x", 'FIND "MAILBOXES" *'):
        client.bad(command)
        client.ok("NOOP")


def test_without_other_mailboxes(t):
    client = t.login(t.simple_user(1))
    assert find(client, "*") == []
    assert find(client, "nothing*", "BBOARD") == []


def test_bboards(t):
    client = t.login(t.simple_user(1))
    assert find(client, "*", "BBOARD") == \
        ["a board", "general", "staff/lunch", "staff/rides"]
    assert find(client, "staff*", "BBOARD") == ["staff/lunch", "staff/rides"]
    assert find(client, "g%neral", "BBOARD") == ["general"]
    assert find(client, "Public*", "BBOARD") == []
    for name in client.ok("FIND BBOARDS *").values("BBOARD"):
        assert client.ok("BBOARD ", Lit(name)).numbers("EXISTS") == [1]


def test_find_works_with_a_mailbox_selected(t):
    user, _ = user_with_names(t)
    client = t.selected(user)
    assert find(client, "saved") == ["saved"]
    client.ok("FETCH 1 FLAGS")


def test_unselectable_parents_are_not_found(t):
    user = t.simple_user(1)
    t.maildir(user).folder("top/child")
    client = t.login(user)
    assert find(client, "*") == ["top/child"]


def test_shared_namespace(t):
    server = t.make_server(SHARED)
    owner = t.simple_user(1, server)
    friend = t.simple_user(1, server)
    t.maildir(owner, server).folder("project").add(mail.simple(9))
    t.maildir(owner, server).folder("secret").add(mail.simple(9))
    witness = t.witness(owner, server)
    witness.call("setacl", "project", friend, "lr")
    client = t.login(friend, server)
    name = "shared/%s/project" % owner
    assert find(client, "*project*") == [name]
    assert find(client, "*secret*") == []
    result = client.select(name)
    assert result.text.startswith("[READ-ONLY]"), result
    assert client.ok("FETCH 1 RFC822.TEXT").fetched(1)["RFC822.TEXT"] == \
        b"Text of message 9.\r\n"
    client.no("SELECT shared/%s/secret" % owner)
    for command in ("CREATE {0}/new", "DELETE {0}/project",
                    "RENAME {0}/project mine", "SUBSCRIBE {0}/secret"):
        client.no(command.format("shared/" + owner))
    client.ok("EXAMINE " + name)
    found = client.ok("FIND ALL.MAILBOXES *").values("MAILBOX")
    assert sorted(found) == [b"INBOX", name.encode()], found
    assert find(client, "*", "BBOARD") == []
    # As docs/mailboxes.md has it for administrators.
    server.doveadm("acl", "set", "-u", owner, "secret", "user=" + friend,
                   "lookup", "read", "write-seen")
    client = t.login(friend, server)
    assert find(client, "*secret*") == ["shared/%s/secret" % owner]
    client.select("shared/%s/secret" % owner)


def test_8_bit_names_go_as_modified_utf_7(t):
    user, _ = user_with_names(t)
    client = t.login(user)
    assert find(client, "Entw*") == ["Entw&APw-rfe"]
    client.ok("SELECT Entw&APw-rfe")
    for octets in (b"SELECT Entw\xc3\xbcrfe", b"SELECT Entw\xfcrfe",
                   b"SELECT &bogus", b"SELECT &AOk", b"SELECT a\x7fb\x01"):
        result = client.command(octets)
        assert result.state in ("NO", "BAD"), result


def test_a_pattern_of_many_stars_is_quick(t):
    user = t.simple_user(1)
    t.maildir(user).folder("a" * 60)
    client = t.login(user)
    begin = time.time()
    assert find(client, "*a" * 400 + "b") == []
    assert find(client, "%*" * 400) == []
    assert time.time() - begin < 5


def test_many_mailboxes(t):
    user = t.simple_user(1)
    maildir = t.maildir(user)
    for number in range(600):
        maildir.folder("box%03d" % number)
    client = t.login(user)
    assert len(find(client, "box*")) == 600
    assert len(find(client, "box%%7")) == 60
