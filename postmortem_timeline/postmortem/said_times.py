"""Times and durations as people write them in a postmortem."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
MONTH = "|".join([*MONTHS, *(name[:3] for name in MONTHS)])

DATE = re.compile(r"(?<![\d-])(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?![\d])")
SPOKEN_DATE = re.compile(
    rf"(?i)\b(?:(?P<m1>{MONTH})\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m2>{MONTH})),?\s+(?P<y>\d{{4}})\b"
)
CLOCK = re.compile(
    r"(?<![\d:.\-])(?P<h>[01]?\d|2[0-3]):(?P<i>[0-5]\d)(?::(?P<s>[0-5]\d))?(?:\.\d+)?\s*(?P<half>[ap]m\b)?(?![\d:])",
    re.IGNORECASE,
)
STAMP = re.compile(
    r"(?<!\d)(?P<y>\d{4,5})-(?P<m>\d{1,2})-(?P<d>\d{1,2})[T ,]+(?:at\s+)?"
    r"(?P<h>[01]?\d|2[0-3])(?P<sep>[:.]?)(?P<i>[0-5]\d)"
    r"(?::(?P<s>[0-5]\d))?(?!\d)"
)

UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
AMOUNT = r"(\d+(?:\.\d+)?)\s*(d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)\b\.?"
SPAN = re.compile(
    rf"(?i)(?<![\w.:]){AMOUNT}(?:[\s,]*(?:and\s+)?{AMOUNT})?(?:[\s,]*(?:and\s+)?{AMOUNT})?(?:[\s,]*(?:and\s+)?{AMOUNT})?"
)


@dataclass(frozen=True)
class Stamp:
    """A date and time as written; `odd` says what is wrong with its spelling, if anything."""

    at: datetime
    text: str
    odd: str = ""


def stamp(text: str) -> Stamp | None:
    """The first full date and time of a line, and what was meant by `14.43`, `1600` or `22025-03-18`."""
    match = STAMP.search(text)
    if not match:
        return None
    year, odd = match["y"], ""
    if len(year) == 5:
        year, odd = year[1:] if year.startswith(year[1]) else year[:4], "a year of five digits"
    elif match["sep"] != ":":
        odd = "a time without a colon"
    try:
        day = datetime(
            int(year), int(match["m"]), int(match["d"]), int(match["h"]), int(match["i"]), int(match["s"] or 0)
        )
    except ValueError:
        return None
    return Stamp(day, match.group().strip(), odd)


def day(text: str) -> date | None:
    """The first date of a text, `2024-04-15` or `April 15, 2024`."""
    match, spoken = DATE.search(text), SPOKEN_DATE.search(text)
    try:
        if match:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
        if spoken:
            name = (spoken["m1"] or spoken["m2"]).lower()[:3]
            month = next(at for at, full in enumerate(MONTHS, 1) if full.startswith(name))
            return date(int(spoken["y"]), month, int(spoken["d1"] or spoken["d2"]))
    except ValueError:
        return None
    return None


def clock(text: str) -> time | None:
    """The first time of day of a text."""
    match = CLOCK.search(text)
    return _time(match) if match else None


def duration(text: str) -> float | None:
    """The first duration of a text in seconds: `1h 05m`, `45 minutes`, `1d 5h 47m`, `2 hours and 3 min`."""
    match = SPAN.search(text)
    if not match:
        return None
    parts = match.groups()
    pairs = [(float(amount), unit[0].lower()) for amount, unit in zip(parts[::2], parts[1::2], strict=True) if amount]
    return sum(amount * UNITS[unit] for amount, unit in pairs)


def precision(text: str) -> float:
    """What the last unit of a stated duration leaves open, in seconds: `55m` may be a minute off, `7h` an hour."""
    match = SPAN.search(text)
    units = [unit[0].lower() for unit in match.groups()[1::2] if unit] if match else []
    return float(UNITS[units[-1]]) if units else 60.0


def office_seconds(start: datetime, end: datetime, opens: time, closes: time, *, weekends: bool = False) -> float:
    """The part of `start` to `end` that lies in office hours."""
    total, today = 0.0, start.date()
    while today <= end.date():
        if weekends or today.weekday() < 5:
            low, high = max(start, datetime.combine(today, opens)), min(end, datetime.combine(today, closes))
            total += max(0.0, (high - low).total_seconds())
        today += timedelta(days=1)
    return total


def _time(match: re.Match[str]) -> time:
    hour, half = int(match["h"]), (match["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(match["i"]), int(match["s"] or 0))
