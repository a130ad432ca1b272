# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""A table of the documentation that a test fills in: one for each series of
Dovecot, between the lines "<!-- NAME SERIES -->" and "<!-- end -->".

A test checks one column. With IMAP2_WRITE_TABLES in the environment it writes
the column instead, and so makes the table.
"""

import os

import host

WRITE = "IMAP2_WRITE_TABLES" in os.environ


class Table:
    def __init__(self, path, name, columns, rows):
        """columns: names, the first of the column of row names."""
        self.path = path
        self.begin = "<!-- %s %s -->\n" % (name, host.SERIES)
        self.columns = columns
        self.rows = rows

    def check(self, column, cells):
        """cells: {row: text}."""
        if WRITE:
            self.write(column, cells)
        lines = self.lines()
        assert lines[0] == self.columns, "columns differ from %s" % lines[0]
        place = self.columns.index(column)
        wrong = ["%s: is %s" % (row, cells[row]) for row in self.rows
                 if [row, cells[row]] not in
                 [[line[0], line[place]] for line in lines[2:]]]
        assert len(lines) == len(self.rows) + 2 and not wrong, \
            "%s, column %s: not what %s says" % (wrong, column, self.path)

    # The file

    def split(self):
        """What is before the table, the table, what is behind."""
        with open(self.path) as file:
            before, begin, rest = file.read().partition(self.begin)
        table, end, behind = rest.partition("<!-- end -->\n")
        assert begin and end, "%s has no %s" % (self.path, self.begin)
        return before + begin, table, end + behind

    def lines(self):
        return [[cell.strip() for cell in line.strip("|").split("|")]
                for line in self.split()[1].splitlines()]

    def write(self, column, cells):
        before, _, behind = self.split()
        lines = self.lines()
        known = {line[0]: line for line in lines
                 if len(line) == len(self.columns)}
        place = self.columns.index(column)
        table = [self.columns, ["---"] * len(self.columns)]
        for row in self.rows:
            line = known.get(row, [row] + ["?"] * (len(self.columns) - 1))
            line[place] = cells[row]
            table.append(line)
        with open(self.path, "w") as file:
            file.write(before + "".join(
                "| %s |\n" % " | ".join(line) for line in table) + behind)
