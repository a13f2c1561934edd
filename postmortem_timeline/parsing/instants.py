"""Times as values of fields: texts in any common shape, epochs by magnitude; decoded by distinct value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any

import numpy as np

from postmortem_timeline.parsing.batch import spans_from
from postmortem_timeline.parsing.context import SourceContext, to_utc
from postmortem_timeline.parsing.stamp_moves import SECOND, zone_seconds
from postmortem_timeline.parsing.text import Ints
from postmortem_timeline.parsing.timestamps import NAT, TimeFormat, compile_format

COMMON = tuple(
    compile_format(p)
    for p in (
        "%Y-%m-%dT%T%.f%z", "%Y-%m-%d %T%.f%z", "%Y-%m-%d %T%.f %z", "%Y-%m-%dT%T%.f", "%Y-%m-%d %T%.f",
        "%Y-%m-%d %T%.f %Z", "%s", "%d/%b/%Y:%T %z", "%Y/%m/%d %T%.f", "%a, %d %b %Y %T %Z", "%a %b %e %T %Y",
        "%d %b %Y %T%.f", "%b %e %T", "%Y%m%dT%T%.f%z",
        "%d/%b/%Y %T%.f", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M",
    )
)  # fmt: skip
YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])|^[0-9]{8}|[0-9]{9}")
DOTTED = re.compile(r"\s*\d{1,2}\.\d{1,2}\.\d{4}\b")  # day first, wherever dates are written with dots
WEEK = re.compile(r"[0-9]{4}-W[0-9]{2}-[0-9]T")
LARGEST = 4.1e18  # nanoseconds of 2099
YEARS = (0, 4_102_444_800 * SECOND)  # what lies outside 1970..2100 is a sentinel such as 0001-01-01, not a time


def epoch_ns(value: float) -> int | None:
    """Nanoseconds of an epoch number whose unit is told by its size; None where it cannot be one."""
    if not 1e8 <= value < LARGEST:
        return None
    factor = SECOND if value < 1e11 else 1_000_000 if value < 1e14 else 1000 if value < 1e17 else 1
    if isinstance(value, int) or float(value).is_integer():
        return int(value) * factor
    return int(Decimal(repr(value)) * factor)  # as it was written: 0.8 is not 0.799999952


def decode(values: Sequence[Any], times: tuple[TimeFormat, ...], context: SourceContext, zone: str | None = None):  # type: ignore[no-untyped-def]
    """UTC ns (NAT where unknown) and quality of a column of texts, numbers or nulls."""
    n = len(values)
    time_ns, quality = np.full(n, NAT, np.int64), np.zeros(n, np.int8)
    rows = np.flatnonzero(np.fromiter((isinstance(v, str) and v != "" for v in values), bool, n))
    if len(rows) < n:
        for i, value in enumerate(values):
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                time_ns[i] = epoch_ns(value) or NAT
            elif isinstance(value, dict):
                time_ns[i] = in_parts(value)
    if len(rows):
        texts = values if len(rows) == n else [values[i] for i in rows.tolist()]
        found, good = from_texts(texts, times or COMMON, context, zone)
        time_ns[rows], quality[rows] = found, good
    return time_ns, quality


def in_parts(value: dict[str, Any]) -> int:
    """An instant whose seconds and nanoseconds are fields of their own (java.time.Instant, protobuf's Timestamp)."""
    second, nano = value.get("epochSecond", value.get("seconds")), value.get("nano", value.get("nanos", 0))
    if not isinstance(nano, int) or not isinstance(second, (int, str)) or not str(second).isdigit():
        return NAT
    found = epoch_ns(int(second))
    return NAT if found is None else found + nano


def from_texts(texts: Sequence[str], times: tuple[TimeFormat, ...], context: SourceContext, zone: str | None = None):  # type: ignore[no-untyped-def]
    """UTC ns and quality of texts; each format takes what it matches wholly, dateutil the odd ones out."""
    spans = spans_from(texts)
    time_ns: Ints = np.full(len(texts), NAT, np.int64)
    quality = np.zeros(len(texts), np.int8)
    left = np.arange(len(texts))
    for fmt in times:
        stamps = fmt.match(spans.text, spans.start[left], spans.end[left], context.dating)
        ok = stamps.ok & (stamps.end == spans.end[left])
        if ok.any():
            found, good = to_utc(stamps.local_ns[ok], stamps.offset[ok], (fmt,), context, zone)
            sane = (found >= YEARS[0]) & (found < YEARS[1])
            time_ns[left[ok]] = np.where(sane, found, NAT)
            quality[left[ok]] = good
            left = left[~ok]
        if not len(left):
            return time_ns, quality
    seen: dict[str, tuple[int, int]] = {}
    for row in left.tolist():
        text = texts[row]
        if text not in seen:
            seen[text] = by_dateutil(text)
        time_ns[row], quality[row] = seen[text]
    return time_ns, quality


def by_dateutil(text: str) -> tuple[int, int]:
    """The odd ones out: parsed against two fixed defaults; what dateutil had to fill in is refused."""
    from datetime import datetime

    from dateutil import parser

    from postmortem_timeline.parsing.batch import EXACT, ZONE_ASSUMED

    if len(text) > 64 or not YEAR.search(text):  # "1.2.3" is a version
        return NAT, EXACT
    try:
        if WEEK.match(text):
            text = parser.isoparse(text).isoformat()
        first = DOTTED.match(text) is not None
        one = parser.parse(text, default=datetime(2001, 2, 3, 0, 0), tzinfos=_tzinfo, dayfirst=first)
        two = parser.parse(text, default=datetime(2014, 11, 17, 0, 0), tzinfos=_tzinfo, dayfirst=first)
    except (ValueError, OverflowError, TypeError):
        return NAT, EXACT
    if one != two:
        return NAT, EXACT
    quality = EXACT if one.tzinfo else ZONE_ASSUMED
    aware = one if one.tzinfo else one.replace(tzinfo=UTC)
    delta = aware - datetime(1970, 1, 1, tzinfo=UTC)
    found = (delta.days * 86400 + delta.seconds) * SECOND + delta.microseconds * 1000
    return (found, quality) if YEARS[0] <= found < YEARS[1] else (NAT, EXACT)


def _tzinfo(name: str | None, offset: int | None) -> tzinfo | None:
    """The zone of a name or an offset; left to itself dateutil would take this machine's own for some names."""
    seconds = offset if offset is not None else zone_seconds(name or "")
    return None if seconds is None else timezone(timedelta(seconds=seconds))


def in_year_of(yearless: Ints, dated: Ints) -> Ints:
    """Instants of which only the year was guessed, each in the year that brings it nearest to what is `dated`."""
    months = yearless.astype("M8[ns]").astype("M8[M]")
    within = yearless.astype("M8[ns]") - months
    in_year = months.astype(np.int64) % 12
    year = dated.astype("M8[ns]").astype("M8[Y]").astype(np.int64)
    near = np.stack(
        [(((year + k) * 12 + in_year).astype("M8[M]").astype("M8[ns]") + within).astype(np.int64) for k in (-1, 0, 1)]
    )
    return near[np.abs(near - dated).argmin(axis=0), np.arange(len(dated))]
