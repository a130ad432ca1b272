# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""LOGIN through PAM's service imap2 (examples/pam, examples/SERIES/pam.conf),
with real PAM modules. Accounts and services are the server's own: it sees them
in its mount namespace only."""

import ctypes
import imaplib
import os
import pathlib
import select
import time

import host
from imap2 import Lit
from imap4 import Witness

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def read(path):
    with open(path) as file:
        return file.read()


EXAMPLE = read(SOURCE + "/examples/pam/imap2")

# Beside what is installed: system users, whom IMAP4 has by the service dovecot.
BESIDE = host.CLEARTEXT_ALLOWED + """
service imap2-login {
  client_limit = 100
  process_limit = 1
  %s}
""" % host.REUSED + host.both(v23="""
auth_debug = yes
passdb {
  driver = pam
}
userdb {
  driver = passwd
}
""", v24="""
log_debug = category=auth
passdb pam {
}
userdb passwd {
}
""")
PAM_CONF = "%s/examples/%s/pam.conf" % (SOURCE, host.SERIES)
CONFIG = BESIDE + "!include %s\n" % PAM_CONF

# All that Dovecot takes: not NUL, and not what it has in its own protocols.
OCTETS = bytes(set(range(1, 256)) - set(b"\1\t\r\n"))
# {name: (password, what follows it in /etc/shadow)}
ACCOUNTS = {
    "ann": (b"correct-horse", "19000::::::"),
    "octets": (OCTETS, "19000::::::"),
    "expired": (b"correct-horse", "19000:::::19001:"),
    "aged": (b"correct-horse", "10:0:5::::"),
    "locked": (None, "19000::::::"),
}


def hashed(password):
    """As passwd(1) stores it."""
    if password is None:
        return "!"
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    return library.crypt(password, b"$6$rounds=1000$0123456789").decode()


ACCOUNT_REFUSED = r"pam_acct_mgmt\(\) failed"

OPTIONS = {
    "accounts": {
        "passwd": "".join(
            "%s:x:{uid}:{gid}::{dir}/home/%s:/bin/false\n" % (name, name)
            for name in ACCOUNTS),
        "shadow": "".join(
            "%s:%s:%s\n" % (name, hashed(password), rest)
            for name, (password, rest) in ACCOUNTS.items()),
    },
    "pam": {"imap2": EXAMPLE, "dovecot": EXAMPLE},
}


def prepare(server):
    for name in ACCOUNTS:
        server.make_home(name)


def use(t, *lines, service="imap2"):
    """Let the service be these lines from now on."""
    t.server.write("pam.d/" + service, "".join(
        line.format(scratch=t.server.dir + "/scratch") + "\n"
        for line in lines))


def script(t, name, text):
    path = t.server.write("scratch/" + name, "#!/bin/sh\n" + text)
    os.chmod(path, 0o755)
    return path


def attempt(t, user, password="correct-horse", **options):
    """Start a LOGIN."""
    client = t.connect(**options)
    client.start("LOGIN %s " % user, Lit(password))
    return client


def answers(clients):
    return [client.read_until_tagged() for client in clients]


def refused(t, user, **options):
    result = attempt(t, user, **options).read_until_tagged()
    assert result.state == "NO", result
    return result.text


def allowed(t, user, **options):
    result = attempt(t, user, **options).read_until_tagged()
    assert result.state == "OK", result


def answered(client):
    return bool(select.select([client.sock], [], [], 0)[0])


# The service as it is shipped

def test_login(t):
    use(t, EXAMPLE)
    for parts in (("LOGIN ann correct-horse",),
                  ('LOGIN "ann" "correct-horse"',),
                  ("LOGIN ", Lit("ann"), " ", Lit("correct-horse"))):
        client = t.connect()
        client.ok(*parts)
        client.select()
        client.logout()


def test_refusals_say_the_same(t):
    """Nobody learns from them whom there is."""
    use(t, EXAMPLE)
    clients = [attempt(t, user, "wrong")
               for user in ("ann", "locked", "expired", "aged", "nobody-here")]
    results = answers(clients)
    assert [result.state for result in results] == ["NO"] * 5, results
    assert len({result.text for result in results}) == 1, results
    assert "password" in results[0].text
    clients[0].ok("LOGIN ann correct-horse")


def test_password_to_be_changed(t):
    t.expect_log(ACCOUNT_REFUSED)
    use(t, EXAMPLE)
    assert "password or the account has expired" in refused(t, "aged")


def test_any_octet_in_a_password(t):
    use(t, EXAMPLE)
    allowed(t, "octets", password=OCTETS)


# Other services

def test_expired_account(t):
    """Debian's common-account makes a failure like any other of it; by itself
    the module says what it is."""
    t.expect_log(ACCOUNT_REFUSED)
    use(t, EXAMPLE)
    assert "expired" not in refused(t, "expired")
    use(t, "auth required pam_unix.so nodelay", "account required pam_unix.so")
    assert "expired" in refused(t, "expired")
    assert "expired" not in refused(t, "expired", password="wrong")
    allowed(t, "ann")


def test_account_phase_refuses(t):
    t.expect_log(ACCOUNT_REFUSED)
    for account in ("pam_deny.so", "pam_succeed_if.so quiet user != ann",
                    "pam_listfile.so item=user sense=allow onerr=fail "
                    "file=/dev/null"):
        use(t, "auth required pam_unix.so", "account required " + account)
        text = refused(t, "ann")
        use(t, "auth required pam_unix.so", "account required pam_permit.so")
        allowed(t, "ann")
        assert "password" in text, text


def test_addresses(t):
    """Modules see where the client is."""
    t.expect_log(ACCOUNT_REFUSED)
    access = t.server.write("scratch/access",
                            "+:ann:127.0.0.3\n-:ALL:ALL\n")
    use(t, "auth required pam_unix.so",
        "account required pam_access.so accessfile=" + access)
    refused(t, "ann")
    allowed(t, "ann", source="127.0.0.3")
    refused(t, "octets", password=OCTETS, source="127.0.0.3")


def test_what_modules_are_told(t):
    told = t.server.dir + "/scratch/told"
    tell = script(t, "tell", "echo $PAM_TYPE $PAM_SERVICE $PAM_USER "
                  "$PAM_RHOST $PAM_TTY >>%s\n" % told)
    use(t, "auth required pam_unix.so", "auth required pam_exec.so " + tell,
        "account required pam_exec.so " + tell)
    allowed(t, "ann")
    assert read(told) == "auth imap2 ann 127.0.0.1 dovecot\n" \
        "account imap2 ann 127.0.0.1 dovecot\n", read(told)


def test_service_of_its_own(t):
    """Neither does IMAP2 let in whom only other protocols may have, nor the
    other way round."""
    t.expect_log(ACCOUNT_REFUSED)
    open_door = ("auth required pam_unix.so", "account required pam_permit.so")
    closed_door = ("auth required pam_unix.so", "account required pam_deny.so")
    use(t, *closed_door)
    use(t, *open_door, service="dovecot")
    refused(t, "ann")
    imap4_login(t)
    use(t, *open_door)
    use(t, *closed_door, service="dovecot")
    allowed(t, "ann")
    try:
        imap4_login(t)
    except imaplib.IMAP4.error:
        return
    raise AssertionError("IMAP4 asks the service imap2")


def imap4_login(t):
    t.clients.append(Witness(t.server.ports["imap"], "ann", "correct-horse"))


def test_times(t):
    """As pam_time has them, for this service only."""
    t.expect_log(ACCOUNT_REFUSED)
    times = t.server.write("scratch/times", "imap2;*;ann;!Al0000-2400\n")
    lines = ("auth required pam_unix.so",
             "account required pam_time.so conffile=" + times)
    use(t, *lines)
    use(t, *lines, service="dovecot")
    refused(t, "ann")
    imap4_login(t)
    allowed(t, "octets", password=OCTETS)


def test_session_phase(t):
    """Where Dovecot is told to have one: it is over when the mail session
    begins, and who is refused there isn't logged in."""
    t.expect_log(r"pam_open_session\(\) failed")
    setting, value = host.both(("args = imap2", "args = session=yes imap2"),
                               ("service_name = imap2",
                                "service_name = imap2\n    session = yes"))
    text = read(PAM_CONF)
    assert setting in text
    server = t.make_server(BESIDE + text.replace(setting, value), **OPTIONS)
    prepare(server)
    told = server.dir + "/scratch/told"
    os.chmod(server.write("scratch/tell", "#!/bin/sh\n"
                          "echo $PAM_TYPE $PAM_USER >>%s\n" % told), 0o755)
    lines = "auth required pam_unix.so\naccount required pam_unix.so\n" \
        "session required pam_exec.so %s/scratch/tell\n" % server.dir
    server.write("pam.d/imap2", lines)
    t.connect(server).ok("LOGIN ann correct-horse")
    assert read(told) == "open_session ann\nclose_session ann\n", read(told)
    server.write("pam.d/imap2", lines + "session required pam_deny.so\n")
    t.connect(server).no("LOGIN ann correct-horse")
    server.wait_log(r"pam_open_session\(\) failed")


def test_modules_speak_to_nobody(t):
    """What they have to say isn't for the client."""
    t.expect_log(ACCOUNT_REFUSED)
    # What they write goes there.
    t.expect_log("auth-worker: Error: ")
    secret = t.server.write("scratch/message", "inner-workings\n")
    shout = script(t, "shout", "echo inner-workings; "
                   "echo inner-workings >&2; exit 1\n")
    for line in ("auth required pam_echo.so file=" + secret,
                 "auth required pam_nologin.so file=" + secret,
                 "auth required pam_exec.so stdout " + shout,
                 "account required pam_exec.so stdout " + shout):
        use(t, line, "auth required pam_unix.so nodelay")
        for password in "correct-horse", "wrong":
            client = attempt(t, "ann", password)
            result = client.read_until_tagged()
            assert result.data == [], result
            assert "inner" not in result.text, result


# Modules that take their time

def test_others_do_not_wait(t):
    """For a module that doesn't come to an end."""
    gate = t.server.dir + "/scratch/gate"
    wait = script(t, "wait", "until [ -e %s ]; do sleep 0.05; done\n" % gate)
    use(t, "auth required pam_unix.so",
        "auth [success=1 default=ignore] pam_succeed_if.so quiet user != ann",
        "auth required pam_exec.so " + wait,
        "account required pam_permit.so")
    waiting = [attempt(t, "ann") for _ in range(4)]
    leaver = attempt(t, "ann")
    time.sleep(0.2)
    leaver.close()
    allowed(t, "octets", password=OCTETS)
    t.connect().ok("NOOP")
    assert not any(map(answered, waiting))
    t.server.write("scratch/gate", "")
    for result in answers(waiting):
        assert result.state == "OK", result
    allowed(t, "ann")


def test_delay_after_a_failure(t):
    """As a module asks for."""
    use(t, "auth optional pam_faildelay.so delay=1500000",
        "auth required pam_unix.so nodelay", "account required pam_permit.so")
    begin = time.time()
    client = attempt(t, "ann", "wrong")
    allowed(t, "octets", password=OCTETS)
    assert client.read_until_tagged().state == "NO"
    # PAM itself takes up to a half off.
    assert time.time() - begin > 0.7
    client.ok("LOGIN ann correct-horse")


# What administrators see

def test_service_without_a_file(t):
    """PAM asks its service other, and the log names what is missing."""
    t.expect_log("pam.d/imap2 missing")
    server = t.make_server(CONFIG, accounts=OPTIONS["accounts"], pam={
        "dovecot": EXAMPLE, "other": "auth required pam_deny.so\n"})
    pathlib.Path(server.dir + "/pam.d/imap2").unlink(missing_ok=True)
    client = t.connect(server)
    client.no("LOGIN ann correct-horse")
    server.wait_log(r"/etc/pam.d/imap2 missing\?")


def test_log(t):
    """Debug messages included, and never a password."""
    use(t, EXAMPLE)
    start = len(t.server.log())
    client = attempt(t, "ann", "never-logged")
    assert client.read_until_tagged().state == "NO"
    client.ok("LOGIN ann correct-horse")
    t.server.wait_log(r"lookup service=imap2", start)
    t.server.wait_log(r"pam_authenticate\(\) failed", start)
    t.server.wait_log(r"%s: user=<ann>, method=PLAIN" % host.LOGGED_IN, start)
    for password in "never-logged", "correct-horse":
        assert password not in t.server.log()
