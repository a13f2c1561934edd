"""Timeline rows that a hand-written postmortem lists: are they in the order of their times?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from postmortem_timeline.postmortem import milestones, prose, said_times
from postmortem_timeline.postmortem.findings import Finding

LEAD = re.compile(r"^\s*(?:[-*+•–—]\s+|\d+[.)]\s+)?(?:\*\*|`|\[|\()?\s*")

HEADS = re.compile(
    r"(?i)^\W*(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|(?:the )?(?:next|following) (?:day|morning)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*"
    r"|.{0,12}\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.{0,10})\W*$"
)

# A row of a clock alone that falls back by more than this has passed midnight.
MIDNIGHT = timedelta(hours=12)


def check(text: str) -> list[Finding]:
    """Rows that are earlier than the row before them; one finding a row."""
    findings = []
    for rows in runs(text):
        latest: datetime | None = None
        middle = sorted(at for _, at in rows)[len(rows) // 2].date()
        for number, at in rows:
            day = milestones.meant(at.date(), middle)
            if day:
                findings.append(
                    Finding(
                        number, "date-far", f"{at:%Y-%m-%d} is far from the rest; {day} would fit", "a typing error?"
                    )
                )
                at = datetime.combine(day, at.time())
            elif abs(at.date() - middle) > milestones.FAR:
                message = f"{at:%Y-%m-%d} is {abs(at.date() - middle).days} days from the rest of the rows"
                findings.append(Finding(number, "date-outside", message, "is it of this incident? say so in the row"))
                continue
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
            yield from _run([(number, cells[at] or " ".join(cells)) for number, cells in table.rows if at < len(cells)])
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
        elif len(bare) < 40 and HEADS.search(bare):
            # A date of its own heads the rows that follow; one that we cannot read is at least a later one.
            day = said_times.day(bare) or ((day or date(2000, 1, 1)) + timedelta(days=1))
    if len(rows) >= 3:
        yield rows
