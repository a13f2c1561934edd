"""The rows of a timeline written as lines: bullets, paragraphs and headings that begin with a time, and what follows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from postmortem_timeline.archive.reports import dates, stamps
from postmortem_timeline.archive.reports.layout import Line, plain
from postmortem_timeline.archive.reports.row import TIMELINE, Row
from postmortem_timeline.archive.reports.row_tables import table_rows

SAID_AT = re.compile(rf"(?i)\b(?:at|@|kl\.?)\s+{stamps.CLOCK.pattern}")
BULLET = re.compile(r"^[-*+•]\s+|^\d+[.)]\s+")
LONGEST = 700  # a paragraph may be an essay; its beginning says what happened

SHORT = 24  # less than that is a link or a word, and what happened is still to be told


@dataclass
class Entry:
    """A row that may go on: what opened it, and the last line that belongs to it."""

    row: Row
    opener: Line
    last: int
    full: bool = False  # its first paragraph is over: what follows explains

    def takes(self, line: Line) -> bool:
        """Whether a line goes on with the row: anything under a heading; what is indented; the rest of a wrapped bullet."""
        if line.table or (line.heading and not self.opener.fenced):
            return False
        if self.opener.heading:
            return True
        if line.fenced:
            return False
        wrapped = bool(BULLET.match(self.opener.text)) and line.number == self.last + 1 and not BULLET.match(line.text)
        return line.indent >= 2 or not self.row.text or (wrapped and not line.text.startswith(("!", "<", "**")))

    def add(self, line: Line) -> None:
        gap, self.last = line.number > self.last + 1, line.number
        listed = bool(BULLET.match(line.text))
        self.full = self.full or line.fenced or (gap and len(self.row.text) > SHORT and not listed)
        if self.full or len(self.row.text) > LONGEST or line.text.startswith(("![", "<img")):
            return
        more = plain(BULLET.sub("", line.text))
        self.row = replace(self.row, text=f"{self.row.text} {more}".strip())


def entries(found: Sequence[Line], today: date | None, first: bool) -> Iterator[Row]:
    """Every row of the report, in its order; days not yet filled in."""
    tables: dict[int, list[Line]] = {}
    for line in found:
        if line.table:
            tables.setdefault(line.table, []).append(line)
    entry: Entry | None = None
    for line in found:
        begun = None if line.table else _begun(line, today, first)
        if entry and not begun and entry.takes(line):
            entry.add(line)
            continue
        if entry:
            yield entry.row
        entry = Entry(begun, line, line.number) if begun else None
        if line.table in tables:
            yield from table_rows(tables.pop(line.table), today, first)
        elif not begun and not line.table:
            yield from _dated(line, today, first)
    if entry:
        yield entry.row


def _begun(line: Line, today: date | None, first: bool) -> Row | None:
    """The row that a line opens with its time, or with "... at 10:32" where it is a bullet of a timeline."""
    begun = stamps.lead(line.text, around=today, first=first)
    if begun and (begun.clock or begun.relative is not None or begun.unknown or (begun.day and len(line.text) < 60)):
        under = line.under if not line.fenced else f"{line.under} (fenced)"
        return Row(line.number, plain(begun.rest), begun, under)
    said = SAID_AT.search(line.text) if line.text[:1] in "-*+•" and TIMELINE.search(line.under) else None
    if said and not line.heading and line.indent < 2:
        return Row(line.number, plain(line.text[1:]), stamps.lead(said.group(), around=today, first=first), line.under)
    return None


def _dated(line: Line, today: date | None, first: bool) -> Iterator[Row]:
    """A heading or a short line that names a day: the rows below are of that day."""
    spoken = dates.spoken(line.text, today)
    if not line.heading and not (spoken and len(line.text) < 40):
        return
    at = dates.find(line.text, around=today, first=first)
    day = spoken or (at[0] if at else None)
    if day and (not line.heading or TIMELINE.search(line.under)):
        yield Row(line.number, "", stamps.Lead("" if at else line.text, day=day if at else None), line.under)
