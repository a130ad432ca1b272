# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Gateways to IMAP4 for tests: the example gateway.conf over TLS, with a Dovecot
or a server of another make behind it. What a client of that server sees is the
witness."""

import os
import tempfile

import examples
import host
from cyrus import Cyrus
from dovecot import MAIL_ID, PASSWORD, free_port
from imap4 import Witness
from tls import certificate

IMAPS = """
service imap-login {
  inet_listener imaps {
    port = %d
    ssl = yes
  }
}
"""


class DovecotBehind:
    """A Dovecot as the server behind the gateway."""

    def __init__(self, t, certificates, config=""):
        self.t = t
        self.port = free_port()
        self.server = t.make_server(host.tls(certificates) +
                                    IMAPS % self.port + config)
        self.user = t.user(server=self.server)

    def witness(self):
        return self.t.witness(self.user, self.server)


class CyrusBehind:
    """A Cyrus as the server behind the gateway."""

    def __init__(self, t, cyrus):
        # The host's view of a server that closes after LOGOUT.
        t.expect_log(r"imapc\(.*Server disconnected unexpectedly")
        self.t = t
        self.cyrus = cyrus
        self.port = cyrus.ports["imaps"]
        self.user = "smith"

    def witness(self):
        witness = Witness(self.cyrus.ports["imap"], self.user, PASSWORD)
        self.t.clients.append(witness)
        return witness


def example(port, certificates):
    """The shipped configuration, with names and places of the test."""
    uid, gid = (MAIL_ID, MAIL_ID) if os.getuid() == 0 else \
        (os.getuid(), os.getgid())
    return examples.example(
        "gateway.conf", ("imap.example.org", "127.0.0.1"), ("993", port),
        ("/etc/ssl/certs/ca-certificates.crt", certificates + "/cert"),
        ("/var/vmail", "{dir}/home"),
        ("mail_uid = vmail", "mail_uid = %d" % uid),
        ("mail_gid = vmail", "mail_gid = %d" % gid))


def gateway(t, port, certificates, config=""):
    """The server in front: it knows no users."""
    return t.make_server(example(port, certificates) + config, users={})


def in_front_of_dovecot(t, run, front="", behind=""):
    """front, behind: more configuration of the two."""
    with tempfile.TemporaryDirectory() as certificates:
        certificate(t, certificates)
        server = DovecotBehind(t, certificates, behind)
        run(t, server, gateway(t, server.port, certificates, front))


def in_front_of_cyrus(t, run, front="", behind=""):
    with tempfile.TemporaryDirectory() as certificates:
        certificate(t, certificates)
        with Cyrus(certificates, {"smith": PASSWORD}, behind) as cyrus:
            server = CyrusBehind(t, cyrus)
            run(t, server, gateway(t, server.port, certificates, front))
