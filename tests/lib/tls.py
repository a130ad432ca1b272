# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Certificates for tests, and servers with them."""

import contextlib
import os
import shutil
import ssl
import subprocess
import tempfile

import host
from dovecot import free_port


def certificate(t, directory):
    """Makes cert and key for localhost, which is its own authority."""
    if shutil.which("openssl") is None:
        t.skip("openssl isn't installed")
    os.chmod(directory, 0o755)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
         "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName = DNS:localhost, IP:127.0.0.1",
         "-keyout", directory + "/key", "-out", directory + "/cert"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.chmod(directory + "/key", 0o644)


@contextlib.contextmanager
def tls_server(t, more=""):
    """Yields the server, the port of imap2s, and the certificate's path."""
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        certificate(t, directory)
        server = t.make_server(host.tls(directory) + more +
                               host.listener("imap2s", port, ssl="yes"))
        yield server, port, directory + "/cert"


def context_of(certificate, version=None):
    context = ssl.create_default_context(cafile=certificate)
    if version is not None:
        # The client takes what the server may not.
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    return context
