# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What the host sees of IMAP2: logs, doveadm, statistics, process titles, raw
logs, plugins, timeouts and shutdown (design 3, 4.13; issue part 4)."""

import gzip
import os
import poplib
import re

import host
import mail
from process import wait_for

PLUGINS = host.plugins("acl", "quota", host.COMPRESS, "notify", "mail_log")
CONFIG = "protocol imap2 {\n" + PLUGINS + "}\n" + host.ACL + host.both(v23="""
verbose_proctitle = yes
plugin {
  quota = count:User quota
  quota_vsizes = yes
  mail_log_events = delete undelete expunge copy mailbox_create flag_change
  mail_log_fields = uid box msgid
}
metric imap2_commands {
  filter = event=imap2_command_finished
  fields = bytes_in bytes_out running_usecs
  group_by = cmd_name tagged_reply_state
}
""", v24="""
verbose_proctitle = yes
quota "User quota" {
}
mail_log_events = delete undelete expunge copy mailbox_create flag_change
mail_log_fields = uid box msgid
metric imap2_commands {
  filter = event=imap2_command_finished
  fields = bytes_in bytes_out running_usecs
  group_by cmd_name {
  }
  group_by tagged_reply_state {
  }
}
""")


def test_login_line(t):
    user = t.simple_user(1)
    t.login(user)
    t.server.wait_log(
        r"imap2-login: Info: %s: user=<%s>, method=PLAIN, rip=127.0.0.1, "
        r"lip=127.0.0.1, mpid=\d+, secured, session=<\S+>" % (
            host.LOGGED_IN, user))


def test_logout_line_has_statistics(t):
    user = t.simple_user(3)
    client = t.selected(user)
    client.ok("FETCH 1:2 RFC822")
    client.ok("FETCH 3 RFC822.HEADER")
    client.ok("STORE 1 +FLAGS \\Deleted")
    client.ok("EXPUNGE")
    pid, session = t.server.session_of(user)
    client.logout()
    found = t.server.wait_log(
        r"imap2\(%s\)<%d><%s>: Info: (Disconnected: Logged out.*)" % (
            user, pid, re.escape(session)))
    line = found.group(1)
    sent = sum(len(octets) for side, octets in client.transcript
               if side == b"S")
    assert "deleted=1" in line and "expunged=1" in line, line
    assert "body_count=2" in line and "hdr_count=1" in line, line
    out = int(re.search(r"out=(\d+)", line).group(1))
    # All but the greeting, which the login process sent.
    assert sent - 200 < out <= sent, (line, sent)


def test_logout_format_is_a_setting(t):
    server = t.make_server("imap2_logout_format = gone i=%{input} o=%{output} "
                           "x=%{expunged} s=%{session}\n")
    t.login(t.simple_user(1, server), server).logout()
    server.wait_log(r"Disconnected: Logged out gone i=\d+ o=\d+ x=0 s=\S+")


def test_disconnect_lines(t):
    user = t.simple_user(1)
    t.login(user).close()
    t.server.wait_log(r"imap2\(%s\).*Disconnected: Connection closed "
                      r"\(No commands sent\)" % user)
    client = t.selected(user)
    client.close()
    t.server.wait_log(r"imap2\(%s\).*Disconnected: Connection closed "
                      r"\(SELECT finished" % user)


def test_doveadm_who_and_kick(t):
    user = t.simple_user(1)
    client = t.selected(user)
    who = t.server.doveadm("who", user)
    assert re.search(r"^%s +1 imap2 +\(\d+\) +\(127.0.0.1\)" % user, who,
                     re.MULTILINE), who
    t.server.doveadm("kick", user)
    kinds = [response.kind for response in client.read_until_eof()]
    assert kinds in ([], ["BYE"]), kinds
    wait_for(lambda: user not in t.server.doveadm("who", user, check=False),
             "still counted")


def test_statistics_of_commands(t):
    client = t.selected(t.simple_user(2))
    for _ in range(3):
        client.ok("FETCH 1:2 FAST")
    client.bad("FETCH 9 FAST")
    client.no("SELECT missing")
    client.bad("FROB")
    # The session's process sends its events in its own time.
    wait_for(lambda: "imap2_commands_unknown_BAD" in
             t.server.doveadm("stats", "dump"), "not counted")
    dump = t.server.doveadm("stats", "dump")
    for name in ("FETCH_OK", "FETCH_BAD", "SELECT_OK", "SELECT_NO",
                 "unknown_BAD"):
        assert "imap2_commands_" + name in dump, (name, dump)
    assert re.search(r"imap2_commands_FETCH_OK\s.*", dump), dump


def test_process_title(t):
    t.needs_own_speed()
    user = t.simple_user(1)
    client = t.selected(user)
    pid, _ = t.server.session_of(user)
    with open("/proc/%d/cmdline" % pid) as file:
        title = file.read()
    assert user in title and "127.0.0.1" in title, title
    client.logout()


def test_mail_log_plugin(t):
    user = t.simple_user(3)
    client = t.selected(user)
    client.ok("COPY 1 saved")
    client.ok("STORE 1 +FLAGS \\Deleted")
    client.ok("EXPUNGE")
    for event in ("copy from INBOX: box=saved", "delete: box=INBOX",
                  "expunge: box=INBOX"):
        t.server.wait_log(r"imap2\(%s\).*: %s%s" % (
            user, host.MAIL_LOG, event))
    t.server.wait_log(r"imap2\(%s\).*: %s" % (
        user, host.MAILBOX_CREATED.format("saved")))


def test_compression_plugin(t):
    user = t.user()
    maildir = t.maildir(user)
    path = maildir.add(b"")
    size = len(mail.PLAIN)
    os.unlink(path)
    path = maildir.path + "/cur/600000099.M1P1.sample,S=%d:2," % size
    with gzip.open(path, "wb") as file:
        file.write(mail.PLAIN)
    maildir.give(path)
    client = t.selected(user)
    items = client.ok("FETCH 1 (RFC822.SIZE RFC822)").fetched(1)
    assert items["RFC822"] == mail.crlf(mail.PLAIN), items


def test_virtual_mailboxes(t):
    server = t.make_server(host.VIRTUAL)
    user = t.user(server=server)
    maildir = t.maildir(user, server)
    maildir.add(mail.simple(1), "\\Flagged")
    maildir.add(mail.simple(2))
    maildir.folder("work").add(mail.simple(3), "\\Flagged")
    box = server.home(user) + "/virtual/flagged"
    os.makedirs(box)
    for path in (os.path.dirname(box), box):
        server.give(path)
    with open(box + "/dovecot-virtual", "w") as file:
        file.write("INBOX\nwork\n  flagged\n")
    client = t.login(user, server)
    assert b"virtual/flagged" in client.ok(
        "FIND MAILBOXES *").values("MAILBOX")
    result = client.select("virtual/flagged")
    assert result.numbers("EXISTS") == [2], result
    texts = client.ok("FETCH 1:2 RFC822.TEXT")
    assert sorted(texts.fetched(number)["RFC822.TEXT"]
                  for number in (1, 2)) == [b"Text of message 1.\r\n",
                                            b"Text of message 3.\r\n"]
    client.ok("STORE 1 -FLAGS \\Flagged")
    client.ok("CHECK")


def test_full_text_search_plugin(t):
    """Loaded, but without an index: 2.4 has none in Debian's dovecot-core, and
    the only one of 2.3, fts_squat, crashes Dovecot's own imap at SELECT."""
    server = t.make_server("protocol imap2 {\n" + host.plugins("fts") + "}\n")
    user = t.sample_user(server)
    client = t.selected(user, server)
    assert client.search("BODY usenetv4") == [1]
    assert client.search("TEXT lunch") == [2, 14]
    assert client.search("BODY usenetv4") == [1]


def test_plugins_of_other_binaries_are_reported_as_for_pop3(t):
    """imap_quota belongs to imap: the host says so, nothing crashes."""
    server = t.make_server(host.plugins("quota") + "protocol imap {\n" +
                           host.more_plugins("imap_quota") + "}\n")
    user = t.simple_user(1, server)
    t.selected(user, server).logout()
    t.witness(user, server).select()


def test_imap_and_pop3_go_on_working(t):
    user = t.simple_user(2)
    client = t.selected(user)
    witness = t.witness(user)
    assert witness.select() == 2
    pop = poplib.POP3("127.0.0.1", t.server.ports["pop3"])
    pop.user(user)
    pop.pass_("secret")
    assert pop.stat()[0] == 2
    pop.quit()
    assert client.search("ALL") == [1, 2]


def test_several_sessions_in_one_process(t):
    server = t.make_server("service imap2 {\n  client_limit = 5\n" +
                           host.REUSED + "}\n")
    user = t.simple_user(5, server)
    clients = [t.selected(user, server) for _ in range(5)]
    other = t.simple_user(2, server)
    clients[0].ok("STORE 1 +FLAGS \\Deleted")
    clients[0].ok("EXPUNGE")
    for client in clients[1:]:
        assert client.ok("NOOP").numbers("EXPUNGE") == [1]
    stranger = t.selected(other, server)
    assert stranger.search("ALL") == [1, 2]
    for client in clients:
        client.ok("FETCH 1:4 RFC822")
        client.logout()
    stranger.ok("NOOP")


def test_settings_are_shown_by_doveconf(t):
    shown = t.server.run("doveconf", "-a")
    for line in ("imap2_max_line_length = 64 k", "imap2_max_keywords = 30",
                 "imap2_extensions = ",
                 "imap2_client_workarounds = "):
        assert line in shown, line
