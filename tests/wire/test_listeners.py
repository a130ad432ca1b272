# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Listeners (addresses and ports, HAProxy before them) and settings for some
addresses only. TLS: test_tls.py. Who is let in where: test_door.py."""

import contextlib
import glob
import os
import re
import socket

import haproxy
import host
from dovecot import free_port
from imap2 import Closed

# Each test has a configuration of its own.
SERVER = False

ADDRESS = host.both("address", "listen")


def remote(address, settings):
    return "remote %s {\n%s}\n" % (address, settings)


# Addresses and ports

def listening_ports(server):
    """Of Dovecot's master process."""
    inodes = set()
    for path in glob.glob("/proc/%d/fd/*" % server.process.pid):
        with contextlib.suppress(OSError):
            inodes.update(re.findall(r"socket:\[(\d+)\]", os.readlink(path)))
    ports = set()
    for name in ("tcp", "tcp6"):
        with open("/proc/%d/net/%s" % (server.process.pid, name)) as file:
            for fields in (line.split() for line in list(file)[1:]):
                if fields[3] == "0A" and fields[9] in inodes:
                    ports.add(int(fields[1].rpartition(":")[2], 16))
    return ports


def test_nothing_listens_unasked(t):
    """Nor does what is switched off."""
    server = t.make_server()
    assert listening_ports(server) == set(server.ports.values())
    port = free_port()
    server = t.make_server(
        host.listener("imap2", 0) + host.listener("other", port),
        ports={"imap2": port})
    assert listening_ports(server) == set(server.ports.values())


def test_several_addresses(t):
    ports = [free_port(), free_port()]
    server = t.make_server(
        host.listener("second", ports[0], **{ADDRESS: "127.0.0.2 127.0.0.3"}) +
        host.listener("third", ports[1], **{ADDRESS: "127.0.0.2"}))
    user = t.simple_user(1, server)
    t.connect(server).small_session(user)
    for address, port in (("127.0.0.2", ports[0]), ("127.0.0.3", ports[0]),
                          ("127.0.0.2", ports[1])):
        client = t.connect(server, port, host=address, source=address)
        client.small_session(user)
    for address, port in (("127.0.0.1", ports[0]), ("127.0.0.3", ports[1])):
        try:
            t.connect(server, port, host=address)
        except ConnectionRefusedError:
            continue
        raise AssertionError("%s listens on port %d" % (address, port))


def test_ipv6(t):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        t.skip("this machine has no IPv6")
    port = free_port()
    server = t.make_server(host.listener("six", port, **{ADDRESS: "::1"}))
    user = t.simple_user(1, server)
    t.connect(server, port, host="::1").small_session(user)
    server.wait_log(r"rip=::1, lip=::1,")


# Settings for addresses

def test_settings_by_address(t):
    server = t.make_server(
        "listen = 127.0.0.1 127.0.0.4\n" +
        remote("127.0.0.2", host.CLEARTEXT_ALLOWED + """\
  protocol imap2 {
    imap2_client_workarounds = long-dates
  }
""") + """\
local 127.0.0.4 {
  protocol imap2 {
    imap2_max_keywords = 1
  }
}
""")
    user = t.simple_user(1, server)
    usual = t.selected(user, server)
    usual.ok("STORE 1 +FLAGS (one two)")
    assert usual.flags(1) == ["one", "two"]
    date = usual.ok("FETCH 1 INTERNALDATE").fetched(1)["INTERNALDATE"]

    known = t.selected(user, server, source="127.0.0.2", long_dates=True)
    long_date = known.ok("FETCH 1 INTERNALDATE").fetched(1)["INTERNALDATE"]
    assert len(long_date) > len(date)
    assert known.flags(1) == ["one", "two"]

    few = t.selected(user, server, host="127.0.0.4", source="127.0.0.4")
    assert len(few.flags(1)) == 1
    same = few.ok("FETCH 1 INTERNALDATE").fetched(1)["INTERNALDATE"]
    assert same == date

    unknown = t.connect(server, source="127.0.0.3")
    assert "TLS" in unknown.no("LOGIN %s secret" % user).text


# HAProxy

def haproxy_server(t, port, **settings):
    return t.make_server(
        "haproxy_trusted_networks = 127.0.0.1\nhaproxy_timeout = 2s\n" +
        host.listener("behind", port, haproxy="yes", **settings) +
        remote("192.0.2.0/24", host.CLEARTEXT_ALLOWED) +
        remote("2001:db8::/32", host.CLEARTEXT_ALLOWED))


def test_haproxy(t):
    """The client is who HAProxy says, in the log and for what is allowed."""
    port = free_port()
    server = haproxy_server(t, port)
    user = t.simple_user(1, server)
    for version in (haproxy.version1, haproxy.version2):
        for ends in (("192.0.2.1", "198.51.100.1"),
                     ("2001:db8::1", "2001:db8::2")):
            start = len(server.log())
            t.connect(server, port, header=version(*ends)).small_session(user)
            server.wait_log("rip=%s, lip=%s," % ends, start)
    # What HAProxy asks for itself.
    t.connect(server, port, header=haproxy.health_check()).logout()
    # The other listener knows nothing of it.
    t.connect(server).small_session(user)


def closed(t, server, port, **options):
    try:
        client = t.connect(server, port, **options)
    except (Closed, OSError):
        return True
    raise AssertionError("not closed, but: %r" % client.greeting)


def test_haproxy_headers_are_needed(t):
    t.expect_log("haproxy")
    port = free_port()
    server = haproxy_server(t, port)
    header = haproxy.version1("192.0.2.1", "198.51.100.1")
    assert closed(t, server, port, header=b"a001 LOGIN user1 secret\r\n")
    assert closed(t, server, port)
    server.wait_log("haproxy: Client timed out")
    assert closed(t, server, port, header=header, source="127.0.0.2")
    server.wait_log(r"(?i)not trusted \(rip=127\.0\.0\.2|127\.0\.0\.2.*trust")
    user = t.simple_user(1, server)
    t.connect(server, port, header=header).small_session(user)
