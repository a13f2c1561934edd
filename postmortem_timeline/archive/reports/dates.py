"""Dates as people write them in a report: ISO, day or month first, in words (English, Danish and near relatives)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

NAMES = (
    "january januar januari januarja jan", "february februar februari feb", "march marts mars märz mar",
    "april apr", "may maj mai", "june juni jun", "july juli jul", "august augusti aug",
    "september sept sep", "october oktober oct okt", "november nov", "december desember dezember dec des dez",
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(NAMES, 1) for name in names.split()}
WORDS = "|".join(sorted(MONTHS, key=len, reverse=True))
DAYS = (
    "monday mandag montag mon man", "tuesday tirsdag tues tue tir", "wednesday onsdag wed ons",
    "thursday torsdag thurs thur thu tor", "friday fredag fri fre", "saturday lørdag lordag lördag sat lør",
    "sunday søndag sondag söndag sun søn",
)  # fmt: skip
WEEKDAYS = {name: number for number, names in enumerate(DAYS) for name in names.split()}

ISO = re.compile(r"(?<![\d.])(?P<extra>\d)?(?P<y>20\d{2})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?=T\d|[^\d]|$)")
COMPACT = re.compile(r"(?<![\d\w.])(?P<y>20[0-4]\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?![\d.])")
NUMERIC = re.compile(
    r"(?<![\d.:/-])(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y>20\d{2}|\d{2})(?![\d/]|[-.]\d)"
)
SPOKEN = re.compile(
    rf"(?i)(?<![\w])(?:(?P<m1>{WORDS})\b\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<y1>20\d{{2}})(?!\d|:\d))?"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]+(?:of\s+)?(?P<m2>{WORDS})\b\.?(?:[\s,-]+(?P<y2>20\d{{2}}|\d{{2}}(?=\s|$|,))(?!\d|:\d))?)"
)
WEEKDAY = re.compile(rf"(?i)^\W*(?P<name>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\b")
NEXT = re.compile(r"(?i)\b(?:(?:the )?(?:next|following) (?:day|morning)|day after|næste dag|dagen efter)\b")
ASIDE = re.compile(
    r"(?i)^\W{0,3}(?:(?P<before>(?:the )?(?:previous|prior|preceding) (?:day|night|evening)"
    r"|(?:the )?(?:day|night|evening) before|-1\s?d?(?:ay)?(?=[)\]]))"
    r"|(?P<after>(?:the )?(?:next|following) (?:day|morning)|\+1\s?d?(?:ay)?(?=[)\]])))"
)
LATER = re.compile(r"(?i)^\W*day\s*(?P<n>\d{1,2})\b")


def day_first(text: str) -> bool:
    """Whether `3/4/2024` is the third of April: settled by all dates of the text; without evidence the day is first."""
    for match in NUMERIC.finditer(text):
        if int(match["a"]) > 12:
            return True
        if int(match["b"]) > 12:
            return False
    return not re.search(r"\b(?:[ECMP][SD]?T|Eastern|Pacific)\b", text)


def find(text: str, *, around: date | None = None, first: bool = True) -> tuple[date, int, int] | None:
    """The first date of a text and its span; one without a year takes that of `around`."""
    found = []
    for regex in (ISO, COMPACT, NUMERIC, SPOKEN):
        match = regex.search(text)
        day = _day(match, around, first) if match else None
        if match and day:
            found.append((match.start(), -match.end(), day))
    if not found:
        return None
    start, end, day = min(found)
    return day, start, -end


def _day(match: re.Match[str], around: date | None, first: bool) -> date | None:
    parts = match.groupdict()
    if "m1" in parts:
        month = MONTHS[(parts["m1"] or parts["m2"]).lower()]
        year = parts["y1"] or parts["y2"]
        if year is None and around is None:
            return None
        return _date(_full(year) if year else _near(around, month), month, int(parts["d1"] or parts["d2"]))
    if "a" in parts:
        one, two = int(parts["a"]), int(parts["b"])
        day, month = (one, two) if (first and two <= 12) or one > 12 else (two, one)
        return _date(_full(parts["y"]), month, day)
    return _date(int(parts["y"]), int(parts["m"]), int(parts["d"]))


def _full(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _near(around: date | None, month: int) -> int:
    """The year that brings the month within half a year of the document's day."""
    assert around is not None
    apart = month - around.month
    return around.year + (apart < -6) - (apart > 6)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def spoken(text: str, today: date | None) -> date | None:
    """`Tuesday`, `the next day`: a day that is named by its distance from `today`."""
    if today is None:
        return None
    weekday = WEEKDAY.match(text)
    if weekday:
        ahead = (WEEKDAYS[weekday["name"].lower()] - today.weekday()) % 7
        return today + timedelta(days=ahead)
    return today + timedelta(days=1) if NEXT.search(text) else None


def aside(text: str) -> int:
    """Days by which a note behind a time moves it: `23:29 (previous night)`, `01:10 (+1)`, `09:00 (next day)`."""
    note = ASIDE.match(text)
    return 0 if not note else -1 if note["before"] else 1


def common(days: Sequence[date]) -> date | None:
    """The day that is named most often; the earliest of those named equally often."""
    return min(set(days), key=lambda day: (-days.count(day), day)) if days else None
