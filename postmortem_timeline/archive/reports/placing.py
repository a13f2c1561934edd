"""When each row of a timeline happened: days continued, halves of the day and zones filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from postmortem_timeline.archive.reports import dates, zones
from postmortem_timeline.archive.reports.row import Row

BACK = timedelta(hours=6)  # a clock that falls back further has passed midnight; rows out of order fall back less
HALF = timedelta(hours=12)


def named_zone(some: Sequence[Row]) -> str | None:
    """The zone that rows themselves name, where one names none: "16:59 PST", then "17:07"."""
    named = Counter(row.lead.zone for row in some if row.lead and row.lead.zone)
    return named.most_common(1)[0][0] if len(named) == 1 else None


def placed(some: Sequence[Row], today: date | None, zone: str | None, zero: datetime | None = None) -> list[Row]:
    """The rows with their moments: a row without a day continues the day before it, past midnight too."""
    day, latest = _opening(some, today), None
    noon = _twelve(some)
    found: list[Row] = []
    for row in some:
        begun = row.lead
        if begun is None:
            if found and row.text:
                found[-1] = replace(found[-1], text=f"{found[-1].text} {row.text}".strip())
            continue
        if begun.day:
            day, latest = begun.day, None
        elif day and not begun.clock and begun.relative is None and (said := dates.spoken(begun.rest, day)):
            day, latest = said, None
        if begun.relative is not None:
            at = zero + timedelta(seconds=begun.relative) if zero else None
        elif begun.clock and day:
            at = datetime.combine(day, begun.clock)
            aside = dates.aside(begun.rest)
            if aside:
                found.append(
                    _in_utc(replace(row, at=at + timedelta(days=aside)), zones.settled(begun.zone, row.zone or zone))
                )
                continue
            if latest and not begun.day:
                at = _forward(at, latest, noon and not begun.half and not (begun.padded and begun.clock.hour < 10))
                day = at.date()
        else:
            at = None
        latest = at or latest
        found.append(_in_utc(replace(row, at=at), zones.settled(begun.zone, row.zone or zone)))
    return found


def _opening(some: Sequence[Row], today: date | None) -> date | None:
    """The day of the first row: its own, the report's, or (rows before the first dated one) that of the first date."""
    first = next((row.lead.day for row in some if row.lead and row.lead.day), None)
    return today or first


def _twelve(some: Sequence[Row]) -> bool:
    """Whether the clocks are of twelve hours without saying so: none past noon, none padded below ten."""
    clocks = [row.lead for row in some if row.lead and row.lead.clock]
    return bool(clocks) and not any(
        c.half or c.clock.hour > 12 or (c.padded and c.clock.hour < 10) for c in clocks if c.clock
    )


def _forward(at: datetime, latest: datetime, twelve: bool) -> datetime:
    if at >= latest:
        return at
    if twelve and at + HALF >= latest and at.hour < 12:
        return at + HALF
    return at + timedelta(days=1) if latest - at > BACK else at


def _in_utc(row: Row, zone: str | None) -> Row:
    if row.at is None:
        return row
    east = (zones.offset(zone, row.at) if zone else None) or timedelta(0)
    end = None
    if row.lead and row.lead.until:
        end = datetime.combine(row.at.date(), row.lead.until)
        end = (end + timedelta(days=1) if end < row.at else end) - east
    return replace(row, utc=row.at - east, end=end)
