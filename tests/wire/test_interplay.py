# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Two and three sessions on one mailbox, IMAP2 and IMAP4 mixed (R p.5, p.13,
p.23-24; design 4.5, 4.10; legacy-clients section 3 row 11)."""

import poplib
import random
import threading

import mail


def trio(t, count):
    """Two IMAP2 clients and an IMAP4 witness on the same INBOX."""
    user = t.simple_user(count)
    first, second = t.selected(user), t.selected(user)
    witness = t.witness(user)
    witness.select()
    return first, second, witness


def view(client, count):
    """Text and flags of each message as an IMAP2 client sees them."""
    result = client.ok("FETCH 1:%d (FLAGS RFC822.HEADER)" % count)
    return [(result.fetched(number)["RFC822.HEADER"],
             sorted(set(result.fetched(number)["FLAGS"]) - {"\\Recent"}))
            for number in range(1, count + 1)]


def test_keyword_made_by_imap4_while_imap2_has_the_mailbox_open(t):
    first, _, witness = trio(t, 3)
    witness.store("2", "+FLAGS", "Fresh")
    # Whichever command comes first: FLAGS precedes the keyword (checker).
    result = first.ok("FETCH 1:3 FLAGS")
    result = first.ok("NOOP") if not result.of("FLAGS") else result
    assert "Fresh" in result.values("FLAGS")[-1], result
    assert first.flags(2) == ["Fresh"]
    witness.store("1", "+FLAGS", "Another")
    first.ok("STORE 1 +FLAGS \\Seen")
    first.ok("FETCH 1 RFC822")
    first.ok("NOOP")
    assert first.flags(1) == ["Another", "\\Seen"]


def test_keywords_beyond_30_made_meanwhile_stay_hidden(t):
    first, _, witness = trio(t, 2)
    for number in range(35):
        witness.store("1", "+FLAGS", "k%02d" % number)
    first.ok("NOOP")
    assert len(first.flags(1)) == 30
    first.ok("CHECK")
    assert len(first.flags(1)) == 30


def test_shown_keywords_stay_the_same_in_one_session(t):
    """Thirty are shown; a thirty-first doesn't push one out."""
    first, _, witness = trio(t, 2)
    for number in range(30):
        witness.store("1", "+FLAGS", "k%02d" % number)
    first.ok("NOOP")
    before = first.flags(1)
    witness.store("1", "+FLAGS", "aaa")
    first.ok("NOOP")
    assert first.flags(1) == before


def test_flag_changes_reach_everybody(t):
    first, second, witness = trio(t, 4)
    first.ok("STORE 1 +FLAGS (\\Answered Mine)")
    result = second.ok("NOOP")
    assert set(result.fetched(1)["FLAGS"]) >= {"\\Answered", "Mine"}
    witness.noop()
    assert witness.flags(1) == ["Mine", "\\Answered"]
    second.ok("FETCH 2 RFC822")
    result = first.ok("NOOP")
    assert "\\Seen" in result.fetched(2)["FLAGS"], result
    witness.noop()
    assert witness.flags(2) == ["\\Seen"]


def test_own_changes_are_not_repeated(t):
    first, _, _ = trio(t, 3)
    first.ok("STORE 1:3 +FLAGS \\Flagged")
    assert first.ok("NOOP").data == []
    first.ok("FETCH 1 RFC822")
    assert first.ok("NOOP").data == []


def test_append_and_expunge_at_once(t):
    first, second, witness = trio(t, 5)
    first.ok("STORE 1:2 +FLAGS \\Deleted")
    witness.append(mail.crlf(mail.PLAIN))
    witness.append(mail.crlf(mail.QUOTES))
    second.ok("EXPUNGE")
    result = first.ok("NOOP")
    assert result.numbers("EXPUNGE") == [1, 1], result
    assert result.numbers("EXISTS")[-1] == 5
    assert view(first, 5) == view(second, 5)


def test_mail_delivered_into_the_maildir(t):
    user = t.simple_user(1)
    client = t.selected(user)
    maildir = t.maildir(user)
    maildir.count = 100
    maildir.add(mail.PLAIN, new=True)
    result = client.ok("CHECK")
    assert result.numbers("EXISTS")[-1] == 2
    items = client.ok("FETCH 2 ALL").fetched(2)
    assert items["ENVELOPE"]["subject"] == b"Lunch on Friday"


def test_one_session_reads_what_another_expunges(t):
    first, second, _ = trio(t, 6)
    first.ok("STORE 3 +FLAGS \\Deleted")
    first.ok("EXPUNGE")
    # Old numbers until the next NOOP.
    assert second.ok("FETCH 6 RFC822.TEXT").fetched(6)["RFC822.TEXT"] == \
        b"Text of message 6.\r\n"
    second.ok("STORE 6 +FLAGS \\Flagged")
    second.ok("NOOP")
    first.ok("NOOP")
    assert first.flags(5) == ["\\Flagged", "\\Seen"]
    assert second.flags(5) == ["\\Flagged", "\\Seen"]


def test_expunge_by_imap4_and_copy_by_imap2(t):
    first, _, witness = trio(t, 4)
    witness.store("1", "+FLAGS", "\\Deleted")
    witness.expunge()
    first.ok("COPY 2:4 other")
    witness.examine("other")
    assert [witness.text(number) for number in (1, 2, 3)] == \
        [mail.crlf(mail.simple(number)) for number in (2, 3, 4)]


def test_imap2_and_pop3_in_one_instance(t):
    user = t.simple_user(3)
    client = t.selected(user)
    pop = poplib.POP3("127.0.0.1", t.server.ports["pop3"])
    pop.user(user)
    pop.pass_("secret")
    assert pop.stat()[0] == 3
    pop.dele(1)
    pop.quit()
    assert client.ok("NOOP").numbers("EXPUNGE") == [1]


def test_random_work_of_three_sessions(t):
    """Whatever three sessions do in turns, all end with the same view."""
    first, second, witness = trio(t, 30)
    choose = random.Random(1176)
    for _ in range(120):
        client = choose.choice((first, second))
        count = client.checker.exists
        if count == 0:
            break
        number = choose.randint(1, count)
        flag = choose.choice(("\\Seen", "\\Flagged", "\\Answered", "Work"))
        action = choose.randrange(7)
        if action == 0:
            client.command("STORE %d +FLAGS %s" % (number, flag))
        elif action == 1:
            client.command("STORE %d -FLAGS %s" % (number, flag))
        elif action == 2:
            client.command("FETCH %d RFC822" % number)
        elif action == 3 and choose.random() < 0.4:
            client.command("STORE %d +FLAGS \\Deleted" % number)
            client.ok("EXPUNGE")
        elif action == 4:
            client.ok(choose.choice(("NOOP", "CHECK")))
        elif action == 5 and choose.random() < 0.3:
            witness.append(mail.crlf(mail.simple(number)))
        else:
            witness.noop()
            witness.store("1", choose.choice(("+FLAGS", "-FLAGS")), flag)
    for client in (first, second):
        client.ok("CHECK")
    witness.noop()
    count = first.checker.exists
    assert second.checker.exists == count
    assert view(first, count) == view(second, count)
    assert [flags for _, flags in view(first, count)] == witness.all_flags()


def test_sessions_working_at_the_same_time(t):
    """Not in turns: four clients in threads, each held to the checker."""
    user = t.simple_user(20)
    errors = []

    def work(seed, client):
        choose = random.Random(seed)
        try:
            for _ in range(60):
                count = client.checker.exists
                number = choose.randint(1, count)
                client.command(choose.choice((
                    "STORE %d +FLAGS \\Flagged", "STORE %d -FLAGS \\Flagged",
                    "STORE %d +FLAGS (a b)", "FETCH %d RFC822",
                    "FETCH %d ALL", "COPY %d INBOX")) % number)
                client.command(choose.choice(("NOOP", "CHECK", "SEARCH SEEN")))
        except BaseException as error:
            errors.append(error)

    clients = [t.selected(user) for _ in range(4)]
    threads = [threading.Thread(target=work, args=pair)
               for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    for client in clients:
        client.ok("CHECK")
    counts = {client.checker.exists for client in clients}
    assert len(counts) == 1 and counts.pop() >= 20
