# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The tests' own tools: the strict checker passes each good response and
rejects each bad one, and either series of hosts is described in full. No server
is needed.
"""

import host23
import host24
from checker import Checker, Violation

SERVER = False

FLAGS = b"* FLAGS (work todo \\Answered \\Flagged \\Deleted \\Seen)\r\n"
SELECT = [FLAGS, b"* 5 EXISTS\r\n", b"* 1 RECENT\r\n"]
SELECTED = SELECT + [b"s OK [READ-WRITE] SELECT completed\r\n"]
FROM = b'(("Ann" NIL "ann" "a.org"))'
ENVELOPE = b'("Sat, 4 Jun 88" "Hi" ' + b" ".join([FROM] * 3) + \
    b' NIL NIL NIL NIL "<1@a.org>")'


def session(*commands):
    """A checker after the greeting, with commands (tag, verb) sent."""
    checker = Checker()
    checker.feed(b"* OK ready\r\n")
    for tag, verb in commands:
        checker.command(tag, verb)
    return checker


def selected(*commands):
    checker = session((b"s", "SELECT"))
    for raw in SELECTED:
        checker.feed(raw)
    for tag, verb in commands:
        checker.command(tag, verb)
    return checker


def accepts(checker, *responses):
    for raw in responses:
        checker.feed(raw)
    return checker


def rejects(checker, *responses):
    """All but the last response are good."""
    accepts(checker, *responses[:-1])
    try:
        checker.feed(responses[-1])
    except Violation:
        return
    raise AssertionError("accepted: %r" % responses[-1])


def fetch(data):
    return b"* 2 FETCH (" + data + b")\r\n"


PART = b'"TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 8 1'

GOOD_FETCHES = [
    b"BODY (" + PART + b")",
    b"BODY ((" + PART + b")(" + PART + b') "MIXED")',
    b'BODY ("MESSAGE" "RFC822" NIL "<1@x>" {2}\r\n"a "7BIT" 99 ' +
    ENVELOPE + b" (" + PART + b") 3)",
    b'BODY ("IMAGE" "GIF" ("NAME" "x.gif" "N" {0}\r\n) NIL NIL "BASE64" 8)',
    b"BODY[1] {2}\r\n\r\n FLAGS (\\Seen)",
    b"BODY[0] {0}\r\n BODY[1.2.0] {1}\r\na BODY[12] {0}\r\n",
    b"FLAGS ()",
    b"FLAGS (\\Recent \\Seen work)",
    b'INTERNALDATE " 2-Jan-90 00:00:00-GMT"',
    b'INTERNALDATE "12-Dec-05 23:59:59-PDT"',
    b"RFC822.SIZE 637",
    b"ENVELOPE " + ENVELOPE,
    b"ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
    b'ENVELOPE (NIL {9}\r\nsay "hi"\\ NIL NIL NIL NIL NIL NIL NIL NIL)',
    b"RFC822 {9}\r\nA: b\r\n\r\nc",
    b"RFC822.TEXT {0}\r\n",
    b"RFC822.HEADER {2}\r\n\r\n FLAGS (\\Seen)",
    b"RFC822.SIZE 3 RFC822 {3}\r\nabc",
    b"RFC822.HEADER {2}\r\n\r\n RFC822.TEXT {1}\r\nx RFC822 {3}\r\n\r\nx",
]

BAD_FETCHES = {
    "lower case type": b'BODY ("text"' + PART[6:] + b")",
    "lower case parameter": b"BODY (" + PART.replace(b"CHARSET",
                                                     b"Charset") + b")",
    "no lines": b"BODY (" + PART[:-2] + b")",
    "lines of an image": b'BODY ("IMAGE" "GIF" NIL NIL NIL "BASE64" 8 1)',
    "no parts": b'BODY ( "MIXED")',
    "space between parts": b"BODY ((" + PART + b") (" + PART + b') "MIXED")',
    "empty parameters": b'BODY ("A" "B" () NIL NIL "BASE64" 8)',
    "message without a body": b'BODY ("MESSAGE" "RFC822" NIL NIL NIL "7BIT" '
                              b"9 " + ENVELOPE + b" 3)",
    "section of IMAP4": b"BODY[TEXT] {0}\r\n",
    "section with 0 inside": b"BODY[1.0.2] {0}\r\n",
    "empty section": b"BODY[] {0}\r\n",
    "NIL section": b"BODY[1] NIL",
    "bare LF in a section": b"BODY[1] {2}\r\na\n",
    "count before ENVELOPE": b"ENVELOPE %d " % (len(ENVELOPE) - 2) + ENVELOPE,
    "no item": b"",
    "unknown item": b"UID 17",
    "modseq": b"MODSEQ (12)",
    "lower case": b"flags ()",
    "item twice": b"FLAGS () FLAGS ()",
    "two spaces": b"FLAGS ()  RFC822.SIZE 3",
    "space at the end": b"FLAGS () ",
    "draft": b"FLAGS (\\Draft)",
    "star flag": b"FLAGS (\\*)",
    "wrong case flag": b"FLAGS (\\SEEN)",
    "flag twice": b"FLAGS (\\Seen \\Seen)",
    "unannounced keyword": b"FLAGS (other)",
    "keyword of another case": b"FLAGS (Work)",
    "flags without list": b"FLAGS \\Seen",
    "two spaces in flags": b"FLAGS (\\Seen  \\Deleted)",
    "flags NIL": b"FLAGS NIL",
    "date of IMAP4": b'INTERNALDATE " 2-Jan-1990 00:00:00 +0000"',
    "date of the sample": b'INTERNALDATE " 9-Jun-88 12:55:44 PDT"',
    "day not padded": b'INTERNALDATE "2-Jan-90 00:00:00-GMT"',
    "day with zero": b'INTERNALDATE "02-Jan-90 00:00:00-GMT"',
    "hour 24": b'INTERNALDATE " 2-Jan-90 24:00:00-GMT"',
    "numeric zone": b'INTERNALDATE " 2-Jan-90 00:00:00-0800"',
    "month in upper case": b'INTERNALDATE " 2-JAN-90 00:00:00-GMT"',
    "date as a literal": b"INTERNALDATE {22}\r\n 2-Jan-90 00:00:00-GMT",
    "date NIL": b"INTERNALDATE NIL",
    "size quoted": b'RFC822.SIZE "3"',
    "size with a zero": b"RFC822.SIZE 03",
    "size NIL": b"RFC822.SIZE NIL",
    "text NIL": b"RFC822 NIL",
    "empty quoted text": b'RFC822.TEXT ""',
    "text as an atom": b"RFC822.TEXT hello",
    "bare LF in text": b"RFC822 {4}\r\na\nb\n",
    "literal too short": b"RFC822 {9}\r\nabc",
    "literal too long": b"RFC822 {1}\r\nabc",
    "NUL in a literal": b"RFC822 {3}\r\na\0b",
    "wrong size": b"RFC822.SIZE 4 RFC822 {3}\r\nabc",
    "parts differ": b"RFC822.HEADER {2}\r\n\r\n RFC822.TEXT {1}\r\nx "
                    b"RFC822 {3}\r\n\r\ny",
    "envelope too short": b"ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
    "envelope too long": b"ENVELOPE (" + b" ".join([b"NIL"] * 11) + b")",
    "envelope NIL": b"ENVELOPE NIL",
    "empty address list": b'ENVELOPE (NIL NIL NIL NIL NIL () NIL NIL NIL NIL)',
    "empty subject quoted":
        b'ENVELOPE (NIL "" NIL NIL NIL NIL NIL NIL NIL NIL)',
    "backslash escape":
        b'ENVELOPE (NIL "a \\"b\\"" NIL NIL NIL NIL NIL NIL NIL NIL)',
    "percent in quotes":
        b'ENVELOPE (NIL "100%" NIL NIL NIL NIL NIL NIL NIL NIL)',
    "brace in quotes":
        b'ENVELOPE (NIL "{x" NIL NIL NIL NIL NIL NIL NIL NIL)',
    "8-bit in quotes":
        b'ENVELOPE (NIL "caf\xe9" NIL NIL NIL NIL NIL NIL NIL NIL)',
    "atom subject": b"ENVELOPE (NIL Hi NIL NIL NIL NIL NIL NIL NIL NIL)",
    "needless literal":
        b"ENVELOPE (NIL {2}\r\nHi NIL NIL NIL NIL NIL NIL NIL NIL)",
    "group marker": b'ENVELOPE (NIL NIL NIL NIL NIL ((NIL NIL "Friends" NIL)'
                    b'("a" NIL "a" "b")(NIL NIL NIL NIL)) NIL NIL NIL NIL)',
    "address without mailbox":
        b'ENVELOPE (NIL NIL NIL NIL NIL ((NIL NIL NIL "h")) NIL NIL NIL NIL)',
    "address of three":
        b'ENVELOPE (NIL NIL NIL NIL NIL (("a" "b" "c")) NIL NIL NIL NIL)',
    "space between addresses":
        b'ENVELOPE (NIL NIL NIL NIL NIL (("a" NIL "a" "b") '
        b'("a" NIL "a" "b")) NIL NIL NIL NIL)',
    "sender not defaulted":
        b'ENVELOPE (NIL NIL ' + FROM + b' NIL ' + FROM +
        b' NIL NIL NIL NIL NIL)',
    "reply-to not defaulted":
        b'ENVELOPE (NIL NIL ' + FROM + b' ' + FROM +
        b' NIL NIL NIL NIL NIL NIL)',
}


def test_good_fetches_pass(t):
    for data in GOOD_FETCHES:
        accepts(selected((b"f", "FETCH")), fetch(data))


def test_bad_fetches_are_rejected(t):
    for name, data in BAD_FETCHES.items():
        try:
            rejects(selected((b"f", "FETCH")), fetch(data))
        except AssertionError as error:
            raise AssertionError("%s: %s" % (name, error))


def test_envelope_for_macms(t):
    count = b"ENVELOPE %d " % (len(ENVELOPE) - 2)
    for data, good in ((count + ENVELOPE, True),
                       (b"ENVELOPE " + ENVELOPE, False),
                       (count.replace(b" ", b" 1", 1) + ENVELOPE, False)):
        checker = selected((b"f", "FETCH"))
        checker.macms = True
        (accepts if good else rejects)(checker, fetch(data))


def test_line_ends(t):
    for raw in (b"* OK bare\n", b"* OK cr\r", b"* OK open", b"* OK a\rb\r\n",
                b"* OK two\r\n\r\n", b"\r\n", b"", b"* OK nul\0\r\n",
                b"* OK 8-bit \xe9\r\n", b"* OK tab\t\r\n"):
        rejects(session(), raw)


def test_greeting_comes_first(t):
    checker = Checker()
    checker.command(b"a", "NOOP")
    rejects(checker, b"a OK NOOP completed\r\n")
    rejects(Checker(), b"* NO busy\r\n")
    rejects(Checker(), b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
    accepts(Checker(), b"* BYE full\r\n")


def test_tagged_responses_are_for_commands_sent_and_in_order(t):
    sent = [(b"a", "NOOP"), (b"b", "NOOP")]
    accepts(session(*sent), b"a OK done\r\n", b"b NO done\r\n")
    rejects(session(*sent), b"b OK done\r\n")
    rejects(session(*sent), b"A OK done\r\n")
    rejects(session(*sent), b"a OK done\r\n", b"a OK done\r\n")
    rejects(session(), b"a OK done\r\n")
    for raw in (b"a OK\r\n", b"a OK \r\n", b"a ok done\r\n", b"a PREAUTH x\r\n",
                b"a  OK done\r\n", b"a OK [TRYCREATE] no\r\n",
                b"a OK [READ-WRITE] done\r\n", b"a OKdone\r\n"):
        rejects(session(*sent), raw)


def test_odd_tags_are_echoed_verbatim(t):
    for tag in (b"a[1]", b"{5}", b'"x', b"(", b"G0123.x+y", b"*a", b"1"):
        accepts(session((tag, "NOOP")), tag + b" OK done\r\n")


def test_continuation_only_after_a_literal(t):
    rejects(session(), b"+ Ready\r\n")
    checker = session((b"a", "LOGIN"))
    checker.literal()
    rejects(checker, b"+ Ready\r\n", b"+ Ready\r\n")
    checker = session((b"a", "LOGIN"))
    checker.literal()
    rejects(checker, b"+\r\n")


def test_untagged_text(t):
    for kind in (b"OK", b"NO", b"BAD", b"BYE"):
        accepts(session(), b"* " + kind + b" text\r\n")
        rejects(session(), b"* " + kind + b" [ALERT] text\r\n")
        rejects(session(), b"* " + kind + b"\r\n")
    for raw in (b"* CAPABILITY IMAP4rev1\r\n", b"* LIST () NIL x\r\n",
                b"* frob\r\n", b"*\r\n", b"* \r\n", b"* ok text\r\n"):
        rejects(session(), raw)


def test_nothing_but_logout_after_bye(t):
    sent = [(b"a", "LOGOUT")]
    accepts(session(*sent), b"* BYE bye\r\n", b"a OK done\r\n")
    rejects(session(*sent), b"* BYE bye\r\n", b"a NO done\r\n")
    rejects(session(*sent), b"* BYE bye\r\n", b"* OK more\r\n")
    rejects(session((b"a", "NOOP")), b"* BYE bye\r\n", b"a OK done\r\n")


def test_select_data(t):
    command = (b"s", "SELECT")
    accepts(session(command), *SELECTED)
    accepts(session((b"s", "BBOARD")), *SELECTED)
    examine = (b"s", "EXAMINE")
    accepts(session(examine), *SELECT, b"s OK [READ-ONLY] done\r\n")
    rejects(session(examine), *SELECTED)
    rejects(session(examine), *SELECT, b"s OK done\r\n")
    accepts(session(command), b"s NO SELECT failed\r\n")
    done = b"s OK [READ-WRITE] SELECT completed\r\n"
    flags, exists, recent = SELECT
    rejects(session(command), flags, exists, done)
    rejects(session(command), flags, recent)
    rejects(session(command), exists)
    rejects(session(command), flags, exists, exists)
    rejects(session(command), flags, flags)
    rejects(session(command), flags, exists, recent, recent)
    rejects(session(command), *SELECT, b"* 1 FETCH (FLAGS ())\r\n")
    rejects(session(command), *SELECT, b"* 1 EXPUNGE\r\n")
    rejects(session(command), *SELECT, b"s NO SELECT failed\r\n")
    for text in (b"SELECT [READ-ONLY] completed", b"[READ-ONLY]", b"x",
                 b"[READ-ONLY] ", b"[read-write] completed",
                 b"[UIDVALIDITY 1] completed"):
        rejects(session(command), *SELECT, b"s OK " + text + b"\r\n")


def test_data_needs_a_selected_mailbox(t):
    sent = [(b"a", "NOOP")]
    for raw in (b"* 1 EXISTS\r\n", b"* 0 RECENT\r\n", b"* 1 EXPUNGE\r\n",
                FLAGS, b"* 1 FETCH (FLAGS ())\r\n"):
        rejects(session(*sent), raw)
    checker = selected((b"s2", "SELECT"), (b"a", "NOOP"))
    rejects(checker, b"s2 NO SELECT failed\r\n", b"* 5 EXISTS\r\n")


def test_flags_response(t):
    system = b"\\Answered \\Flagged \\Deleted \\Seen"
    noop = (b"n", "NOOP")
    accepts(selected(noop), b"* FLAGS (" + system + b")\r\n")
    for flags in (system + b" work", b"work", b"", b"\\Draft " + system,
                  system + b" \\*", b"work work " + system,
                  b"work Work " + system, b"a%b " + system,
                  b"\\XXXX " + system, b"\\Seen \\Answered",
                  b"\\Flagged \\Answered \\Deleted \\Seen",
                  b" ".join(b"k%d" % n for n in range(31)) + b" " + system,
                  b"work  " + system, b"w\xe9 " + system):
        rejects(selected(noop), b"* FLAGS (" + flags + b")\r\n")
    rejects(selected(noop), b"* FLAGS " + system + b"\r\n")
    # The last FLAGS response counts.
    rejects(selected(noop), b"* FLAGS (" + system + b")\r\n",
            fetch(b"FLAGS (work)"))


def test_numbers_stay_within_exists(t):
    for verb, raw in (("FETCH", b"* 6 FETCH (FLAGS ())\r\n"),
                      ("FETCH", b"* 0 FETCH (FLAGS ())\r\n"),
                      ("SEARCH", b"* SEARCH 1 6\r\n"),
                      ("SEARCH", b"* SEARCH 0\r\n"),
                      ("COPY", b"* 6 COPY\r\n"),
                      ("NOOP", b"* 6 EXPUNGE\r\n"),
                      ("NOOP", b"* 0 EXPUNGE\r\n"),
                      ("NOOP", b"* 6 RECENT\r\n"),
                      ("NOOP", b"* 1 STORE (FLAGS ())\r\n"),
                      ("NOOP", b"* 01 RECENT\r\n"),
                      ("NOOP", b"* 1 FROBBED\r\n")):
        rejects(selected((b"a", verb)), raw)
    checker = selected((b"a", "NOOP"))
    rejects(checker, b"* 5 EXPUNGE\r\n", b"* 5 EXPUNGE\r\n")


def test_exists_never_shrinks_without_expunge(t):
    rejects(selected((b"a", "NOOP")), b"* 4 EXISTS\r\n")
    accepts(selected((b"a", "NOOP")), b"* 5 EXPUNGE\r\n", b"* 4 EXISTS\r\n")
    accepts(selected((b"a", "NOOP")), b"* 6 EXISTS\r\n")


def test_expunge_only_in_noop_check_and_expunge(t):
    for verb in ("NOOP", "CHECK", "EXPUNGE"):
        accepts(selected((b"a", verb)), b"* 5 EXPUNGE\r\n")
    for verb in ("FETCH", "STORE", "SEARCH", "COPY", "FIND MAILBOXES",
                 "LOGIN", ""):
        rejects(selected((b"a", verb)), b"* 5 EXPUNGE\r\n")
    rejects(selected(), b"* 5 EXPUNGE\r\n")


def test_exists_follows_expunge(t):
    rejects(selected((b"a", "NOOP")), b"* 1 EXPUNGE\r\n", b"a OK done\r\n")
    rejects(selected((b"a", "NOOP")), b"* 1 EXPUNGE\r\n", b"* 4 EXISTS\r\n",
            b"* 1 EXPUNGE\r\n", b"a OK done\r\n")
    accepts(selected((b"a", "NOOP")), b"* 1 EXPUNGE\r\n", b"* 1 EXPUNGE\r\n",
            b"* 3 EXISTS\r\n", b"a OK done\r\n")


def test_check_and_expunge_tell_exists_and_recent(t):
    for verb in ("CHECK", "EXPUNGE"):
        accepts(selected((b"a", verb)), b"* 5 EXISTS\r\n", b"* 1 RECENT\r\n",
                b"a OK done\r\n")
        accepts(selected((b"a", verb)), b"a NO failed\r\n")
        rejects(selected((b"a", verb)), b"* 5 EXISTS\r\n", b"a OK done\r\n")
        rejects(selected((b"a", verb)), b"* 1 RECENT\r\n", b"a OK done\r\n")
        rejects(selected((b"a", verb)), b"a OK done\r\n")


def test_one_search_line_per_search(t):
    search = (b"a", "SEARCH")
    done = b"a OK done\r\n"
    accepts(selected(search), b"* SEARCH\r\n", done)
    accepts(selected(search), b"* SEARCH 1 3 5\r\n", done)
    accepts(selected(search), b"a BAD no\r\n")
    rejects(selected(search), done)
    rejects(selected(search), b"* SEARCH\r\n", b"* SEARCH 1\r\n", done)
    rejects(selected(search), b"* SEARCH\r\n", b"a NO failed\r\n")
    rejects(selected(search), b"* SEARCH 3 1\r\n")
    rejects(selected(search), b"* SEARCH 1 1\r\n")
    rejects(selected(search), b"* SEARCH \r\n")
    rejects(selected(search), b"* SEARCH 1  2\r\n")
    rejects(selected((b"a", "NOOP")), b"* SEARCH 1\r\n")


def test_copy_data_only_in_copy(t):
    accepts(selected((b"a", "COPY")), b"* 5 COPY\r\n")
    rejects(selected((b"a", "FETCH")), b"* 5 COPY\r\n")
    rejects(selected((b"a", "COPY")), b"* 5 COPY (x)\r\n")


def test_mailbox_commands_have_no_data(t):
    for verb in ("CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE",
                 "VERSION"):
        accepts(selected((b"a", verb)), b"a OK done\r\n")
        accepts(selected((b"a", verb)), b"* OK text\r\n", b"a NO no\r\n")
        for raw in (b"* 6 EXISTS\r\n", b"* 1 FETCH (FLAGS ())\r\n"):
            rejects(selected((b"a", verb)), raw, b"a OK done\r\n")
        rejects(selected((b"a", verb)), b"* MAILBOX x\r\n")


def test_names(t):
    for kind, verb in ((b"MAILBOX", "FIND MAILBOXES"),
                       (b"BBOARD", "FIND BBOARDS"),
                       (b"MAILBOX", "FIND ALL.MAILBOXES"),
                       (b"BBOARD", "FIND ALL.BBOARDS")):
        for name in (b"work/one", b'"new box"', b'{3}\r\na"b', b"&AOk-",
                     b"a.b", b"[x]"):
            accepts(session((b"a", verb)), b"* " + kind + b" " + name +
                    b"\r\n")
        for name in (b"", b'""', b"{0}\r\n", b"a b", b"a%b", b"a*b", b"a(b",
                     b'"a\\"b"', b"caf\xe9", b"{4}\r\ncaf\xe9", b"a\\b",
                     b'"x" y', b"{3}\r\nabc"):
            rejects(session((b"a", verb)), b"* " + kind + b" " + name +
                    b"\r\n")
        rejects(session((b"a", "NOOP")), b"* " + kind + b" x\r\n")


def test_long_dates_when_they_are_asked_for(t):
    checker = selected((b"f", "FETCH"))
    checker.long_dates = True
    accepts(checker, fetch(b'INTERNALDATE " 2-Jan-1990 00:00:00 +0000"'))
    rejects(checker, fetch(b'INTERNALDATE " 2-Jan-90 00:00:00-GMT"'))


def test_both_series_of_hosts_have_the_same_names(t):
    names = [{name for name in vars(module) if not name.startswith("__")}
             for module in (host23, host24)]
    assert names[0] == names[1], names[0] ^ names[1]
