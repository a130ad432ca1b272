# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Configurations of examples/SERIES as they stand, but for places, names and
ports: what they promise. The others are in test_find (shared-mailboxes.conf),
test_gateway, test_metrics, test_pam, test_proxy and clients/test_replay
(clients.conf)."""

import os
import re
import tempfile

import host
import mail
import tls
from dovecot import PASSWORD, ROOTLESS, ROOTLESS_NAME, Dovecot, free_port
from examples import example

# Each test has a configuration of its own.
SERVER = False


def test_bulletin_boards(t):
    """Nobody changes a board but who may; what is read is each reader's own."""
    server = t.make_server(example(
        "bulletin-boards.conf", ("user=jane", "user=user1"),
        ("/srv/bboards", "{dir}/scratch/bboards"),
        *host.both([("/etc/dovecot/bboards-acl", "{dir}/bboards-acl")], [])))
    moderator = t.user(server=server)
    assert moderator == "user1"
    readers = [t.user(server=server) for _ in range(2)]
    # 2.3 has the rights in a file.
    server.write("bboards-acl", "".join(re.findall(
        r"^#   (BBoards/.*\n)", example(
            "bulletin-boards.conf", ("user=jane", "user=user1")),
        re.MULTILINE)))
    board = mail.folder(server.dir + "/scratch/bboards", "news", server.owner)
    server.give(server.dir + "/scratch/bboards")
    board.add(mail.simple(1))
    board.add(mail.simple(2))

    first, second = (t.login(user, server) for user in readers)
    assert first.ok("FIND BBOARDS *").values("BBOARD") == [b"news"]
    assert first.ok("FIND MAILBOXES *").values("MAILBOX") == []
    for client in first, second:
        assert client.ok("BBOARD news").numbers("EXISTS") == [2]
    first.ok("FETCH 1 RFC822")
    assert "\\Seen" in first.ok("FETCH 1 FLAGS").fetched(1)["FLAGS"]
    assert "\\Seen" not in second.ok("FETCH 1 FLAGS").fetched(1)["FLAGS"]
    first.ok("STORE 2 +FLAGS \\Deleted")
    assert "\\Deleted" not in first.ok("FETCH 2 FLAGS").fetched(2)["FLAGS"]
    assert first.ok("EXPUNGE").numbers("EXPUNGE") == []
    first.no("CREATE BBoards/mine")

    jane = t.login(moderator, server)
    jane.ok("BBOARD news")
    jane.ok("STORE 1 +FLAGS \\Deleted")
    jane.ok("EXPUNGE")
    assert second.ok("NOOP").numbers("EXISTS") == [1]
    jane.ok("COPY 1 BBoards/news")
    assert second.ok("NOOP").numbers("EXISTS") == [2]


def test_tls(t):
    """In clear for nobody from elsewhere."""
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        tls.certificate(t, directory)
        server = t.make_server(host.tls(directory) +
                               example("tls.conf", ("1993", port)))
        user = t.simple_user(1, server)
        t.connect(server, port, source="127.0.0.2", tls=tls.context_of(
            directory + "/cert")).small_session(user)
        t.connect(server).small_session(user)
        clear = t.connect(server, source="127.0.0.2")
        clear.no("LOGIN %s %s" % (user, PASSWORD))


class Minimal(Dovecot):
    """With nothing but minimal.conf, and what keeps it from the machine's own
    Dovecot."""

    def make_config(self):
        self.ports = {"imap2": free_port()}
        config = example(
            "minimal.conf", ("1143", self.ports["imap2"]),
            ("/etc/dovecot/imap2-users", self.dir + "/users"))
        line, = re.findall(r"^#   (smith:.*)$", config, re.MULTILINE)
        self.write("users", line.replace(
            "1000:1000", "%d:%d" % self.inner).replace(
                "/srv/mail", self.dir + "/home") + "\n")
        config += (
            "base_dir = {0}/run\nstate_dir = {0}/state\nlog_path = {0}/log\n"
            "first_valid_uid = 1\nservice imap2-login {{\n"
            "  executable = {1}/imap2-login\n}}\n"
            "service imap2 {{\n  executable = {1}/imap2\n}}\n"
            "default_vsz_limit = {2}\n").format(
                self.dir, self.build, host.NO_LIMIT)
        if self.rootless:
            config += ROOTLESS.format(name=ROOTLESS_NAME) + "".join(
                "service %s {\n  chroot =\n}\n" % name
                for name in host.CHROOTED + ("imap2-login",))
        return config

    def wait_ready(self, deadline):
        while not self.answers(self.ports["imap2"]):
            assert self.process.poll() is None, self.tail()


def test_minimal(t):
    with Minimal(os.environ["IMAP2_BUILD"]) as server:
        server.make_home("smith")
        t.maildir("smith", server).add(mail.simple(1))
        client = t.connect(server).login("smith")
        assert client.select().numbers("EXISTS") == [1]
        client.logout()
