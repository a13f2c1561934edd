"""The two frames: their columns, types and invariants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.errors import UsageError
from postmortem_timeline.memory import give_back

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


LARGE = 200_000  # rows from which it is worth the while to look after memory


def cite(source: str, line: int, ordinal: int = 0) -> str:
    """The citation of an event: `source:line`, or `source:line#ordinal` for a further record of that line."""
    return f"{source}:{line}#{ordinal}" if ordinal else f"{source}:{line}"


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """An event table as pandas people want it: UTC nanoseconds, categories, `str`, nullable numbers, a RangeIndex.

    Columns are converted one by one, and freed where nobody else holds `table`.
    """
    import pandas as pd

    columns = dict(zip(table.column_names, table.columns, strict=True))
    nulls = pa.nulls(len(table) if any(c.null_count == len(c) for c in table.columns) else 0, pa.large_string())
    large = len(table) > LARGE
    del table
    made = {}
    for name in list(columns):
        made[name] = _series(columns.pop(name), nulls)
        if large:
            give_back()
    return pd.DataFrame(made, copy=False)


def _series(column: pa.ChunkedArray, nulls: pa.Array) -> pd.Series:
    """A column in its type of pandas; texts that are all null share their memory."""
    import pandas as pd

    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        large = nulls if column.null_count == len(column) else column.cast(pa.large_string())
        text = pd.StringDtype("pyarrow", na_value=float("nan"))
        return pd.Series(text.__from_arrow__(large), copy=False)
    nullable = {
        pa.int8(): pd.Int8Dtype(),
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
    }
    return column.to_pandas(types_mapper=nullable.get)


def from_pandas(events: pd.DataFrame) -> pa.Table:
    """An event frame, as `read` gives it or made by hand, as a table of `EVENT_SCHEMA`.

    No more is needed than `timestamp` (a time without a zone is UTC). What is missing gets its default: rows with a
    `status_code` are requests, others logs; the source is "frame"; lines without a number follow those of their source.
    Raises UsageError where a column cannot be meant.
    """
    if "timestamp" not in events.columns and events.index.name == "timestamp":
        events = events.reset_index()
    if "timestamp" not in events.columns:
        raise UsageError(
            f"an event frame needs a column `timestamp`; this one has {', '.join(map(str, events.columns)) or 'none'}"
        )
    twice = events.columns[events.columns.duplicated()].intersection(EVENT_SCHEMA.names)
    if len(twice):
        raise UsageError(f"the column `{twice[0]}` stands twice in the frame")
    given = {
        f.name: _given(events[f.name], f) for f in EVENT_SCHEMA if f.name in events.columns and f.name != "timestamp"
    }
    given["timestamp"] = _times(events["timestamp"])
    return _completed(given, len(events))


def _times(stamps: pd.Series) -> pa.Array:
    import pandas as pd

    if pd.api.types.is_numeric_dtype(stamps.dtype) and stamps.notna().any():
        raise UsageError(
            "`timestamp` holds numbers, and their unit is not known; pd.to_datetime(..., unit='s', utc=True) makes times of them"
        )
    if not pd.api.types.is_datetime64_any_dtype(stamps.dtype):
        try:
            stamps = pd.to_datetime(stamps, utc=True, format="ISO8601")
        except (ValueError, TypeError) as error:
            reason = str(error).split(". You might")[0]  # what pandas advises is for callers of pandas
            raise UsageError(
                f"`timestamp` holds what is no ISO 8601 time ({reason}); pd.to_datetime makes times of other forms"
            ) from None
    zoned = stamps.dt.tz_localize("UTC") if stamps.dt.tz is None else stamps.dt.tz_convert("UTC")
    return _whole(pa.Array.from_pandas(zoned.astype("datetime64[ns, UTC]")))


def _given(values: pd.Series, field: pa.Field) -> pa.Array:
    """A column that the frame has, in the type that it is to be."""
    import pandas as pd

    try:
        if isinstance(values.dtype, pd.CategoricalDtype):
            words = pa.array([None if v is None else str(v) for v in values.cat.categories], pa.string())
            codes = values.cat.codes.to_numpy()
            array: pa.Array = pa.DictionaryArray.from_arrays(pa.array(codes.astype("int32"), mask=codes < 0), words)
        elif values.dtype == object:
            texts = (
                pa.types.is_dictionary(field.type)
                or pa.types.is_string(field.type)
                or pa.types.is_large_string(field.type)
            )
            array = pa.array([None if v is None or v != v or v is pd.NA else str(v) if texts else v for v in values])
        else:
            array = _whole(pa.Array.from_pandas(values))
        return as_type(array, field.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError) as error:
        raise UsageError(f"the column `{field.name}` of the frame holds what is no {field.type}: {error}") from None


def as_type(array: pa.Array, want: pa.DataType) -> pa.Array:
    """An array in another type of the schema; texts become a dictionary where words are wanted."""
    array = _whole(array)
    if array.type == want:
        return array
    if pa.types.is_dictionary(want):
        if not pa.types.is_dictionary(array.type):
            array = array.cast(pa.string()).dictionary_encode()
        return pa.DictionaryArray.from_arrays(array.indices.cast(pa.int32()), array.dictionary.cast(pa.string()))
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    return array.cast(want)


def _whole(array: pa.Array) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _completed(given: dict[str, pa.Array], n: int) -> pa.Table:
    """The table with what the frame does not say at its defaults."""
    status = given.get("status_code", pa.nulls(n, pa.int16()))
    defaults = {
        "kind": pc.if_else(pc.is_valid(status), "request", "log"), "source": pa.scalar("frame"), "format": pa.scalar("frame"),
        "time_quality": pa.scalar(TIME_QUALITIES[0]), "severity_number": pa.scalar(0, pa.int8()), "ordinal": pa.scalar(0, pa.int32()),
    }  # fmt: skip
    for name, value in defaults.items():
        there = given.get(name)
        if there is None or there.null_count:
            want = EVENT_SCHEMA.field(name).type
            texts = pa.types.is_dictionary(want)
            there = (
                pa.nulls(n, pa.string() if texts else want)
                if there is None
                else there.cast(pa.string())
                if texts
                else there
            )
            given[name] = as_type(pc.coalesce(there, value), want)
    unknown = sorted(set(pc.unique(given["kind"]).to_pylist()) - set(KINDS))
    if unknown:
        raise UsageError(f"the kind {unknown[0]!r} is not known; kinds are {', '.join(KINDS)}")
    given["line"] = _lines(given.get("line", pa.nulls(n, pa.int64())), given["source"])
    return pa.table([given.get(f.name, pa.nulls(n, f.type)) for f in EVENT_SCHEMA], schema=EVENT_SCHEMA)


def _lines(lines: pa.Array, sources: pa.DictionaryArray) -> pa.Array:
    """Lines as given; rows without one are counted on behind the last of their source."""
    if not lines.null_count:
        return lines
    last: dict[str, int] = {}
    known = zip(sources.to_pylist(), lines.to_pylist(), strict=True)
    rows = [(source, line) for source, line in known]
    for source, line in rows:
        last[source] = max(last.get(source, 0), line or 0)
    out = []
    for source, line in rows:
        if line is None:
            last[source] = line = last[source] + 1
        out.append(line)
    return pa.array(out, pa.int64())


def completed(events: pd.DataFrame) -> pd.DataFrame:
    """The frame with all event columns in their types; what else it has stays, behind them."""
    out = to_pandas(from_pandas(events))
    for name in events.columns.difference(EVENT_SCHEMA.names, sort=False):
        out[name] = events[name].to_numpy() if events[name].dtype == object else events[name].array
    out.attrs = dict(events.attrs)
    return out
