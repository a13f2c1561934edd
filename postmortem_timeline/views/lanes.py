"""Which lane a timeline row lies in, and where: places in percent of the picture, so that HTML and SVG share them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from postmortem_timeline.views import wording

LANES = ("changes", "alerts", "people", "errors", "requests", "status")

OF_KIND = {
    "change": "changes", "alert": "alerts", "page": "alerts", "chat": "people", "note": "people", "ticket": "people",
    "request": "requests", "status": "status",
}  # fmt: skip

# Entries nearer than this (percent of the width: a 22 px button on a 900 px picture) lie on different levels.
APART = 2.5
LEVELS = 6

# A bar this wide (percent) holds its own words; beside a dot there must be this much room for them.
WIDE_BAR, LEAST_ROOM = 12.0, 7.0
# What a lane's name says already.
KNOWN = re.compile(r"^(?:[\w.-]+: )?(?:alert |status page, |(?:new error|new message|burst|silence) in [^:]{1,60}: )")


@dataclass(frozen=True)
class Entry:
    """A row in its lane, in percent of the width; `outside` is -1 or 1 where it lies before or after the picture."""

    row: int
    left: float
    width: float
    level: int
    outside: int = 0
    words: tuple[float, float] | None = None  # from where to where its words may stand, if there is room for any

    @property
    def end(self) -> float:
        return self.left + self.width


@dataclass(frozen=True)
class Lane:
    name: str
    entries: tuple[Entry, ...]
    levels: int


@dataclass(frozen=True)
class Frame:
    """What stretch of time the picture shows, in milliseconds."""

    start: int
    end: int

    def percent(self, millis: int) -> float:
        return round(100 * (millis - self.start) / max(1, self.end - self.start), 3)


def lane_of(row: dict[str, Any]) -> str:
    """Pages of a person (acknowledged, escalated) are what people did, so they lie with the people."""
    if row.get("kind") == "page" and row.get("reason") in ("acknowledge", "escalate"):
        return "people"
    return OF_KIND.get(str(row.get("kind")), "errors")


def frame(incident: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Frame:
    """The stretch from the first to the last moment of the incident itself, with a tenth before and after.

    A change hours earlier would squeeze the incident into a corner; it is shown at the edge instead.
    """
    impact = incident.get("impact") or {}
    marks = incident.get("lifecycle") or {}
    inside = [name for name in marks if name not in ("changed", "closed")]
    times = [wording.instant((marks[name] or {}).get("at")) for name in inside]
    times += [wording.instant(edge) for window in impact.get("windows") or [] for edge in window]
    known = [time for time in times if time is not None]
    if not known:
        stamps = [wording.instant(row.get("start")) for row in rows]
        known = [time for time in stamps if time is not None] or [0]
    length = max(max(known) - min(known), 60_000)
    return Frame(min(known) - length // 8, max(known) + length // 8)


def lanes(rows: Sequence[dict[str, Any]], shown: Frame, *, apart: float = APART) -> list[Lane]:
    """Every lane that has rows, its entries packed so that near ones lie above each other."""
    placed: dict[str, list[Entry]] = {name: [] for name in LANES}
    reach: dict[str, list[float]] = {name: [] for name in LANES}
    for index, row in enumerate(rows):
        start = wording.instant(row.get("start"))
        if start is None:
            continue
        name = lane_of(row)
        left, width, outside = _extent(start, wording.instant(row.get("end")), shown)
        # At the edge entries bear their times as letters, so each needs a level of its own.
        wide, most = (4 * apart, 2 * LEVELS) if outside else (apart, LEVELS)
        level = _level(reach[name], left, left + width + wide, most)
        placed[name].append(Entry(index, left, width, level, outside))
    return [Lane(name, tuple(_worded(placed[name])), len(reach[name])) for name in LANES if placed[name]]


def label(row: dict[str, Any]) -> str:
    """The words of a row beside its entry: the summary without who tells it and what the lane says already."""
    text = str(row.get("summary") or "")
    return wording.short(KNOWN.sub("", text.removeprefix(f"{row.get('actor')}: ")), 90)


def _worded(entries: Sequence[Entry]) -> list[Entry]:
    """Room for words: inside a wide bar, else from an entry to the next one of its level.

    At the right edge the words stand before the entry; they share the gap there with those of the entry before, unless
    it is too narrow for both.
    """
    found = []
    for entry in entries:
        level = [other for other in entries if other.level == entry.level]
        following = min(
            (other for other in level if (other.left, other.row) > (entry.left, entry.row)),
            key=lambda other: (other.left, other.row), default=None,
        )  # fmt: skip
        before = max((other.end for other in level if other.left < entry.left), default=0.0)
        if entry.width >= WIDE_BAR:
            room = (entry.left, entry.end)
        elif entry.outside > 0:
            room = (_shared(before), 100.0)
        else:
            room = (entry.end, 100.0 if following is None else following.left)
            if following is not None and following.outside > 0 and following.left > entry.left:
                room = (entry.end, _shared(entry.end))
        fits = room[1] - room[0] >= LEAST_ROOM
        found.append(replace(entry, words=(room[0], round(room[1] - room[0], 3)) if fits else None))
    return found


def _shared(end: float) -> float:
    """Where the gap behind `end` is parted, between the words of what ends there and of the entry at the right edge."""
    return end + (100 - end) / 2 if 100 - end >= 2 * LEAST_ROOM else end


def _extent(start: int, end: int | None, shown: Frame) -> tuple[float, float, int]:
    outside = -1 if start < shown.start and (end or start) < shown.start else 1 if start > shown.end else 0
    left = min(max(shown.percent(start), 0.0), 100.0)
    right = min(max(shown.percent(end), left), 100.0) if end else left
    return left, round(right - left, 3), outside


def _level(reach: list[float], left: float, right: float, most: int) -> int:
    """The first level that is free at `left`; when all are taken, the one that frees first."""
    for level, taken in enumerate(reach):
        if left >= taken:
            reach[level] = right
            return level
    if len(reach) < most:
        reach.append(right)
        return len(reach) - 1
    level = min(range(len(reach)), key=reach.__getitem__)
    reach[level] = right
    return level
