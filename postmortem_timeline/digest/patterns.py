"""Patterns: the templates of messages, by ten seconds, with their first and last citation."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from postmortem_timeline.digest.batch_rows import Rows, Streams, number_of
from postmortem_timeline.digest.table import Columns
from postmortem_timeline.digest.traced import add_traced
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.timestamps import NAT


def add_patterns(
    source: str, batch: Batch, rows: Rows, streams: Streams, texts: dict[str, int], parts: dict[str, list[Columns]]
) -> None:
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
    numbers = np.array([number_of(texts, v or "") for v in values], np.int64)
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
    add_traced(batch, rows, rows_there, text, parts)
