# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""A private throw-away Dovecot with the imap2 module, on loopback.

    with Dovecot(build) as server:
        server.ports["imap2"], server.fresh_user(), server.doveadm("who")

Nothing of the system's own Dovecot is used but its programs: configuration,
sockets, logs and mail live in a directory of its own under /tmp, and
Dovecot's settings modules are overlaid in a mount namespace (the path of
that directory is compiled into Dovecot). stop() leaves no process, no
mount and no file.

Root runs it as postmasters do: master as root, login processes chrooted, mail
as an unprivileged user. Anybody else, and root where the mail is root's own
(Dovecot never opens mail as uid 0), runs all of it as one user in a user
namespace.
"""

import errno
import glob
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import host
import namespace
from host import NotPossible, find_program

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = ("libimap2_settings.so", "libimap2_login_settings.so")
# Of mail that root's Dovecot makes: a number that no account has.
MAIL_ID = 54321
PASSWORD = "secret"
USERS_PER_FORMAT = {"maildir": 99, "sdbox": 9, "mdbox": 9, "mbox": 9}
PROTOCOLS = ("imap2", "imap", "pop3")
# How many seconds to wait for what must happen. Only who waits in vain waits
# so long, and busy machines need a lot at times.
PATIENCE = 60

IMAP2 = """\
service imap2-login {{
  executable = {login}
  inet_listener imap2 {{
    port = {ports[imap2]}
  }}
}}
service imap2 {{
  executable = {session}
}}
"""

OTHERS = """\
service imap-login {{
  inet_listener imap {{
    port = {ports[imap]}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {ports[pop3]}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
"""

# Everything as one user who isn't root: no chroot, no other users. Dovecot
# wants names for them, which its namespace's own passwd and group files have.
ROOTLESS_NAME = "imap2-private"
ROOTLESS = """\
default_internal_user = {name}
default_internal_group = {name}
default_login_user = {name}
"""
NO_CHROOT = "service %s {\n  chroot =\n}\n"


class StartFailed(Exception):
    """Dovecot didn't come up; has the end of its log."""


# Below those that systems give to whoever asks for none in particular.
PORTS = range(10000, 32768)
held_ports = []


def free_port():
    """A port that nobody listens on, and no other test gets until this program
    ends: servers begin to listen only later."""
    while True:
        port = secrets.choice(PORTS)
        # UDP isn't used by any server: who has this one has the port.
        sign = socket.socket(type=socket.SOCK_DGRAM)
        try:
            sign.bind(("127.0.0.1", port))
            # An attempt, on all addresses.
            socket.create_server(("", port)).close()
        except OSError as error:
            sign.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            held_ports.append(sign)
            return port


def module_dir():
    """Where Dovecot's config process looks for settings modules."""
    for path in glob.glob("/usr/lib*/dovecot/modules"):
        return os.path.join(path, "settings")
    raise NotPossible("Dovecot's module directory wasn't found: install "
                      "Debian's dovecot-core")


def processes_in(mount_namespaces):
    """Process ids in mount namespaces, given as their inode numbers."""
    pids = []
    for path in glob.glob("/proc/[0-9]*/ns/mnt"):
        try:
            if os.stat(path).st_ino in mount_namespaces:
                pids.append(int(path.split("/")[2]))
        except OSError:
            pass
    return pids


class Dovecot:
    def __init__(self, build=None, config="", mail=None, users=None,
                 ports=None, wrap=None, vsz_limit=None, environment=None,
                 accounts=None, pam=None, keep=False):
        """build: directory of the built module, None for a Dovecot without
        it. config: appended to the configuration. mail: an existing Maildir
        to serve to every user of `users`. users: {name: password} instead of
        fresh users; passwords may be bytes. ports: {"imap2": n, ...}, others
        are chosen. wrap: {"imap2": path of a program run in its place}.
        environment: variables also seen by Dovecot's processes. accounts:
        {"passwd": lines} that it sees before the machine's in that file of
        /etc, "shadow" in their place, with {dir}, {uid} and {gid} of the mail.
        pam: {service: text} that it sees in /etc/pam.d beside the machine's;
        kept in dir/pam.d."""
        self.build = build and os.path.abspath(build)
        self.extra_config = config
        self.mail = mail and os.path.abspath(mail)
        self.users = users
        self.wanted_ports = ports or {}
        self.wrap = wrap or {}
        self.vsz_limit = vsz_limit or "256M"
        self.environment = environment or {}
        self.accounts = accounts or {}
        self.pam = pam
        self.keep = keep
        self.process = None
        # Of all that were launched: open files, because the number of a
        # namespace that is gone may soon be that of somebody else's.
        self.namespaces = []
        self.last_log = ""      # after stop()
        self.dir = None
        self.restore = []
        self.next_user = {name: 0 for name in USERS_PER_FORMAT}

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *exc):
        self.stop()

    # Whom to run as

    def choose_owner(self):
        """Sets rootless, and owner: outer (uid, gid) of the mail; inner: what
        Dovecot sees of it."""
        self.owner = self.inner = (os.getuid(), os.getgid())
        self.rootless = os.getuid() != 0
        if not self.rootless:
            self.owner = self.inner = (MAIL_ID, MAIL_ID)
            if self.mail is not None:
                self.choose_root_owner(os.stat(self.mail))
        if not namespace.available(user=self.rootless):
            raise NotPossible(
                "this %s: run it as root with the capability CAP_SYS_ADMIN, "
                "or where unprivileged user namespaces are allowed" %
                ("user may not make user namespaces" if self.rootless else
                 "root may not make mount namespaces"))

    def choose_root_owner(self, stat):
        if stat.st_uid != 0:
            self.owner = self.inner = (stat.st_uid, stat.st_gid)
        elif namespace.available(user=True):
            self.rootless = True
            self.owner, self.inner = (0, 0), (MAIL_ID, MAIL_ID)
        else:
            # In a chroot: user namespaces are never allowed there.
            sys.stderr.write(
                "note: %s is root's, and Dovecot opens no mail as root: its "
                "files belong to uid %d until the server stops\n" %
                (self.mail, MAIL_ID))
            self.lend_mail()

    def lend_mail(self):
        """Change the owner of the Maildir, to be undone by stop()."""
        for path in self.mail_paths():
            stat = os.lstat(path)
            self.restore.append((path, stat.st_uid, stat.st_gid))
            os.lchown(path, *self.owner)

    def mail_paths(self):
        yield self.mail
        for top, dirs, files in os.walk(self.mail):
            for name in dirs + files:
                yield os.path.join(top, name)

    def give_mail_back(self):
        known = {path: (uid, gid) for path, uid, gid in self.restore}
        _, uid, gid = self.restore[0]
        for path in self.mail_paths():
            # Files made or renamed meanwhile are the Maildir owner's.
            stat = os.lstat(path)
            wanted = known.get(path, (uid, gid))
            if (stat.st_uid, stat.st_gid) != wanted and \
                    (path in known or stat.st_uid == self.owner[0]):
                os.lchown(path, *wanted)
        self.restore = []

    # Files

    def make_dir(self, name, mode=0o755, owner=None):
        path = os.path.join(self.dir, name)
        os.mkdir(path)
        os.chmod(path, mode)
        if owner is not None and os.getuid() == 0:
            os.chown(path, *owner)
        return path

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def make_files(self):
        # Unix sockets have short paths.
        top = tempfile.gettempdir()
        self.dir = tempfile.mkdtemp(prefix="imap2-",
                                    dir=top if len(top) < 40 else "/tmp")
        os.chmod(self.dir, 0o755)
        for name in ("run", "state"):
            self.make_dir(name)
        self.make_dir("home", owner=self.owner)
        self.make_dir("public", owner=self.owner)
        self.make_dir("scratch", mode=0o1777)
        self.make_modules()
        self.make_accounts()
        if self.pam is not None:
            self.make_pam()
        self.make_users()
        self.config = self.write("dovecot.conf", self.make_config())

    def make_modules(self):
        self.binds = []
        if self.build is not None:
            target = module_dir()
            if not os.path.isdir(target):
                raise NotPossible("%s doesn't exist: install Debian's "
                                  "dovecot-core" % target)
            modules = os.path.join(self.dir, "settings")
            shutil.copytree(target, modules)
            for name in MODULES:
                shutil.copy(os.path.join(self.build, name), modules)
            self.binds.append((modules, target))
        if self.mail is not None:
            self.make_dir("mail")
            self.binds.append((self.mail, self.dir + "/mail"))

    def make_accounts(self):
        uid, gid = self.inner
        accounts = {name: lines.format(dir=self.dir, uid=uid, gid=gid)
                    for name, lines in self.accounts.items()}
        if self.rootless:
            for name, line in (
                    ("passwd", "%s:x:%d:%d::/:/bin/false\n" %
                     (ROOTLESS_NAME, uid, gid)),
                    ("group", "%s:x:%d:\n" % (ROOTLESS_NAME, gid))):
                accounts[name] = line + accounts.get(name, "")
        for name, lines in accounts.items():
            if name != "shadow":
                with open("/etc/" + name) as file:
                    lines += file.read()
            self.binds.append((self.write(name, lines), "/etc/" + name))

    def make_pam(self):
        services = os.path.join(self.dir, "pam.d")
        shutil.copytree("/etc/pam.d", services)
        for name, text in self.pam.items():
            self.write("pam.d/" + name, text)
        self.binds.append((services, "/etc/pam.d"))
        # PAM modules tell of failures there.
        syslog = os.path.realpath("/dev/log")
        if os.path.exists(syslog):
            self.binds.append((self.write("syslog", ""), syslog))

    def make_users(self):
        if self.users is None:
            accounts = [(self.user_name(name, number), PASSWORD, fields)
                        for name, fields in host.FORMATS.items()
                        for number in range(1, USERS_PER_FORMAT[name] + 1)]
        else:
            fields = host.FORMATS["maildir"]
            if self.mail is not None:
                fields = host.FOREIGN_MAILDIR.format(
                    mail=self.dir + "/mail", index=self.home("index"))
            accounts = [(name, password, fields)
                        for name, password in self.users.items()]
        self.write("users", "".join(
            "%s:{PLAIN.HEX}%s:%d:%d::%s/home/%s::%s\n" % (
                name, os.fsencode(password).hex(), self.inner[0],
                self.inner[1], self.dir, name, fields)
            for name, password, fields in accounts))

    @staticmethod
    def user_name(format, number):
        return "%s%d" % ("user" if format == "maildir" else format, number)

    def make_config(self):
        self.ports = {name: self.wanted_ports.get(name) or free_port()
                      for name in PROTOCOLS}
        names = PROTOCOLS if self.build is not None else PROTOCOLS[1:]
        config = host.CONFIG.format(
            version=host.VERSION, dir=self.dir, protocols=" ".join(names),
            vsz_limit=self.vsz_limit)
        config += OTHERS.format(ports=self.ports)
        if self.build is not None:
            config += IMAP2.format(ports=self.ports, **{
                key: self.wrap.get(name, os.path.join(self.build, name))
                for key, name in (("login", "imap2-login"),
                                  ("session", "imap2"))})
        if self.rootless:
            config += ROOTLESS.format(name=ROOTLESS_NAME)
            for name in host.CHROOTED + tuple(
                    protocol + "-login" for protocol in names):
                config += NO_CHROOT % name
        if self.environment:
            config += host.environment(self.environment)
        return config + self.extra_config.replace("{dir}", self.dir)

    # Life

    def start(self):
        self.choose_owner()
        self.make_files()
        return self.launch()

    def launch(self):
        """Also once more, with the same files, when the master is gone."""
        command = [sys.executable, os.path.join(HERE, "namespace.py")]
        if self.rootless:
            command += ["--uid", str(self.inner[0]),
                        "--gid", str(self.inner[1])]
        for bind in self.binds:
            command += ["--bind", "%s:%s" % bind]
        command += ["--", find_program("dovecot"), "-F", "-c", self.config]
        with open(self.dir + "/output", "ab") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, start_new_session=True)
        self.wait_ready(time.time() + PATIENCE)
        self.namespaces.append(os.open(
            "/proc/%d/ns/mnt" % self.process.pid, os.O_RDONLY))
        return self

    def cut(self):
        """Kill all processes, as when the power is cut."""
        while self.processes():
            for pid in self.processes():
                self.kill(pid, signal.SIGKILL)
        self.process.wait()

    def wait_ready(self, deadline):
        waiting = [self.ports[name] for name in PROTOCOLS
                   if name != "imap2" or self.build is not None]
        while waiting:
            if self.process.poll() is not None or time.time() > deadline:
                raise StartFailed("Dovecot didn't come up:\n" + self.tail())
            if self.answers(waiting[0]):
                waiting.pop(0)
            else:
                time.sleep(0.02)

    @staticmethod
    def answers(port):
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as sock:
                sock.settimeout(10)
                return sock.recv(1) in (b"*", b"+")
        except OSError:
            return False

    def stop(self):
        if self.process is not None:
            self.stop_processes()
            self.last_log = self.log()
        if self.restore:
            self.give_mail_back()
        if self.dir is not None and not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)
            self.dir = None

    def stop_processes(self):
        self.process.send_signal(signal.SIGTERM)
        deadline = time.time() + 10
        while self.process.poll() is None and time.time() < deadline:
            if self.master_only_waits():
                break
            time.sleep(0.02)
        self.process.kill()
        self.process.wait()
        self.process = None
        # Sessions may outlive their master for a minute.
        self.kill_rest(signal.SIGTERM, 5)
        self.kill_rest(signal.SIGKILL, 5)
        while self.namespaces:
            os.close(self.namespaces.pop())

    def master_only_waits(self):
        """Whether all are gone, buried and told of but those who write the log:
        2.3 always sleeps for another second then."""
        pid = self.process.pid
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
                children = [self.program(child)
                            for child in file.read().split()]
        except OSError:
            return False
        return set(children) <= {"log"}

    @staticmethod
    def program(pid):
        """The name of what a process runs, under valgrind too."""
        with open("/proc/%s/comm" % pid) as file:
            name = file.read().strip()
        if name.startswith("memcheck"):
            with open("/proc/%s/cmdline" % pid) as file:
                for argument in file.read().split("\0"):
                    if os.path.basename(argument) in ("imap2", "imap2-login"):
                        return os.path.basename(argument)
        return name

    def kill_rest(self, number, seconds):
        deadline = time.time() + seconds
        signalled = set()
        while time.time() < deadline:
            left = self.processes()
            if not left:
                return
            for pid in set(left) - signalled:
                signalled.add(pid)
                self.kill(pid, number)
            time.sleep(0.02)

    @staticmethod
    def kill(pid, number):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    # What tests ask

    def fresh_user(self, format="maildir"):
        """The name of a user nobody has used yet."""
        self.next_user[format] += 1
        number = self.next_user[format]
        if number > USERS_PER_FORMAT[format]:
            raise AssertionError("no more %s users" % format)
        name = self.user_name(format, number)
        self.make_home(name)
        return name

    def home(self, user):
        return "%s/home/%s" % (self.dir, user)

    def make_home(self, user):
        os.mkdir(self.home(user))
        self.give(self.home(user))

    def give(self, path):
        """Make a file or directory the mail user's."""
        if os.getuid() == 0:
            os.chown(path, *self.owner)

    def log(self):
        path = self.dir + "/log"
        if not os.path.exists(path):
            return ""
        with open(path, errors="replace") as file:
            return file.read()

    def wait_log(self, pattern, start=0, seconds=PATIENCE):
        """The match of a regular expression in the log, from offset start."""
        deadline = time.time() + seconds
        while True:
            found = re.search(pattern, self.log()[start:])
            if found:
                return found
            if time.time() > deadline:
                raise AssertionError("not logged: %s\n%s" % (
                    pattern, self.log()[start:][-3000:]))
            time.sleep(0.05)

    def session_of(self, user, start=0, protocol="imap2"):
        """Process and session id of a user's last login, of those logged from
        offset start."""
        pattern = r"%s-login: Info: %s: user=<%s>.* mpid=(\d+),.* " \
            r"session=<([^>]+)>" % (protocol, host.LOGGED_IN, user)
        self.wait_log(pattern, start)
        pid, session = re.findall(pattern, self.log()[start:])[-1]
        return int(pid), session

    def tail(self, lines=30):
        text = ""
        for name in ("output", "log"):
            path = os.path.join(self.dir, name)
            if os.path.exists(path):
                with open(path, errors="replace") as file:
                    text += "".join(file.readlines()[-lines:])
        return text or "(nothing was logged)"

    def inside(self, *command, root=False):
        """The command that runs this one in the namespace, as the mail user or
        (if anybody is) as root."""
        # -r: in a chroot the namespace's own root is another. -w: and there
        # the working directory must be one.
        enter = ["nsenter", "-t", str(self.process.pid), "-m", "-r", "-w"]
        if self.rootless:
            enter += ["-U", "--preserve-credentials"]
        elif not root:
            enter += ["-S", str(self.owner[0]), "-G", str(self.owner[1])]
        return enter + list(command)

    def run(self, program, *args, input=None, check=True, timeout=60):
        """Run doveadm or doveconf, or any program, in the namespace."""
        if program in ("doveadm", "doveconf"):
            args = ("-c", self.config) + args
        done = subprocess.run(self.inside(find_program(program), *args,
                                          root=True),
                              input=input, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError("%s %s: %s" % (
                program, " ".join(args), done.stderr.decode()))
        return done.stdout.decode(errors="replace")

    def doveadm(self, *args, **options):
        return self.run("doveadm", *args, **options)

    def deliver(self, user, message, mailbox="INBOX"):
        """By dovecot-lda, which begins a mail's way into the mailbox where
        other programs' work ends."""
        # -e: what is refused isn't sent back by mail.
        self.run(os.path.dirname(os.path.dirname(module_dir())) +
                 "/dovecot-lda", "-c", self.config, "-d", user, "-m", mailbox,
                 "-e", "-f", "sender@example.org", input=message)

    def processes(self):
        return processes_in({os.fstat(descriptor).st_ino
                             for descriptor in self.namespaces})

    def session_pids(self, name="imap2"):
        """Processes of a service by the name of their program."""
        pids = []
        for pid in self.processes():
            try:
                if self.program(pid) == name:
                    pids.append(pid)
            except OSError:
                pass
        return pids
