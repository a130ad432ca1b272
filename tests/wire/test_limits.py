# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What the host's limits do to clients (design 3, 4.3): connections per user,
processes, delays after wrong passwords, time before LOGIN."""

import re
import select
import socket
import time

import host
from dovecot import PATIENCE
from host import login_service, one_login_process
from process import Hurry, gone, wait_for

# Until who hasn't logged in is disconnected, whatever he does (login-common).
LOGIN_SECONDS = 180


# Connections of one user (mail_max_userip_connections)

def test_connections_per_user_and_address(t):
    server = t.make_server(
        host.CLEARTEXT_ALLOWED + "mail_max_userip_connections = 1\n"
        "remote 127.0.0.3 {\n  mail_max_userip_connections = 2\n}\n")
    user, other = t.user(server=server), t.user(server=server)
    first = t.login(user, server)
    refused = t.connect(server)
    result = refused.no("LOGIN %s secret" % user)
    assert "Maximum number of connections" in result.text, result
    assert "mail_max_userip_connections=1" in result.text, result
    refused.expect_eof()
    server.wait_log(r"imap2-login: Info: .*Maximum number of connections from "
                    r"user\+IP exceeded \(mail_max_userip_connections=1\)")
    # Another user, another address, another protocol, another limit.
    t.login(other, server)
    t.login(user, server, source="127.0.0.2")
    t.witness(user, server).select()
    for _ in range(2):
        t.login(user, server, source="127.0.0.3")
    third = t.connect(server, source="127.0.0.3")
    assert "connections=2" in third.no("LOGIN %s secret" % user).text
    first.ok("NOOP")


# Processes and connections of the login service

def check_oldest_leave(t, server, count, leaving):
    """With `count` clients there's no room. The newcomer is served, and of
    those who waited some, at most `leaving`, are told why they aren't."""
    clients = [t.connect(server) for _ in range(count)]
    begin = time.time()
    newcomer = t.login(t.user(server=server), server)
    # Else until somebody leaves: three minutes.
    assert time.time() - begin < 60, "waits long"
    waiting = {client.sock: client for client in clients}
    readable, _, _ = select.select(list(waiting), [], [], PATIENCE)
    assert 1 <= len(readable) <= leaving, readable
    for sock in readable:
        response, = waiting.pop(sock).read_until_eof()
        assert response.kind == "BYE", response
        assert response.text == "Connection queue full", response
    for client in waiting.values():
        client.ok("NOOP")
    newcomer.ok("NOOP")
    server.wait_log("imap2-login: Info: .*Connection queue full")


def test_login_processes(t):
    """Each process decides by itself to give its place, so that it may be more
    of them than need to."""
    server = t.make_server(login_service("  process_limit = 4\n"))
    check_oldest_leave(t, server, 4, 4)
    server.wait_log(r"Warning: service\(imap2-login\): process_limit \(4\) "
                    r"reached")


def test_login_clients_of_a_process(t):
    check_oldest_leave(t, t.make_server(one_login_process(3)), 3, 1)


def test_login_process_serves_so_many(t):
    """Then there's another one."""
    server = t.make_server(login_service(
        "  process_limit = 1\n  client_limit = 1\n  %s = 3\n" %
        host.both("service_count", "restart_request_count")))
    served = []
    for _ in range(6):
        client = t.connect(server)
        wait_for(lambda: len(server.session_pids("imap2-login")) == 1,
                 "not one process")
        served += server.session_pids("imap2-login")
        client.logout()
    # The first process has also served whoever saw that the server answers.
    assert [served.count(pid) for pid in dict.fromkeys(served)] == [2, 3, 1]


# Processes of the session service

def test_session_processes(t):
    """The host waits ten seconds for a process to become free."""
    t.needs_own_speed()
    t.expect_log("process_limit } reached")
    server = t.make_server("service imap2 {\n  process_limit = 2\n}\n")
    clients = [t.login(t.user(server=server), server) for _ in range(2)]
    patient, refused = t.connect(server), t.connect(server)
    waiting = t.user(server=server)
    patient.start("LOGIN %s secret" % waiting)
    server.wait_log(r"Warning: service\(imap2\): process_limit \(2\) reached")
    # One who waits gets the place of the one who leaves.
    clients.pop().logout()
    assert patient.read_until_tagged().state == "OK"
    refused.start("LOGIN %s secret" % waiting)
    # login-common ends the connection before it would say why.
    refused.read_until_eof()
    server.wait_log("imap2-login: Info: .*Internal login failure")
    for client in clients + [patient]:
        client.ok("NOOP")


# Wrong passwords

# Like the host's default, which the tests' configuration changes.
PENALTY = """
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0600
  }
}
"""


def timed_login(t, server, user, password, **options):
    client = t.connect(server, **options)
    begin = time.time()
    result = client.command("LOGIN %s %s" % (user, password))
    return result.state, time.time() - begin


def test_delay_after_a_wrong_password(t):
    t.needs_own_speed()
    server = t.make_server("auth_failure_delay = 4 secs\n")
    user = t.user(server=server)
    guesser, other = t.connect(server), t.connect(server)
    begin = time.time()
    guesser.start("LOGIN %s wrong" % user)
    other.ok("LOGIN %s secret" % user)
    readable, _, _ = select.select([guesser.sock], [], [], 0)
    assert not readable, "the other one waited too"
    assert guesser.read_until_tagged().state == "NO"
    # The host looks every half second, and counts whole seconds.
    assert time.time() - begin > 2.9, time.time() - begin
    guesser.ok("LOGIN %s secret" % user)


def test_penalty_of_an_address(t):
    """After a wrong password the address waits four seconds before the next
    one is even looked at; who has a right one needn't any more."""
    t.needs_own_speed()
    server = t.make_server(host.CLEARTEXT_ALLOWED + PENALTY +
                           "auth_failure_delay = 1 secs\n")
    user = t.user(server=server)
    first = timed_login(t, server, user, "wrong1")
    second = timed_login(t, server, user, "secret")
    third = timed_login(t, server, user, "secret")
    assert first[0] == "NO" and first[1] < 3, first
    assert second[0] == "OK" and 3.5 < second[1] < 8, second
    assert third[0] == "OK" and third[1] < 2, third
    timed_login(t, server, user, "wrong2")
    other = timed_login(t, server, user, "secret", source="127.0.0.2")
    assert other[0] == "OK" and other[1] < 2, other


# Time before LOGIN

TCP_REPAIR = 19


def vanish(client):
    """Be gone without a packet, as a machine is that loses its power."""
    client.sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    client.close()


def check_times_out(client):
    *_, response = client.read_until_eof()
    assert response.kind == "BYE", response
    assert response.text == "Disconnected for inactivity.", response


def test_time_before_login(t):
    """Three minutes in all, whatever the client does."""
    factor = 60
    hurry = Hurry(t, "imap2-login", factor)
    server = hurry.server
    clients = [t.connect(server) for _ in range(7)]
    for client, octets in zip(clients, (
            b"", b"a", b"a LOGIN user1 sec", b"a LOGIN user1 {6}\r\n",
            b"a LOGIN user1 {2147483647}\r\nxxx")):
        client.checker.literal()
        client.send(octets)
    active, guessing = clients[-2:]
    hurry.go()
    begin = time.time()
    while time.time() - begin < LOGIN_SECONDS / factor / 3:
        active.ok("NOOP")
        guessing.no("LOGIN user1 wrong")
        time.sleep(0.1)
    for client in clients:
        check_times_out(client)
    assert time.time() - begin > LOGIN_SECONDS / factor * 0.9
    wait_for(lambda: len(re.findall(
        r"imap2-login: Info: .*Inactivity", server.log())) == len(clients),
             "not logged")


def test_half_open_connections(t):
    hurry = Hurry(t, "imap2-login", 60, one_login_process(100))
    server = hurry.server
    pid, = server.session_pids("imap2-login")
    clients = [t.connect(server) for _ in range(30)]
    for client in clients[:20]:
        try:
            vanish(client)
        except PermissionError:
            t.skip("needs root with the capability CAP_NET_ADMIN")
    hurry.go()
    for client in clients[20:]:
        check_times_out(client)
    wait_for(lambda: len(re.findall(r"imap2-login: Info: .*Inactivity",
                                    server.log())) == len(clients),
             "connections to nobody are kept")
    hurry.stop()
    t.login(t.user(server=server), server).logout()
    assert not gone(pid)
