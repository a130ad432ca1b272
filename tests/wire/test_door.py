# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Whose password is taken and whose isn't: by listener, client address and the
host's policy. The outcomes are the tables of docs/access.md.

    IMAP2_WRITE_TABLES=1 ... writes them."""

import os
import ssl
import tempfile

import haproxy
import host
import tls
from dovecot import StartFailed, free_port
from imap2 import Closed, Lit
from outcomes import Table

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
# Only for the servers of the tests.
SERVER = False

LISTENERS = {
    # listener: (ssl, haproxy)
    "imap2": (False, False),
    "imap2s": (True, False),
    "imap2-haproxy": (False, True),
    "imap2s-haproxy": (True, True),
}
# {name in the table: (listener, header)}
WAYS = {
    "cleartext": ("imap2", None),
    "TLS": ("imap2s", None),
    "HAProxy, cleartext": ("imap2-haproxy", haproxy.version1),
    "HAProxy, TLS up to it":
        ("imap2-haproxy",
         lambda *ends: haproxy.version2(*ends, tls=True)),
    "HAProxy, TLS through it": ("imap2s-haproxy", haproxy.version2),
}
# {name in the table: (client, server), of connections and as HAProxy says}
PLACES = {
    "elsewhere": (("127.0.0.2", "127.0.0.1"), ("192.0.2.1", "192.0.2.9")),
    "trusted": (("127.0.0.3", "127.0.0.1"), ("198.51.100.1", "192.0.2.9")),
    "same machine": (("127.0.0.1", "127.0.0.1"), ("192.0.2.9", "192.0.2.9")),
}
TRUSTED = "login_trusted_networks = 127.0.0.3 198.51.100.0/24\n"

CLEARTEXT = host.both("disable_plaintext_auth", "auth_allow_cleartext")
# {column: (CLEARTEXT, ssl)}, beginning with the strictest
POLICIES = {
    "A": (host.both("yes", "no"), "required"),
    "B": (host.both("yes", "no"), "yes"),
    "C": (host.both("yes", "no"), "no"),
    "D": (host.both("no", "yes"), "required"),
    "E": (host.both("no", "yes"), "yes"),
    "F": (host.both("no", "yes"), "no"),
}
CELLS = [(way, place) for way in WAYS for place in PLACES]
TABLE = Table(
    SOURCE + "/docs/access.md", "door", ["", *POLICIES],
    ["`%s`" % CLEARTEXT, "`ssl`"] + ["%s; %s" % cell for cell in CELLS])


def listeners(ports):
    return "haproxy_trusted_networks = 127.0.0.0/8\n" \
        "service imap2-login {\n  %s}\n" % host.REUSED + "".join(
            host.listener(name, port, ssl=yes(LISTENERS[name][0]),
                          haproxy=yes(LISTENERS[name][1]))
            for name, port in ports.items())


def yes(flag):
    return "yes" if flag else "no"


def outcome(t, server, context, port, way, place, user):
    listener, header = WAYS[way]
    real, told = PLACES[place]
    options = {}
    if header is None:
        options["source"], options["host"] = real
    else:
        options["header"] = header(*told)
    if LISTENERS[listener][0]:
        options["tls"] = context
    try:
        client = t.connect(server, port, **options)
    except (Closed, OSError):
        return "closed"
    answer = client.command("LOGIN ", Lit(user), " ", Lit("secret"))
    if answer.state == "OK":
        client.logout()
        return "in"
    told_what_is_wrong(answer)
    client.logout()
    return "refused"


def told_what_is_wrong(answer):
    """In words that somebody can act upon who knows nothing of Dovecot."""
    assert answer.state == "NO", answer
    assert answer.text == "Login isn't allowed from your machine without " \
        "TLS: use a TLS tunnel, or ask the postmaster", answer.text
    warning, = answer.data
    assert warning.kind == "NO" and "password" in warning.text, warning


def check_policy(t, column):
    cleartext, policy = POLICIES[column]
    cells = {"`%s`" % CLEARTEXT: cleartext, "`ssl`": policy}
    ports = {name: free_port() for name in LISTENERS}
    with tempfile.TemporaryDirectory() as directory:
        tls.certificate(t, directory)
        config = host.tls(directory) + "%s = %s\nssl = %s\n" % (
            CLEARTEXT, cleartext, policy) + TRUSTED + listeners(ports)
        outcomes = try_all(t, config, ports, directory)
    cells.update(outcomes)
    TABLE.check(column, cells)


def try_all(t, config, ports, directory):
    try:
        server = t.make_server(config, ports=ports)
    except StartFailed as error:
        assert "auth_allow_cleartext=yes has no effect with ssl=required" in \
            str(error), error
        return {"%s; %s" % cell: "-" for cell in CELLS}
    context = ssl.create_default_context(cafile=directory + "/cert")
    user = t.user(server=server)
    return {"%s; %s" % (way, place): outcome(
        t, server, context, ports[WAYS[way][0]], way, place, user)
        for way, place in CELLS}


def test_policy_a(t):
    check_policy(t, "A")


def test_policy_b(t):
    check_policy(t, "B")


def test_policy_c(t):
    check_policy(t, "C")


def test_policy_d(t):
    check_policy(t, "D")


def test_policy_e(t):
    check_policy(t, "E")


def test_policy_f(t):
    check_policy(t, "F")
