"""Zones and clocks from records that two sources tell: same user and status, or same trace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from postmortem_timeline.correlate.claims import AGREE_S, QUARTER_S, UNKNOWN, Claim, claim_frame, in_words
from postmortem_timeline.correlate.offsets import FINE_S, Offset, differences, mode
from postmortem_timeline.correlate.references import Clock, Verdict, verdicts

MOST_CLOCKS = 150  # pairs grow with the square; the clocks with most identified records are compared
PACKED = r"(?:\.(?:gz|zst|bz2|xz))?"
ROTATED = re.compile(rf"{PACKED}(?:\.\d+|[.-]\d{{4}}-?\d\d-?\d\d(?:[-_T.]\d+)*)?{PACKED}$")
SALT = {"user": np.uint64(0x9E3779B97F4A7C15), "trace": np.uint64(0xC2B2AE3D27D4EB4F)}

Records = dict[str, npt.NDArray]  # of one clock and one kind of key: join, t, key, service, route


def families(sources: pd.DataFrame) -> dict[str, str]:
    """The rotation family of each source: one folder, one stem, one host share one clock and one zone."""
    return {
        row.source: f"{ROTATED.sub('', row.source)} @{row.host if isinstance(row.host, str) else ''}"
        for row in sources.itertuples()
    }


def clocks_by_joins(sources: pd.DataFrame, joins: pd.DataFrame) -> pd.DataFrame:
    """Claims on every source that could be compared with another, and on those that share a host with a skewed one.

    in:  sources, joins as in Evidence
    out: claims (correlate/claims.py)
    """
    family = families(sources)
    clocks = _clocks(sources, family)
    judged = verdicts(clocks.values(), _edges(_aligned(sources, joins, family), sources, family))
    own = [_claim(s, clocks[family[s]], judged[family[s]]) for s in sources.source if family[s] in judged]
    return claim_frame(own + _of_host(sources, family, clocks, judged))


def _clocks(sources: pd.DataFrame, family: Mapping[str, str]) -> dict[str, Clock]:
    """One clock a family; without a host it stands for itself."""
    made: dict[str, Clock] = {}
    for row in sources.sort_values("source").itertuples():
        name = family[row.source]
        host = row.host if isinstance(row.host, str) and row.host else name
        made[name] = Clock(name, host, row.zone == "stated" and (name not in made or made[name].stated))
    return made


def _aligned(sources: pd.DataFrame, joins: pd.DataFrame, family: Mapping[str, str]) -> pd.DataFrame:
    """The sample at completion, in the middle of its tick, under a key that joins only what can be one request."""
    by_source = sources.set_index("source")
    tick = joins.source.map(by_source.precision_ns).to_numpy(dtype="int64")
    begins = (joins.source.map(by_source["stamp"]) == "start").to_numpy()
    took = joins.duration_us.fillna(0).to_numpy(dtype="int64") * 1000
    trace = (joins.what == "trace").to_numpy()
    status = np.where(trace, 0, joins.status.fillna(0).to_numpy(dtype="int64")).astype(np.uint64)
    salted = joins.key.to_numpy(dtype="uint64") ^ np.where(trace, SALT["trace"], SALT["user"])
    t = joins.t_ns.to_numpy(dtype="int64") + tick // 2 + np.where(begins, took, 0)
    return joins.assign(family=joins.source.map(family), t=t, join=salted * np.uint64(1_000_003) + status)


def _edges(records: pd.DataFrame, sources: pd.DataFrame, family: Mapping[str, str]) -> dict[tuple[str, str], Offset]:
    """(a, b) -> how far a is ahead of b, for all pairs of clocks whose records tell."""
    tier = {family[row.source]: row.tier for row in sources.itertuples()}
    parts = _parts(records)
    size = {name: sum(len(part["t"]) for part in whats.values()) for name, whats in parts.items()}
    chosen = sorted(sorted(parts), key=lambda name: -size[name])[:MOST_CLOCKS]
    found: dict[tuple[str, str], Offset] = {}
    for a, b in combinations(sorted(chosen), 2):
        for what in ("trace", "user"):
            beside = what == "user" and tier[a] == tier[b] and tier[a] in ("edge", "proxy")  # no request passes both
            if beside or what not in parts[a] or what not in parts[b]:
                continue
            offset = _offset(parts[a][what], parts[b][what])
            if offset and ((a, b) not in found or offset.confidence > found[a, b].confidence):
                found[a, b] = offset
    return found


def _parts(records: pd.DataFrame) -> dict[str, dict[str, Records]]:
    """The records by clock and kind of key, names as small numbers (0 for none)."""
    words = pd.Index(pd.concat([records.service, records.route]).dropna().astype(str).unique())
    coded = records.assign(service=words.get_indexer(records.service) + 1, route=words.get_indexer(records.route) + 1)
    parts: dict[str, dict[str, Records]] = {}
    for (name, what), part in coded.groupby(["family", "what"], observed=True, sort=True):
        columns: Records = {column: part[column].to_numpy() for column in ("join", "t", "key", "service", "route")}
        parts.setdefault(str(name), {})[str(what)] = columns
    return parts


def _offset(a: Records, b: Records) -> Offset | None:
    """The mode between two clocks' records, of pairs whose service and route do not contradict each other."""
    diff, rows_a, rows_b = differences(a["join"], a["t"], b["join"], b["t"])
    service_a, route_a = a["service"][rows_a], a["route"][rows_a]
    service_b, route_b = b["service"][rows_b], b["route"][rows_b]
    both = (service_a > 0) & (service_b > 0)
    silent = ((service_a == 0) & (route_a == 0)) | ((service_b == 0) & (route_b == 0))
    crossed = (route_a == service_b) | (service_a == route_b) | (route_a == route_b)
    agree = np.where(both, service_a == service_b, silent | crossed)
    if not (agree & ~both).any():  # a gateway whose routes are named like none of the services
        agree |= ~both
    return mode(diff[agree], a["key"][rows_a][agree], b["t"][rows_b][agree])


def _claim(source: str, clock: Clock, verdict: Verdict) -> Claim:
    """A verdict as a claim on one source."""
    zone, skew = split(verdict.seconds, stated=clock.stated, least=_least(verdict))
    witnesses = ", ".join(list(dict.fromkeys(name.split(" @")[0] for name in verdict.witnesses))[:3])
    seen = f"{verdict.pairs} pairs of records with {witnesses}" if verdict.pairs else "by way of other sources"
    if not (zone or skew or verdict.drift_per_hour):
        return Claim(source, 0.0, 0.0, verdict.confidence, f"agrees within {AGREE_S:g} s: {seen}")
    if verdict.drift_per_hour:
        seen = f"in the middle of what was compared, and it drifts by {verdict.drift_per_hour:+.1f} s an hour: {seen}"
    doubt = "" if verdict.firm else "; which of the two is right cannot be told"
    reason = f"{in_words(zone, skew) or 'right'}: {seen}{doubt}"
    return Claim(source, zone, skew, verdict.sure, reason, verdict.drift_per_hour, _true(verdict))


def _true(verdict: Verdict) -> int:
    """The true time at which a clock that drifts is ahead by what the verdict says."""
    return verdict.at_ns - round(verdict.seconds * 1e9) if verdict.drift_per_hour else 0


def _least(verdict: Verdict) -> float:
    """Seconds under which a difference is no clock; where it drifts there is no doubt that the clock is off."""
    return 0.0 if verdict.drift_per_hour else FINE_S if verdict.fine else AGREE_S


def split(seconds: float, *, stated: bool, least: float = AGREE_S) -> tuple[float, float]:
    """An offset as zone and skew: near a quarter of an hour, in stamps without a zone, it is a zone."""
    if abs(seconds) < least:
        return 0.0, 0.0
    if stated:
        return 0.0, round(seconds, 3)
    zone = round(seconds / QUARTER_S) * QUARTER_S
    if abs(seconds - zone) >= 5:  # a zone and a skew: zones are mostly whole or half hours
        zone = round(seconds / (2 * QUARTER_S)) * 2 * QUARTER_S if abs(seconds) > 2 * QUARTER_S else 0.0
    skew = seconds - zone
    return zone, round(skew, 3) if abs(skew) >= least else 0.0


def _of_host(
    sources: pd.DataFrame, family: Mapping[str, str], clocks: Mapping[str, Clock], judged: Mapping[str, Verdict]
) -> list[Claim]:
    """Sources that were not compared take the skew of their host: one machine has one clock."""
    of: dict[str, tuple[float, float, Verdict, str]] = {}
    for name, verdict in sorted(judged.items()):
        skew = split(verdict.seconds, stated=clocks[name].stated, least=0.0 if verdict.drift_per_hour else AGREE_S)[1]
        if (skew or verdict.drift_per_hour) and 0.9 * verdict.sure > of.get(clocks[name].host, (0.0,))[0]:
            of[clocks[name].host] = (0.9 * verdict.sure, skew, verdict, name.split(" @")[0])
    rows = []
    for source in sources.source:
        host = clocks[family[source]].host
        if family[source] not in judged and host in of:
            sure, skew, verdict, name = of[host]
            reason = f"{in_words(0, skew) or 'a clock that drifts'}: same host as {name}"
            rows.append(Claim(source, UNKNOWN, skew, round(sure, 3), reason, verdict.drift_per_hour, _true(verdict)))
    return rows
