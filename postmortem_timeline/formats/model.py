"""A declarative format as plain data: what its own file says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from postmortem_timeline.parsing.branches import Branch, branches
from postmortem_timeline.parsing.dissect import Layout
from postmortem_timeline.parsing.timestamps import TimeFormat


@dataclass(frozen=True)
class Sample:
    """One sample of a format: its text, and the events that must come out."""

    format: str
    index: int
    why: str
    text: str
    events: str | None
    unwrap: bool = False  # whether what its records wrap is looked at too, as it is in a real source

    def __str__(self) -> str:
        return f"{self.format}[{self.index}]"


@dataclass(frozen=True)
class ColumnSpec:
    """Where an event column comes from."""

    fields: tuple[str, ...] = ()
    null: tuple[str, ...] = ()
    value: str | None = None
    times: tuple[TimeFormat, ...] = ()
    units: tuple[str, ...] = ("ms",)  # one for all fields, or one for each
    decode: str | None = None
    method: tuple[str, ...] = ()

    def unit(self, field: str) -> str:
        """The unit in which a field counts."""
        return self.units[self.fields.index(field)] if len(self.units) > 1 else self.units[0]


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
    def branches(self) -> tuple[Branch, ...]:
        """Where the layouts part from each other."""
        return branches(self.layouts)

    @cached_property
    def specificity(self) -> int:
        """How particular the format is; the particular beats the general where both match."""
        if self.engine == "dissect":
            most = max(layout.specificity for layout in self.layouts)
            # A layout without a stamp fits the tail of many a stamped line: it is for what stands inside other records.
            return most if any(layout.times for layout in self.layouts) else most // 4
        keys = len(self.match.get("required", [])) + len(self.match.get("any", [])) + len(self.match.get("types", {}))
        return 10 * keys + len(self.match.get("header", []) or self.match.get("fields", [])) * 10
