# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""alpine as people use it: what they see on the screen, and what IMAP4 has of
the same mailboxes then."""

import mail
from programs import CONFIG, STRICT, Alpine



def begin(t, **options):
    user = t.simple_user(5)
    witness = t.witness(user)
    witness.create("saved")
    witness.append(mail.crlf(mail.simple(100)), mailbox="saved")
    return Alpine(t, user, **options), witness


def read_and_flag(alpine, witness):
    """What IMAP2 itself has."""
    alpine.press("i", then="N   5 +sender5@example.org .*message 5")
    alpine.press("Enter", then="Text of message 1")
    alpine.press("d", then="Text of message 2")
    alpine.press("<", then="MESSAGE INDEX")
    alpine.press("n", then="Message 3 of 5")
    alpine.press("*", then="Flag New, Deleted")
    alpine.press("Enter", then=r"\* N? +3 +sender3")
    witness.examine()
    assert witness.all_flags() == [["\\Deleted", "\\Seen"], ["\\Seen"],
                                   ["\\Flagged"], [], []]


def saved(witness, folder):
    witness.examine(folder)
    return sorted(witness.texts())


def message(*numbers):
    return [mail.crlf(mail.simple(number)) for number in numbers]


def save_to_existing(alpine, witness):
    alpine.press("s", then=r"SAVE Msg #3 to folder \[")
    alpine.press("saved", "Enter",
                 then=r"\* D +3 +sender3")
    assert saved(witness, "saved") == message(100, 3)
    witness.examine()
    assert witness.flags(3) == ["\\Deleted", "\\Flagged", "\\Seen"]


def search(alpine):
    """By the server. The screen shows but what was found."""
    alpine.press(";", then="SELECT criteria")
    alpine.press("t", then="Text")
    alpine.press("s", then="SUBJECT")
    screen = alpine.press("message 5", "Enter", then="X N +5 +sender5")
    assert "sender2" not in screen
    alpine.press("z", then="2 +sender2")


def expunge(alpine, witness, *left):
    alpine.press("x", then="Expunge")
    alpine.press("y", then="N +%d +sender5" % len(left))
    witness.examine()
    assert sorted(witness.texts()) == message(*left)


def quit(alpine):
    alpine.press("q", then="Really quit")
    alpine.quit("y")


def folders(alpine, witness):
    alpine.press("l", then="FOLDER LIST")
    alpine.wait("INBOX +fresh +saved")
    alpine.press("a", then="name to add")
    alpine.press("made", "Enter", then="INBOX +fresh +made +saved")
    assert "made" in witness.names()
    alpine.press("r", then="Rename folder to : made")
    alpine.press("-later", "Enter", then="INBOX +fresh +made-later +saved")
    assert {"made", "made-later"} & set(witness.names()) == {"made-later"}
    alpine.press("d", then='DELETE "made-later"')
    alpine.press("y", then="INBOX +fresh +saved")
    assert "made-later" not in witness.names()
    alpine.press("i", then="MESSAGE INDEX")


def save_to_new(alpine, witness):
    alpine.press("n", then="Message 4 of 5")
    alpine.press("s", then=r"SAVE Msg #4 to folder \[")
    alpine.press("fresh", "Enter", then="doesn't exist.  Create")
    alpine.press("y", then=r"D +4 +sender4")
    assert saved(witness, "fresh") == message(4)


def test_alpine(t):
    alpine, witness = begin(t)
    read_and_flag(alpine, witness)
    save_to_existing(alpine, witness)
    save_to_new(alpine, witness)
    folders(alpine, witness)
    search(alpine)
    expunge(alpine, witness, 2, 5)
    quit(alpine)
    alpine.check()


def test_strict(t):
    """RFC 1176 alone: all but what has to do with making mailboxes. Of BODY it
    is told once, on the screen, and goes on without."""
    alpine, witness = begin(t, source=STRICT)
    alpine.expected = "FETCH: Unknown data item BODY"
    read_and_flag(alpine, witness)
    save_to_existing(alpine, witness)
    search(alpine)
    expunge(alpine, witness, 2, 4, 5)
    quit(alpine)
    alpine.check(["FETCH 1 (BODY FLAGS)", "FIND ALL.MAILBOXES saved"])
