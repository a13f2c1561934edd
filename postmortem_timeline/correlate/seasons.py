"""Clocks on the wall that are put back or forward inside the evidence, where stamps do not say on which side they lie."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

NS = 1_000_000_000
MIXED = 0.7  # an offset that holds for a part of the stamps only is no surer than this
# One place for each pair of offsets and each day on which the world's clocks change.
PLACES = (
    "Europe/Berlin", "Europe/London", "Europe/Athens", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Halifax", "America/St_Johns", "America/Anchorage", "America/Santiago",
    "Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland", "Asia/Jerusalem", "Africa/Cairo",
)  # fmt: skip


class Season(NamedTuple):
    """A source whose zone changes its offset (seconds east) at a time (ns) that its records span."""

    source: str
    place: str
    at: int
    before: int
    after: int


def seasons(sources: pd.DataFrame, clocks: pd.DataFrame) -> list[Season]:
    """Sources without a zone in their stamps for which an offset was found that a place of PLACES has only until, or from,
    a change of its clocks within the source's records.

    in: sources as in Evidence, as stamped; clocks (claims.combine)
    """
    naive = sources[(sources["zone"] != "stated") & (sources["first_ns"] >= 0)].set_index("source")
    found = []
    for row in clocks[clocks["applied"] & (clocks["zone_offset_seconds"] != 0)].sort_values("source").itertuples():
        if row.source in naive.index:
            first, last = (int(naive.at[row.source, name]) for name in ("first_ns", "last_ns"))
            zone = int(row.zone_offset_seconds)
            found += [Season(str(row.source), *change) for change in _changes(first, last, zone)[:1]]
    return found


def mixed(clocks: pd.DataFrame, found: list[Season]) -> pd.DataFrame:
    """The clocks, their confidence capped where one offset cannot hold for all stamps of a source."""
    if not found:
        return clocks
    of = {season.source: season for season in found}
    hit = clocks["source"].isin(set(of)).to_numpy()
    said = [f"{row.reason}; {wording(of[row.source])}" if row.source in of else row.reason for row in clocks.itertuples()]
    return clocks.assign(confidence=clocks["confidence"].where(~hit, clocks["confidence"].clip(upper=MIXED)), reason=said)


def wording(season: Season) -> str:
    """The change as people say it."""
    how = "put back" if season.after < season.before else "put forward"
    at = datetime.fromtimestamp(season.at // NS, UTC)
    return f"in zones like {season.place} clocks are {how} at {at:%Y-%m-%dT%H:%MZ}, so stamps on one side may be off by an hour"


def _changes(first: int, last: int, zone: int) -> list[tuple[str, int, int, int]]:
    """Where an offset begins or ends to be that of a place between two stamps."""
    low, high = first // NS - zone - 3600, last // NS - zone + 3600
    found = []
    for place in PLACES:
        before, after = _offset(place, low), _offset(place, high)
        if before is not None and after is not None and before != after and zone in (before, after):
            found.append((place, _moment(place, low, high) * NS, before, after))
    return found


def _moment(place: str, low: int, high: int) -> int:
    """The second at which the offset changes."""
    before = _offset(place, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(place, middle) == before else (low, middle)
    return high


def _offset(place: str, second: int) -> int | None:
    """Seconds east of UTC; None where this machine does not know the place."""
    try:
        away = datetime.fromtimestamp(second, ZoneInfo(place)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OverflowError, OSError):
        return None
    return None if away is None else int(away.total_seconds())


__all__ = ["Season", "mixed", "seasons", "wording"]
