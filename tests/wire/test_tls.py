# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The listener imap2s: TLS from the first octet, as IMAP2 has no STARTTLS, and
stunnel in front of old clients (examples/stunnel.conf)."""

import contextlib
import os
import re
import ssl
import subprocess
import time

from tls import context_of, tls_server
from dovecot import free_port
from imap2 import Closed, Lit
from unpacked import Unpacked

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
# Each test has a configuration of its own.
SERVER = False


def test_tls(t):
    with tls_server(t) as (server, port, certificate):
        user = t.simple_user(1, server)
        context = context_of(certificate)
        client = t.connect(server, port, source="127.0.0.2", tls=context)
        client.no("LOGIN ", Lit(user), " ", Lit("wrong"))
        client.small_session(user)
        server.wait_log(r"user=<%s>.* rip=127\.0\.0\.2,.* TLS" % user)

        client = t.connect(server, port, tls=context)
        client.checker.command(b"p1", "LOGIN")
        client.checker.command(b"p2", "SELECT")
        client.send(b"p1 LOGIN %s secret\r\np2 SELECT INBOX\r\n" %
                    user.encode())
        for _ in range(2):
            assert client.read_until_tagged().state == "OK"
        client.logout()


def test_certificate_is_the_servers(t):
    with tls_server(t, "listen = 127.0.0.1 127.0.0.2\n") as (
            server, port, certificate):
        for context, address in ((ssl.create_default_context(), "127.0.0.1"),
                                 (context_of(certificate), "127.0.0.2")):
            try:
                t.connect(server, port, host=address, tls=context)
            except ssl.SSLCertVerificationError:
                continue
            raise AssertionError("verified")


def speaks(t, server, port, certificate, version):
    try:
        client = t.connect(server, port, tls=context_of(certificate, version))
    except (ssl.SSLError, ConnectionResetError):
        return False
    assert client.sock.version() == version.name.replace("_", "."), \
        client.sock.version()
    client.logout()
    return True


def test_versions_of_tls(t):
    """The host's ssl_min_protocol decides; TLSv1.2 is its default."""
    versions = [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1,
                ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
    for more, expected in (
            ("", [False, False, True, True]),
            ("ssl_min_protocol = TLSv1.3\n", [False, False, False, True]),
            ("ssl_min_protocol = TLSv1\nssl_cipher_list = ALL:@SECLEVEL=0\n",
             [True] * 4)):
        with tls_server(t, more) as (server, port, certificate):
            found = [speaks(t, server, port, certificate, version)
                     for version in versions]
            assert found == expected, (more, found)


# stunnel on the client's machine

def stunnel_example(**values):
    with open(SOURCE + "/examples/stunnel.conf") as file:
        text = file.read()
    for name, value in values.items():
        text, count = re.subn("(?m)^%s = .*$" % name,
                              "%s = %s" % (name, value), text)
        assert count == 1, name
    return text


@contextlib.contextmanager
def stunnel(server, text):
    package = Unpacked("stunnel")
    path = server.write("stunnel.conf", "foreground = yes\npid =\n"
                        "syslog = no\n" + text)
    with open(server.dir + "/stunnel.log", "w") as output:
        process = subprocess.Popen(
            [package.path("/usr/bin/stunnel4"), path], stdout=output,
            stderr=output, env=package.environment())
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def connect_when_ready(t, server, port):
    deadline = time.time() + 10
    while True:
        try:
            return t.connect(server, port)
        except ConnectionRefusedError:
            assert time.time() < deadline, "stunnel doesn't listen"
            time.sleep(0.05)


def test_stunnel(t):
    with tls_server(t, "ssl = required\n") as (server, port, certificate):
        user = t.simple_user(1, server)
        near = free_port()
        values = {"accept": "127.0.0.1:%d" % near,
                  "connect": "127.0.0.1:%d" % port,
                  "CAfile": certificate, "checkHost": "localhost"}
        with stunnel(server, stunnel_example(**values)):
            connect_when_ready(t, server, near).small_session(user)
        values["checkHost"] = "mail.example.com"
        with stunnel(server, stunnel_example(**values)):
            try:
                connect_when_ready(t, server, near)
            except (Closed, ConnectionResetError):
                return
            raise AssertionError("stunnel took another server for it")
