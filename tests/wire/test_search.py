# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""SEARCH (R p.16-17; design 4.8; legacy-clients section 4 row 15). IMAP4's
SEARCH of the same mailbox is the witness for what each criterion finds."""

import mail
from imap2 import Lit

# (IMAP2 criteria, IMAP4 criteria or None if the same)
CRITERIA = [
    ("ALL", None), ("ANSWERED", None), ("DELETED", None), ("FLAGGED", None),
    ("SEEN", None), ("UNANSWERED", None), ("UNDELETED", None),
    ("UNFLAGGED", None), ("UNSEEN", None), ("OLD", None), ("RECENT", None),
    ("NEW", None), ("KEYWORD Work", None), ("UNKEYWORD Work", None),
    ("KEYWORD none", None), ("UNKEYWORD none", None), ("keyword WORK", None),
    ('FROM "smith"', None), ("FROM smith", None), ("FROM SMITH", None),
    ('FROM "Mark Smith"', None), ("FROM example.org", None),
    ("TO fred", None), ("TO friends", None), ("TO eve@example.net", None),
    ("CC frank", None), ("BCC hidden", None), ("BCC fred", None),
    ("SUBJECT lunch", None), ('SUBJECT "on Friday"', None),
    ("SUBJECT LUNCH", None), ("SUBJECT nothing-like-it", None),
    ("BODY lunch", None), ('BODY "have lunch"', None), ("BODY Subject", None),
    ("TEXT lunch", None), ("TEXT message-id", None), ("TEXT usenet", None),
    ("BODY usenetv4-55.arc", None),
    ("BEFORE 3-Jan-90", "BEFORE 3-Jan-1990"),
    ("BEFORE 3-Jan-1990", None),
    ("ON 5-Jan-90", "ON 5-Jan-1990"), ("ON 5-jan-90", "ON 5-Jan-1990"),
    ("ON 05-JAN-1990", "ON 5-Jan-1990"), ('ON "5-Jan-90"', "ON 5-Jan-1990"),
    ('ON " 5-Jan-1990"', "ON 5-Jan-1990"),
    ("SINCE 5-Jan-90", "SINCE 5-Jan-1990"),
    ("SINCE 1-Jan-00", "SINCE 1-Jan-2000"),
    ("SINCE 1-Jan-69", "SINCE 1-Jan-2069"),
    ("SINCE 1-Jan-70", "SINCE 1-Jan-1970"),
    ("BEFORE 1-Jan-99", "BEFORE 1-Jan-1999"),
    ("ON 29-Feb-00", "ON 29-Feb-2000"),
    ("ON 31-Dec-99", "ON 31-Dec-1999"), ("ON 1-Jan-00", "ON 1-Jan-2000"),
    ('DELETED FROM "LONG" SINCE 1-OCT-87',
     'DELETED FROM "LONG" SINCE 1-Oct-1987'),
    ("SEEN FLAGGED", None), ("SEEN UNSEEN", None),
    ("ALL ALL ALL", None), ("UNSEEN UNDELETED UNANSWERED FROM example.org "
                            "TEXT example", None),
    ("FROM smith TO fred SUBJECT lunch BODY lunch SEEN", None),
    ("TEXT a TEXT b TEXT c TEXT d", None),
    ("SUBJECT hello", None), ("SUBJECT 100%", None),
    ("FROM chuck", None), ("BODY backslash", None),
    ("FROM {", 'FROM "{"'),
]


def prepared(t):
    """A user with samples, some keywords, and one recent message."""
    user = t.sample_user()
    witness = t.witness(user)
    witness.select()
    witness.store("2:4", "+FLAGS", "Work")
    client = t.selected(user)
    return client, witness


def test_every_criterion_finds_what_imap4_finds(t):
    client, witness = prepared(t)
    for criteria, imap4 in CRITERIA:
        if criteria.split()[0] in ("OLD", "RECENT", "NEW") or \
                criteria == "FROM {":
            continue
        found = client.search(criteria)
        assert found == witness.search(imap4 or criteria), (criteria, found)


def test_results_are_not_all_empty(t):
    """The table above would prove little if nothing were found."""
    client, _ = prepared(t)
    wanted = {"ON 5-Jan-90": [5], "KEYWORD Work": [2, 3, 4],
              "FROM smith": [2, 14], "BCC hidden": [3], "CC frank": [3],
              "DELETED": [7], 'DELETED FROM "LONG" SINCE 1-OCT-87': [7],
              "BODY usenetv4-55.arc": [1], "ON 29-Feb-00": [11],
              "ANSWERED": [4, 11], "SUBJECT 100%": [4],
              "BEFORE 3-Jan-90": [1, 2], "SEEN UNSEEN": []}
    for criteria, numbers in wanted.items():
        assert client.search(criteria) == numbers, criteria


def test_recent_new_and_old(t):
    user = t.user()
    maildir = t.maildir(user)
    maildir.add(mail.simple(1), "\\Seen")
    maildir.add(mail.simple(2))
    t.selected(user).logout()
    maildir.add(mail.simple(3), new=True)
    maildir.add(mail.simple(4), new=True)
    client = t.selected(user)
    client.ok("STORE 4 +FLAGS \\Seen")
    assert client.search("RECENT") == [3, 4]
    assert client.search("OLD") == [1, 2]
    assert client.search("NEW") == [3]
    assert client.search("RECENT UNSEEN") == client.search("NEW")


def test_since_includes_its_day(t):
    client, _ = prepared(t)
    assert 5 in client.search("SINCE 5-Jan-90")
    assert 5 not in client.search("SINCE 6-Jan-90")
    assert 5 not in client.search("BEFORE 5-Jan-90")
    assert 5 in client.search("BEFORE 6-Jan-90")


def test_dates_are_days_of_the_servers_zone(t):
    for zone, day in (("PST8PDT", "1-Jan-90"), ("UTC", "2-Jan-90"),
                      ("Asia/Tokyo", "2-Jan-90")):
        server = t.make_server(environment={"TZ": zone})
        client = t.selected(t.sample_user(server), server)
        assert 2 in client.search("ON " + day), zone


def test_empty_result_is_one_line(t):
    client, _ = prepared(t)
    result = client.ok("SEARCH SUBJECT nothing-like-it")
    assert [response.raw for response in result.of("SEARCH")] == \
        [b"* SEARCH\r\n"]


def test_strings_in_every_form(t):
    client, _ = prepared(t)
    assert client.search('SUBJECT "Lunch on"') == [2, 14]
    for wait in (True, False):
        result = client.ok("SEARCH SUBJECT ", Lit("Lunch on"), wait=wait)
        assert result.values("SEARCH") == [[2, 14]]
        result = client.ok("SEARCH SUBJECT ", Lit('said "hello"'), " FROM ",
                           Lit("Chuck"), wait=wait)
        assert result.values("SEARCH") == [[4]], result
    result = client.ok("SEARCH SUBJECT ", Lit("Lunch"), " SEEN")
    assert result.values("SEARCH") == [[2, 14]]


def test_empty_strings(t):
    client, _ = prepared(t)
    for command in ('SEARCH TEXT ""', 'SEARCH SUBJECT ""'):
        result = client.command(command)
        assert result.state in ("OK", "BAD"), result
    client.command("SEARCH BODY ", Lit(""))
    client.ok("NOOP")


def test_decoded_headers_and_bodies_are_searched(t):
    client, witness = prepared(t)
    utf8 = "Gr\u00fc\u00dfe".encode()
    result = client.ok("SEARCH SUBJECT ", Lit(utf8))
    assert result.values("SEARCH") == [[6]], result
    result = client.ok("SEARCH BODY ", Lit("Sch\u00f6ne".encode()))
    assert result.values("SEARCH") == [[6]], result


def test_invalid_8_bit_strings_are_answered(t):
    client, _ = prepared(t)
    for octets in (b"\xff\xfe", b"\xe9", b"caf\xe9 au"):
        result = client.command("SEARCH SUBJECT ", Lit(octets))
        assert result.state in ("OK", "NO", "BAD"), result
        result = client.command(b'SEARCH BODY "' + octets + b'"')
        assert result.state in ("OK", "NO", "BAD"), result
    assert client.search("ALL") == list(range(1, 15))


def test_bad_criteria(t):
    client, _ = prepared(t)
    for criteria in ("", " ", "FROB", "SUBJECT", "FROM", "TEXT", "BODY",
                     "KEYWORD", "UNKEYWORD", "BEFORE", "ON", "SINCE",
                     "ON 31-Feb-90", "ON 0-Jan-90", "ON 32-Jan-90",
                     "ON 1-Foo-90", "ON 1-Jan", "ON 1-Jan-9", "ON 1-Jan-199",
                     "ON 1-Jan-19900", "ON 1/1/90", "ON 1990-01-01", "ON x",
                     "ON 29-Feb-90", 'ON ""', "1:3", "(ALL)", "NOT SEEN",
                     "OR SEEN DELETED", "UID 1", "HEADER X y", "LARGER 3",
                     "DRAFT", "UNDRAFT", "SENTON 1-Jan-90", "SEEN FROB",
                     "ALL x", "ALL,SEEN", 'FROM "x', 'FROM "x"y', '"ALL"',
                     "CHARSET UTF-8 ALL", "ALL SUBJECT",
                     'KEYWORD "a b"'):
        result = client.bad("SEARCH " + criteria)
        assert result.data == [], result
        client.ok("NOOP")
    client.bad("SEARCH")
    client.bad("SEARCH ", Lit("ALL"))
    assert client.search("ALL") == list(range(1, 15))


def test_search_of_a_message_expunged_elsewhere(t):
    client, witness = prepared(t)
    witness.store("2", "+FLAGS", "\\Deleted")
    witness.expunge()
    found = client.ok("SEARCH ALL")
    assert not found.of("EXPUNGE")
    for criteria in ("TEXT lunch", "BODY usenet", "SUBJECT addresses"):
        result = client.command("SEARCH " + criteria)
        assert result.state in ("OK", "NO"), result
        assert not result.of("EXPUNGE"), result
    client.ok("NOOP")
    # Message 7 was \\Deleted too.
    assert client.search("SUBJECT addresses") == [2, 11]


def test_long_criteria(t):
    client, _ = prepared(t)
    assert client.search(" ".join(["ALL"] * 2000)) == list(range(1, 15))
    assert client.search("TEXT " + "x" * 20000) == []
    assert client.search(" ".join("TEXT e" for _ in range(60))) != []


def test_numbers_of_a_big_mailbox(t):
    client = t.selected(t.simple_user(3000))
    assert client.search("ALL") == list(range(1, 3001))
    client.ok("STORE 1,1500,3000 +FLAGS \\Flagged")
    assert client.search("FLAGGED") == [1, 1500, 3000]
