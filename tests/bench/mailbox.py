# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""One user's mail, and what is done to it between the measurements."""

import glob
import os

import corpus
import mail
import sessions
from imap4 import Witness


class Mailbox:
    def __init__(self, server, format, count, directory, crlf=True):
        """directory: where mail is made that is then imported. crlf: whether
        there is a folder of the same mail stored with CRLF."""
        self.server = server
        self.count = count
        self.format = format
        self.user = server.fresh_user(format)
        self.witness = None
        home = server.home(self.user) + "/Maildir"
        top = home if format == "maildir" else directory
        server.give(directory)
        inbox = mail.Maildir(top, server.owner)
        self.size = corpus.fill(inbox, count,
                                inbox.folder("crlf") if crlf else None)
        if format != "maildir":
            server.doveadm("import", "-u", self.user, "maildir:" + top, "",
                           "ALL", timeout=3600)

    def close(self):
        if self.witness is not None:
            self.witness.close()

    def imap4(self):
        if self.witness is None:
            self.witness = Witness(self.server.ports["imap"], self.user)
            self.witness.imap.sock.settimeout(3600)
        return self.witness

    def line(self, command):
        return command.replace("%d", str(self.count))

    def prepare(self, work):
        """Before one measurement."""
        if work.cold:
            for path in glob.glob(self.server.home(self.user) +
                                  "/**/dovecot.index.cache", recursive=True):
                os.unlink(path)
        if work.name in ("COPY", "EXPUNGE"):
            self.remake_target()
        if work.name == "EXPUNGE":
            witness = self.imap4()
            witness.examine()
            witness.call("copy", "1:%d" % self.count, "target")
            witness.select("target")
            witness.store("1:*", "+FLAGS.SILENT", "\\Deleted")
            witness.examine()

    def remake_target(self):
        witness = self.imap4()
        witness.imap.delete("target")
        witness.create("target")

    def outcome(self, work):
        """Digest of the mail that was changed."""
        witness = self.imap4()
        if witness.examine(work.changes) == 0:
            found = []
        else:
            found = witness.call("fetch", "1:*",
                                 "(FLAGS INTERNALDATE RFC822.SIZE)")
        witness.examine()
        return sessions.digest(found)

    def restore(self, work):
        if work.name == "STORE":
            witness = self.imap4()
            witness.select()
            witness.store("1:*", "-FLAGS.SILENT", "\\Flagged")
            witness.examine()
