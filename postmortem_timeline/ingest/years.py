"""Which year stamps without one mean: by neighbours, by the source's name, by the file's time, in that order."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from postmortem_timeline.ingest.source import Source

NAMED = re.compile(r"(?<![0-9])(20[0-9]{2}|19[789][0-9])[-_]?(?:0[1-9]|1[0-2])(?:[-_]?[0-3][0-9])?(?![0-9])")
DAY_NS = 86_400_000_000_000


def year_of(source: Source, first_ns: int, spans: list[tuple[int, int]]) -> tuple[int, str]:
    """The year of a source whose first stamp, read as of some year, is `first_ns`; and the reason in words.

    Neighbours that overlap or nearly touch decide first; the file's own time comes last, since it changes on a copy.
    """
    moment = datetime(1970, 1, 1) + timedelta(microseconds=first_ns // 1000)
    leap = moment.month == 2 and moment.day == 29
    if spans:
        low, high = min(s[0] for s in spans), max(s[1] for s in spans)
        years = range(_year(low) - 1, _year(high) + 2)
        best = min((y for y in years if not leap or _is_leap(y)), key=lambda y: (_distance(_ns(moment, y), spans), y), default=None)
        if best is not None and _distance(_ns(moment, best), spans) < 120 * DAY_NS:
            return best, "from the sources beside it"
    named = NAMED.search(source.name.rsplit("/", 1)[-1])
    if named:
        return int(named.group(1)), "from the file's name"
    if source.modified is not None:
        written = datetime(1970, 1, 1) + timedelta(seconds=source.modified)
        year = written.year
        while (_ns(moment, year) > int((source.modified + 86_400) * 1e9)) or (leap and not _is_leap(year)):
            year -= 1
        return year, "from the time of the file, which changes on a copy: check it"
    return moment.year, "unknown: check it"


def in_year(ns: int, year: int) -> int:
    """The same month, day and time of another year; 29 February is 1 March where there is none."""
    moment = datetime(1970, 1, 1) + timedelta(microseconds=ns // 1000)
    if moment.month == 2 and moment.day == 29 and not _is_leap(year):
        return ns + int((moment.replace(year=year, month=3, day=1) - moment).total_seconds()) * 1_000_000_000
    return ns + int((moment.replace(year=year) - moment).total_seconds()) * 1_000_000_000


def _distance(ns: int, spans: list[tuple[int, int]]) -> int:
    return min(0 if a - DAY_NS <= ns <= b + DAY_NS else min(abs(ns - a), abs(ns - b)) for a, b in spans)


def _ns(moment: datetime, year: int) -> int:
    day = 28 if moment.month == 2 and moment.day == 29 and not _is_leap(year) else moment.day
    delta = moment.replace(year=year, day=day) - datetime(1970, 1, 1)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000_000


def _year(ns: int) -> int:
    return (datetime(1970, 1, 1) + timedelta(microseconds=ns // 1000)).year


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
