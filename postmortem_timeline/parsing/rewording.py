"""What a product's values mean as ours: `words` of a column, and the last part of a path-like name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from postmortem_timeline.parsing import severity
from postmortem_timeline.parsing.batch import Batch, Coded, Column, Numbers, encode
from postmortem_timeline.parsing.fields import Getter, first_of, text_of

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import ColumnSpec, Format

OTHER = "*"
SHORTER = ("last_part", "last_letter")
_PARTS = re.compile(r"[/:]")


def reword(batch: Batch, fmt: Format, get: Getter) -> None:
    """Let the text columns that say so give what their values mean; a severity follows its word."""
    for name, spec in fmt.columns.items():
        if name == "kind" and spec.words:
            found = batch.thunks["kind"] if fmt.kind == "log" and "status_code" in batch.thunks else None
            batch.thunks["kind"] = _kinds(fmt, spec, get, len(batch), found)
        elif (spec.words or spec.decode in SHORTER) and name in batch.thunks:
            batch.thunks[name] = _later(batch.thunks[name], spec)
            if name == "severity_text":
                batch.thunks["severity_number"] = lambda: _severity(batch, fmt)


def _later(thunk: Callable[[], Column], spec: ColumnSpec) -> Callable[[], Column]:
    def column() -> Coded:
        told = encode(thunk().arrow())
        values = [_meaning(value, spec) for value in told.values]
        known = sorted({value for value in values if value is not None})
        place = np.array([known.index(v) if v is not None else -1 for v in values] + [-1], np.int32)
        return Coded(place[told.codes], known)

    return column


def _kinds(
    fmt: Format, spec: ColumnSpec, get: Getter, n: int, found: Callable[[], Column] | None
) -> Callable[[], Column]:
    """The kind of each record that its words tell; where they tell none, as it is without them."""

    def column() -> Coded:
        told = [_meaning(text_of(value), spec) for value in first_of(get, spec.fields, n)]
        other = encode(found().arrow()).arrow().to_pylist() if found else [fmt.kind] * n
        kinds = [one or another for one, another in zip(told, other, strict=True)]
        values = sorted(set(kinds))
        return Coded(np.array([values.index(kind) for kind in kinds], np.int32), values)

    return column


def _meaning(value: str | None, spec: ColumnSpec) -> str | None:
    if value is None or value == spec.value:
        return value
    if spec.decode == "last_part":
        value = next((part for part in reversed(_PARTS.split(value)) if part not in ("", "*")), value)
        value = value.lower() if value.isupper() else value  # Azure shouts
    elif spec.decode == "last_letter":  # Teleport's codes end in how grave they are: T1000W
        value = value[-1:]
    return spec.words.get(value, spec.words.get(OTHER, value)) or None if spec.words else value


def _severity(batch: Batch, fmt: Format) -> Numbers:
    told = batch.coded("severity_text")
    assert told is not None
    numbers = np.array([*(severity.number(value, fmt.scale) for value in told.values), 0], np.int8)
    return Numbers(numbers[told.codes])
