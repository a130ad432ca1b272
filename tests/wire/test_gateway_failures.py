# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""The gateway (tests/lib/gateway.py) when the server behind it refuses, can't be
trusted or isn't there."""

import re
import tempfile

import host
import mail
from cyrus import Cyrus
from dovecot import PASSWORD
from gateway import CyrusBehind, DovecotBehind, gateway, in_front_of_cyrus, \
    in_front_of_dovecot
from imap2 import Lit
from tls import certificate

# What the host says of a server that refuses or isn't there.
REFUSED = r"Authentication failed"
GONE = r"imapc\(|auth.* Error: imap"

DEBUG = host.both("auth_debug = yes\nmail_debug = yes\n",
                  "log_debug = category=auth or category=mail or "
                  "category=storage\n")

# Of the server behind: four messages per user.
QUOTA = "autocreate_quota_messages: 4\n"


def copy_over_quota(t, behind, front):
    """Is the server's to decide. This one copies all or none, too."""
    witness = behind.witness()
    for number in range(1, 4):
        witness.append(mail.crlf(mail.simple(number)))
    witness.create("other")
    client = t.selected(behind.user, front)
    result = client.no("COPY 1:3 other")
    assert "quota" in result.text.lower(), result
    assert witness.examine("other") == 0
    assert client.ok("COPY 3 other").numbers("COPY") == [3]
    client.no("COPY 1 other")
    assert witness.examine("other") == 1
    assert client.ok("FETCH 1 RFC822").fetched(1)["RFC822"] == \
        mail.crlf(mail.simple(1))
    client.logout()


def test_copy_over_quota(t):
    in_front_of_cyrus(t, copy_over_quota, behind=QUOTA)


def wrong_password(t, behind, front):
    """The host doesn't tell a wrong password from other failures here."""
    t.expect_log(REFUSED)
    client = t.connect(front)
    result = client.no("LOGIN %s wrong" % behind.user)
    assert "authentication failure" in result.text, result
    client.ok("LOGIN %s %s" % (behind.user, PASSWORD))
    client.logout()
    assert "wrong" not in front.log()
    assert PASSWORD not in front.log()


def test_wrong_password(t):
    in_front_of_dovecot(t, wrong_password)


def test_odd_password(t):
    """Is handed on as it is, and neither expanded nor logged."""
    password = '%u %{user} "quoted" \\ {3} $x'
    with tempfile.TemporaryDirectory() as certificates:
        certificate(t, certificates)
        with Cyrus(certificates, {"smith": password}) as cyrus:
            behind = CyrusBehind(t, cyrus)
            front = gateway(t, behind.port, certificates, DEBUG)
            client = t.connect(front)
            client.ok("LOGIN smith ", Lit(password))
            client.select()
            client.logout()
            assert '"quoted"' not in front.log()


def test_untrusted_certificate(t):
    """No password is sent to a server that can't prove its name."""
    t.expect_log(GONE)
    with tempfile.TemporaryDirectory() as certificates, \
            tempfile.TemporaryDirectory() as others:
        certificate(t, certificates)
        certificate(t, others)
        behind = DovecotBehind(t, certificates)
        front = gateway(t, behind.port, others)
        result = t.connect(front).no("LOGIN %s %s" % (behind.user, PASSWORD))
        assert "Temporary" in result.text, result
        assert "user=<%s>" % behind.user not in behind.server.log()


# Dovecot 2.3's own: imapc_connection_connected() goes on to write to a connection
# that it has just given up, if TLS fails at once when it connects again.
IMAPC_CRASH = re.compile(r"SSL handshake failed: .*\n.*signal 11")


def test_server_goes_and_comes_back(t):
    t.expect_log(GONE)
    with tempfile.TemporaryDirectory() as certificates:
        certificate(t, certificates)
        with Cyrus(certificates, {"smith": PASSWORD}) as cyrus:
            behind = CyrusBehind(t, cyrus)
            witness = behind.witness()
            for number in range(1, 4):
                witness.append(mail.crlf(mail.simple(number)))
            front = gateway(t, behind.port, certificates)
            client = t.selected(behind.user, front)

            # A plain answer or BYE, never invented data.
            cyrus.halt()
            client.start("FETCH 3 RFC822")
            answers = client.read_until_eof_or_tagged()
            if host.SERIES == "2.3" and not answers:
                front.wait_log(IMAPC_CRASH)
                t.expect_log("killed with signal 11")
            else:
                assert answers[-1].kind in ("NO", "BYE"), answers
            assert not [answer for answer in answers
                        if answer.kind == "FETCH"], answers
            result = t.connect(front).no("LOGIN smith " + PASSWORD)
            assert "Temporary" in result.text, result

            cyrus.start()
            client = t.selected(behind.user, front)
            assert client.ok("FETCH 3 RFC822").fetched(3)["RFC822"] == \
                mail.crlf(mail.simple(3))
            client.logout()
