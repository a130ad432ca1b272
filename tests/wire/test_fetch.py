# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""FETCH (R p.14-15, p.19-20; design 4.1, 4.6, 4.14; legacy-clients section 4
rows 3, 8, 9). The form of each item is the checker's business."""

import email
import email.policy
import os

import host
import mail

MACROS = {
    "ALL": ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"],
    "FAST": ["FLAGS", "INTERNALDATE", "RFC822.SIZE"],
}
ITEMS = ["ENVELOPE", "FLAGS", "INTERNALDATE", "RFC822", "RFC822.HEADER",
         "RFC822.SIZE", "RFC822.TEXT"]
COUNT = len(mail.SAMPLES)


def names(items):
    return list(items)


def sample_number(name):
    return [sample[0] for sample in mail.SAMPLES].index(name) + 1


def envelope(client, name):
    number = sample_number(name)
    return client.ok("FETCH %d ENVELOPE" % number).fetched(number)["ENVELOPE"]


def test_macros_have_their_items_in_order(t):
    client = t.selected(t.sample_user())
    for macro, items in MACROS.items():
        result = client.ok("FETCH 1:%d %s" % (COUNT, macro))
        assert result.numbers("FETCH") == list(range(1, COUNT + 1))
        for response in result.of("FETCH"):
            assert names(response.value) == items, response


def test_each_item_alone_with_and_without_parentheses(t):
    client = t.selected(t.sample_user())
    for item in ITEMS:
        for form in (item, "(%s)" % item, item.lower()):
            for number in (1, 2, 5):
                items = client.ok("FETCH %d %s" % (number, form)).fetched(
                    number)
                # \Seen may have changed.
                assert names(items)[0] == item and \
                    set(items) <= {item, "FLAGS"}, items


def test_items_come_in_the_order_asked(t):
    client = t.selected(t.simple_user(1, flags="\\Seen"))
    for order in (ITEMS, ITEMS[::-1], ["RFC822.SIZE", "FLAGS", "RFC822.TEXT"],
                  ["FLAGS", "RFC822.HEADER"], ["RFC822.TEXT", "ENVELOPE"]):
        items = client.ok("FETCH 1 (%s)" % " ".join(order)).fetched(1)
        assert names(items) == order, (order, names(items))


def test_text_reading_sets_seen_and_says_so_in_the_same_response(t):
    for item in ("RFC822", "RFC822.TEXT", "(RFC822)", "(RFC822.SIZE RFC822)",
                 "(RFC822.HEADER RFC822.TEXT)"):
        user = t.simple_user(2)
        client = t.selected(user)
        result = client.ok("FETCH 1 " + item)
        assert len(result.of("FETCH")) == 1, result
        items = result.fetched(1)
        assert names(items)[-1] == "FLAGS", items
        assert "\\Seen" in items["FLAGS"]
        # Nothing changes the second time.
        items = client.ok("FETCH 1 " + item).fetched(1)
        assert "FLAGS" not in items, items
        witness = t.witness(user)
        witness.select()
        assert witness.all_flags() == [["\\Seen"], []]


def test_flags_asked_for_are_those_after_reading(t):
    client = t.selected(t.simple_user(2))
    for order in ("FLAGS RFC822", "RFC822.TEXT FLAGS"):
        number = 1 if order.startswith("FLAGS") else 2
        result = client.ok("FETCH %d (%s)" % (number, order))
        assert "\\Seen" in result.fetched(number)["FLAGS"], result


def test_other_items_do_not_set_seen(t):
    user = t.simple_user(1)
    client = t.selected(user)
    for item in ("RFC822.HEADER", "ALL", "FAST", "ENVELOPE", "RFC822.SIZE",
                 "INTERNALDATE", "FLAGS"):
        client.ok("FETCH 1 " + item)
        assert client.flags(1) == [], item


def test_seen_reaches_the_maildir_file_at_once(t):
    """As Dovecot's imap does: other readers of the Maildir see it."""
    for command in ("FETCH 1 RFC822", "STORE 1 +FLAGS \\Seen",
                    "COPY 1 other"):
        user = t.user()
        maildir = t.maildir(user)
        maildir.add(mail.PLAIN)
        client = t.selected(user)
        client.ok(command)
        files = os.listdir(maildir.path + "/cur")
        assert files[0].endswith(":2,S"), (command, files)


def test_texts_are_the_stored_octets_with_crlf(t):
    user = t.sample_user()
    client = t.selected(user)
    witness = t.witness(user)
    witness.examine()
    for number, (name, message, _, _) in enumerate(mail.SAMPLES, 1):
        items = client.ok("FETCH %d (RFC822.SIZE RFC822.HEADER RFC822.TEXT "
                          "RFC822)" % number).fetched(number)
        header, text = mail.split(message)
        if name == "no-blank-line":
            header, text = mail.crlf(message), b""
        assert items["RFC822"] == mail.crlf(message), name
        assert items["RFC822"] == witness.text(number), name
        assert items["RFC822.SIZE"] == len(mail.crlf(message)), name
        assert items["RFC822.HEADER"] == header, (name, items)
        assert items["RFC822.TEXT"] == text, (name, items)


def test_envelope_of_every_sample_is_what_imap4_says(t):
    """Date, subject, in-reply-to and message-id; addresses have their own
    tests, where IMAP2 differs by intent."""
    client = t.selected(t.sample_user())
    for number, (name, message, _, _) in enumerate(mail.SAMPLES, 1):
        if name in ("no-headers", "eight-bit", "empty-fields"):
            continue
        parsed = email.message_from_bytes(mail.crlf(message),
                                          policy=email.policy.compat32)
        envelope = client.ok("FETCH %d ENVELOPE" % number).fetched(
            number)["ENVELOPE"]
        for field in ("date", "in-reply-to", "message-id"):
            wanted = parsed[field]
            got = envelope[field]
            assert got == (wanted and wanted.encode()), (name, field, got)


def test_envelope_addresses(t):
    found = envelope(t.selected(t.sample_user()), "addresses")
    assert found["from"] == [
        (b"Jones, Ada", None, b"ada", b"example.org"),
        (b"Bob", None, b"bob", b"example.net")]
    assert found["sender"] == [
        (b"Secretary", None, b"sec", b"example.org")]
    assert found["reply-to"] == [(None, None, b"list", b"example.org")]
    # R has no groups: their members stand among the others.
    assert found["to"] == [
        (None, None, b"carl", b"example.com"),
        (b"Dora", None, b"dora", b"example.com"),
        (None, None, b"eve", b"example.net")], found["to"]
    assert found["cc"] == [(None, b"@relay.example.org,@gate.example.net",
                            b"frank", b"far.example.com")], found["cc"]
    assert found["bcc"] == [(None, None, b"hidden", b"example.org")]
    assert found["in-reply-to"] == b"<plain.1@example.org>"


def test_envelope_defaults_reply_to_and_sender(t):
    found = envelope(t.selected(t.sample_user()), "plain")
    smith = [(b"Mark Smith", None, b"smith", b"example.org")]
    assert found["from"] == found["sender"] == found["reply-to"] == smith
    assert found["cc"] is None and found["bcc"] is None
    assert found["in-reply-to"] is None


def test_envelope_strings_that_cannot_be_quoted(t):
    found = envelope(t.selected(t.sample_user()), "quotes")
    assert found["subject"] == b'He said "hello", 100% {sure}, C:\\DOS'
    assert found["from"] == [(b'Carl "Chuck" Doe', None, b"carl",
                              b"example.org")]
    assert found["to"] is None, found["to"]
    assert found["in-reply-to"] == b'<1@x> "yesterday"'


def test_envelope_of_a_message_without_headers(t):
    found = envelope(t.selected(t.sample_user()), "no-headers")
    assert set(found.values()) == {None}, found


def test_envelope_of_empty_fields(t):
    found = envelope(t.selected(t.sample_user()), "empty-fields")
    for field in ("from", "sender", "reply-to", "to", "cc", "bcc"):
        assert found[field] is None, found


def test_envelope_of_bad_addresses_keeps_the_grammar(t):
    found = envelope(t.selected(t.sample_user()), "bad-addresses")
    # The checker saw that each has mailbox and host.
    assert (None, None, b"plain", b"example.org") in found["to"], found


def test_envelope_of_8_bit_and_encoded_words(t):
    client = t.selected(t.sample_user())
    found = envelope(client, "eight-bit")
    assert b"caf" in found["subject"]
    found = envelope(client, "encoded")
    assert found["subject"] == b"=?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_M=C3=BCnchen?="
    assert found["from"][0][0] == b"=?UTF-8?B?R8O8bnRlcg==?="


def test_long_headers(t):
    user = t.sample_user()
    client = t.selected(user)
    found = envelope(client, "long-headers")
    assert len(found["to"]) == 300
    assert b"\r" not in found["subject"] and b"\n" not in found["subject"]
    assert found["subject"].startswith(b"folded word 0 folded word 1 ")


def test_internal_date(t):
    user = t.sample_user()
    client = t.selected(user)
    wanted = {"rfc": b" 9-Jun-88 19:55:44-GMT",
              "plain": b" 2-Jan-90 03:04:05-GMT",
              "empty-body": b"31-Dec-99 23:59:59-GMT",
              "no-blank-line": b" 1-Jan-00 00:00:00-GMT",
              "no-last-newline": b"29-Feb-00 12:00:00-GMT",
              "crlf": b"12-Apr-20 01:02:03-GMT"}
    for name, date in wanted.items():
        number = sample_number(name)
        items = client.ok("FETCH %d INTERNALDATE" % number).fetched(number)
        assert items["INTERNALDATE"] == date, items


def test_internal_date_in_the_servers_zone(t):
    for zone, wanted in (
            ("PST8PDT", [b" 9-Jun-88 12:55:44-PDT", b" 1-Jan-90 19:04:05-PST"]),
            ("Asia/Shanghai", [b" 9-Jun-88 19:55:44-GMT",
                               b" 2-Jan-90 03:04:05-GMT"])):
        server = t.make_server(environment={"TZ": zone})
        client = t.selected(t.sample_user(server), server)
        result = client.ok("FETCH 1:2 INTERNALDATE")
        dates = [result.fetched(number)["INTERNALDATE"] for number in (1, 2)]
        assert dates == wanted, dates


def test_long_dates_workaround(t):
    server = t.make_server("imap2_client_workarounds = long-dates\n")
    user = t.sample_user(server)
    client = t.selected(user, server, long_dates=True)
    items = client.ok("FETCH 2 ALL").fetched(2)
    assert items["INTERNALDATE"] == b" 2-Jan-1990 03:04:05 +0000"


def test_sequences(t):
    client = t.selected(t.simple_user(15))
    for sequence, wanted in (
            ("2,4:7,9,12:15", [2, 4, 5, 6, 7, 9, 12, 13, 14, 15]),
            ("3:1", [1, 2, 3]), ("2,2,1", [1, 2]), ("5", [5]), ("5:5", [5]),
            ("15,1", [1, 15]), ("1:4,3:6", [1, 2, 3, 4, 5, 6]),
            ("1,2:15", list(range(1, 16))), ("15:1", list(range(1, 16))),
            ("01", [1]), ("7:8,9:10,1", [1, 7, 8, 9, 10])):
        result = client.ok("FETCH %s FLAGS" % sequence)
        assert result.numbers("FETCH") == wanted, (sequence, result)


def test_bad_sequences_do_nothing(t):
    user = t.simple_user(3)
    client = t.selected(user)
    for sequence in ("0", "4", "1:4", "4:1", "1,4", "0:1", "abc", "1:*", "*",
                     "1,", ",1", "1:", ":1", "1::2", "1;2", "-1", "+1",
                     "4294967295", "4294967296", "99999999999999999999",
                     "1:99999999999999999999", "1 2", "1,,2", "(1)", "1.0",
                     '"1"', "1:2:3", "1,2:3:1"):
        result = client.bad("FETCH %s RFC822" % sequence)
        assert result.data == [], result
        client.ok("NOOP")
    assert client.ok("FETCH 1:3 FLAGS").numbers("FETCH") == [1, 2, 3]
    witness = t.witness(user)
    witness.select()
    assert witness.all_flags() == [[], [], []]


def test_bad_items_do_nothing(t):
    user = t.simple_user(2)
    client = t.selected(user)
    for items in ("", "FROB", "BODY.PEEK[]", "BODYSTRUCTURE", "UID",
                  "RFC822.FOO", "FLAGS INTERNALDATE", "(FLAGS", "FLAGS)",
                  "()", "(FLAGS ALL)", "(ALL)", "(FAST)", "(FLAGS FROB)",
                  "(FLAGS (RFC822))", "((FLAGS))", "(FLAGS) (FLAGS)",
                  '"FLAGS"', "(FLAGS RFC822) x", "RFC822.PEEK",
                  "FLAGS,RFC822", "NIL"):
        result = client.bad("FETCH 1 " + items)
        assert result.data == [], result
        client.ok("NOOP")
    client.bad("FETCH")
    client.bad("FETCH 1")
    client.bad("FETCH RFC822")
    assert client.flags(1) == []


def test_spaces_inside_the_list(t):
    client = t.selected(t.simple_user(1))
    for form in ("(FLAGS  RFC822.SIZE)", "( FLAGS RFC822.SIZE )"):
        result = client.command("FETCH 1 " + form)
        assert result.state in ("OK", "BAD"), result
    client.ok("FETCH 1 FLAGS")


def test_item_asked_for_twice_is_sent_once(t):
    client = t.selected(t.simple_user(1))
    result = client.command("FETCH 1 (FLAGS FLAGS RFC822.SIZE FLAGS)")
    # The checker rejects a property that comes twice.
    assert result.state in ("OK", "BAD"), result


def test_long_item_list_and_long_sequence(t):
    client = t.selected(t.simple_user(200))
    sequence = ",".join(str(n) for n in range(200, 0, -1))
    result = client.ok("FETCH %s FAST" % sequence)
    assert result.numbers("FETCH") == list(range(1, 201))


def test_read_only_fetch_leaves_unseen(t):
    """Without the right to change flags RFC822 tells no change."""
    server = t.make_server(host.plugins("acl") + host.ACL)
    user = t.user(server=server)
    box = t.maildir(user, server).folder("locked")
    path = box.add(mail.simple(1))
    with open(box.path + "/dovecot-acl", "w") as file:
        file.write("owner lr\n")
    client = t.login(user, server)
    assert client.select("locked").text.startswith("[READ-ONLY]")
    items = client.ok("FETCH 1 RFC822").fetched(1)
    assert list(items) == ["RFC822"], items
    assert client.flags(1) == []
    assert os.path.exists(path)


def test_nul_and_bare_cr_in_stored_mail(t):
    user = t.user()
    maildir = t.maildir(user)
    maildir.add(mail.NUL_INSIDE)
    maildir.add(mail.BARE_CR)
    client = t.selected(user)
    witness = t.witness(user)
    witness.examine()
    for number in (1, 2):
        items = client.ok("FETCH %d (RFC822 RFC822.SIZE)" % number).fetched(
            number)
        assert items["RFC822"] == witness.text(number), items


def test_message_of_no_octets(t):
    user = t.user()
    t.maildir(user).add(b"")
    client = t.selected(user)
    items = client.ok("FETCH 1 (RFC822 RFC822.SIZE ENVELOPE)").fetched(1)
    assert items["RFC822.SIZE"] == len(items["RFC822"]), items


def test_read_ahead(t):
    """Which takes another way through the messages, with the same answers."""
    server = t.make_server("mail_prefetch_count = 10\n")
    answers = []
    for where in t.server, server:
        client = t.selected(t.simple_user(30, where), where)
        for command in "FETCH 1:30 (FLAGS ENVELOPE)", "FETCH 1:30 RFC822":
            result = client.ok(command)
            answers.append([result.fetched(number) for number in range(1, 31)])
    assert answers[:2] == answers[2:]
