"""From the events of one block to its digest."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from postmortem_timeline.digest.batch_rows import Rows, rows_of
from postmortem_timeline.digest.batch_stats import add_stats
from postmortem_timeline.digest.digest import Digest, settle
from postmortem_timeline.digest.patterns import add_patterns
from postmortem_timeline.digest.requests import add_requests
from postmortem_timeline.digest.table import Columns
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.decode import factorize
from postmortem_timeline.parsing.timestamps import NAT

NOTABLE = {"alert", "page", "chat", "change", "status", "ticket", "note"}


def digest_batches(source: str, batches: list[Batch], tables: list[pa.Table] | None = None, least: int = 0) -> Digest:
    """The digest of one block of one source. `tables` are its notable events and metrics as event tables.

    `least` is a level of the sample of joins that other blocks have come to already: the whole will not stay below it.
    """
    out = Digest()
    streams: dict[tuple[str, str | None, str | None], int] = {}
    texts: dict[str, int] = {}
    parts: dict[str, list[Columns]] = {name: [] for name in out.tables}
    for batch in batches:
        if batch.format == "unparsed" or not len(batch):
            continue
        add_stats(out, source, batch)
        rows = rows_of(source, batch, streams)
        if rows is None:
            continue
        parts["counts"].append(_counts(rows))
        add_requests(source, batch, rows, streams, texts, parts, out, least)
        add_patterns(source, batch, rows, streams, texts, parts)
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


def _counts(rows: Rows) -> Columns:
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
