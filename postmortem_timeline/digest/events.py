"""From the events of one block to its digest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from postmortem_timeline.digest import levels
from postmortem_timeline.digest.digest import Digest, settle
from postmortem_timeline.digest.stats import MOST_CLIENTS, TWO, Stats
from postmortem_timeline.digest.table import Columns
from postmortem_timeline.parsing.batch import ZONE_ASSUMED, Batch, Coded, Numbers, Spans, Strings, quarters_of, spans_of
from postmortem_timeline.parsing.decode import factorize
from postmortem_timeline.parsing.decode import route as route_of
from postmortem_timeline.parsing.text import Bools, Ints, first_word
from postmortem_timeline.parsing.timestamps import NAT

SECOND = 1_000_000_000
USER, TRACE = 0, 1
SPILLED = np.dtype([("ms", "<i8"), ("user", "<u8"), ("client", "<u8"), ("status", "<i2")])
NOTABLE = {"alert", "page", "chat", "change", "status", "ticket", "note"}
LEVELS = np.array([0] + [(s - 1) // 4 * 4 + 1 for s in range(1, 25)], np.int64)


Streams = dict[tuple[str, str | None, str | None], int]  # (source, service, route) -> its number


@dataclass
class _Rows:
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


def digest_batches(source: str, batches: list[Batch], tables: list[pa.Table] | None = None) -> Digest:
    """The digest of one block of one source. `tables` are its notable events and metrics as event tables."""
    out = Digest()
    streams: dict[tuple[str, str | None, str | None], int] = {}
    texts: dict[str, int] = {}
    parts: dict[str, list[Columns]] = {name: [] for name in out.tables}
    for batch in batches:
        if batch.format == "unparsed" or not len(batch):
            continue
        _add_stats(out, source, batch)
        rows = _rows(source, batch, streams)
        if rows is None:
            continue
        parts["counts"].append(_counts(rows))
        _requests(source, batch, rows, streams, texts, parts, out)
        _patterns(source, batch, rows, streams, texts, parts)
    out.streams, out.texts = list(streams), list(texts)  # numbered in the order in which they came
    for name, found in parts.items():
        if found:
            out.tables[name] = {k: np.concatenate([f[k] for f in found]) for k in found[0]}
    for table in tables or []:
        (out.metrics if _is_metric(table) else out.notables).append(table)
    settle(out)
    return out


def _is_metric(table: pa.Table) -> bool:
    return bool(len(table)) and table["kind"][0].as_py() == "metric"


def _number(places: dict[Any, int], key: Any) -> int:
    return int(places.setdefault(key, len(places)))


def _all_numbers(places: dict[str, int], values: list[str]) -> Ints:
    """The number of each of distinct values."""
    if not places:
        places.update(zip(values, range(len(values)), strict=False))
        return np.arange(max(len(values), 1))
    return np.array([places.setdefault(v, len(places)) for v in values] or [0], np.int64)


def _numbers(batch: Batch, name: str, default: int = 0) -> tuple[Ints, Bools]:
    column = batch.column(name)
    if not isinstance(column, Numbers):
        return np.full(len(batch), default, np.int64), np.zeros(len(batch), bool)
    valid = np.ones(len(batch), bool) if column.valid is None else column.valid
    values = np.where(valid, column.values, default)
    return values.astype(np.float64 if values.dtype.kind == "f" else np.int64), valid


def _is_request(batch: Batch) -> Bools:
    kinds = batch.coded("kind") if batch.has("kind") else None
    if kinds is None:
        return np.full(len(batch), batch.kind == "request")
    return np.array([v == "request" for v in kinds.values] + [batch.kind == "request"], bool)[kinds.codes]


def _rows(source: str, batch: Batch, streams: dict) -> _Rows | None:
    kinds = batch.coded("kind") if batch.has("kind") else None
    if (kinds is None and batch.kind not in ("log", "request", "span")) or not (batch.time_ns != NAT).any():
        return None
    status, has_status = _numbers(batch, "status_code")
    severity, _ = _numbers(batch, "severity_number")
    duration, timed = _numbers(batch, "duration_ms")
    request = _is_request(batch)
    stream = _streams(source, batch, streams)
    return _Rows(
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


def _streams(source: str, batch: Batch, streams: dict) -> Ints:
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
        table[p] = _number(streams, (source, names[p // wide], head))
    return table[pair]


@lru_cache(maxsize=1 << 16)
def _route(endpoint: str) -> str | None:
    return route_of(endpoint)


def _counts(rows: _Rows) -> Columns:
    """Counts by stream, second, status and severity: dense where the block is dense, which logs are."""
    ok = rows.time_ns != NAT
    moment = rows.second << 15 | rows.status << 5 | rows.severity
    if not ok.all():
        moment, stream, duration, timed = moment[ok], rows.stream[ok], rows.duration_us[ok], rows.timed[ok]
    else:
        stream, duration, timed = rows.stream, rows.duration_us, rows.timed
    low = int(rows.second[ok].min())
    both = moment & 0x7FFF | stream << 15
    back, first = factorize(both)
    kinds = both[first]
    span = int(rows.second[ok].max()) - low + 1
    if span * len(kinds) <= 8 * len(moment) + 4096:
        cell = ((moment >> 15) - low) * len(kinds) + back
        count = np.bincount(cell, minlength=span * len(kinds))
        at = np.flatnonzero(count)
        total = (
            np.bincount(cell, weights=duration, minlength=span * len(kinds))[at] if timed.any() else np.zeros(len(at))
        )
        with_time = (
            np.bincount(cell, weights=timed, minlength=span * len(kinds))[at] if timed.any() else np.zeros(len(at))
        )
        kind = kinds[at % len(kinds)]
        return {
            "stream": kind >> 15,
            "moment": (at // len(kinds) + low) << 15 | kind & 0x7FFF,
            "count": count[at].astype(np.int64),
            "duration_us": np.rint(total).astype(np.int64),
            "timed": np.rint(with_time).astype(np.int64),
        }
    return {
        "stream": stream,
        "moment": moment,
        "count": np.ones(len(moment), np.int64),
        "duration_us": np.where(timed, duration, 0),
        "timed": timed.astype(np.int64),
    }


def _requests(
    source: str,
    batch: Batch,
    rows: _Rows,
    streams: Streams,
    texts: dict[str, int],
    parts: dict[str, list[Columns]],
    out: Digest,
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
    record = np.zeros(int(known.sum()), SPILLED)
    record["ms"], record["user"] = rows.time_ns[known] // 1_000_000, users[known]
    record["client"], record["status"] = clients[known], rows.status[known]
    out.spill.append((source, record))
    joined = [(USER, users, known & has_user)]
    trace = batch.hashes("trace_id")
    if trace is not None:
        joined.append((TRACE, trace[0], (rows.time_ns != NAT) & trace[1]))
    for what, keys, there in joined:
        chosen, level = _lowest(keys, there)
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


def _lowest(keys: npt.NDArray[np.uint64], there: Bools) -> tuple[npt.NDArray[np.intp], int]:
    """The rows of the largest sample of keys that fits, and its level (`levels.sampled`)."""
    level = 0
    chosen = np.flatnonzero(there)
    while len(chosen) > levels.MOST_JOINS and level < 64:
        level += 1
        chosen = chosen[(keys[chosen] >> np.uint64(64 - level)) == 0]
    return chosen, level


def _endpoints(source: str, batch: Batch, rows: _Rows, known: Bools, endpoint: Coded, streams, texts, parts) -> None:  # type: ignore[no-untyped-def]
    known = known & (endpoint.codes >= 0)
    if not known.any():
        return
    numbers = _all_numbers(texts, endpoint.values)
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


def _bare(source: str, batch: Batch, streams: dict) -> Ints:
    """For each row the number of its (source, service): endpoints say their routes themselves."""
    service = batch.coded("service")
    if service is None:
        return np.full(len(batch), _number(streams, (source, None, None)))
    table = [_number(streams, (source, name, None)) for name in [*service.values, None]]
    return np.array(table, np.int64)[service.codes]


def _patterns(source: str, batch: Batch, rows: _Rows, streams, texts, parts) -> None:  # type: ignore[no-untyped-def]
    from postmortem_timeline.digest.templates import templates

    wanted = np.flatnonzero((~rows.request | (rows.severity >= 13)) & (rows.time_ns != NAT))
    if not len(wanted) or not batch.has("body"):
        return
    bodies = batch.arrow("body")
    assert bodies is not None
    coded = bodies.take(pa.array(wanted)).dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    masked = templates(coded.dictionary).dictionary_encode()
    values = masked.dictionary.to_pylist()
    if not values:
        return
    numbers = np.array([_number(texts, v or "") for v in values], np.int64)
    inner = masked.indices.fill_null(0).to_numpy(zero_copy_only=False)
    there = codes >= 0
    rows_there, text = wanted[there], numbers[inner[codes[there]]]
    parts["patterns"].append(
        {
            "stream": rows.stream[rows_there],
            "text": text,
            "severity": rows.severity[rows_there],
            "bucket": rows.second[rows_there] // 10 * 10,
            "count": np.ones(len(text), np.int64),
            "first_ns": rows.time_ns[rows_there],
            "line": rows.line[rows_there],
            "last_ns": rows.time_ns[rows_there],
            "last_line": rows.line[rows_there],
        }
    )


def _add_stats(out: Digest, source: str, batch: Batch) -> None:
    times = batch.time_ns[batch.time_ns != NAT]
    request = _is_request(batch)
    user, client = batch.hashes("user") if request.any() else None, batch.hashes("client") if request.any() else None
    service, host = batch.coded("service"), batch.coded("host")
    offsets: tuple[tuple[int, int], ...] = ()
    if batch.inner_offset is not None:
        quarters = quarters_of(batch.inner_offset)
        values, counts = np.unique(quarters[quarters != 0], return_counts=True)
        offsets = tuple(zip(values.tolist(), counts.tolist(), strict=False))
    asked = int(request.sum())
    kinds = [
        (batch.format, "request", batch.tier or "", asked),
        (batch.format, batch.kind, batch.tier or "", len(batch) - asked),
    ]
    stats = Stats(
        tuple(kind for kind in kinds if kind[3]),
        _names(host),
        _names(service),
        len(batch),
        asked,
        int((user[1] & request).sum()) if user else 0,
        _private(batch, request),
        int((batch.quality == ZONE_ASSUMED).sum() + (batch.quality == 2).sum()),
        len(times),
        _precision(times),
        int(times.min()) if len(times) else -1,
        int(times.max()) if len(times) else -1,
        _lowest_distinct(client[0][client[1] & request]) if client else (),
        offsets,
    )
    out.stats[source] = out.stats[source].merged(stats) if source in out.stats else stats


def _lowest_distinct(hashes: npt.NDArray[np.uint64]) -> tuple[int, ...]:
    """The lowest MOST_CLIENTS distinct hashes; few rows are sorted for it where there are many."""
    if len(hashes) > 8 * MOST_CLIENTS:
        few = hashes[hashes < np.uint64(int(2**64 * 4 * MOST_CLIENTS / len(hashes)))]
        lowest = np.unique(few)
        if len(lowest) >= MOST_CLIENTS:
            return tuple(lowest[:MOST_CLIENTS].tolist())
    return tuple(np.unique(hashes)[:MOST_CLIENTS].tolist())


def _precision(times: Ints) -> int:
    """The finest unit that any stamp uses, of seconds, milliseconds and less."""
    if (times[:64] % 1_000_000).any():
        return 1000
    if not (times // SECOND * SECOND != times).any():
        return SECOND
    return 1000 if (times % 1_000_000).any() else 1_000_000


def _names(column: Coded | None) -> tuple[str, ...]:
    """The two lowest names that rows really bear."""
    if column is None:
        return ()
    there = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))
    return tuple(sorted({value for value, n in zip(column.values, there.tolist(), strict=True) if n})[:TWO])


def _private(batch: Batch, request: Bools) -> int:
    """How many requests came from a loopback or private address."""
    column = batch.column("client")
    if not isinstance(column, (Spans, Strings)):
        return 0
    spans = column if isinstance(column, Spans) else spans_of(column.array)
    word = first_word(spans.text, spans.start, spans.end)
    private = np.zeros(len(word), bool)
    for prefix in (b"10.", b"127.", b"192.168.", b"::1", b"fd", b"fe80", *(b"172.%d." % n for n in range(16, 32))):
        mask = np.uint64((1 << (8 * len(prefix))) - 1)
        private |= (word & mask) == np.uint64(int.from_bytes(prefix, "little"))
    return int((private & request).sum())
