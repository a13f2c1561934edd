"""Dates and times as people's programs write them for people: any order of day and month, clocks of 12 and 24 hours, month names."""

from __future__ import annotations

import itertools
import re
from calendar import timegm
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from postmortem_timeline.parsing.stamp_moves import zone_seconds

SECOND = 1_000_000_000
DAY = 86_400
BLANKS = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u2009\u200a\u3000", " ") | dict.fromkeys("\u200e\u200f\u202a\u202b\u202c\ufeff")
)

# Three letters of a month's name in languages in which chat programs write dates; longer where three mean two months.
MONTHS = {
    1: "jan ene gen янв sty sij led oca", 2: "feb fév fev feb fev фев lut vel únor şub sub", 3: "mar mär mrt маp мар bře ožu",
    4: "apr avr abr апр kwi tra dub nis", 5: "may mai mei maj mag май maí svi kvě мая",
    6: "jun juin juni giu июн cze lip_ čer haz",
    7: "jul juil lug июл lip srp_ tem", 8: "aug aoû aou ago авг sie kol srp ağu agu", 9: "sep set сен wrz ruj zář eyl",
    10: "oct okt oct ott out окт paź lis_ říj eki", 11: "nov nov noi ноя lis stu kas",
    12: "dec dez déc dec dic des дек gru pro ara",
}  # fmt: skip
NAMES = {name: number for number, names in MONTHS.items() for name in names.split() if not name.endswith("_")}

_CLOCK = re.compile(
    r"(?<![\d.:])(?P<mark>上午|下午|오전|오후|午前|午後)?\s?(?P<H>\d{1,2})[:.h](?P<M>\d\d)(?:[:.](?P<S>\d\d)(?:[.,](?P<f>\d{1,9}))?)?"
    r"(?:\s?(?P<half>[AaPp])\s?\.?\s?[Mm]\b\.?)?(?![\d])"
)
_ZONE = re.compile(
    r"\(?(?:UTC|GMT)\s?([+-]\d{1,2}(?::?\d\d)?)\)?|(?<=[\d M])\s?([+-]\d\d:?\d\d)\b|\b([A-Z]{3,4}|Z)\b\)?\s*$"
)
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<Y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?!\d)")
_NUMBERS = re.compile(
    r"(?<![\d:])(?P<a>\d{1,2})(?P<sep>[-/.])\s?(?P<b>\d{1,2})"
    r"(?:(?P=sep)\s?(?P<Y>\d{4}|\d\d)|(?=\D|$)(?!\s?[AaPp]\.?[Mm]|:))(?![\d:])"
)
_DAY_NAME = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|\.|º)?[\s-](?:de )?(?P<b>[^\W\d_]{3,12})\.?"
    r"(?:,?[\s-](?:de )?(?P<Y>\d{4}|\d\d(?!\d|:)))?"
)
_NAME_DAY = re.compile(r"(?P<b>[^\W\d_]{3,12})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?(?![\d:])(?:,?\s+(?P<Y>\d{4}))?")
_LAST_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*$")


class Written(NamedTuple):
    """A time as written: what it says, and what it leaves out."""

    date: tuple[int | None, int, int] | None  # year (None: not said), month, day
    clock_ns: int | None  # since midnight
    offset: int | None  # seconds east of UTC; None where no zone is said

    def instant(self, date: tuple[int, int, int] | None = None, zone: int = 0) -> int | None:
        """Unix nanoseconds; `date` and `zone` stand in for what is not said. None where there is no such day."""
        year, month, day = self.date or (None, 0, 0)
        if self.date is None or year is None:
            if date is None:
                return None
            year, month, day = (date[0], month, day) if self.date else date
        try:
            midnight = timegm(datetime(year, month, day).timetuple())
        except ValueError:
            return None
        offset = zone if self.offset is None else self.offset
        when = (midnight - offset) * SECOND + (self.clock_ns or 0)
        return when if 0 < when < 2**63 else None


def order_of(texts: Iterable[str]) -> tuple[str, bool]:
    """Whether numeric dates begin with the day or the month ("dm", "md"), told by all of a source; and whether that is sure.

    A number over 12 is a day. Where none is, the order in which the source goes forward in time, in the smaller steps,
    is taken; where both do, dots mean the day first, a 12-hour clock after slashes the month.
    """
    pairs: list[tuple[int, int, int]] = []
    sample = ""
    for text in texts:
        text = text.translate(BLANKS)
        if not _YEAR_FIRST.search(text) and (found := _NUMBERS.search(text)) and found["Y"]:
            pairs.append((int(found["Y"]), int(found["a"]), int(found["b"])))
            sample = sample or text
    if any(a > 12 for _, a, _ in pairs):
        return "dm", True
    if any(b > 12 for _, _, b in pairs):
        return "md", True
    day_first, month_first = ([_day(y, *(ab if k else ab[::-1])) for y, *ab in pairs] for k in (0, 1))
    told = (_steps(day_first), _steps(month_first))
    if told[0] != told[1]:
        return ("dm", False) if told[0] < told[1] else ("md", False)
    return ("md" if re.search(r"\d/\d", sample) and re.search(r"[AaPp]\.?\s?[Mm]\b", sample) else "dm"), not pairs


def _day(year: int, month: int, day: int) -> int:
    return (year * 12 + month) * 31 + day


def _steps(days: Sequence[int]) -> tuple[int, int]:
    """How often a source goes back in time, and how far it goes in all."""
    moves = [b - a for a, b in itertools.pairwise(days)]
    return min(sum(m < 0 for m in moves), sum(m > 0 for m in moves)), sum(abs(m) for m in moves)


@lru_cache(maxsize=1 << 12)
def read(text: str, order: str = "dm") -> Written | None:
    """What a text says of a time: a date, a clock, a zone, each or none. None where it says neither date nor clock."""
    text = text.translate(BLANKS).strip()
    date, rest = _date(text, order)
    clock = _CLOCK.search(rest)
    if date is None and clock is None:
        return None
    offset = _offset(rest[clock.end() - 1 :]) if clock else None
    return Written(date, _nanoseconds(clock) if clock else None, offset)


def _date(text: str, order: str) -> tuple[tuple[int | None, int, int] | None, str]:
    """The date, and the text without it."""
    date: tuple[int | None, int, int]
    if found := _YEAR_FIRST.search(text):
        date = (int(found["Y"]), int(found["m"]), int(found["d"]))
    elif found := _NUMBERS.search(text):
        day, month = (found["a"], found["b"]) if order == "dm" else (found["b"], found["a"])
        date = (_year(found["Y"]), int(month), int(day))
    else:
        named = [m for shape in (_NAME_DAY, _DAY_NAME) for m in shape.finditer(text) if month_of(m["b"])]
        if not named:
            return None, text
        found = next((m for m in named if m["Y"]), named[0])  # "mar. 15 juil. 2025" is a Tuesday in July
        year = found["Y"] or next(iter(_LAST_YEAR.findall(text[found.end() :])), None)  # of C: after the clock
        date = (_year(year), month_of(found["b"]), int(found["d"]))
    ok = 1 <= date[1] <= 12 and 1 <= date[2] <= 31
    return (date, text[: found.start()] + " " + text[found.end() :]) if ok else (None, text)


def month_of(name: str) -> int:
    """The number of a month by its name or the beginning of it; 0 for any other word."""
    name = name.lower()
    if name[:3] in ("mon", "mar") and name not in (
        "mar",
        "mars",
        "march",
        "märz",
        "marzo",
        "março",
        "marca",
        "maart",
        "mart",
    ):
        return 0  # Monday, and Tuesday in French and Spanish
    return next((NAMES[name[:k]] for k in (4, 3) if name[:k] in NAMES), 0)


def _year(digits: str | None) -> int | None:
    if digits is None:
        return None
    return int(digits) if len(digits) == 4 else 2000 + int(digits) if int(digits) < 70 else 1900 + int(digits)


def _nanoseconds(found: re.Match[str]) -> int | None:
    hour, minute, second = int(found["H"]), int(found["M"]), int(found["S"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    elif found["mark"]:
        hour = hour % 12 + (12 if found["mark"] in ("下午", "오후", "午後") else 0)
    if hour > 24 or minute > 59 or second > 60:
        return None
    return ((hour * 60 + minute) * 60 + second) * SECOND + int((found["f"] or "0").ljust(9, "0"))


def _offset(text: str) -> int | None:
    found = _ZONE.search(text)
    if not found:
        return None
    said = found[1] or found[2]
    if said:
        digits = said[1:].replace(":", "")
        return zone_seconds(said[0] + (digits.zfill(2) if len(digits) < 3 else digits.zfill(4)))
    return zone_seconds(found[3])
