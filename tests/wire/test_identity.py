# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""User names and passwords, in every form that LOGIN has for them (RFC 1176
p.9, p.10), and that passwords are never seen."""

import os
import re

import host
import mail
from imap2 import Lit

# All but NUL, and what Dovecot refuses in any password: its own protocols use
# them.
REFUSED_OCTETS = b"\1\t\r\n"
OCTETS = bytes(set(range(1, 256)) - set(REFUSED_OCTETS))
# Without what ends the form (p.9; "%" and "\" are accepted from clients).
QUOTABLE = OCTETS.replace(b'"', b"")
ATOM = QUOTABLE.replace(b" ", b"").replace(b"{", b"")
# Few enough octets for a command of 4096 (module/login/client.c).
LONG = "x" * 4000
COMMAND_MAX = 4096

USERS = {
    "ann": "sesame",
    "ann@example.org": "sesame",
    "ann@example.net": "other sesame",
    "octets": OCTETS,
    "quotable": QUOTABLE,
    "atom": ATOM,
    "long": LONG,
    "name" * 50: "sesame",
}
OPTIONS = {"users": USERS}

# Who may be any user: as ann*chief, with the password of chief.
CONFIG = """
auth_master_user_separator = *
service imap2-login {
  client_limit = 200
  process_limit = 1
  %s}
""" % host.REUSED + host.both(v23="""
auth_debug = yes
auth_verbose = yes
mail_debug = yes
verbose_proctitle = yes
passdb {
  driver = static
  args = password=master-sesame
  username_filter = chief
  master = yes
  result_success = continue
}
""", v24="""
log_debug = category=auth or category=imap2 or category=imap2-login
auth_verbose = yes
verbose_proctitle = yes
passdb chief {
  driver = static
  static_password = master-sesame
  username_filter = chief
  master = yes
  result_success = continue
}
""") + """
protocol imap2 {
  rawlog_dir = %{home}/rawlog
}
"""


def prepare(server):
    for name in USERS:
        server.make_home(name)


def forms(string):
    """How LOGIN may carry a string: any, if it has none of p.9's specials."""
    return (string, '"%s"' % string, Lit(string))


def logs_in(t, user, *parts, server=None):
    """Who it is, is seen in the log."""
    server = server or t.server
    client = t.connect(server)
    start = len(server.log())
    client.ok("LOGIN ", *parts, wait=False)
    server.session_of(user, start)
    return client


def results_of(t, attempts):
    """Of many a LOGIN, at once: failures take their time."""
    clients = [t.connect() for _ in attempts]
    for client, parts in zip(clients, attempts):
        client.start("LOGIN ", *parts, wait=False)
    return [client.read_until_tagged() for client in clients]


def refused(t, *attempts):
    """All in the same words, so that nobody learns from them."""
    results = results_of(t, attempts + (("nobody sesame",),))
    for result, parts in zip(results, attempts):
        assert result.state == "NO" and result.data == [], (parts, result)
    assert len({result.text for result in results}) == 1, results


# User names

def test_domains(t):
    """The same name in several domains is several users."""
    for user in "ann", "ann@example.org", "ann@example.net":
        for form in forms(user):
            logs_in(t, user, form, " ", Lit(USERS[user])).logout()
    refused(t, ("ann@example.net sesame",), ("ann@example.com sesame",))


def test_mailboxes_of_domains(t):
    for count, user in enumerate(("ann", "ann@example.org"), 1):
        maildir = t.maildir(user)
        for number in range(count):
            maildir.add(mail.simple(number))
        client = logs_in(t, user, user, " sesame")
        assert client.select().numbers("EXISTS") == [count]


def test_letters(t):
    """auth_username_format has names in lower case. Passwords are as given."""
    for name in "ANN", "Ann":
        for form in forms(name):
            logs_in(t, "ann", form, " sesame").logout()
    logs_in(t, "ann@example.org", "Ann@Example.ORG sesame").logout()
    refused(t, ("ann SESAME",))


def test_master_user(t):
    for user in "ann", "ann@example.org":
        for form in forms(user + "*chief"):
            client = logs_in(t, user, form, ' "master-sesame"')
            assert user in t.server.doveadm("who")
            client.logout()
    refused(t, ("ann*chief sesame",), ("ann*chief wrong",),
            ("ann* master-sesame",), ("*chief master-sesame",),
            ("chief master-sesame",), ("ann master-sesame",),
            ("nobody*chief sesame",))
    # Who has the right password may know.
    for user in "nobody*chief", "ann*chief*chief":
        t.connect().no("LOGIN %s master-sesame" % user)


def test_characters_that_names_do_not_have(t):
    """auth_username_chars."""
    refused(t, *((Lit(name), " sesame") for name in (
        "ann smith", "ann!", "ann'", 'a"n', "ann;", "an\\n", "ann%", "{ann}",
        "../ann", "ann/", "ann\t", "ann\r\n", "ann\1", "ann\x7f", "\u00e4nn",
        b"\xff\xfe", " ann", "ann ", "")))
    t.server.wait_log("auth_username_chars")


def test_names_of_any_characters(t):
    """If the administrator allows them."""
    users = {name: "sesame" for name in (
        "ann smith", "{brace}", "b\u00e9a", "(list)", "*star*", "!;&|$")}
    server = t.make_server("auth_username_chars =\n", users=users)
    for name in users:
        server.make_home(name)
        client = t.connect(server)
        client.ok("LOGIN ", Lit(name), " sesame")
        client.select()
        assert name in server.doveadm("who")
        client.logout()


def test_names_without_a_domain(t):
    """They get the one that the administrator chose."""
    server = t.make_server(host.both(
        v23="auth_default_realm = example.org\n",
        v24="auth_default_domain = example.org\n"), users=USERS)
    for user in "ann@example.org", "ann@example.net":
        server.make_home(user)
    for name, user in (("ann", "ann@example.org"), ("ANN", "ann@example.org"),
                       ("ann@example.net", "ann@example.net")):
        logs_in(t, user, name, " ", Lit(USERS[user]), server=server).logout()


# Passwords

def test_any_octet(t):
    for wait in True, False:
        t.connect().ok("LOGIN octets ", Lit(OCTETS), wait=wait)
    refused(t, *(("octets ", Lit(octets)) for octets in (
        OCTETS[1:], OCTETS[:-1], OCTETS.replace(b"\x80", b""),
        OCTETS.replace(b"\xff", b"\x7f"), OCTETS.lower(), OCTETS + b" ")))


def test_any_octet_without_a_literal(t):
    t.connect().ok("LOGIN quotable ", b'"' + QUOTABLE + b'"')
    t.connect().ok("LOGIN atom ", ATOM)
    t.connect().ok("LOGIN atom ", b'"' + ATOM + b'"')
    refused(t, (b'quotable "' + ATOM + b'"',), (b"atom ", Lit(QUOTABLE)))


def test_no_escapes(t):
    client = t.connect()
    client.bad('LOGIN ann "ses\\"ame"')
    client.bad("LOGIN ann ses{ame")
    client.ok("LOGIN ann sesame")
    refused(t, ('ann "ses\\ame"',), ("ann ses\\ame",), ("ann ses%61me",))


def test_octets_that_passwords_do_not_have(t):
    refused(t, *(("ann ", Lit(b"ses" + bytes([octet]) + b"ame"))
                 for octet in REFUSED_OCTETS))
    client = t.connect()
    for parts in ((Lit("ann"), " ", Lit("sesame\0")),
                  (Lit("ann\0"), " ", Lit("sesame")),
                  (Lit("\0ann"), " sesame"),
                  ("ann ", Lit("\0"))):
        for wait in True, False:
            assert "NUL" in client.bad("LOGIN ", *parts, wait=wait).text
    client.ok("LOGIN ann sesame")


def test_nothing(t):
    refused(t, ("ann ", Lit("")), ('ann ""',), (Lit(""), " sesame"),
            ('"" ""',), (Lit(""), " ", Lit("")))
    client = t.connect()
    client.bad("LOGIN ann")
    client.bad("LOGIN ann ")
    client.bad("LOGIN  ")
    client.ok("LOGIN ann sesame")


# Length

def test_long(t):
    name = "name" * 50
    for form in forms(name):
        client = t.connect()
        client.ok("LOGIN ", form, " sesame")
        client.select()
        assert name in t.server.doveadm("who")
        client.logout()
    for form in forms(LONG):
        for wait in True, False:
            t.connect().ok("LOGIN long ", form, wait=wait)
    refused(t, ("long ", Lit(LONG[1:])))


def test_up_to_the_limit(t):
    refused(t, *((form, " sesame") if is_name else ("ann ", form)
                 for size in (127, 128, 255, 256, 1000, 1023, 1024, 1025, 1026,
                              2047, 2048, 3000, COMMAND_MAX - 100)
                 for form in forms("z" * size)
                 for is_name in (True, False)))
    half = Lit("z" * (COMMAND_MAX // 2 - 50))
    refused(t, (half, " ", half))


def test_beyond_the_limit(t):
    """BAD, and nothing of it is taken for another command."""
    client = t.connect()
    for size in (COMMAND_MAX - 1, COMMAND_MAX, COMMAND_MAX + 1, 10000, 100000):
        for form in forms("z" * size):
            client.bad("LOGIN ", form, " sesame", wait=False)
            client.bad("LOGIN ann ", form, wait=False)
        client.ok("NOOP")
    long = Lit("z" * (COMMAND_MAX - 100))
    client.bad("LOGIN ", long, " ", long, wait=False)
    client.ok("LOGIN ann sesame")


# Where passwords are never seen

def everything_seen(server):
    """The log, and what the system shows of processes."""
    seen = [server.log(), server.doveadm("who")]
    for pid in server.processes():
        for name in "cmdline", "comm", "environ":
            try:
                with open("/proc/%d/%s" % (pid, name), "rb") as file:
                    seen.append(file.read().decode("latin-1"))
            except OSError:
                pass    # it has ended
    for top, _, names in os.walk(server.dir):
        seen += [top] + names
    return "\n".join(seen)


def test_passwords_are_not_seen(t):
    """Neither right nor wrong ones, with all that the host can be told to say
    (but auth_debug_passwords)."""
    rawlog = t.server.home("ann") + "/rawlog"
    os.mkdir(rawlog)
    t.server.give(rawlog)
    client = t.connect()
    client.no("LOGIN ann my-wrong-word")
    client.no("LOGIN nobody my-unknown-word")
    client.bad("LOGIN ann my-surplus-word more")
    client.no("LOGIN ann ", Lit("my-literal-word"))
    client.no("LOGIN ann*chief my-master-word")
    half = t.connect()
    half.send(b"h LOGIN ann my-half-word")
    session = t.connect()
    session.ok("LOGIN ann sesame")
    session.select()
    session.bad("LOGIN ann my-second-word")
    t.connect().ok("LOGIN ann*chief master-sesame")

    seen = everything_seen(t.server)
    session.logout()
    client.logout()
    t.server.wait_log("auth failed, .*method=PLAIN")
    seen += t.server.log()
    assert os.listdir(rawlog)
    # Under valgrind a process keeps its title.
    assert "imap2\0[ann" in seen or "imap2 [ann" in seen or \
        "IMAP2_SLOW" in os.environ
    found = re.search(r".*(my-\w+-word|sesame).*", seen)
    assert not found, found.group()
