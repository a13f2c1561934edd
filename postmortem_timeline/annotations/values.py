"""What a single value of `incident.toml` may look like: statuses, zones, offsets, shares, times."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from postmortem_timeline.errors import AnnotationError

_STATUS = re.compile(r"([1-5])xx|([1-9]\d\d)(?:\s*-\s*([1-9]\d\d))?")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?")
_LENGTH = re.compile(r"([+-]?)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")


def statuses(failed: Iterable[int | str]) -> frozenset[int]:
    """The HTTP statuses that a list like `["5xx", 401, "520-529"]` means."""
    return frozenset(status for item in failed for status in _statuses(item))


def _statuses(item: int | str) -> range:
    match = _STATUS.fullmatch(str(item).strip().lower())
    if not match:
        raise AnnotationError(f'{item!r} is no status; write 503, "5xx" or "500-504"')
    if match[1]:
        return range(int(match[1]) * 100, int(match[1]) * 100 + 100)
    return range(int(match[2]), int(match[3] or match[2]) + 1)


def zone(name: str) -> dt.tzinfo:
    """The zone that an IANA name or an offset like `+02:00` means."""
    if match := _OFFSET.fullmatch(name.strip()):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes < 24 * 60:
            return dt.timezone(dt.timedelta(minutes=-minutes if match[1] == "-" else minutes))
    try:
        return ZoneInfo(name.strip())
    except (KeyError, ValueError, OSError) as error:
        example = 'write a name like "Europe/Berlin" or an offset like "+02:00"'
        raise AnnotationError(f'zone "{name}" is not known; {example}') from error


def seconds(said: Any) -> float:
    """An offset in seconds, from a number or from text like `+90s`, `-2m30s` or `1h`."""
    if isinstance(said, int | float) and not isinstance(said, bool):
        return float(said)
    match = _LENGTH.fullmatch(str(said).replace(" ", ""))
    if not match or not any(match.groups()[1:]):
        raise AnnotationError(f'{said!r} is no offset; write the seconds that the clock was ahead by, or "-2m30s"')
    length = int(match[2] or 0) * 3600 + int(match[3] or 0) * 60 + float(match[4] or 0)
    return -length if match[1] == "-" else length


def share(said: Any) -> float:
    """A share between 0 and 1; 99.9, "99.9%" and 0.999 mean the same."""
    text = str(said).strip()
    try:
        value = Decimal(text.rstrip("% "))
        value = value / 100 if value > 1 or text.endswith("%") else value
    except InvalidOperation:  # no number, or "nan"
        raise AnnotationError(f'{said!r} is no share; write 0.999 or "99.9%"') from None
    if not 0 < value < 1:
        raise AnnotationError(f"{said!r} is no share between 0 and 1")
    return float(value)


def moment(said: Any) -> dt.datetime:
    """A time in UTC; one without an offset is UTC already."""
    value = said
    if isinstance(said, str):
        try:
            value = dt.datetime.fromisoformat(said)
        except ValueError:
            raise AnnotationError(f"{said!r} is no time; write 2025-07-15T17:42:03Z") from None
    if not isinstance(value, dt.datetime):  # a date, or the time of a day that is not said
        raise AnnotationError(f"{said} needs a date and a time, like 2025-07-15T17:42:03Z")
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
