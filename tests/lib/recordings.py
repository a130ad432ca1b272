# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What IMAP2 clients of the years 1988 to 2007 send in a session with a mailbox
of 31 messages and a few mailboxes beside: octet by octet as it was recorded,
tags and all. Different are the name of the user, what would only be repeated,
and a few commands of the same form that lead from one to the next. The Lisp
machines' client is from its source, the tags are made up.
"""

import clients

# Of 39 octets, as mailutil's in the recording.
MESSAGE = b"From: me@x.org\r\n\r\nNineteen and CRLF..\r\n"


class Recording:
    def __init__(self, model, lines, after=(), answers=None, refused=(),
                 instead=(), appended_to=None):
        """model: of the client. after: the lines that leave INBOX. answers:
        those that aren't OK, by tag. refused: tags of what is IMAP2bis.
        instead: tags of what is sent only after such a refusal. appended_to:
        the mailbox that gets MESSAGE."""
        self.model = model
        self.lines = lines
        self.after = after
        self.usual = answers or {}
        self.refused = refused
        self.instead = instead
        self.appended_to = appended_to

    def answers(self, strict):
        answers = dict(self.usual)
        if strict:
            answers.update(dict.fromkeys(self.refused, "BAD"))
        return answers

    def sent(self, lines, strict):
        return [line for line in lines
                if strict or line.split()[0] not in self.instead]


C88 = Recording(
    clients.C88,
    [
        b"A00000 LOGIN USER secret",
        b"A00001 SELECT INBOX",
        b"A00002 FETCH 1:20 ALL",
        b"A00003 FETCH 21:31 ALL",
        b"A00004 FETCH 1:3 FLAGS",
        b"A00005 FETCH 4 FAST",
        b"A00006 FETCH 1 RFC822",
        b"A00007 FETCH 2 RFC822.TEXT",
        b"A00008 FETCH 3 RFC822.HEADER",
        b"A00009 STORE 1 +Flags \\DELETED",
        b"A00011 STORE 2 +Flags \\Flagged \\Answered",
        b"A00012 SEARCH ALL",
        b'A00015 SEARCH FROM "nobody at all"',
        b"A00016 CHECK",
        b"A00017 COPY 2 saved",
        b"A00018 STORE 2 +Flags \\Seen",
        b"A00021 COPY 3 saved",
        b"A00022 STORE 3 +Flags \\Deleted \\Seen",
        b"A00025 EXPUNGE",
        b"A00027 NOOP",
    ],
    after=[
        b"A00028 SELECT saved",
        b"A00029 FETCH 1:3 ALL",
    ])

C92 = Recording(
    clients.C92,
    [
        b"A00000 LOGIN USER {6}\r\nsecret",
        b"A00001 SELECT {5}\r\nINBOX",
        b"A00002 FETCH 1:20 FULL",
        b"A00003 FETCH 1:20 ALL",           # if FULL is BAD
        b"A00005 FETCH 1 (RFC822.HEADER RFC822.TEXT)",
        b"A00007 FETCH 8 BODY[1]",
        b"A00009 STORE 1 +Flags \\DELETED",
        b"A00011 STORE 2 +Flags \\Flagged \\Answered",
        b"A00012 CHECK",
        b"A00013 SEARCH ALL",
        b"A00014 FETCH 21:31 FULL",
        b"A00015 FETCH 21:31 ALL",
        b"A00020 COPY 2 saved",
        b"A00021 STORE 2 +Flags \\Seen",
        b"A00023 COPY 3 new box",           # never quoted
        b"A00025 FIND MAILBOXES *",
        b"A00026 FIND BBOARDS *",
        b"A00030 EXPUNGE",
    ],
    after=[
        b"A00036 NOOP",
        b"A00037 BBOARD {11}\r\nsome.bboard",
        b"A00038 NOOP",
        b"A00039 SELECT {5}\r\nsaved",
    ],
    answers={
        b"A00023": "BAD",       # its mistake
        b"A00037": "NO",        # no such newsgroup
    },
    refused=(b"A00002", b"A00007", b"A00014"),
    instead=(b"A00003", b"A00015"))

C96 = Recording(
    clients.C96,
    [
        b"A00000 LOGIN USER secret",
        b"A00001 SELECT INBOX",
        b"A00002 FETCH 1:20 ALL",
        b"A00003 FETCH 21:31 ALL",
        b"A00007 FETCH 8 RFC822.HEADER",
        b"A00008 FETCH 8 RFC822.TEXT",
        b"A00012 STORE 1 +Flags (\\DELETED)",
        b"A00013 SEARCH ALL",
        b'A00021 COPY 2 "new box"',
        b"A00022 STORE 2 +Flags (\\Deleted)",
        b"A00027 FIND ALL.MAILBOXES *",
        b"A00028 FIND MAILBOXES *",
        b"A00029 FIND MAILBOXES {6}\r\nwork/%",
        b"A00033 Create created",
        b"A00034 Subscribe Mailbox created",
        b"A00035 APPEND created (\\Seen) \" 2-Jan-1990 00:00:00 +0000\""
        b" {39}\r\n" + MESSAGE,
        b"A00036 EXPUNGE",
        b"A00037 CHECK",
    ],
    after=[
        b"A00038 EXAMINE saved",
        b"A00039 SELECT saved",
    ],
    refused=(b"A00027", b"A00033", b"A00034", b"A00035", b"A00038"),
    instead=(b"A00028",),
    appended_to="created")

C07 = Recording(
    clients.C07,
    [
        b"00000000 CAPABILITY",
        b"00000001 LOGIN USER secret",
        b"00000002 CAPABILITY",
        b"00000003 SELECT INBOX",
        b"00000004 FETCH 1,2:21 (ENVELOPE INTERNALDATE RFC822.SIZE FLAGS)",
        b"00000005 FETCH 1:25 (RFC822.HEADER INTERNALDATE RFC822.SIZE FLAGS)",
        b"00000007 FETCH 8,22:31 (BODY FLAGS)",
        b"00000008 FETCH 8,22:31 ALL",
        b"00000009 FETCH 8 RFC822.TEXT",
        b"0000000b FETCH 5 RFC822.HEADER",
        b"0000000c STORE 5 +FLAGS \\Seen",
        b"0000000d FETCH 5 FLAGS",
        b"0000000e FETCH 5 RFC822.TEXT",
        b"0000000f STORE 1:2 +Flags (\\Seen \\Flagged)",
        b"00000010 STORE 5 -FLAGS \\Seen",
        b"00000011 EXPUNGE",
    ],
    after=[
        b'00000012 FIND MAILBOXES ""',
        b"00000013 FIND ALL.MAILBOXES *",
        b"00000014 FIND MAILBOXES *",
        b"0000001c Create made",
        b"0000001d Rename a b",
        b"0000001e Subscribe Mailbox x",
        b"0000001f Delete x",
        b"00000020 APPEND saved {39}\r\n" + MESSAGE,
    ],
    answers={
        # By this it recognises IMAP2.
        b"00000000": "BAD", b"00000002": "BAD",
    },
    refused=(b"00000007", b"00000013", b"0000001c", b"0000001d",
             b"0000001e", b"0000001f", b"00000020"),
    instead=(b"00000008", b"00000009", b"00000014"),
    appended_to="saved")

LISP = Recording(
    clients.Lisp,
    [
        b"G0001 LOGIN USER secret",
        b"g0002 SELECT INBOX",
        b"|G3| FETCH 1:31 ALL",
        b'G0004 SEARCH SUBJECT "message 20"',
        b"G0005 SEARCH SUBJECT {7}\r\n\"hello\"",
        b"G0006 COPY 1:3 saved",
        b'G0007 COPY 4 "new box"',
        b"G0008 STORE 1 +FLAGS (\\DELETED)",
        b"G0009 EXPUNGE",
        b"G0010 CHECK",
    ])
