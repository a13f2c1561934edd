"""Marks that a report states outright, as facts: `Detected: 10:32`, `Time to mitigate: 15 min (rolled back at 03:27)`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from postmortem_timeline.archive.reports import spans, stamps, zones
from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.postmortem import milestones

WHAT = (
    r"(?:(?:the|first|initial|incident|impact|outage|issue|problem|fault|event|service|customer|"
    r"user|disruption|downtime|degradation|time|date|team|error|failure)\s+)*"
)
WHEN = (
    r"(?:\s+(?:time|date|datetime|timestamp|at|on|when|of|incident|impact|outage|issue|the|tidspunkt|declared|event))*"
)
KEYS = (
    (
        "impact_start",
        rf"{WHAT}(?:start(?:s|ed)?|began|begins?|beginning|onset|occur(?:s|red)?|starttidspunkt|startet){WHEN}",
    ),
    (
        "mitigated",
        rf"{WHAT}(?:mitigat(?:ed|ion)|repaired|restored|restoration|recover(?:ed|y)|fixed|contained|stabili[sz]ed){WHEN}"
        r"|(?:.*\b)?(?:impact|outage|disruption|downtime|degradation) (?:end(?:s|ed)?|over)(?: time)?|"
        r"service (?:restored|recovered)",
    ),
    (
        "detected",
        rf"{WHAT}(?:detect(?:ed|ion)|notic(?:ed|e)|discover(?:ed|y)|report(?:ed)?|alert(?:ed)?(?: fired|"
        rf" received)?|aware|opdaget){WHEN}",
    ),
    ("acknowledged", rf"{WHAT}(?:acknowledged|acknowledgement|ack(?:ed)?|responded){WHEN}"),
    ("declared", rf"{WHAT}(?:declared|declaration){WHEN}|incident (?:opened|created){WHEN}"),
    (
        "identified",
        rf"(?:(?:root )?cause|problem|issue) (?:identified|found|diagnosed){WHEN}|(?:time )?diagnosed{WHEN}",
    ),
    ("resolved", rf"{WHAT}(?:resol(?:ved|ution)|end(?:s|ed)?|over|sluttidspunkt|løst){WHEN}"),
    ("closed", rf"{WHAT}closed{WHEN}"),
)
MARKS = tuple((name, re.compile(rf"(?i)^\W*(?:{pattern})\W*$")) for name, pattern in KEYS)

REACHED = re.compile(r"(?i)\(([^()]*?\bat\s+[^()]*)\)")  # `15 minutes (rollback complete at 03:27 UTC)`
ENDS = {"detect": "detected", "mitigate": "mitigated", "resolve": "resolved", "acknowledge": "acknowledged"}


@dataclass(frozen=True)
class Stated:
    """A moment that the report states for a mark; `meant` says what was mended in its spelling."""

    at: datetime
    line: int
    key: str
    written: datetime | None = None
    meant: str = ""


@dataclass(frozen=True)
class Frame:
    """What bare times of a report are read by."""

    today: date | None
    zone: str | None
    first: bool


def marks(found: Sequence[Fact], frame: Frame) -> tuple[dict[str, Stated], dict[str, Fact]]:
    """The marks that facts state, the first of each name; and those whose time is a placeholder."""
    known: dict[str, Stated] = {}
    blank: dict[str, Fact] = {}
    for fact in found:
        name = mark_name(fact.key)
        if name is None or name in known:
            continue
        moment = instant(fact.value, frame) or _said_at(fact.value, frame)
        if moment:
            known[name] = Stated(moment[0], fact.line, fact.key, meant=moment[1])
        elif stamps.lead(fact.value, around=frame.today) is not None:
            blank.setdefault(name, fact)
    for fact in found:
        end = ENDS.get(spans.span_name(fact.key) or "")
        reached = REACHED.search(fact.value) if end and end not in known else None
        moment = instant(reached[1].rpartition(" at ")[2], frame) if reached else None
        if end and reached and moment and spans.span(fact.value[: reached.start()]) is not None:
            known[end] = Stated(moment[0], fact.line, fact.key, meant=moment[1])
    return _meant(known, frame), {name: fact for name, fact in blank.items() if name not in known}


def _said_at(text: str, frame: Frame) -> tuple[datetime, str] | None:
    """The one time in a sentence: `The issue was detected at 11:00am through alerts`."""
    said = re.findall(rf"(?i)\bat\s+((?:about |around )?{stamps.CLOCK.pattern}.{{0,30}})", re.sub(r"\s+", " ", text))
    return instant(said[0][0], frame) if len(said) == 1 else None


def mark_name(key: str) -> str | None:
    bare = spans.NOTE.sub("", key).strip(" :-")
    return next((name for name, regex in MARKS if regex.match(bare)), None) if len(bare.split()) <= 6 else None


def instant(text: str, frame: Frame) -> tuple[datetime, str] | None:
    """The moment in UTC that a value begins with, and what is odd in its spelling."""
    begun = stamps.lead(text.strip(" `*"), around=frame.today, first=frame.first)
    if not begun or begun.clock is None or not (begun.day or frame.today):
        return None
    day = begun.day or frame.today
    assert day is not None
    at = datetime.combine(day, begun.clock)
    zone = zones.settled(begun.zone, frame.zone)
    return at - ((zones.offset(zone, at) if zone else None) or timedelta(0)), begun.odd


def _meant(known: dict[str, Stated], frame: Frame) -> dict[str, Stated]:
    """Dates far from the others where another year or month would lie near are typing errors."""
    days = sorted(one.at.date() for one in known.values())
    if len(days) + (frame.today is not None) < 3:
        return known
    middle = frame.today or days[len(days) // 2]
    mended = {}
    for name, one in known.items():
        day = milestones.meant(one.at.date(), middle)
        if day:
            at = datetime.combine(day, one.at.time())
            one = Stated(at, one.line, one.key, one.at, f"{one.at:%Y-%m-%d} is far from the rest, {day} is meant")
        mended[name] = one
    return mended
