# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""PHP's imap extension, of the last C-client, as programs use it: what the
calls return, and what IMAP4 has of the same mailboxes then. (imap_status() isn't
among them: with any IMAP2 server it's the end of PHP itself.)"""

import mail
from programs import CONFIG, STRICT, Php

PARTS = b"""\
From: parts@example.org
Subject: parts
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

The text.
--b
Content-Type: image/gif
Content-Transfer-Encoding: base64

R0lGODlhAQABAAAAACw=
--b--
"""


def begin(t, **options):
    user = t.user()
    maildir = t.maildir(user)
    for message in (*map(mail.simple, (1, 2, 3)), PARTS):
        maildir.add(message)
    witness = t.witness(user)
    witness.create("saved")
    witness.append(mail.crlf(mail.simple(100)), mailbox="saved")
    return Php(t, user, **options), witness


def subjects(witness, mailbox):
    witness.examine(mailbox)
    return sorted(witness.fetch(number, "BODY.PEEK[HEADER.FIELDS (SUBJECT)]")
                  .decode().strip()[len("Subject: "):]
                  for number in witness.search("ALL"))


def test_read(t):
    php, witness = begin(t)
    count, overview, headers, header, info, body = php.do(
        "imap_num_msg($m)", 'imap_fetch_overview($m, "1:4")',
        "imap_headers($m)", "imap_fetchheader($m, 2)",
        "imap_headerinfo($m, 3)", "imap_body($m, 1)")
    assert count == 4
    assert [message["subject"] for message in overview] == [
        "message 1", "message 2", "message 3", "parts"]
    assert overview[0]["udate"] == mail.date("1-Feb-1990 00:00:00")
    assert len(headers) == 4
    assert header.encode() == mail.crlf(mail.split(mail.simple(2))[0])
    assert info["fromaddress"] == "sender3@example.org"
    assert body == "Text of message 1.\r\n"
    witness.examine()
    assert "\\Seen" in witness.flags(1) and "\\Seen" not in witness.flags(4)
    php.check()


def test_structure(t):
    php, _ = begin(t)
    structure, text, image = php.do(
        "imap_fetchstructure($m, 4)", 'imap_fetchbody($m, 4, "1")',
        'imap_fetchbody($m, 4, "2")')
    assert structure["subtype"] == "MIXED"
    assert [part["subtype"] for part in structure["parts"]] == [
        "PLAIN", "GIF"]
    assert (text.strip(), image.strip()) == (
        "The text.", "R0lGODlhAQABAAAAACw=")
    php.check()


def test_flags_and_search(t):
    php, witness = begin(t)
    assert php.do(
        r'imap_setflag_full($m, "1,3", "\\Flagged \\Answered")',
        r'imap_clearflag_full($m, "3", "\\Flagged")',
        'imap_search($m, "FLAGGED")', "imap_search($m, 'SUBJECT \"parts\"')",
        'imap_search($m, "SUBJECT nothing")', "imap_sort($m, SORTSUBJECT, 1)",
        "imap_delete($m, 2)", "imap_undelete($m, 2)", "imap_ping($m)"
    ) == [True, True, [1], [4], False, [4, 3, 2, 1], True, True, True]
    witness.examine()
    assert witness.flags(1) == ["\\Answered", "\\Flagged"]
    assert witness.flags(3) == ["\\Answered"]
    assert len(witness.texts()) == 4
    php.check()


def test_copy_and_move(t):
    php, witness = begin(t)
    assert php.do('imap_mail_copy($m, "1:2", "saved")',
                  'imap_mail_move($m, "3", "saved")', "imap_expunge($m)",
                  "imap_num_msg($m)", 'imap_reopen($m, $at . "saved")',
                  "imap_num_msg($m)") == [True, True, True, 3, True, 4]
    assert subjects(witness, "INBOX") == ["message 1", "message 2", "parts"]
    assert subjects(witness, "saved") == [
        "message 1", "message 100", "message 2", "message 3"]
    php.check()


def names(php, listed):
    return [name.replace(php.at, "") for name in listed]


def test_mailboxes(t):
    php, witness = begin(t)
    *done, listed = php.do(
        'imap_createmailbox($m, $at . "made")',
        'imap_subscribe($m, $at . "made")',
        'imap_unsubscribe($m, $at . "made")',
        'imap_renamemailbox($m, $at . "made", $at . "work/named")',
        'imap_deletemailbox($m, $at . "saved")', 'imap_list($m, $at, "*")')
    assert done == [True] * 5
    assert names(php, listed) == ["INBOX", "work/named"]
    assert sorted(witness.names()) == ["INBOX", "work/named"]
    php.check()


def test_subscribed(t):
    """C-client asks for them and gets them. PHP has nothing of it: it takes
    them for what imap_list() finds."""
    php, witness = begin(t)
    witness.subscribe("saved")
    assert php.do('imap_lsub($m, $at, "*")') == [False]
    (line, result), = [pair for pair in php.heard()[0]
                       if pair[0] == "FIND MAILBOXES *"]
    assert result.values("MAILBOX") == [b"saved"], result
    php.check()


def test_append(t):
    """IMAP2bis has neither flags nor dates there, says C-client."""
    php, witness = begin(t)
    assert php.do(
        r'imap_append($m, $at . "saved", "Subject: one\r\n\r\nText\r\n")',
        r'imap_append($m, $at . "saved", "Subject: two\r\n\r\nText\r\n", '
        r'"\\Seen")') == [True, True]
    assert subjects(witness, "saved") == ["message 100", "one", "two"]
    php.check()


def test_strict(t):
    """RFC 1176 alone: what it hasn't fails with the server's word. The rest is
    as above, with the structure of plain text."""
    php, witness = begin(t, source=STRICT)
    structure, text, found, listed, moved, expunged = php.do(
        "imap_fetchstructure($m, 4)", 'imap_fetchbody($m, 1, "1")',
        'imap_search($m, "SUBJECT parts")', 'imap_list($m, $at, "*")',
        'imap_mail_move($m, "3", "saved")', "imap_expunge($m)",
        errors=["IMAP protocol error: FETCH: Unknown data item BODY"])
    assert (structure["subtype"], text) == ("PLAIN", "Text of message 1.\r\n")
    assert (found, moved, expunged) == ([4], True, True)
    assert names(php, listed) == ["saved"]
    assert subjects(witness, "INBOX") == ["message 1", "message 2", "parts"]
    php.check([
        "FETCH 4 (ENVELOPE BODY INTERNALDATE RFC822.SIZE FLAGS)",
        "FIND ALL.MAILBOXES *"])


def test_strict_mailboxes(t):
    """They can't be made or removed."""
    php, witness = begin(t, source=STRICT)
    assert php.do('imap_createmailbox($m, $at . "made")',
                  'imap_deletemailbox($m, $at . "saved")',
                  errors=["IMAP protocol error: Unknown command CREATE",
                          "Unknown command CREATE",
                          "IMAP protocol error: Unknown command DELETE",
                          "Unknown command DELETE"]) == [False, False]
    assert sorted(witness.names()) == ["INBOX", "saved"]
    php.check(["Create made", "Delete saved"])
