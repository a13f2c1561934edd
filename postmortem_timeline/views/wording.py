"""How times, spans, shares and numbers read to people; all times are UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What services are called in exports, and what a reader outside the team calls them.
SPOKEN = {"auth": "authentication", "authn": "authentication", "db": "database", "lb": "load balancer", "gw": "gateway"}

MARKS = {
    "changed": "Suspected trigger", "onset": "Onset", "impact_start": "Impact starts", "detected": "Detected",
    "alerted": "Alerted", "declared": "Declared", "acknowledged": "Acknowledged", "identified": "Identified",
    "mitigated": "Mitigated", "resolved": "Resolved", "first_public_update": "First public update", "closed": "Closed",
}  # fmt: skip

DURATIONS = {
    "time_to_detect": ("Time to detect", "detected - impact start"),
    "time_to_acknowledge": ("Time to acknowledge", "acknowledged - detected"),
    "time_to_mitigate": ("Time to mitigate", "mitigated - impact start"),
    "time_to_resolve": ("Time to resolve", "resolved - impact start"),
}


def instant(text: str | None) -> int | None:
    """Milliseconds since 1970 of an RFC 3339 time; null stays null, and so does what is no time."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if moment is None:
        return None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - EPOCH) // timedelta(milliseconds=1)


def seconds_between(start: str | None, end: str | None) -> float | None:
    """The seconds from `start` to `end`, null if either is unknown."""
    first, last = instant(start), instant(end)
    return None if first is None or last is None else (last - first) / 1000


def moment(millis: int) -> datetime:
    return EPOCH + timedelta(milliseconds=millis)


def stamp(millis: int) -> str:
    """RFC 3339 in UTC with milliseconds, as all our data has it."""
    return f"{moment(millis):%Y-%m-%dT%H:%M:%S}.{millis % 1000:03d}Z"


def clock(text: str | None, *, seconds: bool = True) -> str:
    """`17:42:09` (or `17:42`); a dash for an unknown time."""
    millis = instant(text)
    return "-" if millis is None else moment(millis).strftime("%H:%M:%S" if seconds else "%H:%M")


def beside(text: str | None, other: str | None, *, seconds: bool = True) -> str:
    """The clock of a moment that stands beside another one; with its day where that is another: `Nov 17 16:51:32`."""
    millis = instant(text)
    if millis is None or iso_day(text) == iso_day(other) or instant(other) is None:
        return clock(text, seconds=seconds)
    return f"{MONTHS[moment(millis).month - 1][:3]} {moment(millis).day} {clock(text, seconds=seconds)}"


def day(text: str | None) -> str:
    """`July 15, 2025`, whatever the locale."""
    millis = instant(text)
    if millis is None:
        return "-"
    date = moment(millis)
    return f"{MONTHS[date.month - 1]} {date.day}, {date.year}"


def iso_day(text: str | None) -> str:
    millis = instant(text)
    return "-" if millis is None else moment(millis).strftime("%Y-%m-%d")


def span(seconds: float | None) -> str:
    """`42 s`, `4 min 10 s`, `1 h 05 min`, `2 d 3 h`; the sign is kept."""
    if seconds is None:
        return "-"
    if seconds < 0:
        return f"-{span(-seconds)}"
    if 0 < seconds < 10 and seconds != int(seconds):
        return f"{seconds:.1f} s"
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    if whole < 86400:
        return f"{whole // 3600} h" + (f" {whole % 3600 // 60:02d} min" if whole % 3600 >= 60 else "")
    return f"{whole // 86400} d" + (f" {whole % 86400 // 3600} h" if whole % 86400 >= 3600 else "")


def percent(share: float | None, digits: int = 0) -> str:
    """`12%`; what rounds to nothing keeps a decimal, and what is not quite all never reads as all."""
    if share is None:
        return "-"
    value = share * 100
    if 0 < value < 0.1:
        return "under 0.1%"
    if 0 < value < 1:
        return f"{value:.1f}%"
    text = f"{value:.{digits}f}%"
    return f"{value:.2f}%" if text.startswith("100") and value < 100 else text


def number(value: float | None) -> str:
    """`12,345`; at most two decimals."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def plural(count: int, one: str, many: str = "") -> str:
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def often(row: dict[str, Any]) -> str:
    """`x1,893` for a row that stands for many records, unless its text gives the number already."""
    count = row.get("count") or 1
    said = re.search(rf"(?<![\d,]){count:,}(?![\d,])|(?<!\d){count}(?!\d)", str(row.get("summary") or ""))
    told = said or re.search(r"\(and [\d,]+ more lines?\)$", str(row.get("summary") or ""))
    return "" if count <= 1 or told else f"x{count:,}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def service_name(name: str | None) -> str:
    """`the authentication service` for `auth`; what already calls itself a service is left alone."""
    if not name:
        return "the system"
    spoken = SPOKEN.get(name.lower(), name)
    return f"the {spoken}" if spoken.lower().endswith(("service", "gateway", "balancer")) else f"the {spoken} service"


def teller(row: dict[str, Any]) -> str:
    """Whose row it is: of what was said the person, else the service; nothing if the text names it anyway.

    A pager's service ("Shop production") is who is called, not what is broken.
    """
    if row.get("kind") == "page":
        return ""
    name = str((row.get("actor") if row.get("kind") in ("chat", "note") else row.get("service")) or "")
    named = re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", str(row.get("summary") or "").lower())
    return "" if named else name


def plain(value: Any) -> str:
    """Any small value of the incident as words: lists joined, tables as `key: value`."""
    if value is None:
        return "-"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {plain(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(item) for item in value)
    return number(value) if isinstance(value, float) else str(value)


def short(text: str, limit: int) -> str:
    """`text` on one line, cut at a word to at most `limit` characters."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    cut = flat[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit * 2 // 3 else cut).rstrip(" ,;:") + "…"
