# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Tables of figures: for the terminal, row by row, and in a document between
the comments <!-- bench NAME --> and <!-- end -->.
"""

import re

FIRST, OTHERS = 22, 10


class Table:
    def __init__(self, title, columns, report=None):
        """report: (path, name) of the table in a document."""
        self.report = report
        self.title = title
        self.rows = [columns]
        print("\n%s\n%s" % (title, self.text(columns)), flush=True)

    @staticmethod
    def text(cells):
        return cells[0].ljust(FIRST) + "".join(
            " " + cell.rjust(OTHERS) for cell in cells[1:])

    def add(self, *cells):
        self.rows.append(cells)
        print(self.text(cells), flush=True)

    def markdown(self):
        lines = ["| %s |" % " | ".join(cells) for cells in self.rows]
        lines.insert(1, "|---|" + "--:|" * (len(self.rows[0]) - 1))
        return "%s:\n\n%s\n" % (self.title, "\n".join(lines))

    def close(self):
        if self.report is None:
            return
        path, name = self.report
        with open(path) as file:
            text = file.read()
        text, found = re.subn(
            r"(?s)(<!-- bench %s -->\n).*?(<!-- end -->)" % re.escape(name),
            lambda match: match[1] + self.markdown() + match[2], text)
        if not found:
            raise ValueError("%s has no place for %s" % (path, name))
        with open(path, "w") as file:
            file.write(text)
