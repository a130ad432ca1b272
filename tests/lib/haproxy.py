# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What a proxy says first of the client it connects for: HAProxy's PROXY
protocol, version 1 and 2."""

import ipaddress
import struct

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
LOCAL, PROXY = 0x20, 0x21
TLV_SSL = 0x20
CLIENT_SSL = 0x01
PORTS = (12345, 143)


def version1(client, server):
    return b"PROXY TCP%d %s %s %d %d\r\n" % (
        ipaddress.ip_address(client).version, client.encode(),
        server.encode(), *PORTS)


def version2(client, server, tls=False):
    """tls: the client's connection had TLS, which ends at the proxy."""
    addresses = [ipaddress.ip_address(text) for text in (client, server)]
    family = 0x11 if addresses[0].version == 4 else 0x21
    body = b"".join(address.packed for address in addresses) + \
        struct.pack("!HH", *PORTS)
    if tls:
        body += struct.pack("!BHBI", TLV_SSL, 5, CLIENT_SSL, 0)
    return SIGNATURE + struct.pack("!BBH", PROXY, family, len(body)) + body


def health_check():
    """The proxy itself asks whether the server is there."""
    return SIGNATURE + struct.pack("!BBH", LOCAL, 0, 0)
