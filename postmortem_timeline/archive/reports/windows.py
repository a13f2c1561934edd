"""Intervals that a report states: `Duration: 42 minutes (14:03 to 14:45)`, "from 17:42 to 18:27 UTC ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from postmortem_timeline.archive.reports import spans, stamps, zones
from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.archive.reports.layout import SUMS_UP, Line, plain
from postmortem_timeline.archive.reports.stated import Frame
from postmortem_timeline.postmortem.durations import OFFICE

BETWEEN = re.compile(r"\s*(?:-|–|—|→|->|\bto\b|\buntil\b|\btill\b|\band\b|\btil\b)\s*", re.I)
SPOKEN = re.compile(
    rf"(?i)\b(?:from|between|fra|mellem)\s+(?:about |around |approximately |approx\.? |roughly |"
    rf"~)?(?P<a>(?:[\w,./-]+ ){{0,5}}?{stamps.CLOCK.pattern.replace('?P<', '?P<a_')}[^.;]{{0,24}}?)"
    rf"\s*(?:to|until|till|and|-|–|til|og)\s+(?:about |around |approximately |roughly |~)?"
    rf"(?P<b>(?:[\w,./-]+ ){{0,5}}?{stamps.CLOCK.pattern.replace('?P<', '?P<b_')}(?:\s?\(?[A-Z]{{2,4}}(?:[+-]\d{{1,2}}(?::?\d\d)?)?\)?)?)"
)
KEYED = re.compile(r"(?i)duration|window|period|when|impact|outage|downtime|date|time|varighed|nedetid")


@dataclass(frozen=True)
class Window:
    start: datetime
    end: datetime
    line: int


def windows(found: Sequence[Fact], lines: Sequence[Line], frame: Frame) -> list[Window]:
    """Intervals that are stated: `Duration: 42 minutes (14:03 to 14:45)`, "from 17:42 to 18:27 UTC ..."."""
    known = [
        window
        for fact in found
        if KEYED.search(fact.key) and not stamps.lead(fact.key) and not _aside(fact.key, fact.value)
        for window in _ranges(fact.value, fact.line, frame)
    ]
    for line in lines:
        if line.table or line.fenced or not (SUMS_UP.search(line.under) or len(line.above) <= 1):
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
        or any(
            regex.match(spans.NOTE.sub("", key).strip(" :-")) for name, regex in spans.DURATIONS if name != "duration"
        )
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
    zone = zones.settled(one.zone or two.zone, frame.zone)
    east = (zones.offset(zone, start) if zone else None) or timedelta(0)
    return [Window(start - east, end - east, line)] if end > start else []


def _late_lead(text: str, frame: Frame) -> stamps.Lead | None:
    """The time that a text begins with, or that stands at its end: "on July 15, 2025, 17:42"."""
    begun = stamps.lead(text, around=frame.today, first=frame.first)
    if begun and begun.clock:
        return begun
    late = re.search(rf"(?:{stamps.CLOCK.pattern}|\d{{4}}-\d\d-\d\d.*)\W*\w{{0,4}}\W*$", text, re.I)
    return stamps.lead(late.group(), around=frame.today, first=frame.first) if late else None
