"""Batches as event tables: the columns of the event frame, defaults of the source filled in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.frame import EVENT_SCHEMA, KINDS, TIME_QUALITIES, as_type
from postmortem_timeline.ingest.unwrap import merge_objects
from postmortem_timeline.parsing.batch import QUARTER, Batch, Coded, Strings, constant, quarters_of
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.timestamps import NAT

NESTED = (
    "wrapper_offset_seconds"  # among attributes: outer minus inner stamp of a wrapped record, in whole quarter hours
)
TEXTS = {name for name in EVENT_SCHEMA.names if pa.types.is_dictionary(EVENT_SCHEMA.field(name).type)}


def fill_defaults(batch: Batch, context: SourceContext, service: str | None) -> None:
    """Service and host for records that name none: the format's, else the path's. A gateway's log is of no service."""
    gateway = batch.tier in ("edge", "proxy")
    default = service or (None if gateway else context.service)
    for name, value in (("service", default), ("host", context.host)):
        if value is None:
            continue
        if not batch.has(name):
            batch.thunks[name] = lambda value=value: constant(value, len(batch))  # type: ignore[misc]
            continue
        column = batch.column(name)
        assert column is not None
        batch.done[name] = _filled(column, value)


def _filled(column, value: str):  # type: ignore[no-untyped-def]
    if isinstance(column, Coded):
        if (column.codes >= 0).all():
            return column
        values = column.values if value in column.values else [*column.values, value]
        return Coded(np.where(column.codes < 0, values.index(value), column.codes).astype(np.int32), values)
    array = column.arrow()
    return column if not array.null_count else Strings(pc.fill_null(array, value))


def to_table(batch: Batch, source: str) -> pa.Table:
    """The events of a batch as a table of `EVENT_SCHEMA`."""
    n = len(batch)
    arrays = {name: _array(batch, name, n) for name in EVENT_SCHEMA.names}
    arrays["timestamp"] = pa.array(batch.time_ns, mask=batch.time_ns == NAT).cast(pa.timestamp("ns", "UTC"))
    kind = batch.coded("kind") if batch.has("kind") else constant(batch.kind, n)
    arrays["kind"] = kind.arrow() if kind is not None else constant(KINDS[0], n).arrow()
    arrays["time_quality"] = Coded(
        np.where(batch.time_ns == NAT, -1, batch.quality).astype(np.int32), list(TIME_QUALITIES)
    ).arrow()
    arrays["format"], arrays["source"] = constant(batch.format, n).arrow(), constant(source, n).arrow()
    arrays["line"] = pa.array(batch.line)
    arrays["ordinal"] = pa.array(batch.ordinal if batch.ordinal is not None else np.zeros(n, np.int32))
    if batch.inner_offset is not None:
        arrays["attributes"] = _nested(batch, arrays["attributes"])
    return pa.table([as_type(arrays[f.name], f.type) for f in EVENT_SCHEMA], schema=EVENT_SCHEMA)


def _nested(batch: Batch, attributes: pa.Array) -> pa.Array:
    """Attributes that also say how far a wrapper's stamp is from the stamp inside, where that is no trifle."""
    assert batch.inner_offset is not None
    seconds = quarters_of(batch.inner_offset) * (QUARTER // 1_000_000_000)
    if not seconds.any():
        return attributes
    text = pa.large_string()
    head, tail, between = (pa.scalar(part, text) for part in (f'{{"{NESTED}": ', "}", ""))
    said = pc.binary_join_element_wise(head, pa.array(seconds).cast(text), tail, between)
    return merge_objects(pc.if_else(pa.array(seconds != 0), said, pa.scalar(None, text)), attributes)


def _array(batch: Batch, name: str, n: int) -> pa.Array:
    found = (
        batch.arrow(name)
        if name not in ("kind", "timestamp", "line", "ordinal", "format", "source", "time_quality")
        else None
    )
    if found is None and name == "severity_number":
        return pa.array(np.zeros(n, np.int8))
    return pa.nulls(n, EVENT_SCHEMA.field(name).type) if found is None else found
