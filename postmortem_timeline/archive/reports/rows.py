"""The rows of a report's timeline: tables with a time column, lists, paragraphs and headings that begin with a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from postmortem_timeline.archive.reports import dates, stamps, zones
from postmortem_timeline.archive.reports.layout import Line, plain

TIMELINE = re.compile(
    r"(?i)time ?line|chronolog|sequence of events|key events|what happened|course of events|incident log|context|events?\b"
    r"|tidslinje|hændelsesforløb|forløb|log of|history|detailed"
)
ELSEWHERE = re.compile(
    r"(?i)action|follow[- ]?up|lesson|reference|appendix|link|attendee|participant|revision|review|change ?log|meeting|evidence log|raw log"
)
TIMED = re.compile(
    r"(?i)\b(?:time|when|timestamp|tid|tidspunkt|klokken|clock|utc|cet|cest|gmt|at|started?|hour|t\+?)\b|date ?/ ?time|datetime"
)
DATED = re.compile(r"(?i)^(?:date|day|dato|dag)\b")
PHASE = re.compile(r"(?i)^(?:phase|type|category|stage|status|state|milestone|kind|fase|label|what)$")
WORDY = re.compile(
    r"(?i)event|description|what|action|detail|note|summary|hændelse|beskrivelse|message|activity|update|comment|observation"
)
SAID_AT = re.compile(rf"(?i)\b(?:at|@|kl\.?)\s+{stamps.CLOCK.pattern}")

BACK = timedelta(hours=6)  # a clock that falls back further has passed midnight; rows out of order fall back less
HALF = timedelta(hours=12)


@dataclass(frozen=True)
class Row:
    """One entry as written; `at` is the clock of the report, `utc` the same moment in UTC."""

    line: int
    text: str
    lead: stamps.Lead | None
    under: str = ""
    label: str = ""  # the cell of a column such as Phase
    zone: str | None = None  # of the header above it
    at: datetime | None = None
    utc: datetime | None = None
    end: datetime | None = None


def rows(found: Sequence[Line], today: date | None, first: bool) -> list[Row]:
    """All rows, those under a heading that says timeline if there are any; days not yet filled in."""
    all_rows = list(_rows(found, today, first))
    told = [row for row in all_rows if TIMELINE.search(row.under)]
    rest = [row for row in all_rows if not ELSEWHERE.search(row.under)]
    return told if _clocks(told) >= 2 else rest if _clocks(rest) >= 2 else all_rows if _clocks(all_rows) >= 2 else []


def _clocks(some: Sequence[Row]) -> int:
    return sum(bool(row.lead and (row.lead.clock or row.lead.relative is not None)) for row in some)


def _rows(found: Sequence[Line], today: date | None, first: bool) -> Iterator[Row]:
    tables: dict[int, list[Line]] = {}
    for line in found:
        if line.table:
            tables.setdefault(line.table, []).append(line)
    done: set[int] = set()
    last: Row | None = None
    for line in found:
        if line.table:
            if line.table not in done:
                if last:
                    yield last
                last = None
                done.add(line.table)
                yield from _table(tables[line.table], today, first)
            continue
        begun = stamps.lead(line.text, around=today, first=first)
        if begun and (
            begun.clock or begun.relative is not None or begun.unknown or (begun.day and len(line.text) < 60)
        ):
            if last:
                yield last
            under = line.under if not line.fenced else f"{line.under} (fenced)"
            last = Row(line.number, plain(begun.rest), begun, under)
        elif line.heading or (dates.spoken(line.text, today) and len(line.text) < 40):
            if last:
                yield last
            day = dates.spoken(line.text, today) or (dates.find(line.text, around=today, first=first) or (None,))[0]
            last = None
            if day and (not line.heading or TIMELINE.search(line.under)):
                relative = not dates.find(line.text, around=today, first=first)
                yield Row(line.number, "" if line.heading or len(line.text) < 40 else plain(line.text),
                          stamps.Lead(line.text if relative else "", day=None if relative else day), line.under)  # fmt: skip
        elif last and (line.indent >= 2 or line.fenced or not last.text) and not line.fenced:
            last = replace(last, text=f"{last.text} {plain(re.sub(r'^[-*+•] +', '', line.text))}".strip())
        elif TIMELINE.search(line.under) and (said := SAID_AT.search(line.text)) and line.text[:1] in "-*+•":
            if last:
                yield last
            inner = stamps.lead(said.group(), around=today, first=first)
            last = Row(line.number, plain(line.text[1:]), inner, line.under)
        else:
            if last:
                yield last
            last = None
    if last:
        yield last


def _table(lines: list[Line], today: date | None, first: bool) -> Iterator[Row]:
    header = lines[0].header
    column = _time_column(lines, today, first)
    if column is None:
        return
    zone = zones.stated(header[column]) if column < len(header) else None
    phase = next(
        (
            at
            for at, name in enumerate(header)
            if at != column
            and PHASE.match(name)
            and any(WORDY.search(o) for k, o in enumerate(header) if k not in (at, column))
        ),
        None,
    )
    dated = next((at for at, name in enumerate(header) if at != column and DATED.match(name)), None)
    told = [at for at in range(max(len(line.cells) for line in lines)) if at not in (column, phase, dated)]
    wordy = [at for at in told if at < len(header) and WORDY.search(header[at])] or told
    under = f"{lines[0].under} / {' '.join(header)}"
    for line in lines:
        cell = _cell(line, column)
        text = " ".join(filter(None, (_cell(line, at) for at in wordy[:2])))
        joined = f"{_cell(line, dated)} {cell}".strip() if dated is not None else cell
        begun = stamps.lead(joined, around=today, first=first)
        if begun is None and cell and not text:
            begun = stamps.Lead(cell)
        if begun and begun.rest and begun.clock:
            text = f"{begun.rest} {text}".strip() if len(begun.rest.split()) > 1 else text
        yield Row(line.number, text, begun if cell or begun else None, under, _cell(line, phase), zone)


def _cell(line: Line, at: int | None) -> str:
    return line.cells[at] if at is not None and at < len(line.cells) else ""


def _time_column(lines: list[Line], today: date | None, first: bool) -> int | None:
    """The column whose cells begin with times (most of them, or its header says so)."""
    best: tuple[float, int] | None = None
    for at in range(min(3, max(len(line.cells) for line in lines))):
        leads = [stamps.lead(_cell(line, at), around=today, first=first) for line in lines]
        filled = [lead for line, lead in zip(lines, leads, strict=True) if _cell(line, at)]
        clocks = sum(bool(lead and (lead.clock or lead.relative is not None or lead.unknown)) for lead in filled)
        named = at < len(lines[0].header) and TIMED.search(lines[0].header[at])
        if clocks and (clocks * 2 >= len(filled) or named):
            best = max(best or (0.0, 0), (clocks / len(lines) + (1 if named else 0), -at))
    return -best[1] if best else None


def placed(some: Sequence[Row], today: date | None, zone: str | None, zero: datetime | None = None) -> list[Row]:
    """The rows with their moments: a row without a day continues the day before it, past midnight too."""
    day, latest = _opening(some, today), None
    noon = _twelve(some)
    found: list[Row] = []
    for row in some:
        begun = row.lead
        if begun is None:
            if found and row.text:
                found[-1] = replace(found[-1], text=f"{found[-1].text} {row.text}".strip())
            continue
        if begun.day:
            day, latest = begun.day, None
        elif day and not begun.clock and begun.relative is None and (said := dates.spoken(begun.rest, day)):
            day, latest = said, None
        if begun.relative is not None:
            at = zero + timedelta(seconds=begun.relative) if zero else None
        elif begun.clock and day:
            at = datetime.combine(day, begun.clock)
            if latest and not begun.day:
                at = _forward(at, latest, noon and not begun.half and not (begun.padded and begun.clock.hour < 10))
                day = at.date()
        else:
            at = None
        latest = at or latest
        found.append(_in_utc(replace(row, at=at), begun.zone or row.zone or zone))
    return found


def _opening(some: Sequence[Row], today: date | None) -> date | None:
    """The day of the first row: its own, the report's, or (rows before the first dated one) that of the first date."""
    first = next((row.lead.day for row in some if row.lead and row.lead.day), None)
    return today or first


def _twelve(some: Sequence[Row]) -> bool:
    """Whether the clocks are of twelve hours without saying so: none past noon, none padded below ten."""
    clocks = [row.lead for row in some if row.lead and row.lead.clock]
    return bool(clocks) and not any(
        c.half or c.clock.hour > 12 or (c.padded and c.clock.hour < 10) for c in clocks if c.clock
    )


def _forward(at: datetime, latest: datetime, twelve: bool) -> datetime:
    if at >= latest:
        return at
    if twelve and at + HALF >= latest and at.hour < 12:
        return at + HALF
    return at + timedelta(days=1) if latest - at > BACK else at


def _in_utc(row: Row, zone: str | None) -> Row:
    if row.at is None:
        return row
    east = (zones.offset(zone, row.at) if zone else None) or timedelta(0)
    end = None
    if row.lead and row.lead.until:
        end = datetime.combine(row.at.date(), row.lead.until)
        end = (end + timedelta(days=1) if end < row.at else end) - east
    return replace(row, utc=row.at - east, end=end)
