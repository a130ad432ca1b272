# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Front-ends for tests of proxying, and LOGINs to back-ends behind them."""

import itertools
import os
import time

import host
from peer import Expect, ScriptedServer

# A front-end. Its proxied users have a file each, so that tests can make them.
CONFIG = host.both(v23="""
passdb {
  driver = passwd-file
  username_filter = proxied*
  args = {dir}/scratch/%u
}
""", v24="""
passdb proxied {
  driver = passwd-file
  username_filter = proxied*
  passwd_file_path = {dir}/scratch/%{user}
}
""") + """
auth_verbose = yes
login_proxy_max_reconnects = 0
"""

UNAVAILABLE = "Account is temporarily unavailable."
SECRET = "a-word-for-no-log"
READY = b"* OK ready\r\n"
LOGIN = Expect(b"L LOGIN \"someone\" \"%s\"\r\n" % SECRET.encode())

numbers = itertools.count(1)


def proxied(server, port, password="", **fields):
    """A new user, whom that front-end proxies. No password: the back-end is to
    judge it."""
    user = "proxied%d" % next(numbers)
    wanted = {"proxy": "y", "host": "127.0.0.1", "port": port,
              "destuser": "someone"}
    if not password:
        wanted["nopassword"] = "y"
    wanted.update(fields)
    path = server.write("scratch/" + user, "%s:%s::::::%s\n" % (
        user, password and "{PLAIN}" + password, " ".join(
            "%s=%s" % field for field in wanted.items()
            if field[1] is not None)))
    os.chmod(path, 0o644)
    return user


def log_of(user, start, pattern, server):
    return server.wait_log(r"imap2-login: \w+: .*%s.*: user=<%s>" % (
        pattern, user), start)


class Refused:
    """A LOGIN that is answered with NO and the text. Something is logged, and
    the client can go on. The back-end listens on the port, or plays a script
    to its end."""

    def __init__(self, t, pattern, text=UNAVAILABLE, port=None, script=(),
                 **fields):
        t.expect_log(pattern)
        self.t, self.pattern, self.text = t, pattern, text
        self.backend = ScriptedServer(script) if port is None else None
        self.user = proxied(t.server, port or self.backend.port, **fields)
        self.log = len(t.server.log())
        self.client = t.connect()
        self.begin = time.time()
        self.client.start("LOGIN %s %s" % (self.user, SECRET))

    def check(self):
        """Returns how long the answer took."""
        result = self.client.read_until_tagged()
        seconds = time.time() - self.begin
        assert (result.state, result.text, result.data) == \
            ("NO", self.text, []), result
        log_of(self.user, self.log, self.pattern, self.t.server)
        self.client.ok("NOOP")
        if self.backend is not None:
            self.backend.finish()
        assert SECRET not in self.t.server.log()
        return seconds


def refused(t, pattern, *args, **fields):
    attempt = Refused(t, pattern, *args, **fields)
    attempt.check()
    return attempt.client


def welcomed(t, *scripts, server=None, **fields):
    """LOGIN is answered with OK. Returns the client and its result, and the
    back-end, whose scripts end when the client goes."""
    backend = ScriptedServer(*scripts)
    user = proxied(server or t.server, backend.port, **fields)
    client = t.connect(server)
    result = client.ok("LOGIN %s %s" % (user, SECRET))
    assert result.data == [], result
    return client, result, backend
