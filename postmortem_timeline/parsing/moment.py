"""One stamp of a nested export as nanoseconds: RFC 3339 and its relatives, mail and C dates, epochs of any unit."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import datetime
from typing import Any

from postmortem_timeline.parsing.stamp_moves import zone_seconds

SECOND = 1_000_000_000
FIRST_YEAR, LAST_YEAR = 1970, 2261  # 0001-01-01 stands for "never"; 64 bits of nanoseconds end in 2262

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?P<H>\d\d):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,](?P<f>\d+))?)?"
_ZONE = r"(?P<zone>Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?"
_SHAPES = (
    re.compile(rf"(?P<Y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)[T ]{_CLOCK}\s*{_ZONE}$", re.IGNORECASE),
    re.compile(rf"(?P<Y>\d{{4}})(?P<m>\d\d)(?P<d>\d\d)T(?P<H>\d\d)(?P<M>\d\d)(?:(?P<S>\d\d)(?:[.,](?P<f>\d+))?)?{_ZONE}$"),
    re.compile(rf"(?:[A-Z][a-z]{{2}} )?(?P<b>[A-Z][a-z]{{2}})\s+(?P<d>\d\d?) {_CLOCK} (?P<Y>\d{{4}})\s*{_ZONE}$"),
    re.compile(rf"(?:[A-Z][a-z]{{2}}, )?(?P<d>\d\d?) (?P<b>[A-Z][a-z]{{2}}) (?P<Y>\d{{4}}) {_CLOCK}\s*{_ZONE}$"),
)
_EPOCH = re.compile(r"(\d{9,19})(?:\.(\d+))?(?: [+-]\d{4})?$")  # git's raw dates carry the author's offset behind
_UNITS = ((11, SECOND), (14, 1_000_000), (17, 1_000), (19, 1))  # by digits: seconds have ten from 2001 to 2286


def instant(stamp: Any) -> int | None:
    """Unix nanoseconds of a stamp; without a zone it is taken as UTC. None for what is no time, or means "never"."""
    if isinstance(stamp, float):
        return _float_epoch(stamp)
    if type(stamp) is int and 10**8 < stamp < 10**11:
        return stamp * SECOND
    text = str(stamp).strip() if isinstance(stamp, (str, int)) else ""
    if epoch := _EPOCH.match(text):
        return _epoch(epoch[1], epoch[2] or "")
    for shape in _SHAPES:
        if found := shape.match(text):
            return _calendar(found.groupdict())
    return None


def has_zone(stamp: Any) -> bool:
    """Whether the stamp says where it stands: an epoch, or a date with a zone."""
    text = str(stamp).strip()
    found = next((match for shape in _SHAPES if (match := shape.match(text))), None)
    return found is None or bool(found["zone"])


def _epoch(digits: str, fraction: str) -> int | None:
    unit = next(unit for most, unit in _UNITS if len(digits) <= most)
    value = int(digits) * unit + (int(fraction[:9].ljust(9, "0")) if fraction and unit == SECOND else 0)
    return value if 0 < value < 2**63 else None


def _float_epoch(value: float) -> int | None:
    """A float holds a second of our time to a quarter of a microsecond: rounded to the microsecond it is as written."""
    if not 1e8 < value < 1e18:
        return None
    if value >= 1e11:
        return _epoch(str(int(value)), "")
    return int(value) * SECOND + round((value - int(value)) * 1_000_000) * 1_000


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()) + 1 if name.lower() in _MONTHS else 0


def _calendar(part: dict[str, Any]) -> int | None:
    month = int(part["m"]) if part.get("m") else _month(part["b"])
    year, second = int(part["Y"]), int(part["S"] or 0)
    try:
        day = datetime(year, month, int(part["d"]), int(part["H"]), int(part["M"]), min(second, 59))
    except ValueError:
        return None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    offset = (zone_seconds(part["zone"].upper()) or 0) if part["zone"] else 0
    leap = second - day.second  # second 60 is the first of the next minute
    return (timegm(day.timetuple()) + leap - offset) * SECOND + int((part["f"] or "0")[:9].ljust(9, "0"))
