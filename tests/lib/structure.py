# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""ENVELOPE and BODY of IMAP4 as checker.py gives those of IMAP2, and the
sections that a message has by its BODY."""

import re
import socket

from values import Reader

# What lib-mail says when an address has no host.
MISSING_HOST = b"MISSING_DOMAIN"
LISTS = ("from", "sender", "reply-to", "to", "cc", "bcc")
FIELDS = ("date", "subject") + LISTS + ("in-reply-to", "message-id")


def imap4_item(witness, number, item):
    """The value of an item as IMAP4 has it."""
    parts = witness.call("fetch", str(number), "(%s)" % item)
    octets = b"".join(part if isinstance(part, bytes)
                      else part[0] + b"\r\n" + part[1] for part in parts)
    reader = Reader(octets, escapes=True)
    reader.until(item.encode() + b" ")
    reader.pos += len(item + " ")
    return reader.value()


def upper(value):
    return value.upper().decode("latin-1")


def addresses(value):
    """Of IMAP4's list, without the marks of groups; None if there are none."""
    found = [(name, route, mailbox, host_of(domain))
             for name, route, mailbox, domain in value or []
             if mailbox is not None and domain is not None]
    return found or None


def host_of(domain):
    if domain == MISSING_HOST:
        return socket.gethostname().encode()
    return domain


def envelope(value):
    found = dict(zip(FIELDS, value))
    for name in LISTS:
        found[name] = addresses(found[name])
    for name in ("sender", "reply-to"):
        found[name] = found[name] or found["from"]
    return found


def body(value):
    if isinstance(value[0], list):
        return {"type": "MULTIPART", "subtype": upper(value[-1]),
                "parts": [body(part) for part in value[:-1]]}
    kind, subtype, parameters, ident, description, encoding, size = value[:7]
    parameters = parameters or []
    found = {"type": upper(kind), "subtype": upper(subtype), "id": ident,
             "parameters": {
                 upper(name): text.upper() if name.lower() == b"charset"
                 else text for name, text in
                 zip(parameters[::2], parameters[1::2])},
             "description": description, "encoding": upper(encoding),
             "size": int(size)}
    if (found["type"], found["subtype"]) == ("MESSAGE", "RFC822"):
        found["envelope"] = envelope(value[7])
        found["body"] = body(value[8])
    if "body" in found or found["type"] == "TEXT":
        found["lines"] = int(value[-1])
    return found


def sections(found, prefix=""):
    """(section, part) of all that BODY[section] can be asked for; the part is
    None for a message's header."""
    parts = found["parts"] if found["type"] == "MULTIPART" else [found]
    for number, part in enumerate(parts, 1):
        name = "%s%d" % (prefix, number)
        if part["type"] == "MULTIPART":
            yield from sections(part, name + ".")
            continue
        yield name, part
        if "body" in part:
            yield name + ".0", None
            yield from sections(part["body"], name + ".")


def imap4_section(section):
    return re.sub(r"(?<![0-9])0$", "HEADER", section)
