# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""mailutil, of the last C-client, as people type it: what it says, and what
IMAP4 has of the same mailboxes then."""

import mail
from programs import CONFIG, STRICT, Mailutil

# It says that it did it, but ends so with any server.
PRUNED = 1


def begin(t, **options):
    user = t.simple_user(3)
    witness = t.witness(user)
    witness.create("saved")
    witness.append(mail.crlf(mail.simple(100)), mailbox="saved")
    return Mailutil(t, user, **options), witness


def held(witness, mailbox):
    """The numbers of the simple messages in a mailbox."""
    witness.examine(mailbox)
    texts = witness.texts()
    numbers = [number for number in (1, 2, 3, 100)
               if mail.crlf(mail.simple(number)) in texts]
    assert len(texts) == len(numbers), texts
    return numbers


def test_check(t):
    mailutil, _ = begin(t)
    said, = mailutil.do("check", mailutil.at + "INBOX")
    assert said.startswith("3 new message(s) (3 unseen), 3 total in "), said
    mailutil.check()


def test_mailboxes(t):
    mailutil, witness = begin(t)
    assert mailutil.do("create", mailutil.at + "new") == []
    assert "new" in witness.names()
    assert mailutil.do("rename", mailutil.at + "new", mailutil.at +
                       "work/named") == []
    assert "new" not in witness.names()
    assert "work/named" in witness.names()
    assert mailutil.do("delete", mailutil.at + "work/named") == []
    assert "work/named" not in witness.names()
    mailutil.check()


def test_copy(t):
    mailutil, witness = begin(t)
    assert mailutil.do("copy", mailutil.at + "INBOX",
                       mailutil.at + "copied") == []
    assert held(witness, "copied") == [1, 2, 3]
    mailutil.do("append", mailutil.at + "saved", mailutil.at + "copied")
    assert held(witness, "copied") == [1, 2, 3, 100]
    mailutil.do("move", mailutil.at + "copied", mailutil.at + "moved")
    assert held(witness, "moved") == [1, 2, 3, 100]
    assert held(witness, "copied") == []
    assert held(witness, "INBOX") == [1, 2, 3]
    mailutil.check()


def test_transfer(t):
    """Of all mailboxes, to another user's. It would have INBOX created, and
    IMAP2 doesn't tell what separates levels: so it says with any server."""
    mailutil, _ = begin(t)
    other = Mailutil(t, t.user())
    assert mailutil.do("transfer", "-merge", "append", mailutil.at,
                       other.at) == [
        "warning: unable to get destination hierarchy delimiter!",
        "CREATE failed: INBOX always exists"]
    witness = t.witness(other.user)
    assert held(witness, "saved") == [100]
    assert held(witness, "INBOX") == [1, 2, 3]
    mailutil.check()
    other.check(["Create INBOX"])


def test_prune(t):
    """Of what SEARCH finds."""
    mailutil, witness = begin(t)
    assert mailutil.do("prune", mailutil.at + "INBOX",
                       'SUBJECT "message 2"', status=PRUNED) == [
                           "1 message(s) purged"]
    assert held(witness, "INBOX") == [1, 3]
    mailutil.check()


def test_strict(t):
    """RFC 1176 alone: it can prune. It opens mailboxes with EXAMINE and wants
    CREATE of the server, and says that it can't."""
    mailutil, witness = begin(t, source=STRICT)
    assert mailutil.do("prune", mailutil.at + "INBOX",
                       'SUBJECT "message 2"', status=PRUNED) == [
                           "1 message(s) purged"]
    assert held(witness, "INBOX") == [1, 3]
    for arguments in (["check", mailutil.at + "INBOX"],
                      ["create", mailutil.at + "new"]):
        said = mailutil.do(*arguments, status=1)
        assert "Unknown command" in said[-1], said
    mailutil.check(["EXAMINE INBOX", "Create new"])
    assert sorted(witness.names()) == ["INBOX", "saved"]
