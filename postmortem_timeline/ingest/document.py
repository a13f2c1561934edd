"""Nested exports: one document, read whole by its own parser into events."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.frame import EVENT_SCHEMA, TIME_QUALITIES
from postmortem_timeline.ingest.block import Block
from postmortem_timeline.ingest.decode import Stream
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.listed import parse_records
from postmortem_timeline.ingest.survey import Surveyed
from postmortem_timeline.parsing.batch import Batch, Numbers, Strings, encode
from postmortem_timeline.parsing.listing import Listing
from postmortem_timeline.parsing.timestamps import NAT

LARGEST = 1 << 30


def parse_document(stream: Stream, found: Surveyed, entry: Entry) -> Block:
    """All events of a document. A parser that raises is noted, and what it gave before is kept."""
    assert found.plan is not None and found.plan.export is not None
    module = found.plan.export
    data = whole(stream, entry)
    context = context_of(found)
    if isinstance(module, Listing):
        block = parse_records(module, data, found.plan, found.context, context.note)
        entry.doubts += [(code, f"{found.name}: {message}") for code, message in context.notes]
        return block
    records: list[dict[str, Any]] = []
    try:
        for record in module.parse(data, context):
            records.append(record)
    except Exception as error:  # a plug-in's fault is a doubt, not the end of the run
        entry.doubts.append(
            ("reader_failed", f"{found.name}: the reader {module.NAME} stopped: {type(error).__name__}: {error}")
        )
    entry.doubts += [(code, f"{found.name}: {message}") for code, message in context.notes]
    counts = Entry(found.name, found.plan.name, found.plan.confidence, found.plan.reason)
    return Block(_batches(records, module.NAME, module.KIND, counts), counts)


def whole(stream: Stream, entry: Entry) -> bytes:
    parts, size = [], 0
    for piece in stream.pieces():
        parts.append(piece)
        size += len(piece)
        if size > LARGEST:
            entry.doubts.append(
                ("too_large", f"{entry.source}: only the first {LARGEST >> 20} MiB of the document were read")
            )
            break
    return b"".join(parts)


def context_of(found: Surveyed) -> Context:
    def read(name: str) -> bytes | None:
        path = found.siblings.get(name)
        return b"".join(Stream(path).pieces()) if path is not None else None

    return Context(found.name, read)


def _batches(records: list[dict[str, Any]], name: str, kind: str, counts: Entry) -> list[Batch]:
    """Batches by kind; an element of the document may give several events, and counts as one record."""
    good = [r for r in records if not r.get("unparsed") and not r.get("structure")]
    bad = [r for r in records if r.get("unparsed")]
    elements = {r.get("element", (r.get("line", 1), r.get("ordinal", 0))) for r in good}
    counts.records, counts.unparsed = len(elements), len(bad)
    counts.structure = len([r for r in records if r.get("structure")])
    counts.lines = counts.records + counts.unparsed + counts.structure
    counts.events = len(good) + len(bad)
    times = [r["timestamp"] for r in good if r.get("timestamp") is not None]
    if times:
        counts.first_ns, counts.last_ns = min(times), max(times)
    kinds = sorted({r.get("kind", kind) for r in good})
    out = [_batch([r for r in good if r.get("kind", kind) == k], name, k) for k in kinds]
    if bad:
        out.append(_batch(bad, "unparsed", "log"))
    return out


def _batch(records: list[dict[str, Any]], name: str, kind: str) -> Batch:
    n = len(records)
    time_ns = np.array([NAT if r.get("timestamp") is None else r["timestamp"] for r in records], np.int64)
    qualities = [TIME_QUALITIES.index(r.get("time_quality") or "exact") for r in records]
    out = Batch(name, kind, np.arange(n), time_ns, np.array(qualities, np.int8))
    out.line = np.array([r.get("line", 1) for r in records], np.int64)
    out.ordinal = np.array([r.get("ordinal", 0) for r in records], np.int32)
    for field in EVENT_SCHEMA:
        if field.name in ("timestamp", "kind", "line", "ordinal", "format", "source", "time_quality", "copy_of"):
            continue
        values = [r.get(field.name) for r in records]
        if all(v is None for v in values):
            continue
        if pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
            valid = np.array([v is not None for v in values])
            out.done[field.name] = Numbers(
                np.array([0 if v is None else v for v in values]), None if valid.all() else valid
            )
        else:
            array = pa.array([None if v is None else str(v) for v in values], pa.large_string())
            out.done[field.name] = encode(array) if pa.types.is_dictionary(field.type) else Strings(array)
    return out
