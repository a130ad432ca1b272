#!/usr/bin/env python3
# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Debian's stock /etc/dovecot plus the installed files, and nothing else,
serves IMAP2 on 127.0.0.1 and ::1 port 1143 while imap and pop3 of the same
Dovecot go on; without the two drop-ins it is gone. In between, what the
drop-in has in comments, uncommented, with TLS and port 143 of another address.

The real paths, ports and PAM are used, in mount, network and process
namespaces of the test's own: the machine's are not touched.
"""

import imaplib
import os
import poplib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from common import SOURCE, finished_build, host, read, skip, uncommented, write
from machine import loopback_up

USER, PASSWORD, UID = "imap2stock", "open sesame", 54321
DROP_INS = ("/etc/dovecot/conf.d/20-imap2.conf",
            "/usr/share/dovecot/protocols.d/imap2d.protocol")
MESSAGE = b"From: a@example\r\nSubject: from imap\r\n\r\nhello\r\n"


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


# -- the machine that the test sees ------------------------------------------

def replace(path, work, change=None):
    """Bind a private copy over path; change() may alter it before."""
    copy = work + path
    os.makedirs(os.path.dirname(copy), exist_ok=True)
    run("cp", "-a", path, copy)
    if change:
        change(copy)
    run("mount", "--bind", copy, path)


def stock_configuration(directory):
    """What a fresh installation has, whatever is in this one."""
    shutil.rmtree(directory)
    os.mkdir(directory, 0o755)
    shutil.copy("/usr/share/dovecot/dovecot.conf", directory)
    shutil.copytree("/usr/share/dovecot/conf.d", directory + "/conf.d")
    private = directory + "/private"
    os.mkdir(private, 0o700)
    # On a fresh installation these are of the package ssl-cert.
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048",
                    "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-keyout", private + "/dovecot.key",
                    "-out", private + "/dovecot.pem"],
                   check=True, stderr=subprocess.DEVNULL)


def append(line):
    def change(path):
        with open(path, "a") as file:
            file.write(line + "\n")
    return change


def private_dev(work):
    """A /dev without the machine's /dev/log."""
    names = ("null", "zero", "full", "random", "urandom")
    for name in names:
        open(work + "/dev-" + name, "w").close()
        run("mount", "--bind", "/dev/" + name, work + "/dev-" + name)
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/dev")
    for name in names:
        open("/dev/" + name, "w").close()
        run("mount", "--bind", work + "/dev-" + name, "/dev/" + name)


def enter_machine(work):
    run("mount", "-t", "proc", "proc", "/proc")
    loopback_up()
    private_dev(work)
    hashed = subprocess.run(["openssl", "passwd", "-6", PASSWORD], check=True,
                            capture_output=True, text=True).stdout.strip()
    home = work + "/home"
    os.mkdir(home)
    os.chown(home, UID, UID)
    replace("/etc/passwd", work, append(
        "%s:x:%d:%d::%s:/bin/false" % (USER, UID, UID, home)))
    replace("/etc/group", work, append("%s:x:%d:" % (USER, UID)))
    replace("/etc/shadow", work, append("%s:%s:19000::::::" % (USER, hashed)))
    replace("/etc/dovecot", work, stock_configuration)
    replace("/usr/lib/dovecot", work)
    replace("/usr/share/dovecot", work)
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/var/lib/dovecot")
    run("mount", "-t", "tmpfs", "-o", "mode=2775,gid=mail", "tmpfs",
        "/var/mail")


class Syslog:
    """Keeps what is sent to /dev/log."""

    def __init__(self):
        self.lines = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("/dev/log")
        os.chmod("/dev/log", 0o666)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            data = self.socket.recv(65536)
            self.lines.append(data.decode(errors="replace").rstrip("\0\n"))

    def expect(self, text):
        """Logging is asynchronous."""
        deadline = time.monotonic() + 10
        while not any(text in line for line in self.lines):
            assert time.monotonic() < deadline, "not logged: " + text
            time.sleep(0.05)


# -- the three protocols -----------------------------------------------------

def imap2(address, port, tls=False):
    """A whole session; returns its lines."""
    lines = []
    sock = socket.create_connection((address, port), timeout=20)
    if tls:
        sock = ssl._create_unverified_context().wrap_socket(sock)
    with sock, sock.makefile("rwb") as stream:
        def read(until):
            while True:
                line = stream.readline().decode().rstrip("\r\n")
                assert line, "disconnected, expected " + until
                lines.append(line)
                if line.startswith(until):
                    return line

        def command(tag, text):
            stream.write(("%s %s\r\n" % (tag, text)).encode())
            stream.flush()
            answer = read(tag + " ")
            assert answer.startswith(tag + " OK"), answer

        read("* OK")
        command("a1", 'LOGIN %s "%s"' % (USER, PASSWORD))
        command("a2", "SELECT INBOX")
        command("a3", "FETCH 1 (ENVELOPE RFC822.SIZE)")
        command("a4", "LOGOUT")
        assert stream.readline() == b""
    return lines


def imap():
    with imaplib.IMAP4("127.0.0.1", timeout=20) as client:
        client.login(USER, PASSWORD)
        assert client.select("INBOX")[0] == "OK"
        assert client.append("INBOX", None, None, MESSAGE)[0] == "OK"
        return int(client.select("INBOX")[1][0])


def pop3():
    client = poplib.POP3("127.0.0.1", timeout=20)
    client.user(USER)
    client.pass_(PASSWORD)
    count = client.stat()[0]
    client.quit()
    return count


def listens(address, port):
    try:
        socket.create_connection((address, port), timeout=5).close()
        return True
    except ConnectionRefusedError:
        return False


def wait_for(condition, what):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def imap2_sees_mail(address, port=1143, tls=False):
    text = "\n".join(imap2(address, port, tls))
    assert "* 1 EXISTS" in text, text
    assert "from imap" in text, text


def edit(path, old, new):
    text = read(path)
    assert old in text, "%s has no %s" % (path, old)
    write(path, text.replace(old, new))


def uncomment_all():
    """In the drop-in, with addresses for its examples that are there; and
    what they ask for in 10-master.conf: imap-login not on all addresses.
    (Connections to 127.0.0.2 come from 127.0.0.1, which for Dovecot is
    elsewhere.)"""
    write(DROP_INS[0], uncommented(read(DROP_INS[0])))
    edit(DROP_INS[0], "192.0.2.", "127.0.0.")
    edit("/etc/dovecot/conf.d/10-master.conf", "inet_listener imap {",
         "inet_listener imap {\n    %s = 127.0.0.1 ::1" %
         host.both("address", "listen"))


def check_all(work, addresses):
    log = Syslog()
    master = subprocess.Popen(["dovecot", "-F"])
    try:
        print("stock Dovecot")
        for port in 143, 110:
            wait_for(lambda: listens("127.0.0.1", port),
                     "nothing on port %d" % port)
        assert not listens("127.0.0.1", 1143)

        print("installed: imap, pop3 and imap2 of one Dovecot")
        # The config process knows the modules that were there when it began.
        master.terminate()
        master.wait(20)
        run("cp", "-a", work + "/installed/.", "/")
        master = subprocess.Popen(["dovecot", "-F"])
        for port in 1143, 143, 110:
            wait_for(lambda: listens("127.0.0.1", port),
                     "nothing on port %d" % port)
        assert imap() == 1
        assert pop3() == 1
        for address in addresses:
            imap2_sees_mail(address)
        log.expect("imap2-login: %s: user=<%s>" % (host.LOGGED_IN, USER))
        log.expect("imap2(%s)" % USER)

        print("TLS, and port 143 of another address")
        uncomment_all()
        run("doveadm", "reload")
        for address, port in (("127.0.0.1", 1993), ("127.0.0.2", 143)):
            wait_for(lambda: listens(address, port), "nothing on %s port %d" %
                     (address, port))
        imap2_sees_mail("127.0.0.1", 1993, tls=True)
        imap2_sees_mail("127.0.0.2", 143)
        imap2_sees_mail("127.0.0.1")
        assert imap() == 2

        print("without the drop-ins")
        for path in DROP_INS:
            os.unlink(path)
        run("doveadm", "reload")
        wait_for(lambda: not listens("127.0.0.1", 1143),
                 "IMAP2 is still there")
        wait_for(lambda: listens("127.0.0.1", 143), "no imap")
        assert imap() == 3
        assert pop3() == 3
        for address in addresses:
            assert not listens(address, 1143)
        for line in log.lines:
            # The others' processes may complain of being stopped in the middle
            # of their start, all of them of stats after a reload.
            if re.search("dovecot: (imap2|imap2-login|config|master)[:(]",
                         line) and "unix:stats-writer" not in line:
                for bad in ("Error:", "Fatal:", "Panic:"):
                    assert bad not in line, line
    except BaseException:
        print("\n".join(log.lines))
        raise
    finally:
        master.terminate()
        master.wait(20)


def inside(work):
    enter_machine(work)
    check_all(work, ["127.0.0.1", "::1"])


# -- outside -----------------------------------------------------------------

def install(work):
    subprocess.run(["make", "-s", "install", "DESTDIR=%s/installed" % work,
                    "mandir=/usr/lib/dovecot/man"],
                   cwd=finished_build(work), check=True,
                   stdout=subprocess.DEVNULL)


def main():
    if os.getuid() != 0:
        skip("needs root: Dovecot on its own ports with PAM")
    for program in ("openssl", "unshare"):
        if not shutil.which(program):
            skip("needs " + program)
    for program in ("imap-login", "pop3-login"):
        if not os.path.exists("/usr/lib/dovecot/" + program):
            skip("needs Dovecot's " + program)
    # Not private to its owner: mail is opened as the user.
    with tempfile.TemporaryDirectory(prefix="imap2-stock.") as work:
        os.chmod(work, 0o755)
        install(work)
        result = subprocess.run(
            ["unshare", "--net", "--pid", "--fork", "--kill-child",
             sys.executable, "-B", SOURCE + "/tests/lib/namespace.py", "--",
             sys.executable, os.path.abspath(__file__), work])
    sys.exit(result.returncode)


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if len(sys.argv) > 1:
        inside(sys.argv[1])
    else:
        main()
