# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""How many clients log in and out again in a second, several at a time, and
what that takes of all of Dovecot's processes: those of the login, of the
session, and those that both need.
"""

import os
import threading
import time

import host
import mail
import sessions
from dovecot import Dovecot
from tables import Table

SERVICES = ("imap2", "imap")
CLIENTS = 8
LOGINS = 400
TICK = os.sysconf("SC_CLK_TCK")
NO_LIMIT = "".join(
    "protocol %s {\n  mail_max_userip_connections = %s\n}\n" % (
        name, host.NO_LIMIT) for name in SERVICES)
# The same for both, by the names of the rows.
SETTINGS = {
    "a process each": "",
    "processes kept": "".join(
        "service %s-login {\n  process_min_avail = 2\n%s}\n"
        "service %s {\n  process_min_avail = 4\n%s}\n" % (
            name, host.REUSED, name, host.REUSED) for name in SERVICES),
}


def cpu_of_all(server):
    """Seconds, those of processes that are gone included."""
    total = 0
    for pid in server.processes():
        try:
            with open("/proc/%d/stat" % pid) as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / TICK


def log_in_and_out(server, name, user, count):
    for _ in range(count):
        session = sessions.Imap.__new__(sessions.Imap)
        session.connect(server, name)
        session.login(user, "secret")
        session.command("LOGOUT")
        session.close()


def measure(server, name, user):
    """(logins per second, CPU seconds of one)"""
    threads = [threading.Thread(target=log_in_and_out, args=(
        server, name, user, LOGINS // CLIENTS)) for _ in range(CLIENTS)]
    cpu, begin = cpu_of_all(server), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.monotonic() - begin
    # Those who served the last ones are still ending.
    time.sleep(0.5)
    return LOGINS / wall, (cpu_of_all(server) - cpu) / LOGINS


def run(made, rounds, report, heading):
    table = Table(heading("%d logins, %d at a time" % (LOGINS, CLIENTS)),
                  ["processes", "imap2 /s", "imap /s", "ratio", "imap2 ms",
                   "imap ms", "ratio of CPU"], report("logins"))
    for name, settings in SETTINGS.items():
        with Dovecot(made, NO_LIMIT + settings) as server:
            user = server.fresh_user()
            mail.Maildir(server.home(user) + "/Maildir", server.owner)
            found = {service: [] for service in SERVICES}
            for _ in range(rounds):
                for service in SERVICES:
                    found[service].append(measure(server, service, user))
        rates = [max(rate for rate, _ in found[service])
                 for service in SERVICES]
        costs = [min(cpu for _, cpu in found[service])
                 for service in SERVICES]
        table.add(name, *("%.0f" % rate for rate in rates),
                  "%.2f" % (rates[0] / rates[1]),
                  *("%.2f" % (cpu * 1000) for cpu in costs),
                  "%.2f" % (costs[0] / costs[1]))
    table.close()
