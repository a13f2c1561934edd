"""Formats of JSON and tables that nobody declared: which field is what, by its name and by what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from postmortem_timeline.formats.model import ColumnSpec, Format
from postmortem_timeline.parsing import delimited, guess, jsonl
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Lines

NAMES = {"jsonl": "generic_json", "delimited": "generic_table", "logfmt": "generic_logfmt"}
MOST = 100  # records that are looked at
DEEPEST = 4  # members below each other
ENOUGH = 0.7  # of a field's values must be what the column wants

Fields = dict[str, list[Any]]


def infer(records: Sequence[dict[str, Any]], engine: str) -> tuple[Format, str] | None:
    """A format that reads these records, and what it takes for what; None where nothing in them is a time."""
    fields: Fields = {}
    for record in records[:MOST]:
        for path, value in _leaves(record):
            fields.setdefault(path, []).append(value)
    total = min(len(records), MOST)
    times = _ranked(fields, guess.time_rank, guess.is_time, total)
    if not times:
        return None
    columns = {"timestamp": ColumnSpec(tuple(times[:3]))}
    left = {path: values for path, values in fields.items() if path not in times}
    for name, rank, check in guess.COLUMNS:
        if found := _ranked(left, rank, check, total):
            columns[name] = _spec(name, found[0])
            left.pop(found[0])
    if "endpoint" in columns and (method := _ranked(left, guess.method_rank, guess.is_method, total)):
        columns["endpoint"] = ColumnSpec(columns["endpoint"].fields, decode="http_path", method=(method[0],))
    if "body" not in columns and (longest := _prose(left)):
        columns["body"] = ColumnSpec((longest,))
    fmt = Format(
        NAMES[engine], "", "fields found by name and value", "generic", "log", engine, columns=columns,
        wraps="body" if "body" in columns else None, scale=guess.URGENCY, match={"any": [list(times[:3])], "header": [times[0]]},
    )  # fmt: skip
    said = ", ".join(f"{name} = {spec.fields[0]}" for name, spec in columns.items())
    return fmt, f"no known format; by names and values {said}"


def infer_lines(lines: Lines, context: SourceContext) -> tuple[Format, str] | None:
    """As `infer`, of lines most of which are JSON objects, or rows below the header of a table."""
    if not len(lines):
        return None
    objects = jsonl.decode_lines(lines)[1]
    if len(objects) > len(lines) / 2:
        return infer(objects, "jsonl")
    names = context.header
    if not names or len(lines) < 2:
        return None
    table = Format("", "", "", "generic", "log", "delimited")
    rows = [cells for _, _, cells in delimited.records(table, lines, context) if tuple(cells) != names]
    if len(rows) < (len(lines) - 1) / 2:
        return None
    return infer([{name: cell for name, cell in zip(names, row, strict=True) if cell} for row in rows], "delimited")


def _leaves(record: dict[str, Any], above: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _leaves(value, f"{above}{key}.", depth + 1)
        elif value is not None and value != "" and not isinstance(value, (list, dict)):
            yield above + key, value


def _ranked(
    fields: Fields, rank: Callable[[str], int | None], check: Callable[[Any, str], bool], total: int
) -> list[str]:
    """The fields whose name and values are what is wanted: by name, by how many records have them, the nearest."""
    found = []
    for path, values in fields.items():
        place = rank(path)
        if place is None or sum(check(value, path) for value in values) < ENOUGH * len(values):
            continue
        often = len(values) >= total / 2
        found.append((not often, place, path.count("."), path))
    return [path for *_, path in sorted(found)]


def _spec(name: str, path: str) -> ColumnSpec:
    if name == "duration_ms":
        return ColumnSpec((path,), units=(guess.unit_of(path),))
    return ColumnSpec((path,), null=("-",), decode="http_path" if name == "endpoint" else None)


def _prose(fields: Fields) -> str | None:
    """The field that reads like a message: the longest texts with blanks between words."""

    def length(values: list[Any]) -> float:
        texts = [value for value in values if isinstance(value, str) and value.count(" ") >= 2]
        return sum(map(len, texts)) / len(values) if len(texts) >= len(values) / 2 else 0

    best = max(fields, key=lambda path: (length(fields[path]), path), default=None)
    return best if best and length(fields[best]) else None
