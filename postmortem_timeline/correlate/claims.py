"""What is claimed of zones and clocks, by people or by evidence, and which claim holds for each source.

A claim is a frame of [source, zone_offset_seconds, clock_offset_seconds, confidence, reason]; what a claim does not
speak of is NaN. true time = stamped time - zone_offset_seconds - clock_offset_seconds.
"""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from postmortem_timeline.digest.shift import Shift

COLUMNS = [
    "source", "zone_offset_seconds", "clock_offset_seconds", "confidence", "reason", "drift_seconds_per_hour", "drift_at",
]  # fmt: skip
TYPES = dict.fromkeys([*COLUMNS[1:4], "drift_seconds_per_hour"], "float64") | {"drift_at": "int64"}
AGREE_S = 2.0  # under this a difference is latency or rounding, not a clock
QUARTER_S = 900.0  # every zone of the world is a multiple of 15 minutes
STRONG = 0.6
UNKNOWN = float("nan")


class Claim(NamedTuple):
    """A row of a claim frame."""

    source: str
    zone_offset_seconds: float
    clock_offset_seconds: float
    confidence: float
    reason: str
    drift_seconds_per_hour: float = 0.0  # by how much more the clock is ahead each hour
    drift_at: int = 0  # the true time (ns) at which it is ahead by `clock_offset_seconds`


def claim_frame(claims: Iterable[Claim]) -> pd.DataFrame:
    """Claims as a frame, also where there are none."""
    return pd.DataFrame(list(claims), columns=COLUMNS).astype(TYPES)


def annotated(sources: pd.DataFrame, said: Mapping[str, Mapping[str, float]] | None) -> pd.DataFrame:
    """Claims by people: {source or pattern: {"zone_offset_seconds", "clock_offset_seconds", "drift_seconds_per_hour"}}.

    Where a clock drifts, its offset holds in the middle of the records of all sources that the pattern names.
    """
    claims = []
    for pattern, offset in sorted((said or {}).items()):
        mine = sources[[name == pattern or fnmatch.fnmatchcase(name, pattern) for name in sources.source]]
        zone, skew, drift = offset.get(COLUMNS[1], UNKNOWN), offset.get(COLUMNS[2], UNKNOWN), offset.get(COLUMNS[5], 0.0)
        at = (int(mine.first_ns.min()) + int(mine.last_ns.max())) // 2 if drift and len(mine) else 0
        claims += [Claim(source, zone, skew, 1.0, "as annotated", drift, at) for source in mine.source]
    return claim_frame(claims)


def by_nesting(sources: pd.DataFrame) -> pd.DataFrame:
    """Claims from records inside records: an outer stamp without zone, quarters of an hour from the inner one.

    An equal pair proves nothing: a wrapper and what it wraps can both be in the same local zone.
    """
    rows = []
    for row in sources.itertuples():
        outer = row.nested_offset_s
        if row.zone == "stated" or outer is None or math.isnan(outer):
            continue
        zone = round(outer / QUARTER_S) * QUARTER_S
        if zone and abs(outer - zone) < 5:
            reason = f"{in_words(zone, 0)}: its stamps differ so from the stamps inside its records"
            rows.append(Claim(row.source, zone, UNKNOWN, 0.65, reason))
    return claim_frame(rows)


def combine(sources: pd.DataFrame, *claims: pd.DataFrame) -> pd.DataFrame:
    """One row for every source: the claim of most confidence (the earlier at a tie), for zone and for clock.

    out: the columns of a claim and `applied`: whether anything is to be subtracted. What is too weak to be applied is
    reported all the same, unless something else of that source is applied.
    """
    of: dict[str, list[Claim]] = {}
    for frame in claims:
        for row in frame.itertuples(index=False):
            of.setdefault(row.source, []).append(Claim(*row))
    rows = [_held(row.source, row.zone == "stated", of.get(row.source, [])) for row in sources.itertuples()]
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "applied"])
    return frame.astype({**TYPES, "applied": bool})  # also where there is no source


def _held(source: str, stated: bool, claims: list[Claim]) -> tuple[str, float, float, float, str, float, int, bool]:
    """What holds for one source."""
    zone = _best([c for c in claims if not math.isnan(c.zone_offset_seconds)])
    skew = _best([c for c in claims if not math.isnan(c.clock_offset_seconds)])
    values = (zone.zone_offset_seconds if zone else 0.0, skew.clock_offset_seconds if skew else 0.0)
    drift = (skew.drift_seconds_per_hour, skew.drift_at) if skew else (0.0, 0)
    moves = (values[0], values[1] or drift[0])
    strong = [bool(c and v and c.confidence >= STRONG) for c, v in zip((zone, skew), moves, strict=True)]
    applied = any(strong)
    if applied:
        values = (values[0] if strong[0] else 0.0, values[1] if strong[1] else 0.0)
    drift = drift if strong[1] else (0.0, 0)
    told = [c for c, s in zip((zone, skew), strong, strict=True) if c and (s or not applied)]
    if not told:
        return source, 0.0, 0.0, *_unknown(stated), 0.0, 0, False
    reason = "; ".join(dict.fromkeys(c.reason for c in told))
    return source, *values, min(c.confidence for c in told), reason, *drift, applied


def _best(claims: list[Claim]) -> Claim | None:
    return max(claims, key=lambda claim: claim.confidence, default=None)


def _unknown(stated: bool) -> tuple[float, str]:
    """What is said of a source that nothing speaks for."""
    if stated:
        return 0.5, "its stamps state their zone; no other source tells its records, so its clock was not compared"
    return 0.0, "its stamps state no zone and nothing shows one: UTC assumed"


def shifts(clocks: pd.DataFrame) -> dict[str, Shift]:
    """What to subtract from the stamps of each source that has something applied."""
    held = clocks[clocks.applied]
    total = ((held.zone_offset_seconds + held.clock_offset_seconds) * 1e9).round().astype("int64")
    lines = zip(total.tolist(), held.drift_seconds_per_hour.tolist(), held.drift_at.tolist(), strict=True)
    return {source: Shift(*line) for source, line in zip(held.source, lines, strict=True)}


def in_words(zone: float, skew: float) -> str:
    """An offset as people say it."""
    minutes = round(abs(zone) / 60)
    said = [f"stamps {minutes // 60}:{minutes % 60:02d} h {'east' if zone > 0 else 'west'} of UTC"] if zone else []
    said += [f"clock {abs(skew):.1f} s {'ahead' if skew > 0 else 'behind'}"] if skew else []
    return " and ".join(said)
