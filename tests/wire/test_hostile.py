# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Mail made to break formatters (tests/lib/hostile.py): every item of FETCH is
grammatical, sizes agree to the octet, all formats give the same, and it's what
Dovecot's imap says, in the other language. IMAP2_SEED: of the random ones;
IMAP2_MESSAGES: how many of them.
"""

import os
import random
import re

import hostile
import mail
import structure
from host import find_program

SEED = int(os.environ.get("IMAP2_SEED", random.SystemRandom().getrandbits(32)))
COUNT = int(os.environ.get("IMAP2_MESSAGES", "60"))
TEXTS = "(RFC822.SIZE RFC822 RFC822.HEADER RFC822.TEXT)"
PARTIAL = ("RFC822", "RFC822.HEADER", "RFC822.TEXT", "BODY[1]", "BODY[1.2]")
NO_PARTS = ["99999", "1.99999.0", "1.1.1.1.99999", "4294967295"]
BARE_CR = re.compile(rb"\r(?!\n)")
# Sections of one message that are looked at, from either end.
MANY = 30
LIMIT = 4096


def corpus():
    """Pairs of name and octets."""
    rand = random.Random(SEED)
    return list(hostile.one_by_one()) + [
        ("seed %d, %d" % (SEED, number), hostile.random_message(rand))
        for number in range(COUNT)]


def fill(t, messages, server=None):
    """A user with these messages in a Maildir, octet by octet."""
    user = t.user(server=server)
    maildir = t.maildir(user, server)
    for _, octets in messages:
        maildir.add(octets, "\\Seen")
    return user


def fill_saving(t, format, messages):
    """A user with what lib-storage stores when it's given these messages."""
    user = t.user(format)
    source = mail.Maildir(t.server.home(user) + "/source", t.server.owner)
    for _, octets in messages:
        source.add(octets, "\\Seen")
    # doveadm import wants to know where it is.
    t.server.run("sh", "-c", "cd / && exec \"$@\"", "sh",
                 find_program("doveadm"), "-c", t.server.config, "import",
                 "-u", user, "maildir:" + source.path, "", "ALL")
    return user


class Mailbox:
    """What IMAP2 and IMAP4 have of the messages of a user."""

    def __init__(self, t, user, count):
        self.witness = t.witness(user)
        assert self.witness.examine() == count
        self.client = t.selected(user)

    def items(self, number):
        client = self.client
        items = client.ok("FETCH %d FULL" % number).fetched(number)
        items.update(client.ok("FETCH %d %s" % (number, TEXTS)).fetched(number))
        return items

    def sections(self, number, names):
        """In commands of moderate length."""
        found = {}
        for first in range(0, len(names), 40):
            found.update(self.client.ok("FETCH %d (%s)" % (
                number, " ".join("BODY[%s]" % name for name in
                                 names[first:first + 40]))).fetched(number))
        return found


def some(values):
    """The first and the last of many."""
    return values if len(values) <= 2 * MANY else values[:MANY] + values[-MANY:]


def lines(octets):
    return octets.count(b"\n")


def check_structure(box, number, items):
    """BODY against imap's, and against the sections it speaks of."""
    body = items["BODY"]
    theirs = structure.body(structure.imap4_item(box.witness, number, "BODY"))
    assert body == theirs, (body, theirs)
    parts = dict(some(list(structure.sections(body))))
    texts = box.sections(number, ["0"] + NO_PARTS + list(parts))
    assert texts.pop("BODY[0]") == items["RFC822.HEADER"]
    for name in NO_PARTS:
        assert texts.pop("BODY[%s]" % name) == b"", name
    for name, part in parts.items():
        text = texts["BODY[%s]" % name]
        assert text == box.witness.fetch(
            number, "BODY.PEEK[%s]" % structure.imap4_section(name)), name
        if part is not None:
            assert part["size"] == len(text), (name, part, text)
            assert part.get("lines", lines(text)) == lines(text), (name, part)
    return texts


def check_message(box, number):
    """All that a client can have of it."""
    items = box.items(number)
    header, text = items["RFC822.HEADER"], items["RFC822.TEXT"]
    assert items["RFC822"] == header + text == box.witness.text(number)
    assert items["RFC822.SIZE"] == len(items["RFC822"])
    theirs = structure.envelope(
        structure.imap4_item(box.witness, number, "ENVELOPE"))
    assert items["ENVELOPE"] == theirs, (items["ENVELOPE"], theirs)
    items.update(check_structure(box, number, items))
    return items


def check_header_lines(box, number, rand):
    names = " ".join(rand.sample(["from", "TO", "Subject", "X-Y", "Date",
                                  "content-type", "Received"], 3))
    for item, name in (("RFC822.HEADER.LINES", "HEADER.FIELDS"),
                       ("RFC822.HEADER.LINES.NOT", "HEADER.FIELDS.NOT")):
        got = box.client.ok("FETCH %d %s (%s)" % (number, item, names))
        assert got.fetched(number)["RFC822.HEADER"] == box.witness.fetch(
            number, "BODY.PEEK[%s (%s)]" % (name, names)), (item, names)


def counted_wrongly(octets):
    """Dovecot finds the beginning of a part some octets off where the message
    has bare CRs or, in 2.4, both kinds of line ends: its imap, too."""
    return BARE_CR.search(octets) or \
        0 < octets.count(b"\r\n") < octets.count(b"\n")


def check_partial(box, number, items, rand):
    for name, whole in items.items():
        if name not in PARTIAL:
            continue
        first = rand.randint(1, len(whole) + 2)
        size = rand.choice((0, 1, 7, len(whole), 4294967295))
        got = box.client.ok("PARTIAL %d %s %d %d" % (
            number, name, first, size)).fetched(number)
        assert got[name] == whole[first - 1:first - 1 + size], (
            name, first, size, got)


def for_each(messages, check):
    """Names the message that breaks something."""
    for number, (name, octets) in enumerate(messages, 1):
        try:
            check(number, octets)
        except AssertionError as error:
            raise AssertionError("message %d (%s; IMAP2_SEED=%d): %r: %s" % (
                number, name, SEED, octets[:1000], error)) from error


def check_all(t, user, messages, stored):
    """stored: by the octets that it was made of, what a message should be."""
    box = Mailbox(t, user, len(messages))
    rand = random.Random(SEED)

    def check(number, octets):
        items = check_message(box, number)
        assert stored(octets) in (None, items["RFC822"])
        check_header_lines(box, number, rand)
        if not counted_wrongly(octets):
            check_partial(box, number, items, rand)
    for_each(messages, check)


def on_the_wire(octets):
    """A NUL is shown as something else, by all of Dovecot."""
    return None if b"\0" in octets else mail.crlf(octets)


def test_every_item_in_maildir(t):
    messages = corpus()
    check_all(t, fill(t, messages), messages, on_the_wire)


def test_every_item_in_mbox(t):
    """Where a line that begins with "From " begins another message. Dovecot
    loses count of one that ends with a CR."""
    messages = [(name, octets) for name, octets in corpus()
                if b"From " not in octets and not octets.endswith(b"\r")]
    check_all(t, fill_saving(t, "mbox", messages), messages, lambda _: None)


def test_formats_give_the_same(t):
    messages = corpus()
    boxes = [Mailbox(t, fill_saving(t, format, messages), len(messages))
             for format in ("maildir", "sdbox", "mdbox")]

    def check(number, _):
        wanted, *others = [box.items(number) for box in boxes]
        for items in others:
            assert items == wanted, (items, wanted)
    for_each(messages, check)


SEARCHES = ["FROM a", "TO b", "CC c", "BCC x", "SUBJECT x", "TEXT x", "BODY y",
            "TEXT --b", "FROM \"\"", "TEXT Content", "SUBJECT \"a b\"",
            "FROM MISSING_DOMAIN", "BODY R8O8", "TO NIL", "BEFORE 1-Jan-70",
            "SINCE 1-Jan-70", "ON 2-Jan-90"]


def test_searches_find_what_imaps_do(t):
    messages = corpus()
    box = Mailbox(t, fill(t, messages), len(messages))
    for criteria in SEARCHES:
        theirs = criteria
        for short, long in (("70", "1970"), ("90", "1990")):
            theirs = theirs.replace("Jan-" + short, "Jan-" + long)
        assert box.client.search(criteria) == box.witness.search(theirs), \
            criteria


def test_cut(t):
    """What imap2_max_message_size leaves of them."""
    server = t.make_server("imap2_max_message_size = %d\n" % LIMIT)
    messages = corpus()
    messages += [(name, octets) for name, octets in hostile.growing(20000)]
    client = t.selected(fill(t, messages, server), server)

    def check(number, _):
        items = client.ok("FETCH %d %s" % (number, TEXTS)).fetched(number)
        assert items["RFC822"] == items["RFC822.HEADER"] + items["RFC822.TEXT"]
        assert items["RFC822.SIZE"] == len(items["RFC822"]) <= LIMIT
        assert client.ok("FETCH %d RFC822.SIZE" % number).fetched(number) == \
            {"RFC822.SIZE": items["RFC822.SIZE"]}
        text = client.ok("FETCH %d BODY[1]" % number).fetched(number)
        assert len(text["BODY[1]"]) <= LIMIT
    for_each(messages, check)


def test_window_and_macms(t):
    """ENVELOPE with the length that MacMS wants, and long dates."""
    server = t.make_server(
        "imap2_client_workarounds = long-dates macms\n"
        "imap2_max_messages = %d\n" % COUNT)
    messages = corpus()
    client = t.selected(fill(t, messages, server), server,
                        long_dates=True)
    client.ok("VERSION 4")
    client.checker.macms = True
    result = client.ok("FETCH 1:%d ALL" % COUNT)
    assert result.numbers("FETCH") == list(range(1, COUNT + 1))


def test_growing(t):
    """Of a size that no buffer holds."""
    messages = list(hostile.growing(100000))
    check_all(t, fill(t, messages), messages, on_the_wire)
