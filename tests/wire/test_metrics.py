# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""examples/SERIES/metrics.conf on a Dovecot that did known work, and the queries
of docs/monitoring.md, whose names must be those that Dovecot exports."""

import re
import urllib.request

import host
from build import SOURCE
from dovecot import free_port
from examples import example
from process import wait_for

NAME = re.compile(r"dovecot_imap2_\w+")
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? ([0-9.]+)$", re.MULTILINE)
# All that the event is said to have, of a command that succeeded.
FIELDS = """
metric imap2_fields {
  filter = event=imap2_command_finished AND cmd_name=FETCH AND \\
    cmd_input_name=FETCH AND cmd_tag=a* AND tagged_reply_state=OK AND \\
    tagged_reply="OK FETCH*" AND mailbox=INBOX AND user=user* AND \\
    session=?* AND remote_ip=127.0.0.1
  fields = running_usecs lock_wait_usecs bytes_in bytes_out
}
"""


class Metrics:
    def __init__(self, t):
        self.port = free_port()
        self.server = t.make_server(
            example("metrics.conf", ("9900", self.port)) + FIELDS)

    def scrape(self):
        """{(name, labels): value}"""
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" %
                                    self.port, timeout=60) as answer:
            return {(name, labels): float(value) for name, labels, value in
                    SAMPLE.findall(answer.read().decode())}

    def wait(self, wanted):
        """Processes tell of their events when they have time."""
        found = {}

        def equal():
            found.update(self.scrape())
            return all(found.get(key) == value
                       for key, value in wanted.items())
        try:
            wait_for(equal, "")
        except AssertionError:
            raise AssertionError({key: (found.get(key), value) for key, value
                                  in wanted.items()}) from None
        return found


def commands(name, answer):
    return ("dovecot_imap2_commands_count",
            'cmd_name="%s",tagged_reply_state="%s"' % (name, answer))


def work(t, server):
    """One session of each kind: ended, and refused."""
    user = t.simple_user(3, server)
    client = t.login(user, server)
    client.select()
    client.ok("FETCH 1:3 ALL")
    client.ok("FETCH 2 RFC822")
    client.bad("FETCH 9 ALL")
    client.no("SELECT nowhere")
    client.bad("FROBNICATE")
    client.logout()
    other = t.connect(server)
    for password in "wrong", "wronger":
        other.no("LOGIN %s %s" % (user, password))
    other.close()


def test_numbers(t):
    t.expect_log("auth failed|auth attempts|Password mismatch|"
                 "password mismatch")
    metrics = Metrics(t)
    work(t, metrics.server)
    found = metrics.wait({
        commands("SELECT", "OK"): 1,
        commands("SELECT", "NO"): 1,
        commands("FETCH", "OK"): 2,
        commands("FETCH", "BAD"): 1,
        commands("unknown", "BAD"): 1,
        commands("LOGOUT", "OK"): 1,
        ("dovecot_imap2_traffic_total", ""): 7,
        ("dovecot_imap2_sessions_total", ""): 1,
        ("dovecot_imap2_logins_total", ""): 1,
        ("dovecot_imap2_login_failures_total", ""): 2,
        ("dovecot_imap2_fields_total", ""): 2,
    })
    names = {name for name, _ in found}
    bucket = "dovecot_imap2_commands_bucket", \
        commands("FETCH", "OK")[1] + ',le="+Inf"'
    assert found[bucket] == 2
    dumped = re.findall(r"^imap2_fields\t(\w+)\t2\t[1-9]",
                        metrics.server.doveadm("stats", "dump"), re.MULTILINE)
    assert {"duration", "running_usecs", "bytes_in",
            "bytes_out"} <= set(dumped), dumped
    check_document(names)


def check_document(names):
    """Everything that the document asks for is there; what only 2.4 exports is
    in a paragraph that says so."""
    with open(SOURCE + "/docs/monitoring.md") as file:
        text = file.read()
    if host.SERIES == "2.3":
        text = "\n\n".join(paragraph for paragraph in text.split("\n\n")
                           if "Dovecot 2.4 only" not in paragraph)
    asked = set(NAME.findall(text))
    assert len(asked) > 5 and asked <= names, asked - names
