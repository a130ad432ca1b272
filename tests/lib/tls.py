# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Certificates for tests."""

import os
import shutil
import subprocess


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
