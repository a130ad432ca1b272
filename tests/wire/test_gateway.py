# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""IMAP2 in front of mail that another server keeps (tests/lib/gateway.py):
sessions with a Dovecot and with a server of another make behind it."""

import host
import mail
from gateway import in_front_of_cyrus, in_front_of_dovecot
from imap2 import Lit
from process import wait_for


def fill(witness):
    for _, message, flags, when in mail.SAMPLES:
        if message not in (mail.NO_HEADERS, mail.NO_BLANK_LINE):
            witness.append(mail.crlf(message), flags,
                           when.rjust(len("02-Jan-1990 00:00:00"), "0"))
    return len(mail.SAMPLES) - 2


def reading(client, witness, count):
    client.ok("FETCH 1:%d ALL" % count)
    witness.examine()
    for number in range(1, count + 1):
        items = client.ok("FETCH %d (RFC822 RFC822.SIZE RFC822.HEADER "
                          "RFC822.TEXT)" % number).fetched(number)
        assert items["RFC822"] == witness.text(number), number
        assert items["RFC822.SIZE"] == len(items["RFC822"]), number
    assert witness.all_flags() == [client.flags(number)
                                   for number in range(1, count + 1)]
    assert all("\\Seen" in flags for flags in witness.all_flags())
    items = client.ok("FETCH 1 (INTERNALDATE ENVELOPE)").fetched(1)
    assert items["INTERNALDATE"] == b" 9-Jun-88 19:55:44-GMT", items
    for ours, theirs in (("SUBJECT lunch", "SUBJECT lunch"),
                         ("FROM smith", "FROM smith"),
                         ("BODY usenet", "BODY usenet"),
                         ("TEXT Larry FLAGGED", "TEXT Larry FLAGGED"),
                         ("SINCE 1-Jan-2000", "SINCE 1-Jan-2000"),
                         ("KEYWORD nobody", "KEYWORD nobody"),
                         ("ANSWERED", "ANSWERED")):
        assert client.search(ours) == witness.search(theirs), ours


def changing(client, witness, count):
    result = client.ok("STORE 1:2 +FLAGS (\\Flagged Work)")
    assert result.kinds() == ["FLAGS", "FETCH", "FETCH"], result
    client.ok("STORE 2 FLAGS ()")
    witness.noop()
    assert sorted(witness.flags(1)) == ["Work", "\\Flagged", "\\Seen"]
    assert witness.flags(2) == []
    assert client.search("KEYWORD Work") == [1]

    # Twice: into a mailbox that isn't there, and into one that is.
    for wanted in 2, 4:
        assert client.ok("COPY 1,3 other").numbers("COPY") == [1, 3]
        assert witness.examine("other") == wanted
        assert set(witness.flags(1)) >= {"Work", "\\Flagged", "\\Seen"}
        assert witness.internal_date(1).lstrip(b" 0") == \
            b"9-Jun-1988 19:55:44 +0000"
    # The host asks for the list of mailboxes once a second.
    wait_for(lambda: client.ok("FIND MAILBOXES *").values("MAILBOX"),
             "no mailboxes")
    assert client.ok("FIND MAILBOXES *").values("MAILBOX") == [b"other"]
    witness.select()

    client.ok("STORE 1:3 +FLAGS \\Deleted")
    deleted = len(client.search("DELETED"))
    result = client.ok("EXPUNGE")
    assert result.numbers("EXPUNGE")[:3] == [1, 1, 1], result
    assert len(result.numbers("EXPUNGE")) == deleted
    assert witness.select() == count - deleted
    return count - deleted


def news(client, witness, count):
    """What other clients of that server do."""
    for verb in "NOOP", "CHECK":
        witness.append(mail.crlf(mail.PLAIN))
        count += 1
        assert client.ok(verb).numbers("EXISTS")[-1:] == [count], verb
        witness.noop()
        witness.store("1", "+FLAGS", "\\Flagged Urgent")
        result = client.ok(verb)
        assert result.fetched(1)["FLAGS"] or verb == "CHECK", result
        witness.store("1", "+FLAGS", "\\Deleted")
        witness.expunge()
        count -= 1
        result = client.ok(verb)
        assert result.numbers("EXPUNGE") == [1], result
        assert result.numbers("EXISTS")[-1:] == [count], result


def appending(client, witness):
    message = mail.crlf(mail.simple(9))
    client.no("APPEND letters ", Lit(message))
    client.ok("CREATE letters")
    client.ok('APPEND letters (\\Seen) " 2-Jan-1990 03:04:05 +0000" ',
              Lit(message))
    assert witness.examine("letters") == 1
    assert (witness.text(1), witness.flags(1)) == (message, ["\\Seen"])
    assert witness.internal_date(1).lstrip(b" 0") == \
        b"2-Jan-1990 03:04:05 +0000"


def mailboxes(client, witness, other):
    """The commands of IMAP2bis."""
    client.ok("CREATE made")
    client.no("CREATE made")
    client.ok("SUBSCRIBE MAILBOX made")
    assert witness.call("lsub", '""', "made") != [None]
    client.no("SUBSCRIBE MAILBOX missing")
    # The host remembers what was subscribed when a session first asked.
    other.ok("UNSUBSCRIBE MAILBOX made")
    assert witness.call("lsub", '""', "made") == [None]

    client.ok("EXAMINE INBOX")
    seen = client.flags(1)
    client.ok("FETCH 1 RFC822")
    assert client.flags(1) == seen
    client.no("STORE 1 +FLAGS \\Seen")
    client.ok("COPY 1 made")
    client.select("made")
    client.ok("STORE 1 +FLAGS \\Answered")
    client.no("RENAME made made/below")
    client.ok("RENAME made renamed")
    client.bad("FETCH 1 FLAGS")
    assert witness.examine("renamed") == 1
    assert "\\Answered" in witness.flags(1)

    client.select("renamed")
    client.no("DELETE INBOX")
    client.ok("DELETE renamed")
    client.bad("FETCH 1 FLAGS")
    assert "renamed" not in witness.names()
    client.no("DELETE renamed")


def session(t, behind, front):
    witness = behind.witness()
    count = fill(witness)
    client = t.login(behind.user, front)
    result = client.select()
    assert result.numbers("EXISTS") == [count], result
    reading(client, witness, count)
    count = changing(client, witness, count)
    news(client, witness, count)
    client.no("SELECT missing")
    client.select("other")
    appending(client, witness)
    other = t.login(behind.user, front)
    mailboxes(client, witness, other)
    # Before what is behind ends.
    other.logout()
    client.logout()


def test_session_with_dovecot(t):
    in_front_of_dovecot(t, session)


def test_session_with_cyrus(t):
    in_front_of_cyrus(t, session)


def newest(t, behind, front):
    """With the three newest messages shown, others are searched for and
    expunged on the other server."""
    witness = behind.witness()
    for number in range(1, 7):
        witness.append(mail.crlf(mail.simple(number)))
    witness.select()
    client = t.login(behind.user, front)
    assert client.select().numbers("EXISTS") == [3]
    assert client.search("TEXT message") == [1, 2, 3]
    assert client.search("BODY \"message 5\" UNSEEN") == [2]

    witness.store("1:2,4", "+FLAGS", "\\Deleted")
    witness.expunge()
    result = client.ok("NOOP")
    assert result.numbers("EXPUNGE") == [1], result
    assert result.numbers("EXISTS") == [2], result
    assert client.ok("FETCH 1 RFC822").fetched(1)["RFC822"] == \
        mail.crlf(mail.simple(5))
    witness.noop()
    assert witness.all_flags() == [[], ["\\Seen"], []]

    witness.store("2:3", "+FLAGS", "\\Deleted")
    witness.expunge()
    witness.store("1", "+FLAGS", "\\Deleted")
    assert client.ok("NOOP").numbers("EXPUNGE") == [1, 1]
    assert client.search("TEXT message") == []
    assert client.ok("EXPUNGE").numbers("EXPUNGE") == []
    witness.append(mail.crlf(mail.simple(7)))
    assert client.ok("CHECK").numbers("EXISTS") == [1]
    assert client.search("TEXT \"message 7\"") == [1]
    client.logout()
    assert witness.select() == 2


def test_newest_with_dovecot(t):
    in_front_of_dovecot(t, newest, "imap2_max_messages = 3\n")


def test_newest_with_cyrus(t):
    in_front_of_cyrus(t, newest, "imap2_max_messages = 3\n")


# Of the server behind.
BOARDS = """
namespace boards {
  type = public
  prefix = Boards/
  separator = /
  %s
  subscriptions = no
}
""" % host.both("location = maildir:{dir}/boards",
                "mail_driver = maildir\n  mail_path = {dir}/boards")


def public_mailboxes(t, behind, front):
    """Are mailboxes like others."""
    server = behind.server
    server.make_dir("boards", owner=server.owner)
    mail.folder(server.dir + "/boards", "news", server.owner).add(
        mail.simple(1))
    client = t.login(behind.user, front)
    assert client.ok("FIND BBOARDS *").data == []
    client.no("BBOARD news")
    assert client.ok("FIND MAILBOXES *").values("MAILBOX") == [b"Boards/news"]
    assert client.select("Boards/news").numbers("EXISTS") == [1]
    client.logout()


def test_public_mailboxes(t):
    in_front_of_dovecot(t, public_mailboxes, behind=BOARDS)
