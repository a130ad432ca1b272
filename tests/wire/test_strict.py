# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""RFC 1176 alone (imap2_extensions =): each command and each data item of
IMAP2bis is BAD, and does nothing (design 5)."""

import mail
from imap2 import Lit

CONFIG = "protocol imap2 {\n  imap2_extensions =\n}\n"

COMMANDS = [
    "CREATE new", "CREATE new/", "DELETE saved", "RENAME saved other",
    "EXAMINE INBOX", "EXAMINE saved",
    "SUBSCRIBE saved", "SUBSCRIBE MAILBOX saved", "SUBSCRIBE BBOARD general",
    "UNSUBSCRIBE liked", "UNSUBSCRIBE MAILBOX liked",
    "UNSUBSCRIBE BBOARD general",
    "FIND ALL.MAILBOXES *", "FIND ALL.BBOARDS *",
    "APPEND saved", "PARTIAL 1 RFC822 1 10",
    "VERSION 1", "VERSION 2", "VERSION 3", "VERSION 4",
]
# APPEND's forms, before the message.
APPENDS = ["APPEND saved ", "APPEND saved (\\Seen) ",
           'APPEND saved " 2-Jan-1990 00:00:00 +0000" ',
           'APPEND saved (\\Seen) " 2-Jan-1990 00:00:00 +0000" ']
ITEMS = ["FULL", "BODY", "BODY[1]", "BODY[0]", "BODY[]", "BODY[TEXT]",
         "RFC822.HEADER.LINES (FROM)", "RFC822.HEADER.LINES.NOT (FROM)",
         "RFC822.PEEK", "RFC822.TEXT.PEEK"]


def prepare(server):
    mail.folder(server.dir + "/public", "general", server.owner).add(
        mail.simple(1))


def user_with_mail(t):
    user = t.simple_user(1)
    for name in ("saved", "liked"):
        t.maildir(user).folder(name).add(mail.simple(2))
    witness = t.witness(user)
    witness.subscribe("liked")
    return user, witness


def everything(witness):
    """What none of it may change."""
    return (witness.call("list"), witness.call("lsub"),
            [witness.snapshot(name) for name in
             ("INBOX", "saved", "liked", "Public/general")])


def test_commands_are_unknown(t):
    user, witness = user_with_mail(t)
    before = everything(witness)
    client = t.login(user)
    unknown = {command: client.bad(command).text for command in COMMANDS}
    client.select()
    for command in COMMANDS:
        result = client.bad(command)
        assert result.text == unknown[command], result
        assert "Unknown command" in result.text, result
        # Not even the selection changes.
        assert client.search("ALL") == [1]
    assert everything(witness) == before


def test_messages_to_append_are_swallowed(t):
    user, witness = user_with_mail(t)
    before = everything(witness)
    client = t.login(user)
    for wait in (True, False):
        for command in APPENDS:
            client.bad(command, Lit(b"x1 CREATE x\r\nx2 NOOP\r\n"), wait=wait)
            client.ok("NOOP")
    assert everything(witness) == before


def test_data_items_are_unknown(t):
    user, witness = user_with_mail(t)
    before = everything(witness)
    client = t.selected(user)
    for item in ITEMS:
        client.bad("FETCH 1 " + item)
        client.bad("FETCH 1 (FLAGS %s)" % item)
        client.ok("NOOP")
    assert client.flags(1) == []
    assert everything(witness) == before


def test_rfc_1176_is_there(t):
    user, _ = user_with_mail(t)
    client = t.selected(user)
    assert sorted(client.ok("FIND MAILBOXES *").values("MAILBOX")) == [
        b"liked", b"saved"]
    client.ok("COPY 1 new")
    assert client.select("new").numbers("EXISTS") == [1]
