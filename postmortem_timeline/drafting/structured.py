"""Drafts a format for JSON, tables, logfmt and LTSV: fields by their names and by what they hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from postmortem_timeline.drafting.toml import Draft, listed, quoted
from postmortem_timeline.formats.model import ColumnSpec, Format
from postmortem_timeline.ingest.inferred import infer
from postmortem_timeline.parsing import delimited, jsonl, logfmt, ltsv
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.listing import Listing, lists_of
from postmortem_timeline.parsing.objects import lookup
from postmortem_timeline.parsing.text import Lines

FEW = 3  # records of a sample
MOST_KEYS = 6  # that a record must have


def draft_structured(data: bytes, lines: Lines, header: tuple[str, ...], delimiter: str) -> Draft | None:
    """A draft for a document or for lines that have named fields; None for others, or where nothing in them is a time."""
    return _objects(lines) or _document(data) or _pairs(lines) or _table(lines, header, delimiter)


def _objects(lines: Lines) -> Draft | None:
    rows, objects = jsonl.decode_lines(lines)
    if len(objects) <= len(lines) / 2:
        return None
    return _records("jsonl", objects, _texts(lines, list(rows)[:FEW]))


def _document(data: bytes) -> Draft | None:
    """The longest list of objects that a JSON document holds."""
    from postmortem_timeline.parsing.jsondoc import key_paths

    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return None
    best: tuple[int, Draft] | None = None
    for listing in (Listing(("",)), *lists_of(key_paths(data))):
        records = [json.loads(record.text) for record in listing.records(data) if record.text.startswith(b"{")]
        path = listing.lists[0]
        drafted = _records("jsonl", records, "") if len(records) > (0 if path else 1) else None
        if drafted and (best is None or len(records) > best[0]):
            drafted.document = {"records": quoted(path)}
            drafted.samples = [
                ("the first records", json.dumps(_cut(whole, path), indent=1, ensure_ascii=False) + "\n")
            ]
            best = len(records), drafted
    return best[1] if best else None


def _cut(value: Any, path: str) -> Any:
    """A document with its first records only."""
    if isinstance(value, list) and not path:
        return value[:FEW]
    key, _, rest = path.partition(".")
    if isinstance(value, dict) and key in value:
        return {**value, key: _cut(value[key], rest)}
    return value


def _pairs(lines: Lines) -> Draft | None:
    for engine, module in (("logfmt", logfmt), ("ltsv", ltsv)):
        rows, records = module.decode_lines(lines)
        if len(records) >= 0.9 * len(lines):
            return _records(engine, records, _texts(lines, list(rows)[:FEW]))
    return None


def _table(lines: Lines, names: tuple[str, ...], delimiter: str) -> Draft | None:
    if not names or len(lines) < 2:
        return None
    context = SourceContext(header=names, delimiter=delimiter)
    table = Format("", "", "", "generic", "log", "delimited")
    found = [
        (row, taken, cells) for row, taken, cells in delimited.records(table, lines, context) if tuple(cells) != names
    ]
    if len(found) < (len(lines) - 1) / 2:
        return None
    records = [{name: cell for name, cell in zip(names, cells, strict=True) if cell} for _, _, cells in found]
    rows = [0, *(row + i for row, taken, _ in found[:FEW] for i in range(taken))]
    drafted = _records("delimited", records, _texts(lines, rows))
    if drafted:
        drafted.match = {"header": listed(names)} | ({"delimiter": quoted(delimiter)} if delimiter != "," else {})
    return drafted


def _records(engine: str, records: Sequence[dict[str, Any]], sample: str) -> Draft | None:
    found = infer(records, "logfmt" if engine == "ltsv" else engine)
    if not found:
        return None
    fmt = found[0]
    times = fmt.columns["timestamp"].fields
    always = [key for key in records[0] if all(lookup(record, key) is not None for record in records)]
    known = [spec.fields[0] for name, spec in fmt.columns.items() if name != "timestamp"]
    keys = sorted(always, key=lambda key: (key not in known, list(records[0]).index(key)))
    needed = [key for key in keys if key not in times][:MOST_KEYS]
    match = {"required": listed(needed)} if needed else {}
    return Draft(
        engine, _kind(fmt), wraps=fmt.wraps, match=match | {"any": f"[{listed(times)}]"},
        columns={name: _column(spec, records) for name, spec in fmt.columns.items()}, severity=_scale(fmt, records),
        samples=[("the first records", sample)],
    )  # fmt: skip


def _kind(fmt: Format) -> str:
    return "request" if {"endpoint", "status_code"} <= set(fmt.columns) else "log"


def _scale(fmt: Format, records: Sequence[dict[str, Any]]) -> dict[str, int]:
    """The words of urgency that these records use and loggers do not."""
    level = fmt.columns.get("severity_text")
    said = {str(lookup(record, level.fields[0])) for record in records} if level else set()
    return {word: number for word, number in fmt.scale.items() if any(word == one.lower() for one in said)}


def _column(spec: ColumnSpec, records: Sequence[dict[str, Any]]) -> str:
    fields = quoted(spec.fields[0]) if len(spec.fields) == 1 else listed(spec.fields)
    parts = [f"field = {fields}"]
    nothing = [null for null in spec.null if any(lookup(record, spec.fields[0]) == null for record in records)]
    parts += [f"null = {quoted(nothing[0])}"] if nothing else []
    parts += [f"unit = {quoted(spec.units[0])}"] if spec.units != ("ms",) else []
    parts += [f"decode = {quoted(spec.decode)}"] if spec.decode else []
    parts += [f"method = {quoted(spec.method[0])}"] if spec.method else []
    return f"{{ {', '.join(parts)} }}"


def _texts(lines: Lines, rows: Sequence[int]) -> str:
    said = (lines.text.slice(int(lines.start[row]), int(lines.end[row])).decode("utf-8", "replace") for row in rows)
    return "".join(f"{text}\n" for text in said)
