"""The rows of a report's timeline: tables with a time column, lists, paragraphs and headings that begin with a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from postmortem_timeline.archive.reports.layout import Line
from postmortem_timeline.archive.reports.row import ELSEWHERE, TIMELINE, Row
from postmortem_timeline.archive.reports.row_lines import entries


def rows(found: Sequence[Line], today: date | None, first: bool) -> list[Row]:
    """All rows, those under a heading that says timeline if there are any; days not yet filled in."""
    all_rows = list(entries(found, today, first))
    told = [row for row in all_rows if TIMELINE.search(row.under)]
    rest = [row for row in all_rows if not ELSEWHERE.search(row.under)]
    return told if _clocks(told) >= 2 else rest if _clocks(rest) >= 2 else all_rows if _clocks(all_rows) >= 2 else []


def _clocks(some: Sequence[Row]) -> int:
    return sum(bool(row.lead and (row.lead.clock or row.lead.relative is not None)) for row in some)
