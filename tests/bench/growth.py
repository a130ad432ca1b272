# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""What a message costs in mailboxes of different sizes: where nothing grows
faster than the mailbox, all sizes of a row show the same.
"""

from mailbox import Mailbox
from measure import Bench
from tables import Table
from work import SELECT, WORK, WRITE

# Those whose cost is another one only by how the mail is stored, or that do
# the same as another, say nothing more. What takes longest comes last.
WORKS = sorted((work for work in WORK if work.name not in (
    "RFC822 (CRLF)", "SEARCH BODY", "RFC822.HEADER (cold)", "FAST (cold)")),
    key=lambda work: work.kind == WRITE)
FEW = 5000
MICRO = 1e6
MEGABYTE = 1 << 20


def rounds(work, count):
    """The first warms caches where they count, and the least is shown. Small
    mailboxes take so little that it needs luck to measure it."""
    if count < FEW:
        return 10
    return 1 if work.kind == WRITE else 2


def measure(bench, work):
    bench.rounds = rounds(work, bench.mailbox.count)
    return bench.measure(work)


def row(work, runs):
    """CPU time per message; but SELECT's as it is, which shouldn't grow."""
    cells = []
    for service in ("imap2", "imap"):
        for count, run in runs:
            per = 1 if work.kind == SELECT else count
            cells.append("%.2f" % (run.least(service) * MICRO / per))
    cells += ["%.1f" % (run.private["imap2"] / MEGABYTE) for _, run in runs]
    return [work.name + (" (whole)" if work.kind == SELECT else "")] + cells


def run(server, format, counts, works, report, heading):
    benches = []
    for count in counts:
        mailbox = Mailbox(server, format, count,
                          server.make_dir("%s%d" % (format, count)),
                          crlf=False)
        benches.append((count, Bench(server, mailbox, 1, compare=False)))
    table = Table(
        heading("%s, microseconds of CPU per message, and private MB" %
                format),
        ["work"] + ["%s %d" % (name, count)
                    for name in ("imap2", "imap", "MB")
                    for count in counts], report(format + " growth"))
    try:
        for work in works:
            table.add(*row(work, [(count, measure(bench, work))
                                  for count, bench in benches]))
        for _, bench in benches:
            bench.mailbox.close()
    finally:
        # It takes long: what there is when somebody loses patience.
        table.close()
