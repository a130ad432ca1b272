# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""imap2_max_message_size: clients with a buffer of fixed size get the beginning
of long messages. tests/storage/test-cut.c has where exactly they are cut."""

import base64
import os
import re

import host
import mail

LIMIT = 99999           # legacy-clients 1.1: one octet more and C88 dies
SMALL = "127.0.0.2"     # a client with less
SMALL_LIMIT = 4096
CONFIG = "imap2_max_message_size = %d\n" \
    "remote %s {\n%s  protocol imap2 {\n" \
    "    imap2_max_message_size = 4k\n  }\n}\n" \
    % (LIMIT, SMALL, host.CLEARTEXT_ALLOWED)
NOTICE = re.compile(
    rb"\r\n\[Cut here\. (\d+) octets more follow, but messages this long "
    rb"are not\r\n"
    rb"sent to this mail program\. To read the rest use another one, or "
    rb"have\r\n"
    rb"imap2_max_message_size raised on the mail server\.\]\r\n\Z")
LINE = b"A line of text that has its sixty-four octets, CRLF included.\r\n"
TEXTS = "(RFC822.SIZE RFC822 RFC822.HEADER RFC822.TEXT)"


def of_size(size):
    """A message that is so long on the wire."""
    message = mail.crlf(mail.simple(1))
    lines, rest = divmod(size - len(message) - 2, len(LINE))
    message += LINE * lines + b"x" * rest + b"\r\n"
    assert len(message) == size
    return message


def uncut(text, limit):
    """The octets of the original in a cut text, and what it says is
    missing."""
    assert limit - 2000 < len(text) <= limit, len(text)
    found = NOTICE.search(text)
    assert found, text[-300:]
    return text[:found.start()], int(found.group(1))


def check_cut(text, original, limit):
    kept, missing = uncut(text, limit)
    assert kept.endswith(b"\r\n") and original.startswith(kept), kept[-80:]
    assert len(kept) + missing == len(original), (len(kept), missing)


def message(client, number):
    """The whole message as the client has it, which is consistent."""
    items = client.ok("FETCH %d %s" % (number, TEXTS)).fetched(number)
    assert items["RFC822"] == items["RFC822.HEADER"] + items["RFC822.TEXT"]
    assert items["RFC822.SIZE"] == len(items["RFC822"]), items["RFC822.SIZE"]
    for item in ("RFC822", "RFC822.HEADER", "RFC822.TEXT"):
        alone = client.ok("FETCH %d %s" % (number, item)).fetched(number)
        assert alone[item] == items[item], item
    sizes = client.ok("FETCH %d FAST" % number).fetched(number)
    assert sizes["RFC822.SIZE"] == len(items["RFC822"])
    return items["RFC822"]


def around_the_limit(t, format):
    sizes = (LIMIT - 1, LIMIT, LIMIT + 1, LIMIT + 2, 3 * LIMIT)
    user = t.user(format)
    witness = t.witness(user)
    for size in sizes:
        witness.append(of_size(size))
    client = t.selected(user)
    witness.examine()
    for number, size in enumerate(sizes, 1):
        text = message(client, number)
        if size <= LIMIT:
            assert text == of_size(size), size
        else:
            check_cut(text, of_size(size), LIMIT)
        assert witness.text(number) == of_size(size)


def test_around_the_limit_in_maildir(t):
    around_the_limit(t, "maildir")


def test_around_the_limit_in_mdbox(t):
    around_the_limit(t, "mdbox")


def test_around_the_limit_in_mbox(t):
    around_the_limit(t, "mbox")


def test_line_ends_of_the_store(t):
    """However a message is stored, the client gets the same of it."""
    original = of_size(2 * LIMIT)
    user = t.user()
    maildir = t.maildir(user)
    maildir.add(original)
    maildir.add(original.replace(b"\r\n", b"\n"))
    client = t.selected(user)
    text = message(client, 1)
    check_cut(text, original, LIMIT)
    assert message(client, 2) == text


def test_samples_for_one_client_by_its_address(t):
    user = t.sample_user()
    client = t.selected(user, source=SMALL)
    other = t.selected(user)
    cut = []
    for number, (name, original, _, _) in enumerate(mail.SAMPLES, 1):
        original = mail.crlf(original)
        text = message(client, number)
        assert message(other, number) == original, name
        if len(original) <= SMALL_LIMIT:
            assert text == original, name
        else:
            uncut(text, SMALL_LIMIT)
            cut.append(name)
        # What is made of the whole header stays.
        assert client.ok("FETCH %d ENVELOPE" % number).fetched(number) == \
            other.ok("FETCH %d ENVELOPE" % number).fetched(number), name
    assert cut == ["long-headers"], cut


def test_mime(t):
    """BODY tells of the whole message, parts are cut one by one."""
    data = base64.encodebytes(bytes(range(256)) * 1000)
    original = mail.crlf(
        b"From: a@example.org\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n"
        b"--b\n\nshort\n"
        b"--b\nContent-Type: application/octet-stream\n"
        b"Content-Transfer-Encoding: base64\n\n" + data + b"\n--b--\n")
    user = t.user()
    t.maildir(user).add(original)
    client = t.selected(user)
    items = client.ok("FETCH 1 (BODY BODY[1] BODY[2])").fetched(1)
    assert [part["size"] for part in items["BODY"]["parts"]] == \
        [len("short"), len(mail.crlf(data))]
    assert items["BODY[1]"] == b"short"
    check_cut(items["BODY[2]"], mail.crlf(data), LIMIT)
    check_cut(message(client, 1), original, LIMIT)


def test_parts_of_several_messages(t):
    sizes = [3 * LIMIT, 500, 2 * LIMIT, LIMIT]
    user = t.user()
    maildir = t.maildir(user)
    for size in sizes:
        maildir.add(of_size(size))
    client = t.selected(user)
    result = client.ok("FETCH 1:4 (RFC822.SIZE BODY[1] RFC822.HEADER)")
    for number, size in enumerate(sizes, 1):
        _, original = mail.split(of_size(size))
        text = result.fetched(number)["BODY[1]"]
        if size <= LIMIT:
            assert text == original, size
        else:
            check_cut(text, original, LIMIT)


def test_partial_gives_the_same(t):
    user = t.user()
    t.maildir(user).add(of_size(3 * LIMIT))
    client = t.selected(user)
    for item in ("RFC822", "RFC822.TEXT", "BODY[1]"):
        whole = client.ok("FETCH 1 " + item).fetched(1)[item]
        text = b""
        while True:
            part = client.ok("PARTIAL 1 %s %d 9973" % (
                item, len(text) + 1)).fetched(1)[item]
            if not part:
                break
            text += part
        assert text == whole, item


def test_size_without_reading(t):
    """A listing of messages below the limit, whose sizes are known, reads none
    of them."""
    user = t.user()
    path = t.maildir(user).add(of_size(1000))
    renamed = path.replace(".sample:", ".sample,S=1000,W=1000:")
    os.rename(path, renamed)
    os.chmod(renamed, 0)
    client = t.selected(user)
    assert client.ok("FETCH 1 FAST").fetched(1)["RFC822.SIZE"] == 1000
    os.chmod(renamed, 0o600)


def test_unreadable_message(t):
    """Where it would be cut can't be seen: NO, and the session goes on."""
    user = t.user()
    path = t.maildir(user).add(of_size(3 * LIMIT))
    renamed = path.replace(".sample:", ".sample,S=%d,W=%d:" % (
        3 * LIMIT, 3 * LIMIT))
    os.rename(path, renamed)
    os.chmod(renamed, 0)
    t.expect_log("Permission denied")
    client = t.selected(user)
    for item in ("RFC822.SIZE", "RFC822", "RFC822.TEXT"):
        assert client.no("FETCH 1 " + item).of("FETCH") == [], item
    os.chmod(renamed, 0o600)
    client = t.selected(user)
    check_cut(message(client, 1), of_size(3 * LIMIT), LIMIT)


def test_seen_is_set_as_ever(t):
    user = t.user()
    t.maildir(user).add(of_size(3 * LIMIT))
    client = t.selected(user)
    for item in ("RFC822.SIZE", "RFC822.HEADER", "ALL"):
        client.ok("FETCH 1 " + item)
        assert client.flags(1) == [], item
    items = client.ok("FETCH 1 RFC822.TEXT").fetched(1)
    assert "\\Seen" in items["FLAGS"], items["FLAGS"]


def test_the_rest_is_still_there(t):
    """For SEARCH, COPY and everybody else."""
    user = t.user()
    original = of_size(3 * LIMIT)[:-10] + b"findme\r\n\r\n"
    t.maildir(user).add(original)
    client = t.selected(user)
    assert client.search("BODY findme") == [1]
    assert client.search("TEXT findme") == [1]
    client.ok("COPY 1 other")
    check_cut(message(client, 1), original, LIMIT)
    witness = t.witness(user)
    for mailbox in ("INBOX", "other"):
        witness.examine(mailbox)
        assert witness.text(1) == original, mailbox


def test_slow_reader(t):
    """A cut text that is sent in many pieces, twice in one response."""
    user = t.user()
    t.maildir(user).add(of_size(3 * LIMIT))
    fast = t.selected(user)
    text = message(fast, 1)
    client = t.selected(user, rcvbuf=4096)
    # More than the network holds, so the server has to wait.
    for _ in range(30):
        client.start("FETCH 1 (RFC822 RFC822.HEADER RFC822.TEXT)")
    for _ in range(30):
        items = client.read_until_tagged().fetched(1)
        assert items["RFC822"] == text
        assert items["RFC822.HEADER"] + items["RFC822.TEXT"] == text
