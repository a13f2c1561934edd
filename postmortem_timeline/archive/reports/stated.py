"""Marks, durations and windows that a report states outright, as facts or in the sentences of its summary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from postmortem_timeline.archive.reports import stamps, zones
from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.archive.reports.layout import Line, plain
from postmortem_timeline.correlate.durations_said import COUNTS
from postmortem_timeline.postmortem import milestones, said_times
from postmortem_timeline.postmortem.durations import OFFICE

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
NOTE = re.compile(r"\([^)]*\)|\[[^\]]*\]")

TO = r"(?:mean )?time[- ](?:to|until|before)[- ]"
SPANS = (
    (
        "detect",
        rf"{TO}(?:detect\w*|notice|discover\w*|alert|awareness)|\bm?ttd\b|detection (?:time|delay|"
        rf"lag|gap)|tid til (?:opdagelse|detektion)",
    ),
    ("acknowledge", rf"{TO}(?:ack\w*|respon\w+|engage\w*)|\bm?tta\b|(?:response|acknowledgement) time"),
    ("repair", rf"{TO}(?:repair\w*|fix)"),
    (
        "mitigate",
        rf"{TO}(?:(?:full )?recover\w*|mitigat\w+|restor\w+|contain\w*|remediat\w+)|\bttm\b|\bmttm\b|"
        rf"(?:mitigation|recovery|restoration) time|tid til (?:genopretning|afhjælpning)",
    ),
    ("resolve", rf"{TO}(?:(?:full|fully )?\s?resol\w+)|\bm?ttr\b|resolution time"),
    ("duration", r"(?:.*\b)?(?:duration|downtime|length|varighed|nedetid)(?:\b.*)?"),
)
DURATIONS = tuple((name, re.compile(rf"(?i)^\W*(?:{pattern})\W*(?:\b.{{0,30}})?$")) for name, pattern in SPANS)
TARGET = re.compile(r"(?i)\btarget|\bgoal|\bslo\b|\bmean\b|\baverage\b|estimated|^\W*<|^\W*\{\{|\bprevious")
COLONS = re.compile(
    r"^\W*(?P<h>\d{1,3}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?\s*(?:\(?(?P<form>hh?:mm(?::ss)?|h|hours|hrs|min\w*)\)?)?\W*$",
    re.I,
)
WORDED = re.compile(
    rf"(?i)\b(?P<count>half an|an?|{'|'.join(COUNTS)})(?: and a (?P<half>half))?[ -](?P<unit>minutes?|hours?|days?|seconds?)\b"
)
BETWEEN = re.compile(r"\s*(?:-|–|—|→|->|\bto\b|\buntil\b|\btill\b|\band\b|\btil\b)\s*", re.I)
SPOKEN = re.compile(
    rf"(?i)\b(?:from|between|fra|mellem)\s+(?:about |around |approximately |approx\.? |roughly |"
    rf"~)?(?P<a>(?:[\w,./-]+ ){{0,5}}?{stamps.CLOCK.pattern.replace('?P<', '?P<a_')}[^.;]{{0,24}}?)"
    rf"\s*(?:to|until|till|and|-|–|til|og)\s+(?:about |around |approximately |roughly |~)?"
    rf"(?P<b>(?:[\w,./-]+ ){{0,5}}?{stamps.CLOCK.pattern.replace('?P<', '?P<b_')}(?:\s?\(?[A-Z]{{2,4}}\)?)?)"
)
KEYED = re.compile(r"(?i)duration|window|period|when|impact|outage|downtime|date|time|varighed|nedetid")
TOLD = re.compile(
    r"(?i)summary|impact|overview|abstract|what happened|description|executive|tl;?dr|resum|introduction|issue|duration"
)


@dataclass(frozen=True)
class Stated:
    """A moment that the report states for a mark; `meant` says what was mended in its spelling."""

    at: datetime
    line: int
    key: str
    written: datetime | None = None
    meant: str = ""


@dataclass(frozen=True)
class Span:
    seconds: float
    line: int
    slack: float  # what its last unit leaves open


@dataclass(frozen=True)
class Window:
    start: datetime
    end: datetime
    line: int


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
        moment = instant(fact.value, frame)
        if moment:
            known[name] = Stated(moment[0], fact.line, fact.key, meant=moment[1])
        elif stamps.lead(fact.value, around=frame.today) is not None:
            blank.setdefault(name, fact)
    return _meant(known, frame), {name: fact for name, fact in blank.items() if name not in known}


def mark_name(key: str) -> str | None:
    bare = NOTE.sub("", key).strip(" :-")
    return next((name for name, regex in MARKS if regex.match(bare)), None) if len(bare.split()) <= 6 else None


def instant(text: str, frame: Frame) -> tuple[datetime, str] | None:
    """The moment in UTC that a value begins with, and what is odd in its spelling."""
    begun = stamps.lead(text.strip(" `*"), around=frame.today, first=frame.first)
    if not begun or begun.clock is None or not (begun.day or frame.today):
        return None
    day = begun.day or frame.today
    assert day is not None
    at = datetime.combine(day, begun.clock)
    zone = begun.zone or frame.zone
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


def durations(found: Sequence[Fact]) -> dict[str, Span]:
    """The durations that facts state: detect, acknowledge, repair, mitigate, resolve, duration."""
    known: dict[str, Span] = {}
    for fact in found:
        key = NOTE.sub("", fact.key).strip(" :-")
        name = next((name for name, regex in DURATIONS if regex.match(key)), None)
        if not name or name in known or TARGET.search(fact.key) or TARGET.search(fact.value[:60]):
            continue
        seconds = span(fact.value)
        if seconds is not None:
            known[name] = Span(
                seconds,
                fact.line,
                max(60.0, min(said_times.precision(fact.value), 3600.0) / (1 if "m" in fact.value else 2)),
            )
    return known


def span(text: str) -> float | None:
    """`1 h 35 min`, `00:45:00`, `half an hour`, `about an hour and a half` in seconds."""
    colons = COLONS.match(text)
    if colons:
        hours, minutes = int(colons["h"]), int(colons["m"])
        if colons["s"] is None and (colons["form"] or "").lower().startswith("min"):
            return float(hours * 60 + minutes)
        return float(hours * 3600 + minutes * 60 + int(colons["s"] or 0))
    worded, figures = WORDED.search(text), said_times.SPAN.search(text)
    if figures and not (worded and worded.start() < figures.start()):
        return said_times.duration(text)
    if not worded:
        return None
    count = {"half an": 0.5, "a": 1.0, "an": 1.0}.get(worded["count"].lower()) or float(COUNTS[worded["count"].lower()])
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}[worded["unit"][0].lower()]
    return (count + (0.5 if worded["half"] else 0.0)) * unit


def windows(found: Sequence[Fact], lines: Sequence[Line], frame: Frame) -> list[Window]:
    """Intervals that are stated: `Duration: 42 minutes (14:03 to 14:45)`, "from 17:42 to 18:27 UTC ..."."""
    known = [
        window
        for fact in found
        if KEYED.search(fact.key) and not stamps.lead(fact.key) and not _aside(fact.key, fact.value)
        for window in _ranges(fact.value, fact.line, frame)
    ]
    for line in lines:
        if line.table or line.fenced or not (TOLD.search(line.under) or len(line.above) <= 1):
            continue
        text = plain(line.text)
        if _aside("", text):
            continue
        for match in SPOKEN.finditer(text):
            known += _pair(match["a"], match["b"], line.number, frame)
    return known


def _aside(key: str, text: str) -> bool:
    """Office hours, and durations that have a name of their own, are no interval of harm."""
    return bool(
        OFFICE.search(text)
        or any(regex.match(NOTE.sub("", key).strip(" :-")) for name, regex in DURATIONS if name != "duration")
    )


def _ranges(value: str, line: int, frame: Frame) -> Iterator[Window]:
    inside = [value, *re.findall(r"\(([^()]*)\)", value)]
    for text in inside:
        for split in BETWEEN.finditer(text):
            pair = _pair(text[: split.start()], text[split.end() :], line, frame)
            if pair:
                yield pair[0]
                return


def _pair(left: str, right: str, line: int, frame: Frame) -> list[Window]:
    """Two moments around a dash; a day or half of the day that one side leaves out is that of the other."""
    one, two = (_late_lead(text, frame) for text in (left, right))
    if not one or not two or one.clock is None or two.clock is None:
        return []
    day = one.day or frame.today
    if day is None:
        return []
    start = datetime.combine(day, one.clock)
    if two.half and not one.half and one.clock.hour < 12 <= two.clock.hour and start.hour + 12 <= two.clock.hour:
        start += timedelta(hours=12)  # "1:05 to 2:30 pm"
    end = datetime.combine(two.day or day, two.clock)
    end += timedelta(days=1) if end < start and not two.day else timedelta(0)
    zone = one.zone or two.zone or frame.zone
    east = (zones.offset(zone, start) if zone else None) or timedelta(0)
    return [Window(start - east, end - east, line)] if end > start else []


def _late_lead(text: str, frame: Frame) -> stamps.Lead | None:
    """The time that a text begins with, or that stands at its end: "on July 15, 2025, 17:42"."""
    begun = stamps.lead(text, around=frame.today, first=frame.first)
    if begun and begun.clock:
        return begun
    late = re.search(rf"(?:{stamps.CLOCK.pattern}|\d{{4}}-\d\d-\d\d.*)\W*\w{{0,4}}\W*$", text, re.I)
    return stamps.lead(late.group(), around=frame.today, first=frame.first) if late else None
