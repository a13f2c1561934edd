"""Which year stamps without one mean: by neighbours, by the source's name, by the file's time, in that order."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from postmortem_timeline.ingest.source import Source

NAMED = re.compile(
    r"(?<![0-9])(?P<year>20[0-9]{2}|19[789][0-9])[-_]?(?P<month>0[1-9]|1[0-2])(?:[-_]?(?P<day>[0-3][0-9]))?(?![0-9])"
)
DAY_NS = 86_400_000_000_000
NEAR_NS = 120 * DAY_NS  # neighbours beyond say little of the year


def year_of(source: Source, first_ns: int, spans: list[tuple[int, int]]) -> tuple[int, str]:
    """The year of a source whose first stamp, read as of some year, is `first_ns`; and the reason in words.

    Neighbours that overlap or nearly touch decide first; the file's own time comes last, since it changes on a copy.
    """
    moment = datetime(1970, 1, 1) + timedelta(microseconds=first_ns // 1000)
    beside = _nearest(moment, spans)
    if beside is not None and _distance(_ns(moment, beside), spans) < NEAR_NS:
        return beside, "from the sources beside it"
    named = _named(source.name)
    by_name = _nearest(moment, [(named, named)]) if named is not None else None
    if by_name is not None:
        return by_name, "from the file's name"
    if source.modified is not None:
        return _until(moment, source.modified), "from the time of the file, which changes on a copy: check it"
    if beside is not None:
        return beside, "nearest to the sources beside it, which are far: check it"
    return moment.year, "unknown: check it"


def day_of(source: Source, clock_ns: int, spans: list[tuple[int, int]]) -> tuple[int, str] | None:
    """The day (ns of its start) of a source whose first stamp is a time of day alone, and the reason; None if nothing tells."""
    named = _named(source.name, whole=True)
    if named is not None:
        return named // DAY_NS * DAY_NS, "from the file's name"
    days = {edge // DAY_NS + step for span in spans for edge in span for step in (-1, 0)}
    if days:
        away = {day: min(max(a - at, at - b, 0) for a, b in spans) for day in days for at in [day * DAY_NS + clock_ns]}
        return min(sorted(days), key=lambda day: away[day]) * DAY_NS, "from the sources beside it"
    if source.modified is not None:
        return (int(source.modified * 1e9) - clock_ns) // DAY_NS * DAY_NS, "from the time of the file, which changes on a copy: check it"
    return None


def _nearest(moment: datetime, spans: list[tuple[int, int]]) -> int | None:
    """The year that brings a moment nearest to any of `spans`; only leap years have a leap day."""
    if not spans:
        return None
    leap = moment.month == 2 and moment.day == 29
    reach = 8 if leap else 1  # 1900 and 2100 are no leap years
    years = range(_year(min(s[0] for s in spans)) - reach, _year(max(s[1] for s in spans)) + reach + 1)
    possible = [year for year in years if not leap or _is_leap(year)]
    return min(possible, key=lambda year: (_distance(_ns(moment, year), spans), year), default=None)


def _named(name: str, whole: bool = False) -> int | None:
    """The date that a path's innermost dated part says: that of a rotation, or of what is inside. `whole`: to the day."""
    for part in reversed(re.split(r"[/!]", name)):
        if (found := NAMED.search(part)) and (found["day"] or not whole):
            try:
                date = datetime(int(found["year"]), int(found["month"]), int(found["day"] or 15))
            except ValueError:
                continue
            return _ns(date, date.year)
    return None


def _until(moment: datetime, written: float) -> int:
    """The last year in which the moment lies before a file was written (a day's grace for zones)."""
    leap = moment.month == 2 and moment.day == 29
    year = (datetime(1970, 1, 1) + timedelta(seconds=written)).year
    while _ns(moment, year) > int((written + 86_400) * 1e9) or (leap and not _is_leap(year)):
        year -= 1
    return year


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
