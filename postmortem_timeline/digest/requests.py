"""Requests: who asked for what, and what failed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postmortem_timeline.digest import levels
from postmortem_timeline.digest.batch_rows import Rows, Streams, number_of, numbers_of
from postmortem_timeline.digest.digest import Digest
from postmortem_timeline.digest.health_checks import HEALTH
from postmortem_timeline.digest.table import Columns
from postmortem_timeline.parsing.batch import Batch, Coded
from postmortem_timeline.parsing.text import Bools, Ints
from postmortem_timeline.parsing.timestamps import NAT

USER, TRACE = 0, 1
SPILLED = np.dtype([("ms", "<i8"), ("user", "<u8"), ("client", "<u8"), ("status", "<i2")])


def add_requests(
    source: str,
    batch: Batch,
    rows: Rows,
    streams: Streams,
    texts: dict[str, int],
    parts: dict[str, list[Columns]],
    out: Digest,
    least: int = 0,
) -> None:
    known = rows.request & (rows.time_ns != NAT)
    if not known.any():
        return
    endpoint = batch.coded("endpoint")
    if endpoint is not None:
        _endpoints(source, batch, rows, known, endpoint, streams, texts, parts)
    user, client = batch.hashes("user"), batch.hashes("client")
    zero = (np.zeros(len(batch), np.uint64), np.zeros(len(batch), bool))
    users, has_user = user or zero
    clients, has_client = client or zero
    users, clients = np.where(has_user, users, 0), np.where(has_client, clients, 0)
    people = known & ~_health_checks(rows, streams)
    record = np.zeros(int(people.sum()), SPILLED)
    record["ms"], record["user"] = rows.time_ns[people] // 1_000_000, users[people]
    record["client"], record["status"] = clients[people], rows.status[people]
    out.spill.append((source, record))
    joined = [(USER, users, known & has_user)]
    trace = batch.hashes("trace_id")
    if trace is not None:
        joined.append((TRACE, trace[0], (rows.time_ns != NAT) & trace[1]))
    for what, keys, there in joined:
        chosen, level = _lowest(keys, there, least)
        out.levels["joins"] = max(level, out.levels.get("joins", 0))
        if len(chosen):
            parts["joins"].append(
                {
                    "stream": rows.stream[chosen],
                    "what": np.full(len(chosen), what),
                    "key": keys[chosen].view(np.int64),
                    "status": rows.status[chosen],
                    "t_ns": rows.time_ns[chosen],
                    "count": np.ones(len(chosen), np.int64),
                    "duration_us": rows.duration_us[chosen],
                }
            )


def _health_checks(rows: Rows, streams: Streams) -> Bools:
    """Which rows are health checks: nobody is failed by them."""
    numbers = [number for (_, _, route), number in streams.items() if route == HEALTH]
    return np.isin(rows.stream, numbers) if numbers else np.zeros(len(rows.stream), bool)


def _lowest(keys: npt.NDArray[np.uint64], there: Bools, least: int) -> tuple[npt.NDArray[np.intp], int]:
    """The rows of the largest sample of keys that fits, and its level (`levels.sampled`), which is `least` or more."""
    level = least
    chosen = np.flatnonzero(there & levels.in_sample(keys, level) if level else there)
    while len(chosen) > levels.MOST_JOINS and level < 64:
        level += 1
        chosen = chosen[levels.in_sample(keys[chosen], level)]
    return chosen, level


def _endpoints(
    source: str,
    batch: Batch,
    rows: Rows,
    known: Bools,
    endpoint: Coded,
    streams: Streams,
    texts: dict[str, int],
    parts: dict[str, list[Columns]],
) -> None:
    known = known & (endpoint.codes >= 0)
    if not known.any():
        return
    numbers = numbers_of(texts, endpoint.values)
    everything = bool(known.all())
    bucket, codes = rows.second // 600, endpoint.codes.astype(np.int64)
    failed, duration, stream = rows.status >= 500, rows.duration_us, _bare(source, batch, streams)
    if not everything:
        bucket, codes, failed, duration, stream = (
            bucket[known],
            codes[known],
            failed[known],
            duration[known],
            stream[known],
        )
    low = int(bucket.min())
    width, size = int(bucket.max()) - low + 1, len(endpoint.values)
    for number in np.unique(stream).tolist():
        mine = stream == number
        cell = codes * width + (bucket - low) if mine.all() else codes[mine] * width + (bucket[mine] - low)
        bad, spent = (failed, duration) if mine.all() else (failed[mine], duration[mine])
        count = np.bincount(cell, minlength=size * width)
        at = np.flatnonzero(count)
        parts["endpoints"].append(
            {
                "stream": np.full(len(at), number),
                "text": numbers[at // width],
                "bucket": (at % width + low) * 600,
                "count": count[at].astype(np.int64),
                "failed": np.bincount(cell[bad], minlength=size * width)[at].astype(np.int64),
                "duration_us": np.rint(np.bincount(cell, weights=spent, minlength=size * width)[at]).astype(np.int64)
                if spent.any()
                else np.zeros(len(at), np.int64),
            }
        )
    bad = np.flatnonzero(known & (rows.status >= 400))
    if len(bad):
        parts["failures"].append(
            {
                "stream": rows.stream[bad],
                "text": numbers[endpoint.codes[bad]],
                "minute": rows.second[bad] // 60 * 60,
                "status": rows.status[bad],
                "count": np.ones(len(bad), np.int64),
                "first_ns": rows.time_ns[bad],
                "line": rows.line[bad],
                "last_ns": rows.time_ns[bad],
                "last_line": rows.line[bad],
            }
        )


def _bare(source: str, batch: Batch, streams: Streams) -> Ints:
    """For each row the number of its (source, service): endpoints say their routes themselves."""
    service = batch.coded("service")
    if service is None:
        return np.full(len(batch), number_of(streams, (source, None, None)))
    table = [number_of(streams, (source, name, None)) for name in [*service.values, None]]
    return np.array(table, np.int64)[service.codes]
