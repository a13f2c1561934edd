"""The engine of JSON lines: one object a line, fields by name or dotted path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from postmortem_timeline.parsing.batch import Batch, Strings
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.fields import build
from postmortem_timeline.parsing.text import Bools, Lines

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format

TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,), "number": (int, float), "str": (str,), "object": (dict,), "array": (list,), "bool": (bool,),
}  # fmt: skip


def decode_lines(lines: Lines) -> tuple[npt.NDArray[np.intp], list[dict[str, Any]]]:
    """The rows that hold one JSON object, and the objects."""
    import msgspec

    starts = np.flatnonzero(lines.text.buf[lines.start] <= 123)
    first = lines.text.buf[lines.start[starts]]
    rows = starts[(first == 123) | (first == 32)]
    raw = lines.text.buf[: lines.text.size].tobytes()
    decode = msgspec.json.Decoder().decode
    good, objects = [], []
    for row, start, end in zip(rows.tolist(), lines.start[rows].tolist(), lines.end[rows].tolist()):
        try:
            value = decode(raw[start:end])
        except (msgspec.DecodeError, RecursionError):
            continue
        if type(value) is dict:
            good.append(row)
            objects.append(value)
    return np.array(good, np.intp), objects


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    taken = np.zeros(len(lines), bool)
    rows, objects = decode_lines(lines)
    taken[rows[[fits(fmt, o) for o in objects]]] = True
    return taken


def fits(fmt: Format, record: dict[str, Any]) -> bool:
    """Whether a record has the keys that the format requires, of the types that it says."""
    match = fmt.match
    if not all(lookup(record, key) is not None for key in match.get("required", ())):
        return False
    if not all(any(lookup(record, key) is not None for key in group) for group in match.get("any", ())):
        return False
    for key, kind in match.get("types", {}).items():
        value = lookup(record, key)
        if value is not None and (not isinstance(value, TYPES[kind]) or (kind != "bool" and isinstance(value, bool))):
            return False
    return True


def lookup(record: dict[str, Any], path: str) -> Any:
    """A value by its key, else by a dotted path into nested objects and lists."""
    if path in record:
        return record[path]
    if "." not in path:
        return None
    value: Any = record
    for key in _steps(path):
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """One batch of the lines that hold an object of the format."""
    rows, objects = decode_lines(lines)
    keep = [i for i, o in enumerate(objects) if fits(fmt, o)]
    if keep:
        yield from_objects(fmt, rows[keep], [objects[i] for i in keep], context)


def from_objects(fmt: Format, rows: npt.NDArray[np.intp], objects: list[dict[str, Any]], context: SourceContext) -> Batch:
    """A batch of decoded objects."""

    def get(path: str) -> list[Any] | None:
        values = [lookup(o, path) for o in objects]
        return None if all(v is None for v in values) else values

    out = build(fmt, rows, get, context)
    used = {f for spec in fmt.columns.values() for f in (*spec.fields, *spec.method)}
    out.thunks["attributes"] = lambda: Strings(pa.array([_rest(o, used) for o in objects], pa.large_string()))
    return out


def _rest(record: dict[str, Any], used: set[str]) -> str | None:
    rest = {k: v for k, v in record.items() if k not in used and v is not None}
    return json.dumps(rest, ensure_ascii=False, default=str) if rest else None
