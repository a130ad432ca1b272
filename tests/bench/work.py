# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The pieces of work that are compared: the same client's wish in IMAP2 and in
IMAP4 (pop3 has only the bulk transfer), on the same mailbox.
"""

from corpus import NEEDLE

# IMAP4 marks what it sends by RFC822 as seen, and so does IMAP2; all mail of
# the benchmark is seen before.
READ, WRITE, SELECT = "read", "write", "select"


class Work:
    def __init__(self, name, imap2, imap=None, kind=READ, mailbox="INBOX",
                 pop3=False, changes=None, cold=False):
        """imap2, imap: the commands; "%d" is the number of messages. pop3:
        whether the same is to be had from pop3. changes: the mailbox that is
        another one then. cold: without any cache of Dovecot's own."""
        self.name = name
        self.commands = {"imap2": imap2, "imap": imap or imap2}
        self.kind = kind
        self.mailbox = mailbox
        self.pop3 = pop3
        self.changes = changes
        self.cold = cold

    def services(self):
        return ["imap2", "imap"] + (["pop3"] if self.pop3 else [])


WORK = [
    Work("FAST", "FETCH 1:%d FAST"),
    Work("ALL", "FETCH 1:%d ALL"),
    Work("FLAGS", "FETCH 1:%d FLAGS"),
    Work("RFC822.HEADER", "FETCH 1:%d RFC822.HEADER"),
    Work("RFC822", "FETCH 1:%d RFC822", pop3=True),
    Work("RFC822 (CRLF)", "FETCH 1:%d RFC822", mailbox="crlf"),
    Work("SEARCH SINCE", "SEARCH SINCE 1-Jun-2005"),
    Work("SEARCH FROM", "SEARCH FROM cabinet"),
    Work("SEARCH TEXT", "SEARCH TEXT " + NEEDLE),
    Work("SEARCH BODY", "SEARCH BODY " + NEEDLE),
    Work("STORE", "STORE 1:%d +FLAGS (\\Flagged)", kind=WRITE,
         changes="INBOX"),
    Work("COPY", "COPY 1:%d target", kind=WRITE, changes="target"),
    Work("EXPUNGE", "EXPUNGE", kind=WRITE, mailbox="target",
         changes="target"),
    Work("SELECT", "SELECT INBOX", kind=SELECT),
    Work("FAST (cold)", "FETCH 1:%d FAST", cold=True),
    Work("ALL (cold)", "FETCH 1:%d ALL", cold=True),
    Work("RFC822.HEADER (cold)", "FETCH 1:%d RFC822.HEADER", cold=True),
    Work("SEARCH FROM (cold)", "SEARCH FROM cabinet", cold=True),
]
