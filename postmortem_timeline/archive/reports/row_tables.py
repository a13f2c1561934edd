"""The rows of a table that has a column of times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from postmortem_timeline.archive.reports import stamps, zones
from postmortem_timeline.archive.reports.layout import Line
from postmortem_timeline.archive.reports.row import Row

TIMED = re.compile(
    r"(?i)\b(?:time|when|timestamp|tid|tidspunkt|klokken|clock|utc|cet|cest|gmt|at|started?|hour|t\+?)\b|date ?/ ?time|datetime"
)
DATED = re.compile(r"(?i)^(?:date|day|dato|dag)\b")
PHASE = re.compile(r"(?i)^(?:phase|type|category|stage|status|state|milestone|kind|fase|label|what)$")
WORDY = re.compile(
    r"(?i)event|description|what|action|detail|note|summary|hændelse|beskrivelse|message|activity|update|comment|observation"
)


def table_rows(lines: list[Line], today: date | None, first: bool) -> Iterator[Row]:
    """A row for each line of the table, if a column of it holds times."""
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
        if begun is None and cell:
            begun = stamps.Lead(cell, unknown=bool(text))  # "same day" is a moment that nobody can place
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
