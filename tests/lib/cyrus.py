# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""A private throw-away Cyrus IMAP server on loopback, for what is to be tried
with an IMAP4 server that isn't Dovecot. Runs as the caller, or as nobody if
that is root; leaves no process and no file."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from dovecot import StartFailed, free_port
from unpacked import Unpacked

IMAPD = """\
configdirectory: {dir}/conf
partition-default: {dir}/spool
defaultpartition: default
cyrus_user: {name}
servername: localhost
unixhierarchysep: yes
altnamespace: yes
allowplaintext: yes
autocreate_quota: 0
autocreate_post: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {dir}/sasldb
tls_server_cert: {dir}/cert
tls_server_key: {dir}/key
"""

MASTER = """\
START {{
}}
SERVICES {{
  imap cmd="{imapd}" listen="127.0.0.1:{ports[imap]}"
  imaps cmd="{imapd} -s" listen="127.0.0.1:{ports[imaps]}"
}}
EVENTS {{
}}
"""


class Cyrus:
    def __init__(self, certificates, users, config=""):
        """certificates: directory with cert and key. users: {name:
        password}. config: more of imapd.conf."""
        self.package = Unpacked("cyrus")
        account = pwd.getpwuid(os.getuid() or pwd.getpwnam("nobody").pw_uid)
        self.owner = account.pw_uid, account.pw_gid
        self.ports = {"imap": free_port(), "imaps": free_port()}
        self.process = None
        self.dir = tempfile.mkdtemp(prefix="cyrus-", dir="/tmp")
        for name in ("conf", "conf/socket", "spool"):
            os.mkdir(os.path.join(self.dir, name))
        for name in ("cert", "key"):
            shutil.copy(os.path.join(certificates, name), self.dir)
        self.write("imapd.conf", IMAPD.format(dir=self.dir,
                                              name=account.pw_name) + config)
        self.write("cyrus.conf", MASTER.format(
            ports=self.ports, imapd="%s -C %s/imapd.conf" % (
                self.program("imapd"), self.dir)))
        for name, password in users.items():
            subprocess.run(
                [self.package.path("/usr/sbin/saslpasswd2"), "-p", "-c",
                 "-f", self.dir + "/sasldb", "-u", "localhost", name],
                input=password.encode(), check=True,
                env=self.package.environment())
        if os.getuid() == 0:
            for top, directories, files in os.walk(self.dir):
                for name in [""] + files:
                    os.chown(os.path.join(top, name), *self.owner)

    def program(self, name):
        return self.package.path("/usr/lib/cyrus/bin/" + name)

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w") as file:
            file.write(text)

    def start(self):
        identity = {}
        if os.getuid() == 0:
            identity = {"user": self.owner[0], "group": self.owner[1],
                        "extra_groups": []}
        with open(self.dir + "/output", "w") as output:
            self.process = subprocess.Popen(
                [self.program("master"), "-D", "-C", self.dir + "/imapd.conf",
                 "-M", self.dir + "/cyrus.conf", "-p", self.dir + "/pid"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, env=self.package.environment(),
                **identity)
        deadline = time.time() + 30
        while not self.answers():
            if self.process.poll() is not None or time.time() > deadline:
                with open(self.dir + "/output") as output:
                    raise StartFailed("Cyrus didn't come up: " +
                                      output.read())
            time.sleep(0.05)
        return self

    def answers(self):
        try:
            with socket.create_connection(
                    ("127.0.0.1", self.ports["imap"]), 1) as sock:
                return sock.recv(1) == b"*"
        except OSError:
            return False

    def halt(self):
        """All its processes, connections and listeners."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        if self.process is not None:
            self.halt()
        shutil.rmtree(self.dir)
