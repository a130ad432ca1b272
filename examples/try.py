# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The working part of examples/try, which calls it with
SERVE PORT IMAP-PORT USER PASSWORD MAIL CONF (all of them, checked).

Uses the tests' private Dovecot and IMAP2 client (tests/lib): what the IMAP2
side shows went through the strict checker of RFC 1176's syntax.
"""

import os
import re
import shutil
import signal
import socket
import sys
import tempfile
import textwrap

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "lib"))

import mail
from build import BuildFailed, build
from dovecot import Dovecot, NotPossible, StartFailed
from imap2 import Client

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")


def say(text):
    sys.stderr.write(text + "\n")


class Imap4:
    """Just enough of an IMAP4rev1 client to show its octets."""

    def __init__(self, port, show):
        self.show = show
        self.count = 0
        self.sock = socket.create_connection(("127.0.0.1", port), 30)
        self.file = self.sock.makefile("rb")
        self.read()

    def read(self):
        raw = line = self.file.readline()
        found = LITERAL.search(line)
        while found:
            raw += self.file.read(int(found.group(1)))
            line = self.file.readline()
            raw += line
            found = LITERAL.search(line)
        if not raw:
            raise AssertionError("the IMAP4 server closed the connection")
        self.show("S", raw)
        return raw

    def send(self, octets):
        self.show("C", octets)
        self.sock.sendall(octets)

    def command(self, line, literal=None):
        """All that was answered to a command that must succeed."""
        self.count += 1
        tag = b"z%d" % self.count
        if literal is not None:
            line += " {%d}" % len(literal)
        self.send(tag + b" " + line.encode() + b"\r\n")
        answer = b""
        while not answer.startswith(b"+") and literal is not None:
            answer = self.read()
        if literal is not None:
            self.send(literal + b"\r\n")
        data = b""
        while True:
            answer = self.read()
            if answer.startswith(tag + b" "):
                if not answer.startswith(tag + b" OK"):
                    raise AssertionError("IMAP4 refused %s" % line)
                return data
            data += answer

    def close(self):
        self.sock.close()


class Page:
    """Prints two conversations side by side."""

    def __init__(self):
        columns = shutil.get_terminal_size((100, 24)).columns
        self.width = max(80, min(columns, 132))
        self.column = (self.width - 3) // 2
        self.checks = 0
        self.steps = 0

    def title(self, text, *notes):
        self.steps += 1
        head = "-- %d. %s " % (self.steps, text)
        print("\n" + head + "-" * (self.width - len(head)))
        for note in notes:
            print(textwrap.fill(" ".join(note.split()), self.width - 3,
                                initial_indent="   ",
                                subsequent_indent="   "))
        print()

    def heads(self):
        print(self.row("IMAP2 (RFC 1176)", "IMAP4 (RFC 3501)"))
        print(self.row("-" * self.column, "-" * self.column))

    def row(self, left, right):
        return ("%-*s | %s" % (self.column, left, right)).rstrip()

    def lines(self, side, octets):
        text = octets.decode("latin-1").rstrip("\r\n")
        text = re.sub(r"[^\x20-\x7e\n]", ".", text.replace("\r\n", "\n"))
        lines = text.split("\n")
        if len(lines) > 14:
            lines[10:-1] = ["... %d lines more ..." % (len(lines) - 11)]
        shown = []
        for number, line in enumerate(lines):
            start = side + ": " if number == 0 else "   "
            shown += textwrap.wrap(line, self.column, initial_indent=start,
                                   subsequent_indent="     ",
                                   break_on_hyphens=False) or [start]
        return shown

    def left(self, side, octets):
        for line in self.lines(side, octets):
            print(self.row(line, ""))

    def right(self, side, octets):
        for line in self.lines(side, octets):
            print(self.row("", line))

    def check(self, truth, text):
        if not truth:
            raise AssertionError("this did not happen: " + text)
        self.checks += 1
        print(textwrap.fill(text, self.width - 5, initial_indent="  => ",
                            subsequent_indent="     "))


class Shown(Client):
    """The IMAP2 client of the tests, on the page."""

    def __init__(self, port, show):
        self.show = show
        super().__init__(port)

    def send(self, octets):
        self.show("C", octets)
        super().send(octets)

    def read_raw(self):
        raw = super().read_raw()
        self.show("S", raw)
        return raw


class Demo:
    def __init__(self, server, user, password):
        self.page = Page()
        self.user = user
        self.password = password
        print("A private Dovecot with IMAP2 on port %d and IMAP4 on port %d "
              "serves the same mail to both." %
              (server.ports["imap2"], server.ports["imap"]))
        print("C: is what a client sends, S: what the server answers, => what "
              "was checked.")
        self.server = server

    def run(self):
        try:
            for step in (self.begin, self.find, self.select, self.look,
                         self.read, self.flags, self.search, self.copy,
                         self.new_mail, self.boards, self.expunge,
                         self.unknown, self.end):
                step()
        finally:
            for client in ("imap2", "imap4"):
                if hasattr(self, client):
                    getattr(self, client).close()
        print("\nAll %d checks passed: this is RFC 1176, alive on Dovecot." %
              self.page.checks)

    def begin(self):
        page = self.page
        page.title("Connecting",
                   "Both servers greet. NOOP does nothing, which tells an "
                   "IMAP2 client that the server is alive; LOGIN says who "
                   "you are.")
        page.heads()
        self.imap2 = Shown(self.server.ports["imap2"], page.left)
        self.imap4 = Imap4(self.server.ports["imap"], page.right)
        page.check(self.imap2.greeting.kind == "OK", "IMAP2 greets with OK.")
        self.imap2.ok("NOOP")
        login = "LOGIN %s %s" % (self.user, self.password)
        self.imap2.ok(login)
        self.imap4.command(login)
        page.check(True, "Dovecot's own authentication let both in.")

    def find(self):
        page = self.page
        page.title("Which mailboxes are there?",
                   "FIND MAILBOXES lists names for SELECT (but not INBOX, "
                   "which is always there), FIND BBOARDS names of bulletin "
                   "boards for BBOARD. * stands for any characters, % for "
                   "exactly one.")
        names = self.imap2.ok("FIND MAILBOXES *").values("MAILBOX")
        page.check(sorted(names) == [b"drafts", b"work/one", b"work/two"],
                   "All mailboxes but INBOX are found.")
        names = self.imap2.ok("FIND MAILBOXES work/%%e").values("MAILBOX")
        page.check(names == [b"work/one"], "Wildcards select among them.")
        boards = self.imap2.ok("FIND BBOARDS *").values("BBOARD")
        page.check(sorted(boards) == [b"general", b"staff/lunch"],
                   "The boards are mailboxes of Dovecot's public namespace.")
        listed = self.imap4.command('LIST "" "*"')
        page.check(b"Public/staff/lunch" in listed and b"work/one" in listed,
                   "IMAP4 knows the same mailboxes.")

    def select(self):
        page = self.page
        page.title("Opening INBOX",
                   "SELECT tells the flags of the mailbox (keywords first), "
                   "how many messages there are and how many are recent.")
        result = self.imap2.ok("SELECT INBOX")
        self.count = result.numbers("EXISTS")[0]
        page.check(result.text.startswith("[READ-WRITE]"),
                   "INBOX is open for reading and writing.")
        data = self.imap4.command("SELECT INBOX")
        page.check(b"* %d EXISTS" % self.count in data,
                   "IMAP4 counts the same %d messages." % self.count)

    def look(self):
        page = self.page
        page.title("What is message 1?",
                   "FETCH asks for data: ALL is FLAGS, INTERNALDATE, "
                   "RFC822.SIZE and ENVELOPE; FAST is all that but the "
                   "ENVELOPE. The message is the one of RFC 1176's own "
                   "sample session.")
        items = self.imap2.ok("FETCH 1 ALL").fetched(1)
        self.size = items["RFC822.SIZE"]
        page.check(items["ENVELOPE"]["subject"] == b"INFO-MAC Mail Message" and
                   items["INTERNALDATE"] == b" 9-Jun-88 19:55:44-GMT",
                   "Subject and date are those of 1988.")
        fast = self.imap2.ok("FETCH 1 FAST").fetched(1)
        page.check(sorted(fast) == ["FLAGS", "INTERNALDATE", "RFC822.SIZE"],
                   "FAST is the same without the envelope.")
        for item in ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"):
            alone = self.imap2.ok("FETCH 1 " + item).fetched(1)
            page.check(alone == {item: items[item]},
                       "%s can be asked for alone." % item)
        data = self.imap4.command("FETCH 1 ALL")
        page.check(b"INFO-MAC Mail Message" in data and
                   b"RFC822.SIZE %d" % self.size in data,
                   "IMAP4 says the same.")

    def read(self):
        page = self.page
        page.title("Reading it",
                   "RFC822.HEADER leaves the message unread; RFC822.TEXT and "
                   "RFC822 set \\Seen, and say so in the same answer.")
        header = self.imap2.ok("FETCH 1 RFC822.HEADER").fetched(1)
        page.check(list(header) == ["RFC822.HEADER"],
                   "Reading the header changed nothing.")
        text = self.imap2.ok("FETCH 1 RFC822.TEXT").fetched(1)
        page.check("\\Seen" in text["FLAGS"],
                   "Reading the text marked the message as seen.")
        data = self.imap4.command("NOOP")
        page.check(b"* 1 FETCH" in data and b"\\Seen" in data,
                   "IMAP4 hears that the message was read.")
        whole = self.imap2.ok("FETCH 1 RFC822").fetched(1)["RFC822"]
        page.check(whole == header["RFC822.HEADER"] + text["RFC822.TEXT"] and
                   len(whole) == self.size,
                   "Header plus text is the message, %d octets." % self.size)
        data = self.imap4.command("FETCH 1 BODY.PEEK[]")
        page.check(whole in data, "IMAP4 has the same octets.")

    def flags(self):
        page = self.page
        page.title("Flags and keywords, both ways",
                   "STORE changes flags and answers with the new ones. What "
                   "IMAP4 sets arrives at the next NOOP; a keyword that is "
                   "new is announced by FLAGS first.")
        result = self.imap2.ok("STORE 2:3 +FLAGS (\\Flagged Lunch)")
        page.check(all("Lunch" in result.fetched(number)["FLAGS"]
                       for number in (2, 3)), "Messages 2 and 3 are marked.")
        data = self.imap4.command("NOOP")
        page.check(data.count(b"Lunch") >= 2, "IMAP4 hears of it.")
        self.imap4.command("STORE 1 +FLAGS (\\Answered Urgent)")
        result = self.imap2.ok("NOOP")
        page.check("Urgent" in result.values("FLAGS")[-1] and
                   "\\Answered" in result.fetched(1)["FLAGS"],
                   "And IMAP2 hears of what IMAP4 did.")
        self.imap2.ok("STORE 3 -FLAGS Lunch")
        result = self.imap2.ok("STORE 2 FLAGS (\\Seen)")
        page.check(set(result.fetched(2)["FLAGS"]) == {"\\Recent", "\\Seen"},
                   "FLAGS without a sign replaces all flags.")

    def search(self):
        page = self.page
        page.title("Searching", "The server searches; criteria are ANDed.")
        for criteria, imap4 in (
                ("ALL", "ALL"),
                ('FROM "smith" SEEN', 'FROM "smith" SEEN'),
                ("UNSEEN SINCE 1-Jan-90", "UNSEEN SINCE 1-Jan-1990"),
                ("KEYWORD Urgent TEXT usenet", "KEYWORD Urgent TEXT usenet"),
                ("DELETED FLAGGED ANSWERED", "DELETED FLAGGED ANSWERED")):
            found = self.imap2.ok("SEARCH " + criteria).values("SEARCH")[0]
            data = self.imap4.command("SEARCH " + imap4)
            numbers = re.search(rb"\* SEARCH([ \d]*)\r\n", data).group(1)
            page.check([int(number) for number in numbers.split()] == found,
                       "Both find the same %d messages." % len(found))

    def copy(self):
        page = self.page
        page.title("Copying",
                   "COPY makes the mailbox if there is none, and reports each "
                   "message.")
        result = self.imap2.ok("COPY 1:2 archive")
        page.check(result.numbers("COPY") == [1, 2], "Two were copied.")
        data = self.imap4.command("STATUS archive (MESSAGES)")
        page.check(b"MESSAGES 2" in data, "IMAP4 finds them there.")

    def new_mail(self):
        page = self.page
        page.title("New mail", "CHECK looks for new messages.")
        self.imap4.command("APPEND INBOX", mail.crlf(mail.simple(1)))
        self.count += 1
        result = self.imap2.ok("CHECK")
        page.check(result.numbers("EXISTS")[-1] == self.count,
                   "IMAP2 sees the message that IMAP4 stored.")

    def boards(self):
        page = self.page
        page.title("Bulletin boards",
                   "BBOARD is SELECT for boards. Opening another mailbox "
                   "closes the one before.")
        result = self.imap2.ok("BBOARD staff/lunch")
        page.check(result.numbers("EXISTS") == [1], "The board has a message.")
        items = self.imap2.ok("FETCH 1 (FLAGS RFC822.HEADER)").fetched(1)
        page.check(b"Lunch" in items["RFC822.HEADER"],
                   "Several items are asked for in parentheses.")
        result = self.imap2.ok("SELECT INBOX")
        page.check(result.numbers("EXISTS") == [self.count],
                   "Back in INBOX.")

    def expunge(self):
        page = self.page
        page.title("Deleting",
                   "\\Deleted marks, EXPUNGE removes. Numbers move up at "
                   "once, so messages 2 and 3 go as 2 and 2. What IMAP4 "
                   "removes is told in the next NOOP, never in between.")
        self.imap2.ok("STORE 2:3 +Flags \\Deleted")
        deleted = self.imap2.ok("SEARCH DELETED").values("SEARCH")[0]
        result = self.imap2.ok("EXPUNGE")
        page.check(len(result.numbers("EXPUNGE")) == len(deleted) and
                   result.numbers("EXPUNGE")[:2] == [2, 2],
                   "The deleted messages are gone.")
        self.count -= len(deleted)
        data = self.imap4.command("NOOP")
        page.check(data.count(b" EXPUNGE\r\n") == len(deleted),
                   "IMAP4 hears of it.")
        self.imap4.command("STORE 1 +FLAGS.SILENT (\\Deleted)")
        self.imap4.command("EXPUNGE")
        self.count -= 1
        result = self.imap2.ok("NOOP")
        page.check(result.numbers("EXPUNGE") == [1] and
                   result.numbers("EXISTS")[-1] == self.count,
                   "IMAP2 hears that IMAP4 removed a message.")

    def unknown(self):
        page = self.page
        page.title("What IMAP2 doesn't have",
                   "Whatever isn't RFC 1176 is refused with BAD, and the "
                   "session goes on.")
        result = self.imap2.command("CAPABILITY")
        page.check(result.state == "BAD", "By this clients recognise IMAP2.")

    def end(self):
        page = self.page
        page.title("Leaving")
        result = self.imap2.ok("LOGOUT")
        page.check(result.kinds() == ["BYE"], "BYE, then OK, then")
        self.imap2.expect_eof()
        page.check(True, "the server closed the connection.")
        self.imap4.command("LOGOUT")


def fill_boards(server):
    public = server.dir + "/public"
    general = mail.folder(public, "general", server.owner)
    general.add(mail.simple(1), when="1-Aug-1990 09:00:00")
    lunch = mail.folder(public, "staff/lunch", server.owner)
    lunch.add(mail.PLAIN, when="2-Jan-1990 03:04:05")


def fill_mail(server, path):
    maildir = mail.Maildir(path, server.owner)
    mail.add_samples(maildir)
    maildir.add(mail.simple(15), when="13-May-2021 06:00:00", new=True)
    for number, name in enumerate(("work/one", "work/two", "drafts")):
        maildir.folder(name).add(mail.simple(number))


def read_file(path):
    if not path:
        return ""
    with open(path) as file:
        return "\n" + file.read()


def serve(server, user, password, where):
    print("ready imap2=127.0.0.1:%d imap=127.0.0.1:%d user=%s password=%s "
          "mail=%s pid=%d" % (server.ports["imap2"], server.ports["imap"],
                              user, password, where, os.getpid()), flush=True)
    try:
        status = server.process.wait()
    except Stopped:
        return 0
    say("examples/try: Dovecot ended with status %d:\n%s" %
        (status, server.tail()))
    return 1


def run(directory, serving, ports, user, password, path, config):
    say("examples/try: building (this takes a moment) ...")
    build(directory)
    server = Dovecot(directory, users={user.lower(): password},
                     mail=path or None, ports=ports, config=read_file(config),
                     # The page shows dates, which are the server's.
                     environment=None if serving else {"TZ": "UTC"})
    with server:
        fill_boards(server)
        where = path
        if not path:
            where = server.home(user.lower()) + "/Maildir"
            server.make_home(user.lower())
            fill_mail(server, where)
        if serving:
            return serve(server, user, password, where)
        Demo(server, user, password).run()
    return 0


class Stopped(BaseException):
    """SIGTERM, SIGINT or SIGHUP; has its number."""


def on_signal(number, _):
    # Once is enough: what follows cleans up.
    for name in SIGNALS:
        signal.signal(name, signal.SIG_IGN)
    raise Stopped(number)


def main():
    serving, port, imap_port, user, password, path, config = sys.argv[1:]
    for name in SIGNALS:
        signal.signal(name, on_signal)
    directory = None
    try:
        directory = tempfile.mkdtemp(prefix="imap2-build-")
        os.chmod(directory, 0o755)
        return run(directory, serving == "yes",
                   {"imap2": int(port), "imap": int(imap_port)},
                   user, password, path, config)
    except (BuildFailed, NotPossible, StartFailed, AssertionError) as error:
        sys.stdout.flush()
        say("examples/try: %s" % error)
        return 1
    except Stopped as stopped:
        return 128 + stopped.args[0]
    finally:
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
