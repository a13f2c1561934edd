"""A declarative format as plain data: what its own file says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from postmortem_timeline.parsing.branches import Branch, branches
from postmortem_timeline.parsing.dissect import Layout
from postmortem_timeline.parsing.listing import Listing
from postmortem_timeline.parsing.timestamps import TimeFormat

UNSTAMPED = 9  # at most as particular as this; JSON lines of one required key have 10


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
    words: dict[str, str] = field(default_factory=dict)  # what the field's values mean; "*" is any other

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
    zone_named: bool = False  # the name of a zone stands behind the stamp, up to a bracket
    layouts: tuple[Layout, ...] = ()
    starts: tuple[Layout, ...] = ()  # of the lines on which records of several lines begin
    below: Layout | None = None  # of the line under a record's first line, which says more of it
    later: Layout | None = None  # of any line under it, up to the next record
    columns: dict[str, ColumnSpec] = field(default_factory=dict)
    scale: dict[str, int] = field(default_factory=dict)
    match: dict[str, Any] = field(default_factory=dict)
    near_misses: dict[str, str] = field(default_factory=dict)
    own_samples: tuple[Sample, ...] = ()
    file: Path | None = None  # where samples are read from when they are asked for: a run of the program has no use for them
    own: bool = False  # a user's, for one call: it goes before bundled ones that fit as well
    listing: Listing | None = None  # where its records lie in a JSON document, if the keys alone do not show it

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """True pieces of such logs, with the events that must come out. Raises FormatError where they are not well said."""
        from postmortem_timeline.formats.declaration import load_samples

        return self.own_samples if self.file is None else load_samples(self.file, self.name)

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """Where the layouts part from each other."""
        return branches(self.layouts)

    def specificity_of(self, layout: Layout) -> int:
        """How particular one of its layouts is."""
        # Without a stamp it fits the tail of many a stamped line or JSON object: it is for what stands inside those.
        stamped = layout.times or any(other.times for other in self.layouts)
        return layout.specificity if stamped else min(layout.specificity // 4, UNSTAMPED)

    @cached_property
    def specificity(self) -> int:
        """How particular the format is; the particular beats the general where both match."""
        if self.layouts:
            return max(self.specificity_of(layout) for layout in self.layouts)
        if self.engine == "w3c":  # its columns are named by the file itself
            return 100 + 10 * len([*self.match.get("header", ()), *self.match.get("software", ())])
        keys = len(self.match.get("required", [])) + len(self.match.get("any", [])) + len(self.match.get("types", {}))
        return 10 * keys + len(self.match.get("header", []) or self.match.get("fields", [])) * 10
