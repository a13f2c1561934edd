"""Reads a format's own file and checks it: a fault says where, what, and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from postmortem_timeline.errors import FormatError
from postmortem_timeline.formats.model import ColumnSpec, Format, Sample
from postmortem_timeline.frame import EVENT_SCHEMA, KINDS
from postmortem_timeline.parsing.decode import UNIT_MS
from postmortem_timeline.parsing.dissect import Layout, compile_layout
from postmortem_timeline.parsing.listing import Listing
from postmortem_timeline.parsing.objects import TYPES
from postmortem_timeline.parsing.stamp_moves import zone_seconds
from postmortem_timeline.parsing.timestamps import TimeFormat, compile_format

ENGINES = ("dissect", "jsonl", "logfmt", "ltsv", "delimited", "w3c", "paragraphs")
LAID_OUT = ("dissect", "paragraphs")
GROUPS = (
    "access", "alert", "app", "change", "chat", "ci", "cloud", "container", "database", "generic", "lb", "metric",
    "mail", "paging", "queue", "security", "status", "system", "ticket", "trace",
)  # fmt: skip
CHOICES = {
    "engine": ENGINES, "group": GROUPS, "kind": KINDS, "stamp": ("start", "end"),
    "tier": ("edge", "proxy", "application"), "wraps": tuple(EVENT_SCHEMA.names),
}  # fmt: skip
CONTINUES = ("indented", "traceback", "any")
DECODERS = ("http_request", "http_path", "syslog_pri", "last_part", "last_letter")
KEYS = (
    "name", "title", "group", "kind", "engine", "url", "names", "service", "tier", "stamp", "continues", "wraps",
    "zone", "zone_named", "layouts", "below", "later", "columns", "severity", "match", "document", "not", "samples",
)  # fmt: skip
TEXTS = ("text", "list")  # one text, or a list of them
HOLDS: dict[str, dict[str, tuple[str, ...]]] = {  # what each part may be, where it is not a text
    "key": {
        "names": ("list",), "continues": ("list",), "zone_named": ("true or false",), "layouts": ("table",),
        "columns": ("table",), "severity": ("table",), "match": ("table",), "document": ("table",), "not": ("table",),
        "samples": ("array of tables",),
    },
    "[columns]": {"field": TEXTS, "null": TEXTS, "format": TEXTS, "unit": TEXTS, "method": TEXTS, "words": ("table",)},
    "[match]": {
        "required": ("list",), "any": ("list of lists",), "absent": ("list",), "types": ("table",), "header": ("list",),
        "fields": TEXTS, "software": TEXTS, "starts": TEXTS,
    },
    "[document]": {"records": TEXTS, "inherit": ("text", "list", "table"), "names": ("list",), "pairs": ("list",)},
}  # fmt: skip
COLUMN_KEYS = ("field", "null", "value", "format", "unit", "decode", "method", "words")
MATCH_KEYS = ("required", "any", "absent", "types", "header", "fields", "delimiter", "software", "starts")
DOCUMENT_KEYS = ("records", "inherit", "names", "header", "pairs")
SAMPLE_KEYS = ("why", "text", "events", "unwrap")


def load(path: Path) -> Format:
    """Read one format file. Raises FormatError that names the file, the part, and what to do."""
    with _faults_of(path):
        head, mark, _ = path.read_text(encoding="utf-8").partition("\n[[samples]]")
        fmt = declare(tomllib.loads(head), path.name)
        return replace(fmt, file=path) if mark else fmt


def load_samples(path: Path, name: str) -> tuple[Sample, ...]:
    """The samples in a format's file. Raises FormatError as `load` does."""
    with _faults_of(path):
        return _samples(tomllib.loads(path.read_text(encoding="utf-8")) | {"name": name})


@contextmanager
def _faults_of(path: Path) -> Iterator[None]:
    try:
        yield
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"{path.name}: not valid TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise FormatError(f"{path.name}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except FormatError as error:
        raise FormatError(f"{path.name}: {error}") from None


def declare(data: dict[str, Any], file: str) -> Format:
    """A format from its TOML document."""
    _known("key", data, KEYS)
    for key in ("name", "group", "kind", "engine"):
        if key not in data:
            raise FormatError(f"{key} is missing; a format says its name, group, kind and engine")
    _shaped(data)
    if not re.fullmatch(r"[\w.-]+", data["name"]):
        raise FormatError(f'name: "{data["name"]}" is none; letters, digits and _ make one, as in acme_checkout')
    for key, allowed in CHOICES.items():
        if key in data:
            _known(key, [data[key]], allowed)
    _known("continues", data.get("continues", ()), CONTINUES)
    _zone(data.get("zone"))
    columns = {name: _column(name, spec) for name, spec in data.get("columns", {}).items()}
    scale = {str(word): _severity(word, number) for word, number in data.get("severity", {}).items()}
    layouts = _layouts(data, columns, scale)
    lined = data["engine"] == "paragraphs"  # its records are made of lines, whatever they say
    return Format(
        name=data["name"], path=file, title=data.get("title", data["name"]), group=data["group"], kind=data["kind"],
        engine=data["engine"], url=data.get("url", ""), names=tuple(data.get("names", ())),
        service=data.get("service"), tier=data.get("tier"), stamp=data.get("stamp", "end"),
        continues=("any",) if lined else tuple(data.get("continues", ())), wraps=data.get("wraps"), zone=data.get("zone"),
        zone_named=data.get("zone_named", False), layouts=layouts,
        columns=columns, scale=scale, match=_match(data), near_misses=data.get("not", {}), own_samples=_samples(data),
        listing=_listing(data), below=_under("below", data, scale),
        later=_under("later", data, scale), starts=_starts(data, columns, scale),
    )  # fmt: skip


def _known(what: str, found: Collection[Any], allowed: Collection[str]) -> None:
    for one in found:
        if one not in allowed:
            near = get_close_matches(str(one), allowed, 1)
            guess = f'; is "{near[0]}" meant?' if near else f"; known are {', '.join(allowed)}"
            raise FormatError(f'{what}: "{one}" is not known{guess}')


def _shaped(data: dict[str, Any]) -> None:
    """Each part holds what it can hold: a text where a text is meant, a table where a table is."""
    _holds("key", data)
    for table in ("layouts", "not"):
        for name, text in data.get(table, {}).items():
            _holds(f"[{table}]", {name: text})
    for name, spec in data.get("columns", {}).items():
        if not isinstance(spec, dict):
            raise FormatError(f'[columns] {name}: is {spec!r}; write {{ field = "..." }}')
        _holds("[columns]", spec, f" {name}:")
    _holds("[match]", data.get("match", {}))
    _holds("[document]", data.get("document", {}))


def _holds(part: str, table: dict[str, Any], of: str = "") -> None:
    known = {"[columns]": COLUMN_KEYS, "[match]": MATCH_KEYS, "[document]": DOCUMENT_KEYS}.get(part, tuple(table))
    _known(part + of.rstrip(":"), table, known)
    for key, value in table.items():
        allowed = HOLDS.get(part, {}).get(key, ("text",))
        if not any(_is(value, kind) for kind in allowed):
            raise FormatError(f"{part}{of} {key}: is {value!r}; give a {' or a '.join(allowed)}")


def _is(value: Any, kind: str) -> bool:
    if kind == "text":
        return isinstance(value, str)
    if kind == "true or false":
        return isinstance(value, bool)
    if kind == "table":
        return isinstance(value, dict)
    items = {"list": str, "list of lists": list, "array of tables": dict}[kind]
    return isinstance(value, list) and all(isinstance(item, items) for item in value)


def _zone(zone: str | None) -> None:
    from zoneinfo import available_timezones

    if zone is not None and zone_seconds(zone) is None and zone not in available_timezones():
        raise FormatError(f'zone: "{zone}" is no zone; give an IANA name such as Europe/Berlin, or an offset')


def _severity(word: str, number: Any) -> int:
    if type(number) is not int or not 0 <= number <= 24:
        raise FormatError(f"[severity] {word}: {number!r} is no OpenTelemetry number; give 1 to 24, or 0 for unknown")
    return number


def _layouts(data: dict[str, Any], columns: Mapping[str, ColumnSpec], scale: dict[str, int]) -> tuple[Layout, ...]:
    texts = data.get("layouts", {})
    if (data["engine"] in LAID_OUT) != bool(texts):
        needs = "has no [layouts]; add one" if not texts else "takes no [layouts]; its fields have names of their own"
        raise FormatError(f"engine {data['engine']} {needs}")
    times = _times(columns)
    layouts = tuple(compile_layout(name, text, times, scale) for name, text in texts.items())
    fields = {piece.name for layout in layouts for piece in layout.pieces}
    for column, spec in columns.items():
        for name in spec.fields:
            if layouts and name not in fields and f"{{{name}" not in data.get("later", "") + data.get("below", ""):
                raise FormatError(f'[columns] {column}: no layout has a field "{name}"; name one that a layout has')
    return layouts


def _times(columns: Mapping[str, ColumnSpec]) -> dict[str, tuple[TimeFormat, ...]]:
    """The fields that hold times, and how these are written."""
    return {name: spec.times for spec in columns.values() for name in spec.fields if spec.times}


def _starts(data: dict[str, Any], columns: Mapping[str, ColumnSpec], scale: dict[str, int]) -> tuple[Layout, ...]:
    """The shapes of lines on which records of several lines begin (see `parsing/paragraphs.py`)."""
    texts = _several(data.get("match", {}).get("starts", ()))
    if (data["engine"] == "paragraphs") != bool(texts):
        needs = "says nowhere how a record begins; add starts = [...]" if not texts else "takes no starts"
        raise FormatError(f"[match] engine {data['engine']} {needs}")
    return tuple(compile_layout(f"starts[{i}]", text, _times(columns), scale) for i, text in enumerate(texts))


def _under(key: str, data: dict[str, Any], scale: dict[str, int]) -> Layout | None:
    """What a line under a record's first line says (see `parsing/below.py`)."""
    if key not in data:
        return None
    if data["engine"] != "dissect" or not data.get("continues"):
        raise FormatError(f"{key}: lays out a line that continues a record of engine dissect; say what continues them")
    return compile_layout(key, data[key], {}, scale)


def _column(name: str, spec: dict[str, Any]) -> ColumnSpec:
    _known("[columns]", [name], EVENT_SCHEMA.names)
    if not spec.get("field") and "value" not in spec:
        raise FormatError(f"[columns] {name}: says no source; give a field, or a value for all records")
    if "format" in spec and name != "timestamp":
        raise FormatError(f"[columns] {name}: only timestamp has a format")
    _known(f"[columns] {name}: decode", _several(spec.get("decode", ())), DECODERS)
    return ColumnSpec(
        fields=_several(spec.get("field", ())), null=_several(spec.get("null", ())), value=spec.get("value"),
        times=tuple(_time(p) for p in _several(spec.get("format", ()))), units=_units(name, spec),
        decode=spec.get("decode"), method=_several(spec.get("method", ())), words=spec.get("words", {}),
    )  # fmt: skip


def _time(pattern: str) -> TimeFormat:
    try:
        return compile_format(pattern)
    except FormatError as error:
        raise FormatError(f"[columns] timestamp: {error}; see CONTRIBUTING.md for those that are") from None


def _match(data: dict[str, Any]) -> dict[str, Any]:
    match: dict[str, Any] = data.get("match", {})
    for key, kind in match.get("types", {}).items():
        _known(f"[match] types: {key}", [kind], TYPES)
    if data["engine"] != "dissect" and not match:
        raise FormatError(f"engine {data['engine']} has no [match]; say which fields a record must have")
    return match


def _listing(data: dict[str, Any]) -> Listing | None:
    """Where the records of the format lie in a JSON document (see `parsing/listing.py`)."""
    said: dict[str, Any] | None = data.get("document")
    if said is None:
        return None
    if data["engine"] != "jsonl" or "records" not in said:
        raise FormatError("[document]: says where records of engine jsonl lie; give records = a dotted path")
    pairs = _several(said.get("pairs", ()))
    if len(pairs) not in (0, 2):
        raise FormatError("[document] pairs: give two members, the one with the name and the one with the value")
    inherit = said.get("inherit", {})
    inherit = inherit if isinstance(inherit, dict) else {name: name for name in _several(inherit)}
    names, header = _several(said.get("names", ())), said.get("header", "")
    return Listing(_several(said["records"]), tuple(inherit.items()), names, header, pairs)


def _samples(data: dict[str, Any]) -> tuple[Sample, ...]:
    found = []
    for number, sample in enumerate(data.get("samples", ())):
        _known(f"sample {number + 1}", sample, SAMPLE_KEYS)
        for key in ("why", "text"):
            if not sample.get(key, "").strip():
                raise FormatError(f"sample {number + 1}: {key} is missing; a sample says why it is there, and its text")
        events, unwrap = sample.get("events"), sample.get("unwrap", False)
        found.append(Sample(data["name"], number, sample["why"], sample["text"], events, unwrap))
    return tuple(found)


def _units(name: str, spec: dict[str, Any]) -> tuple[str, ...]:
    units = _several(spec.get("unit", "ms"))
    _known(f"[columns] {name}: unit", units, tuple(UNIT_MS))
    if len(units) not in (1, len(_several(spec.get("field", ())))):
        raise FormatError(f"[columns] {name}: {len(units)} units; give one for all fields, or one for each of them")
    return units


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
