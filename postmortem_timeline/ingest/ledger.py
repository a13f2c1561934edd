"""The ledger: what became of every line of every source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from postmortem_timeline.parsing.timestamps import NAT

COUNTS = ("lines", "records", "events", "continuation", "blank", "structure", "unparsed", "copies")


@dataclass
class Entry:
    """One source's row. For line formats `lines` counts physical lines, for nested documents elements;
    records + continuation + blank + structure + unparsed = lines; copies are part of the records."""

    source: str
    format: str = ""
    confidence: float = 0.0
    reason: str = ""
    lines: int = 0
    records: int = 0
    events: int = 0
    continuation: int = 0
    blank: int = 0
    structure: int = 0
    unparsed: int = 0
    copies: int = 0
    first_ns: int = NAT
    last_ns: int = NAT
    notes: list[str] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)  # (code, message) that become findings
    unparsed_example: str | None = None
    replaced: int = 0  # bad bytes; with what was left out and where the file broke off, told by `note_troubles`
    left_out: int = 0
    broken: str | None = None
    encoding: str = "utf-8"

    @property
    def conserved(self) -> bool:
        return self.lines == self.records + self.continuation + self.blank + self.structure + self.unparsed

    def add(self, other: Entry) -> None:
        """Add the counts and doubts of a further part of the same source."""
        for name in (*COUNTS, "replaced", "left_out"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if other.first_ns != NAT:
            self.first_ns = other.first_ns if self.first_ns == NAT else min(self.first_ns, other.first_ns)
            self.last_ns = max(self.last_ns, other.last_ns)
        self.unparsed_example = self.unparsed_example or other.unparsed_example
        self.broken = self.broken or other.broken
        self.doubts += other.doubts

    def as_dict(self) -> dict[str, Any]:
        """The row as incident.json shows it."""
        from postmortem_timeline.times import rfc3339

        row: dict[str, Any] = {"source": self.source, "format": self.format, "confidence": round(self.confidence, 3)}
        row.update({name: getattr(self, name) for name in COUNTS})
        row["first"] = None if self.first_ns == NAT else rfc3339(self.first_ns)
        row["last"] = None if self.last_ns == NAT else rfc3339(self.last_ns)
        row["notes"] = list(self.notes)
        return row
