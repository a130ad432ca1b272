# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""STORE (R p.15-16; design 4.5, 4.7; legacy-clients section 4 rows 2, 10)."""

import mail
from imap2 import Lit


def both(t, count=3, flags=""):
    user = t.simple_user(count, flags=flags)
    client = t.selected(user)
    witness = t.witness(user)
    witness.select()
    return client, witness


def stored(result, number):
    return sorted(flag for flag in result.fetched(number)["FLAGS"]
                  if flag != "\\Recent")


def test_add_remove_replace(t):
    client, witness = both(t)
    result = client.ok("STORE 1 +FLAGS (\\Seen \\Flagged)")
    assert stored(result, 1) == ["\\Flagged", "\\Seen"]
    result = client.ok("STORE 1 -FLAGS (\\Seen)")
    assert stored(result, 1) == ["\\Flagged"]
    result = client.ok("STORE 1 FLAGS (\\Answered \\Deleted)")
    assert stored(result, 1) == ["\\Answered", "\\Deleted"]
    witness.noop()
    assert witness.flags(1) == ["\\Answered", "\\Deleted"]
    result = client.ok("STORE 1 FLAGS ()")
    assert stored(result, 1) == []


def test_all_forms_clients_use(t):
    client, _ = both(t)
    for command, wanted in (
            ("STORE 1 +Flags \\DELETED", ["\\Deleted"]),
            ("STORE 1 +Flags \\Flagged \\Answered",
             ["\\Answered", "\\Deleted", "\\Flagged"]),
            ("store 1 -flags \\answered \\flagged", ["\\Deleted"]),
            ("STORE 1 Flags \\SEEN", ["\\Seen"]),
            ("STORE 1 +FLAGS (\\Deleted)", ["\\Deleted", "\\Seen"]),
            ("STORE 1 -FLAGS (\\Deleted \\Seen)", []),
            ("STORE 1 +Flags (\\dElEtEd)", ["\\Deleted"])):
        assert stored(client.ok(command), 1) == wanted, command


def test_every_message_is_answered_even_without_a_change(t):
    client, _ = both(t, 5, "\\Seen")
    for command in ("STORE 1:5 +FLAGS \\Seen", "STORE 5:1 -FLAGS \\Deleted",
                    "STORE 1,3,5 FLAGS \\Seen", "STORE 2 +FLAGS ()"):
        result = client.ok(command)
        wanted = {"1:5": [1, 2, 3, 4, 5], "5:1": [1, 2, 3, 4, 5],
                  "1,3,5": [1, 3, 5], "2": [2]}[command.split()[1]]
        assert result.numbers("FETCH") == wanted, result


def test_new_keywords_are_announced_before_they_are_shown(t):
    client, witness = both(t)
    result = client.ok("STORE 1:2 +FLAGS (Work todo)")
    assert result.kinds() == ["FLAGS", "FETCH", "FETCH"], result
    assert stored(result, 1) == ["Work", "todo"]
    result = client.ok("STORE 3 +FLAGS Work")
    assert result.kinds() == ["FETCH"], result
    witness.noop()
    assert witness.flags(2) == ["Work", "todo"]
    result = client.ok("STORE 1 -FLAGS Work")
    assert stored(result, 1) == ["todo"]


def test_keyword_another_session_has_just_stored(t):
    """Is removed, though the client wasn't told of it."""
    client, witness = both(t)
    witness.store("1:2", "+FLAGS", "Work")
    result = client.ok("STORE 1 -FLAGS Work")
    assert stored(result, 1) == []
    assert witness.flags(1) == []
    assert witness.flags(2) == ["Work"]


def test_first_message_of_a_growing_mbox(t):
    """Dovecot's mbox, its imap too, loses what a session does to its flags
    before it looked at the mail that came meanwhile."""
    for command in ("STORE 1 +FLAGS \\Seen", "FETCH 1 RFC822.TEXT",
                    "COPY 1 other", "COPY 1 INBOX"):
        user = t.user("mbox")
        witness = t.witness(user)
        for number in range(1, 3):
            witness.append(mail.crlf(mail.simple(number)))
        client = t.selected(user)
        witness.append(mail.crlf(mail.simple(3)))
        result = client.ok(command)
        assert set(result.numbers("EXISTS")) & {3, 4}, result
        for response in result.of("FETCH"):
            assert "\\Seen" in response.value["FLAGS"], (command, result)
        assert client.flags(1) == ["\\Seen"], command
        client.select()
        assert client.flags(1) == ["\\Seen"], command


def test_keywords_keep_their_case_and_match_in_any(t):
    client, witness = both(t)
    client.ok("STORE 1 +FLAGS MyWord")
    client.ok("STORE 2 +FLAGS myword")
    assert client.search("KEYWORD MYWORD") == [1, 2]
    assert client.flags(2) == ["MyWord"]


def test_recent_cannot_be_stored(t):
    user = t.simple_user(2)
    t.selected(user).logout()
    client = t.selected(user)
    for command in ("STORE 1 +FLAGS \\Recent", "STORE 1 FLAGS (\\Recent)",
                    "STORE 1 +FLAGS (\\Seen \\Recent)"):
        result = client.command(command)
        assert result.state in ("NO", "BAD"), result
    assert client.ok("FETCH 1:2 FLAGS").fetched(1)["FLAGS"] == []


def test_unknown_system_flags_are_refused(t):
    client, witness = both(t)
    for flag in ("\\Draft", "\\Bogus", "\\", "\\*", "\\XXXX"):
        result = client.command("STORE 1 +FLAGS (%s)" % flag)
        assert result.state in ("NO", "BAD"), (flag, result)
        result = client.command("STORE 1:3 FLAGS (\\Seen %s)" % flag)
        assert result.state in ("NO", "BAD"), (flag, result)
    witness.noop()
    assert witness.all_flags() == [[], [], []]


def test_bad_arguments_do_nothing(t):
    client, witness = both(t)
    for arguments in ("", "1", "1 FLAGS", "1 +FLAGS", "1 FROB (\\Seen)",
                      "1 +FLAGS.SILENT (\\Seen)", "1 FLAGS.SILENT \\Seen",
                      "1 *FLAGS \\Seen", "1 +FLAGS (\\Seen",
                      "1 +FLAGS (\\Seen) x", "1 +FLAGS (\\Seen) (\\Deleted)",
                      "1 +FLAGS ((\\Seen))", '1 +FLAGS "\\Seen"',
                      "0 +FLAGS \\Seen", "4 +FLAGS \\Seen",
                      "1:4 +FLAGS \\Seen", "x +FLAGS \\Seen",
                      "1:* +FLAGS \\Seen", "+FLAGS \\Seen",
                      "1 +FLAGS (\\Seen \"x\")", "1 + FLAGS \\Seen"):
        result = client.bad("STORE " + arguments)
        assert result.data == [], result
        client.ok("NOOP")
    client.bad("STORE 1 +FLAGS ", Lit("\\Seen"))
    client.bad("STORE 1 +FLAGS (", Lit("\\Seen"), ")")
    # An atom may end with a parenthesis; no flag does.
    client.no("STORE 1 +FLAGS \\Seen)")
    witness.noop()
    assert witness.all_flags() == [[], [], []]


def test_odd_keywords_are_refused(t):
    client, witness = both(t)
    for keyword in ("a%b", "a*b", "{x", "a{3}b", "a]b", "k" * 5000,
                    "caf\u00e9", "a\\b", "a(b"):
        result = client.command(b"STORE 1 +FLAGS (" +
                                keyword.encode("latin-1") + b")")
        if result.state == "OK":
            assert keyword == "a]b" or len(keyword) > 100, keyword
        else:
            assert not result.of("FETCH"), result
    client.ok("FETCH 1:3 FLAGS")
    assert client.search("ALL") == [1, 2, 3]


def test_replace_keeps_what_imap2_cannot_see(t):
    """\\Draft and keywords beyond the limit aren't IMAP2's to remove."""
    user = t.simple_user(1)
    witness = t.witness(user)
    witness.select()
    hidden = ["h%02d" % number for number in range(35)]
    for keyword in hidden:
        witness.store("1", "+FLAGS", keyword)
    witness.store("1", "+FLAGS", "\\Draft \\Answered")
    client = t.login(user)
    shown = set(client.select().values("FLAGS")[0]) & set(hidden)
    assert len(shown) == 30
    result = client.ok("STORE 1 FLAGS (\\Seen)")
    assert stored(result, 1) == ["\\Seen"]
    witness.noop()
    left = set(hidden) - shown
    assert set(witness.flags(1)) == {"\\Draft", "\\Seen"} | left, \
        witness.flags(1)


def test_keyword_beyond_the_limit(t):
    user = t.simple_user(1)
    witness = t.witness(user)
    witness.select()
    for number in range(30):
        witness.store("1", "+FLAGS", "k%02d" % number)
    client = t.login(user)
    client.select()
    before = client.flags(1)
    result = client.command("STORE 1 +FLAGS onemore")
    assert result.state in ("OK", "NO"), result
    assert client.flags(1) == before
    if result.state == "NO":
        witness.noop()
        assert "onemore" not in witness.flags(1)


def test_store_after_another_session_expunged(t):
    client, witness = both(t, 3)
    witness.store("2", "+FLAGS", "\\Deleted")
    witness.expunge()
    result = client.command("STORE 1:3 +FLAGS \\Flagged")
    assert result.state in ("OK", "NO"), result
    assert not result.of("EXPUNGE")
    result = client.ok("CHECK")
    assert result.numbers("EXPUNGE") == [2]
    witness.noop()
    for number in (1, 2):
        assert witness.flags(number) in (["\\Flagged"], []), number


def test_flags_survive_reselect_and_relogin(t):
    user = t.simple_user(2)
    client = t.selected(user)
    client.ok("STORE 1 FLAGS (\\Answered \\Flagged \\Deleted \\Seen Word)")
    wanted = ["Word", "\\Answered", "\\Deleted", "\\Flagged", "\\Seen"]
    client.select()
    assert client.flags(1) == sorted(wanted)
    client.logout()
    assert t.selected(user).flags(1) == sorted(wanted)


def test_store_on_many_messages(t):
    user = t.simple_user(500)
    client = t.selected(user)
    result = client.ok("STORE 1:500 +FLAGS (\\Flagged Mass)")
    assert result.numbers("FETCH") == list(range(1, 501))
    assert client.search("KEYWORD mass FLAGGED") == list(range(1, 501))
