"""A declarative format: its own file, read and checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from postmortem_timeline.errors import FormatError
from postmortem_timeline.frame import EVENT_SCHEMA, KINDS
from postmortem_timeline.parsing.dissect import Layout, compile_layout
from postmortem_timeline.parsing.timestamps import TimeFormat, compile_format

ENGINES = ("dissect", "jsonl", "logfmt", "delimited")
CONTINUES = ("indented", "traceback", "any")
KEYS = {"name", "title", "group", "kind", "engine", "url", "names", "service", "tier", "stamp", "continues", "wraps", "zone",
        "layouts", "columns", "severity", "match", "not", "samples"}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One sample of a format: its text, and the events that must come out."""

    format: str
    index: int
    why: str
    text: str
    events: str | None

    def __str__(self) -> str:
        return f"{self.format}[{self.index}]"


@dataclass(frozen=True)
class ColumnSpec:
    """Where an event column comes from."""

    fields: tuple[str, ...] = ()
    null: tuple[str, ...] = ()
    value: str | None = None
    times: tuple[TimeFormat, ...] = ()
    unit: str = "ms"
    decode: str | None = None
    method: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """What a format's file says; `path` is where it says it."""

    name: str
    path: str
    title: str
    group: str
    kind: str
    engine: str
    url: str = ""
    names: tuple[str, ...] = ()
    service: str | None = None
    tier: str | None = None
    stamp: str = "end"
    continues: tuple[str, ...] = ()
    wraps: str | None = None
    zone: str | None = None
    layouts: tuple[Layout, ...] = ()
    columns: dict[str, ColumnSpec] = field(default_factory=dict)
    scale: dict[str, int] = field(default_factory=dict)
    match: dict[str, Any] = field(default_factory=dict)
    near_misses: dict[str, str] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()

    @cached_property
    def specificity(self) -> int:
        """How particular the format is; the particular beats the general where both match."""
        if self.engine == "dissect":
            return max(layout.specificity for layout in self.layouts)
        keys = len(self.match.get("required", [])) + len(self.match.get("any", [])) + len(self.match.get("types", {}))
        return 10 * keys + len(self.match.get("header", []) or self.match.get("fields", [])) * 10


def load(path: Path) -> Format:
    """Read one format file. Raises FormatError that names the file, the part, and what to do."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"{path.name}: not valid TOML: {error}") from None
    try:
        return parse(data, path.name)
    except FormatError as error:
        raise FormatError(f"{path.name}: {error}") from None


def parse(data: dict[str, Any], file: str) -> Format:
    """A format from its TOML document."""
    unknown = sorted(set(data) - KEYS)
    if unknown:
        raise FormatError(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(KEYS))}")
    for key in ("name", "group", "kind", "engine"):
        if key not in data:
            raise FormatError(f"{key} is missing")
    if data["engine"] not in ENGINES:
        raise FormatError(f"engine {data['engine']!r} is none of {', '.join(ENGINES)}")
    if data["kind"] not in KINDS:
        raise FormatError(f"kind {data['kind']!r} is none of {', '.join(KINDS)}")
    continues = tuple(data.get("continues", ()))
    if set(continues) - set(CONTINUES):
        raise FormatError(f"continues: {sorted(set(continues) - set(CONTINUES))[0]!r} is none of {', '.join(CONTINUES)}")
    columns = {name: _column(name, spec) for name, spec in data.get("columns", {}).items()}
    times = {name: spec.times for column in columns.values() for name, spec in [(f, column) for f in column.fields] if spec.times}
    scale = {str(word): int(number) for word, number in data.get("severity", {}).items()}
    layouts = tuple(compile_layout(name, text, times, scale) for name, text in data.get("layouts", {}).items())
    if data["engine"] == "dissect" and not layouts:
        raise FormatError("engine dissect needs [layouts]")
    samples = tuple(
        Sample(data["name"], i, s.get("why", ""), s["text"].removeprefix("\n"), s.get("events")) for i, s in enumerate(data.get("samples", ()))
    )
    return Format(
        name=data["name"], path=file, title=data.get("title", data["name"]), group=data["group"], kind=data["kind"], engine=data["engine"],
        url=data.get("url", ""), names=tuple(data.get("names", ())), service=data.get("service"), tier=data.get("tier"),
        stamp=data.get("stamp", "end"), continues=continues, wraps=data.get("wraps"), zone=data.get("zone"), layouts=layouts,
        columns=columns, scale=scale, match=data.get("match", {}), near_misses=data.get("not", {}), samples=samples,
    )  # fmt: skip


def _column(name: str, spec: dict[str, Any]) -> ColumnSpec:
    if name not in EVENT_SCHEMA.names:
        raise FormatError(f"[columns] {name!r} is no event column; they are {', '.join(EVENT_SCHEMA.names)}")
    known = {"field", "null", "value", "format", "unit", "decode", "method"}
    if set(spec) - known:
        raise FormatError(f"[columns] {name}: unknown key {sorted(set(spec) - known)[0]!r}; known are {', '.join(sorted(known))}")
    patterns = _several(spec.get("format", ()))
    return ColumnSpec(
        fields=_several(spec.get("field", ())), null=_several(spec.get("null", ())), value=spec.get("value"),
        times=tuple(compile_format(p) for p in patterns), unit=spec.get("unit", "ms"), decode=spec.get("decode"),
        method=_several(spec.get("method", ())),
    )  # fmt: skip


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
