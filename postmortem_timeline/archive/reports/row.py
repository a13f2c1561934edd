"""One entry of a report's timeline, and the headings under which entries stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from postmortem_timeline.archive.reports import stamps

TIMELINE = re.compile(
    r"(?i)time ?line|chronolog|sequence of events|key events|what happened|course of events|incident log|context|events?\b"
    r"|tidslinje|hændelsesforløb|forløb|log of|history|detailed"
)
ELSEWHERE = re.compile(
    r"(?i)action|follow[- ]?up|lesson|reference|appendix|link|attendee|participant|revision|review|change ?log|meeting|evidence log|raw log"
)


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
