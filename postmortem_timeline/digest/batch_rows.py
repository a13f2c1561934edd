"""The columns of a batch that counting needs, and the numbers that stand for texts while it counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from postmortem_timeline.digest.health_checks import HEALTH, is_health_check
from postmortem_timeline.parsing.batch import Batch, Numbers
from postmortem_timeline.parsing.decode import route as route_of
from postmortem_timeline.parsing.text import Bools, Ints
from postmortem_timeline.parsing.timestamps import NAT

SECOND = 1_000_000_000
LEVELS = np.array([0] + [(s - 1) // 4 * 4 + 1 for s in range(1, 25)], np.int64)
Streams = dict[tuple[str, str | None, str | None], int]  # (source, service, route) -> its number


@dataclass
class Rows:
    """The columns of a batch that counting needs."""

    second: Ints
    time_ns: Ints
    line: Ints
    status: Ints
    severity: Ints
    duration_us: Ints
    timed: Bools
    request: Bools
    stream: Ints


def number_of(places: dict[Any, int], key: Any) -> int:
    return int(places.setdefault(key, len(places)))


def numbers_of(places: dict[str, int], values: list[str]) -> Ints:
    """The number of each of distinct values."""
    if not places:
        places.update(zip(values, range(len(values)), strict=False))
        return np.arange(max(len(values), 1))
    return np.array([places.setdefault(v, len(places)) for v in values] or [0], np.int64)


def values_of(batch: Batch, name: str, default: int = 0) -> tuple[Ints, Bools]:
    column = batch.column(name)
    if not isinstance(column, Numbers):
        return np.full(len(batch), default, np.int64), np.zeros(len(batch), bool)
    valid = np.ones(len(batch), bool) if column.valid is None else column.valid
    values = np.where(valid, column.values, default)
    return values.astype(np.float64 if values.dtype.kind == "f" else np.int64), valid


def is_request(batch: Batch) -> Bools:
    kinds = batch.coded("kind") if batch.has("kind") else None
    if kinds is None:
        return np.full(len(batch), batch.kind == "request")
    return np.array([v == "request" for v in kinds.values] + [batch.kind == "request"], bool)[kinds.codes]


def rows_of(source: str, batch: Batch, streams: Streams) -> Rows | None:
    kinds = batch.coded("kind") if batch.has("kind") else None
    if (kinds is None and batch.kind not in ("log", "request", "span")) or not (batch.time_ns != NAT).any():
        return None
    status, has_status = values_of(batch, "status_code")
    severity, _ = values_of(batch, "severity_number")
    duration, timed = values_of(batch, "duration_ms")
    request = is_request(batch)
    stream = streams_of(source, batch, streams)
    return Rows(
        batch.time_ns // SECOND,
        batch.time_ns,
        batch.line,
        np.where(request & has_status, status, 0),
        LEVELS[np.clip(severity, 0, 24)],
        np.rint(np.nan_to_num(duration) * 1000).astype(np.int64),
        timed & request,
        request,
        stream,
    )


def streams_of(source: str, batch: Batch, streams: Streams) -> Ints:
    """For each row the number of its (source, service, route)."""
    service, endpoint = batch.coded("service"), batch.coded("endpoint")
    names: list[str | None] = [*(service.values if service else []), None]
    routes: list[str | None] = [*([_route(e) for e in endpoint.values] if endpoint else []), None]
    heads = sorted({r for r in routes if r is not None})
    place = {head: i for i, head in enumerate(heads)}
    head_of = np.array([place[r] if r is not None else len(heads) for r in routes], np.int64)
    wide = len(heads) + 1
    pair = np.zeros(len(batch), np.int64) + len(heads) if endpoint is None else head_of[endpoint.codes]
    pair += wide * (len(names) - 1 if service is None else service.codes.astype(np.int64) % len(names))
    present = np.flatnonzero(np.bincount(pair, minlength=wide * len(names)))
    table = np.zeros(wide * len(names), np.int64)
    for p in present.tolist():
        head = heads[p % wide] if p % wide < len(heads) else None
        table[p] = number_of(streams, (source, names[p // wide], head))
    return table[pair]


@lru_cache(maxsize=1 << 16)
def _route(endpoint: str) -> str | None:
    return HEALTH if is_health_check(endpoint) else route_of(endpoint)
