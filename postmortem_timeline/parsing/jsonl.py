"""The engine of JSON lines: one object a line, fields by name or dotted path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from postmortem_timeline.parsing.batch import Batch, Strings
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.fields import build
from postmortem_timeline.parsing.rewording import reword
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
    for row, start, end in zip(rows.tolist(), lines.start[rows].tolist(), lines.end[rows].tolist(), strict=True):
        try:
            value = decode(raw[start:end])
        except (msgspec.DecodeError, RecursionError):
            value = _almost(raw[start:end])
        if type(value) is dict:
            good.append(row)
            objects.append(value)
    return np.array(good, np.intp), objects


def _almost(raw: bytes) -> Any:
    """What Python and JavaScript write for numbers that JSON has not; None for all else."""
    if b"NaN" not in raw and b"Infinity" not in raw:
        return None
    try:
        return json.loads(raw, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    taken = np.zeros(len(lines), bool)
    rows, objects = decode_lines(lines)
    taken[rows[[fits(fmt, o) for o in objects]]] = True
    return taken


def by_shape(rows: npt.NDArray[np.intp], objects: list[dict[str, Any]]) -> list[tuple[list[int], dict[str, Any]]]:
    """The rows of objects that have the same keys and types, and one of them: what fits a format fits it by these."""
    found: dict[Any, tuple[list[int], dict[str, Any]]] = {}
    for row, value in zip(rows.tolist(), objects, strict=True):
        found.setdefault(_shape(value), ([], value))[0].append(row)
    return list(found.values())


def _shape(value: Any) -> Any:
    if isinstance(value, dict):  # the name of a pair of key and value is looked up like a key
        return tuple((k, v if k == "key" and isinstance(v, str) else _shape(v)) for k, v in value.items())
    return tuple(_shape(item) for item in value) if isinstance(value, list) else type(value)


def fits(fmt: Format, record: dict[str, Any]) -> bool:
    """Whether a record has the keys that the format requires, of the types that it says."""
    match = fmt.match
    if not all(lookup(record, key) is not None for key in match.get("required", ())):
        return False
    if not all(any(lookup(record, key) is not None for key in group) for group in match.get("any", ())):
        return False
    if any(lookup(record, key) is not None for key in match.get("absent", ())):
        return False
    for key, kind in match.get("types", {}).items():
        value = lookup(record, key)
        if value is not None and (not isinstance(value, TYPES[kind]) or (kind != "bool" and isinstance(value, bool))):
            return False
    return True


def misfit(fmt: Format, record: dict[str, Any]) -> str | None:
    """Why a record does not fit, in words; None where it fits."""
    groups = [[key] for key in fmt.match.get("required", ())] + list(fmt.match.get("any", ()))
    for group in groups:
        if all(lookup(record, key) is None for key in group):
            return f"no {' or '.join(group[:4])}{' or ...' if len(group) > 4 else ''}"
    found = next((key for key in fmt.match.get("absent", ()) if lookup(record, key) is not None), None)
    if found:
        return f"there is {found}"
    return None if fits(fmt, record) else "a value of another type"


def lookup(record: dict[str, Any], path: str) -> Any:
    """A value by its key, else by a dotted path into nested objects and lists; a key may hold dots itself."""
    if path in record:
        return record[path]
    head, dot, rest = path.partition(".")
    if not dot:
        return None
    value: Any = record.get(head)
    while isinstance(value, list):
        if value and isinstance(value[0], dict) and "key" in value[0]:
            return _keyed(value, rest)
        place, _, rest = rest.partition(".")
        value = value[int(place)] if place.isdigit() and int(place) < len(value) else None
        if not rest:
            return value
    return lookup(value, rest) if isinstance(value, dict) else None


def _keyed(pairs: list[Any], key: str) -> Any:
    """A value among pairs of a key and a value, as OpenTelemetry writes attributes: {"key": .., "value": {"stringValue": ..}}."""
    value = next((pair.get("value") for pair in pairs if isinstance(pair, dict) and pair.get("key") == key), None)
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    return value


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """One batch of the lines that hold an object of the format."""
    rows, objects = decode_lines(lines)
    keep = [i for i, o in enumerate(objects) if fits(fmt, o)]
    if keep:
        yield from_objects(fmt, rows[keep], [objects[i] for i in keep], context)


def from_objects(
    fmt: Format, rows: npt.NDArray[np.intp], objects: list[dict[str, Any]], context: SourceContext
) -> Batch:
    """A batch of decoded objects."""

    def get(path: str) -> list[Any] | None:
        values = [joined(o, path) for o in objects] if "+" in path else [lookup(o, path) for o in objects]
        return None if all(v is None for v in values) else values

    out = build(fmt, rows, get, context)
    reword(out, fmt, get)
    out.thunks["attributes"] = lambda: Strings(pa.array([rest_of(o, fmt) for o in objects], pa.large_string()))
    return out


def joined(record: dict[str, Any], path: str) -> str | None:
    """`date+time`: what stands in both fields, a blank between; a key may hold a plus itself."""
    if (whole := lookup(record, path)) is not None:
        return str(whole)
    parts = [lookup(record, part) for part in path.split("+")]
    return " ".join(map(str, parts)) if all(part not in (None, "", "-") for part in parts) else None


def rest_of(record: dict[str, Any], fmt: Format) -> str | None:
    """What no event column took, as a JSON object: of alternative fields only the one that was taken is left out."""
    used: set[str] = set()
    for name, spec in fmt.columns.items():
        taken = next((f for f in spec.fields if lookup(record, f) is not None), None)
        if taken is not None and not (name == "status_code" and not _is_status(lookup(record, taken))):
            used.add(taken)
        used.update(spec.method)
        used.update(part for path in spec.fields if "+" in path and joined(record, path) for part in path.split("+"))
    rest = {k: v for k, v in record.items() if k not in used and v is not None}
    return json.dumps(rest, ensure_ascii=False, default=str) if rest else None


def _is_status(value: Any) -> bool:
    return str(value).isdigit() and 100 <= int(value) <= 599
