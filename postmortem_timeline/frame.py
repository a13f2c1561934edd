"""The two frames: their columns, types and invariants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("log", "request", "alert", "page", "chat", "change", "status", "metric", "span", "ticket", "note")
TIME_QUALITIES = ("exact", "zone_assumed", "year_inferred", "inherited", "clock_corrected")

WORD = pa.dictionary(pa.int32(), pa.string())

EVENT_SCHEMA = pa.schema(
    [
        ("timestamp", pa.timestamp("ns", "UTC")),
        ("stamp", pa.string()),
        ("kind", WORD),
        ("severity_number", pa.int8()),
        ("severity_text", WORD),
        ("service", WORD),
        ("host", WORD),
        ("actor", WORD),
        ("body", pa.large_string()),
        ("action", WORD),
        ("status_code", pa.int16()),
        ("duration_ms", pa.float64()),
        ("endpoint", WORD),
        ("user", pa.string()),
        ("client", pa.string()),
        ("value", pa.float64()),
        ("trace_id", pa.string()),
        ("correlation_key", pa.string()),
        ("attributes", pa.string()),
        ("format", WORD),
        ("source", WORD),
        ("line", pa.int64()),
        ("ordinal", pa.int32()),
        ("time_quality", WORD),
        ("copy_of", pa.string()),
    ]
)

TIMELINE_COLUMNS = (
    "start", "end", "kind", "phase", "severity_number", "service", "actor", "summary",
    "count", "reason", "score", "citations", "sources",
)  # fmt: skip

PHASES = ("before", "impact", "response", "mitigation", "recovery", "after")

REASONS = (
    "first_seen", "burst", "silence", "recovery", "alert", "page", "acknowledge", "escalate",
    "decision", "action", "change", "status", "note", "pinned",
)  # fmt: skip


def cite(source: str, line: int, ordinal: int = 0) -> str:
    """The citation of an event: `source:line`, or `source:line#ordinal` for a further record of that line."""
    return f"{source}:{line}#{ordinal}" if ordinal else f"{source}:{line}"


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """An event table as pandas people want it: UTC nanoseconds, categories, `str`, nullable numbers, a RangeIndex."""
    import pandas as pd

    nullable = {pa.int8(): pd.Int8Dtype(), pa.int16(): pd.Int16Dtype(), pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}
    text = pd.StringDtype("pyarrow", na_value=float("nan"))
    mapper = {pa.string(): text, pa.large_string(): text}
    return table.to_pandas(types_mapper={**nullable, **mapper}.get, split_blocks=True, self_destruct=True)
