"""Timeline rows that a hand-written postmortem lists: are they in the order of their times?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from postmortem_timeline.postmortem import prose, said_times
from postmortem_timeline.postmortem.findings import Finding

LEAD = re.compile(r"^\s*(?:[-*+•–—]\s+|\d+[.)]\s+)?(?:\*\*|`|\[|\()?\s*")

# A row of a clock alone that falls back by more than this has passed midnight.
MIDNIGHT = timedelta(hours=12)


def check(text: str) -> list[Finding]:
    """Rows that are earlier than the row before them; one finding a row."""
    findings = []
    for rows in runs(text):
        latest: datetime | None = None
        for number, at in rows:
            if latest is not None and at < latest:
                message = f"{at:%Y-%m-%d %H:%M} stands after {latest:%Y-%m-%d %H:%M}"
                findings.append(Finding(number, "unsorted", message, "put the rows in the order of their times"))
            latest = max(latest, at) if latest else at
    return findings


def runs(text: str) -> Iterator[list[tuple[int, datetime]]]:
    """Lists and tables of three or more rows that begin with their time; a heading ends a run."""
    tables = list(prose.tables(text))
    inside = {number for table in tables for number, _ in table.rows} | {table.line for table in tables}
    for table in tables:
        at = table.column("time", "when", "date")
        if at is not None:
            yield from _run([(number, cells[at]) for number, cells in table.rows if at < len(cells)])
    for section in prose.sections(text):
        yield from _run([(number, line) for number, line in section.lines if number not in inside])


def _run(lines: list[tuple[int, str]]) -> Iterator[list[tuple[int, datetime]]]:
    rows: list[tuple[int, datetime]] = []
    day: date | None = None
    for number, line in lines:
        bare = LEAD.sub("", line)
        stamp = said_times.stamp(bare[:24])
        clock = said_times.clock(bare[:8]) if said_times.CLOCK.match(bare) else None
        if stamp and bare.startswith(stamp.text[:8]):
            rows.append((number, stamp.at))
            day = stamp.at.date()
        elif clock:
            day = day or date(2000, 1, 1)
            at = datetime.combine(day, clock)
            if rows and rows[-1][1] - at > MIDNIGHT:
                day += timedelta(days=1)
                at = datetime.combine(day, clock)
            rows.append((number, at))
        elif (new := said_times.day(bare)) and len(bare) < 40:
            day = new  # a date of its own heads the rows that follow
    if len(rows) >= 3:
        yield rows
