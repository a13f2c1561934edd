"""The engine of JSON lines: one object a line, fields by name or dotted path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from postmortem_timeline.parsing import objects
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Bools, Lines

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format

def decode_lines(lines: Lines) -> objects.Decoded:
    """The rows that hold one JSON object, and the objects."""
    import msgspec

    starts = np.flatnonzero(lines.text.buf[lines.start] <= 123)
    first = lines.text.buf[lines.start[starts]]
    rows = starts[(first == 123) | (first == 32)]
    raw = lines.text.buf[: lines.text.size].tobytes()
    decode = msgspec.json.Decoder().decode
    good, found = [], []
    for row, start, end in zip(rows.tolist(), lines.start[rows].tolist(), lines.end[rows].tolist(), strict=True):
        try:
            value = decode(raw[start:end])
        except (msgspec.DecodeError, RecursionError):
            value = _almost(raw[start:end])
        if type(value) is dict:
            good.append(row)
            found.append(value)
    return np.array(good, np.intp), found


def _almost(raw: bytes) -> Any:
    """What Python and JavaScript write for numbers that JSON has not; None for all else."""
    if b"NaN" not in raw and b"Infinity" not in raw:
        return None
    try:
        return json.loads(raw, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    """Which lines hold an object of the format."""
    return objects.claims(fmt, len(lines), decode_lines(lines))


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """One batch of the lines that hold an object of the format."""
    yield from objects.batches(fmt, decode_lines(lines), context)


def by_shape(rows: npt.NDArray[np.intp], records: list[dict[str, Any]]) -> list[tuple[list[int], dict[str, Any]]]:
    """The rows of objects that have the same keys and types, and one of them: what fits a format fits it by these."""
    found: dict[Any, tuple[list[int], dict[str, Any]]] = {}
    for row, value in zip(rows.tolist(), records, strict=True):
        found.setdefault(_shape(value), ([], value))[0].append(row)
    return list(found.values())


def _shape(value: Any) -> Any:
    if isinstance(value, dict):  # the name of a pair of key and value is looked up like a key
        return tuple((k, v if k == "key" and isinstance(v, str) else _shape(v)) for k, v in value.items())
    return tuple(_shape(item) for item in value) if isinstance(value, list) else type(value)
