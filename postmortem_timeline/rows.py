"""The timeline frame as plain rows, for documents, CSV and JSON, and back."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from postmortem_timeline.frame import TIMELINE_COLUMNS
from postmortem_timeline.times import parse_ns, rfc3339

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = pa.schema(
    [
        ("start", pa.timestamp("ns", "UTC")),
        ("end", pa.timestamp("ns", "UTC")),
        ("kind", pa.string()),
        ("phase", pa.string()),
        ("severity_number", pa.int64()),
        ("service", pa.string()),
        ("actor", pa.string()),
        ("summary", pa.string()),
        ("count", pa.int64()),
        ("reason", pa.string()),
        ("score", pa.float64()),
        ("citations", pa.list_(pa.string())),
        ("sources", pa.int64()),
    ]
)
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # a cell that begins so is run by a spreadsheet

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")  # all but the line feed


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One dict a row; times are RFC 3339."""
    rows = []
    for row in frame.to_dict("records"):
        row["citations"] = [str(c) for c in row["citations"]]  # read from Parquet they are an array
        rows.append({name: _plain(row[name]) for name in TIMELINE_COLUMNS})
    return rows


def _plain(value: Any) -> Any:
    if hasattr(value, "value") and hasattr(value, "tzinfo"):
        return None if value != value else rfc3339(int(value.value))
    if value is None or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") else value


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as the table of `timeline.parquet`."""
    columns: dict[str, list[Any]] = {field.name: [row.get(field.name) for row in rows] for field in SCHEMA}
    for name in ("start", "end"):
        columns[name] = [None if v is None else parse_ns(v) for v in columns[name]]
    arrays = [
        pa.array(columns[f.name], pa.int64()).cast(f.type)
        if pa.types.is_timestamp(f.type)
        else pa.array(columns[f.name], f.type)
        for f in SCHEMA
    ]
    return pa.table(arrays, schema=SCHEMA)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """The timeline frame of `timeline.parquet`, in the types that a build gives it."""
    frame = table.to_pandas()
    texts = [field.name for field in SCHEMA if pa.types.is_string(field.type)]
    return frame.astype(dict.fromkeys(texts, "str")).assign(citations=[list(c) for c in frame["citations"]])


def csv_of(rows: list[dict[str, Any]]) -> str:
    """Rows as `timeline.csv`; no cell can start a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)  # some split at a semicolon too
    writer.writerow(TIMELINE_COLUMNS)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in TIMELINE_COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, list):
        value = " ".join(str(v) for v in value)
    if isinstance(value, str):
        value = CONTROL.sub(" ", value.replace("\r\n", "\n"))
        return "'" + value if value.lstrip().startswith(FORMULA) else value
    return value
