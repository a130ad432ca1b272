# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The models of period clients crash, complain or take what comes where the
programs themselves did: what test_replay.py finds good would be worth nothing
otherwise. No server is needed.

Each case is what the server of a mailbox of 31 messages says after the client
has sent FETCH, and what becomes of it: None if all is well, "crash" or part of
a complaint.
"""

from clients import C07, C88, C92, C96, Crash, Lisp, MacMS

SERVER = False

ALL = (C88, C92, C96, C07)
LATER = (C92, C96, C07)
SYSTEM = b"\\Answered \\Flagged \\Deleted \\Seen"
ADDRESS = b'(("A" NIL "a" "x.org"))'
NILS = b"NIL " * 6


def greet(model):
    model.read(b"* OK ready\r\n")
    return model


def opened(model, messages=31, flags=SYSTEM):
    greet(model)
    model.command(b"A1", b"SELECT INBOX\r\n")
    model.read(b"* FLAGS (%s)\r\n" % flags)
    model.read(b"* %d EXISTS\r\n" % messages)
    model.read(b"* 0 RECENT\r\n")
    model.read(b"A1 OK [READ-WRITE] SELECT completed\r\n")
    model.command(b"A2", b"FETCH 1 ALL\r\n")
    return model


def outcome(model, raw):
    """What it says of a response."""
    try:
        model.read(raw)
    except Crash as crash:
        return "crash: %s" % crash
    return "; ".join(model.complaints)


def check(models, raw, expected, **options):
    for kind in models:
        found = outcome(opened(kind(), **options), raw)
        good = expected in found if expected else not found
        assert good, "%s: %r gave %r" % (kind.NAME, raw, found)


def envelope(sender=ADDRESS, subject=b'"s"', to=b"NIL"):
    return b"* 1 FETCH (ENVELOPE (NIL %s %s %s %s %s NIL NIL NIL NIL))\r\n" % (
        subject, sender, sender, sender, to)


def body(text):
    return b"* 1 FETCH (BODY %s)\r\n" % text


def test_good_data_is_taken(t):
    for raw in (b"* 1 FETCH (FLAGS (\\Seen) RFC822.SIZE 5)\r\n",
                b"* 1 Fetch (Flags (\\Seen) Rfc822.Size 5)\r\n",
                b"* 2 STORE (FLAGS ())\r\n", b"* 31 COPY\r\n",
                b"* 1 FETCH (RFC822.TEXT {3}\r\na\"b)\r\n",
                b'* 1 FETCH (INTERNALDATE " 1-Jan-1990 00:00:00 +0000")\r\n',
                b'* 1 FETCH (INTERNALDATE " 1-Jan-90 00:00:00-GMT")\r\n',
                envelope(), envelope(subject=b"{3}\r\na\"b"),
                envelope(subject=b'"back\\slash"'), envelope(subject=b"NIL"),
                b"* SEARCH 1 2 31\r\n", b"* SEARCH\r\n", b"* 32 EXISTS\r\n",
                b"A2 OK FETCH completed\r\n", b"A2 BAD no\r\n"):
        check(ALL, raw, None)
    model = opened(C96())
    model.read(envelope(to=b'(("A" NIL "a" "x.org")("B" NIL "b" "y.org"))'))
    assert [host for _, _, _, host in
            model.cache[1]["ENVELOPE"]["to"]] == [b"x.org", b"y.org"]


def test_order_of_flags(t):
    keywords_last = SYSTEM + b" work todo"
    fetched = b"* 1 FETCH (FLAGS (todo \\Seen))\r\n"
    check([C88], fetched, "crash", flags=keywords_last)
    check(LATER, fetched, None, flags=keywords_last)
    check(ALL, fetched, None, flags=b"work todo " + SYSTEM)


def test_unknown_keyword(t):
    check(ALL, b"* 1 FETCH (FLAGS (new))\r\n", "crash", flags=b"k " + SYSTEM)
    for kind in ALL:
        model = opened(kind())
        model.read(b"* FLAGS (new %s)\r\n" % SYSTEM)
        assert not outcome(model, b"* 1 FETCH (FLAGS (new))\r\n")


def test_number_of_keywords(t):
    def table(count):
        names = b" ".join(b"k%d" % number for number in range(count))
        return b"* FLAGS (%s %s)\r\n" % (names, SYSTEM)

    check(ALL, table(30), None)
    check([C88], table(32), None)
    check(ALL, table(33), "crash")
    check([C92, C96], table(31), "crash")


def test_unknown_system_flag(t):
    draft = b"* 1 FETCH (FLAGS (\\Draft))\r\n"
    check([C88], draft, None)
    check(LATER, draft, "Unknown system flag")
    check(ALL, b"* 1 FETCH (FLAGS (\\XXXX \\UndefinedFlag#7))\r\n", None)


def test_dates(t):
    nil = b"* 1 FETCH (INTERNALDATE NIL)\r\n"
    check([C88], nil, "crash")
    check(LATER, nil, "Bogus date")
    for date in (b"12:55:44 PDT", b"00:00:00-0800"):
        raw = b'* 1 FETCH (INTERNALDATE " 9-Jun-88 %s")\r\n' % date
        check([C88], raw, None)
        check(LATER, raw, "Bogus date")


def test_escapes_break_the_envelope(t):
    check(ALL, envelope(subject=b'"a \\"q\\" b"'), "Not an envelope")


def test_empty_address_list(t):
    check(ALL, envelope(to=b"()"), "Not an address")


def test_groups(t):
    group = b'((NIL NIL "Friends" NIL)("A" NIL "a" "x.org")(NIL NIL NIL NIL))'
    check(ALL, envelope(to=group), "Group taken for an address")
    nobody = b"((NIL NIL NIL NIL))"
    check([C88], envelope(sender=nobody), "crash")
    check(LATER, envelope(sender=nobody), "Group taken")


def test_numbers_beyond_the_table(t):
    for raw in (b"* SEARCH 1 2001\r\n", b"* 2001 FETCH (FLAGS ())\r\n",
                b"* 2001 EXPUNGE\r\n"):
        check([C88], raw, "crash", messages=2000)
    check([C88], b"* SEARCH 2000\r\n", None, messages=2000)
    check([C88], b"* 2001 EXISTS\r\n", "Mailbox of 2001 messages")
    check(ALL, b"* 132 FETCH (FLAGS ())\r\n", "crash")
    check(ALL, b"* 32 FETCH (FLAGS ())\r\n", "Message 32 of 31")


def test_big_text(t):
    def text(size):
        return b"* 1 FETCH (RFC822 {%d}\r\n%s)\r\n" % (size, b"x" * size)

    check([C88], text(100001), "crash")
    check([C88], text(99999), None)
    check(LATER, text(100001), None)


def test_expunge(t):
    check(ALL, b"* 31 EXPUNGE\r\n", "crash")
    for kind in ALL:
        model = opened(kind(), messages=3)
        for number in (1, 2, 3):
            model.read(b"* %d FETCH (FLAGS ())\r\n" % number)
        model.command(b"A3", b"EXPUNGE\r\n")
        assert not outcome(model, b"* 1 EXPUNGE\r\n") and model.count == 2
        assert "crash" in outcome(model, b"* 3 EXPUNGE\r\n")


def test_expunge_below_what_was_not_fetched(t):
    """C88's own fault: no server can save it."""
    for kind, expected in (C88, "its own fault"), (C92, ""):
        model = opened(kind(), messages=3)
        model.command(b"A3", b"EXPUNGE\r\n")
        assert expected in outcome(model, b"* 1 EXPUNGE\r\n")


def test_lower_exists_before_expunge(t):
    """The count is wrong then."""
    model = opened(C92(), messages=3)
    model.command(b"A3", b"EXPUNGE\r\n")
    model.read(b"* 2 EXISTS\r\n")
    model.read(b"* 1 EXPUNGE\r\n")
    assert model.count == 1


def test_text_of_select(t):
    for kind in ALL:
        for text, read_only in ((b"[READ-ONLY] done", True),
                                (b"SELECT [READ-ONLY]", False)):
            model = greet(kind())
            model.command(b"A1", b"SELECT x\r\n")
            assert not outcome(model, b"A1 OK %s\r\n" % text)
            assert model.read_only is read_only
    for kind in C92, C96:
        for text in b"A1 OK\r\n", b"A1 OK x\r\n":
            model = greet(kind())
            model.command(b"A1", b"SELECT x\r\n")
            assert "crash" in outcome(model, text)
        model.command(b"A2", b"SELECT x\r\n")
        assert not outcome(model, b"A2 NO x\r\n")


def test_greeting(t):
    for raw in b"* BYE no\r\n", b"* PREAUTH you\r\n", b"+ hello\r\n":
        for kind in C88, C92:
            assert outcome(kind(), raw)


def test_odd_lines(t):
    for raw, complaint in (
            (b"\r\n", "Missing IMAP tag"), (b"+ go\r\n", "continuation"),
            (b"* CAPABILITY IMAP4rev1\r\n", "Unexpected unsolicited"),
            (b"* 5 FROBBED\r\n", "Unknown message data"),
            (b"* 1 FETCH (UID 17)\r\n", "Unknown message property"),
            (b"* 1 FETCH (MODSEQ (12))\r\n", "Unknown message property"),
            (b"some.bboard BAD no\r\n", "Unexpected tagged response"),
            (b"* 1 FETCH (RFC822.SIZE 5", "crash"),
            (b"* 1 FETCH (RFC822 {9}\r\nx\r\n", "crash")):
        check(ALL, raw, complaint)
    check([C88], b"* MAILBOX saved\r\n", "Unexpected unsolicited")
    check(LATER, b"* MAILBOX saved\r\n", None)


def test_body(t):
    text = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 12 1)'
    charset = b'("TEXT" "PLAIN" ("CHARSET" "X") NIL NIL "7BIT" 12 1)'
    image = b'("IMAGE" "GIF" NIL NIL NIL "BASE64" 99)'
    inner = b'("MESSAGE" "%s" NIL NIL NIL "7BIT" 99 (NIL NIL ' + NILS + \
        b"NIL NIL) " + text + b" 9)"
    for good in (text, charset, image, inner % b"RFC822",
                 b"(%s%s \"MIXED\")" % (text, image),
                 b"((%s%s \"ALTERNATIVE\")%s \"MIXED\")" % (
                     text, text, inner % b"RFC822")):
        check(LATER, body(good), None)
        check([C88], body(good), "Unknown message property")
    check(LATER, body(inner % b"rfc822"), "Junk at end of body part")
    check(LATER, body(b"(%s \"MIXED\" NIL)" % text), "Junk at end of body")


def test_8_bit_in_quotes(t):
    raw = envelope(subject=b'"caf\xe9"')
    check([C88, C92, C96], raw, None)
    check([C07], raw, "Invalid CHAR")
    check([C07], envelope(subject=b"{4}\r\ncaf\xe9"), None)


def test_line_end_in_two_pieces(t):
    for kind in ALL:
        model = opened(kind())
        try:
            model.came(b"* 1 FETCH (RFC822 {5}\r\n")
            model.came(b"* 1 FETCH (RFC822 {5}\r")
        except Crash:
            assert kind is C88
        else:
            assert kind is not C88


def test_commands_of_c88(t):
    model = greet(C88())
    model.command(b"A1", b"SELECT " + b"x" * 900)
    model.command(b"A1", b"LOGIN " + b"u" * 63 + b" secret\r\n")
    for line in (b"SELECT " + b"x" * 1100, b"SELECT {1}\r\nx\r\n",
                 b"LOGIN " + b"u" * 64 + b" secret\r\n"):
        try:
            model.command(b"A1", line)
        except AssertionError:
            continue
        raise AssertionError("sent: %r" % line[:40])


def test_lisp(t):
    check([Lisp], b"* FLAGS ($Label1 NonJunk %s)\r\n" % SYSTEM, None)
    check([Lisp], b"* FLAGS (a:b %s)\r\n" % SYSTEM, "crash")
    check([Lisp], b"A2 OK\r\n", "No space")


def test_macms(t):
    check([MacMS], b"* 1 FETCH (ENVELOPE 9 (NIL NIL " + NILS +
          b"NIL NIL))\r\n", None)
    check([MacMS], envelope(), "Not a number")
