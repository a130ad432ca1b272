# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""A whole session on each mailbox format of the host (design 1: mail lives in
the host's own storage, whatever its format)."""

import mail


def session(t, format):
    user = t.user(format)
    witness = t.witness(user)
    for _, message, flags, when in mail.SAMPLES:
        if message not in (mail.NO_HEADERS, mail.NO_BLANK_LINE):
            witness.append(mail.crlf(message), flags,
                           when.rjust(len("02-Jan-1990 00:00:00"), "0"))
    count = len(mail.SAMPLES) - 2
    client = t.login(user)
    result = client.select()
    assert result.numbers("EXISTS") == [count], result
    assert result.numbers("RECENT") == [count], result
    client.ok("FETCH 1:%d ALL" % count)
    witness.examine()
    items = {}
    for number in range(1, count + 1):
        items = client.ok("FETCH %d (RFC822 RFC822.SIZE RFC822.HEADER "
                          "RFC822.TEXT)" % number).fetched(number)
        assert items["RFC822"] == witness.text(number), number
    assert client.ok("FETCH 1 INTERNALDATE").fetched(1)["INTERNALDATE"] == \
        b" 9-Jun-88 19:55:44-GMT"

    result = client.ok("STORE 1:2 +FLAGS (\\Flagged Work)")
    assert result.numbers("FETCH") == [1, 2]
    client.ok("STORE 2 FLAGS ()")
    assert client.flags(1) == ["Work", "\\Flagged", "\\Seen"]
    assert client.flags(2) == []
    assert client.search("KEYWORD Work") == [1]
    assert client.search("SUBJECT lunch") != []

    result = client.ok("COPY 1,3 other")
    assert result.numbers("COPY") == [1, 3]
    assert client.ok("FIND MAILBOXES *").values("MAILBOX") == [b"other"]
    assert client.select("other").numbers("EXISTS") == [2]
    assert client.ok("FETCH 1 INTERNALDATE").fetched(1)["INTERNALDATE"] == \
        b" 9-Jun-88 19:55:44-GMT"
    assert set(client.flags(1)) >= {"Work", "\\Flagged"}

    client.select()
    client.ok("STORE 1:3 +FLAGS \\Deleted")
    deleted = client.search("DELETED")
    result = client.ok("EXPUNGE")
    assert len(result.numbers("EXPUNGE")) == len(deleted)
    assert result.numbers("EXPUNGE")[:3] == [1, 1, 1]
    witness.append(mail.crlf(mail.PLAIN))
    left = count - len(deleted) + 1
    assert client.ok("CHECK").numbers("EXISTS")[-1] == left
    client.logout()
    assert witness.examine() == left


def test_maildir(t):
    session(t, "maildir")


def test_sdbox(t):
    session(t, "sdbox")


def test_mdbox(t):
    session(t, "mdbox")


def test_mbox(t):
    session(t, "mbox")
