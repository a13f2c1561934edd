"""Sources read from bytes in memory or a folder, block by block, as plain rows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from postmortem_timeline.ingest.decode import CHUNK
from postmortem_timeline.ingest.events import to_table
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.scan import tasks
from postmortem_timeline.ingest.source import Source
from postmortem_timeline.ingest.survey import Surveyed, survey

SHOWN = (
    "timestamp",
    "format",
    "line",
    "kind",
    "severity_text",
    "service",
    "host",
    "body",
    "status_code",
    "user",
    "attributes",
)


@dataclass
class Read:
    """The events of one source as dicts in the order of lines, and its row of the ledger."""

    events: list[dict[str, Any]]
    entry: Entry
    blocks: int

    def of(self, name: str) -> list[dict[str, Any]]:
        return [e for e in self.events if e["format"] == name]

    @property
    def unparsed(self) -> list[int]:
        return [e["line"] for e in self.of("unparsed")]

    def bodies(self, *lines: int) -> list[str]:
        return [e["body"] for e in self.events if not lines or e["line"] in lines]


def surveyed(data: bytes, name: str = "app.log") -> Surveyed:
    folder = Path(tempfile.mkdtemp(prefix="pmt-test-"))
    path = folder / name.rsplit("/", 1)[-1]
    path.write_bytes(data)
    return survey(Source(name, path))


def scan(found: Surveyed, size: int = CHUNK) -> Read:
    entry, tables, count = found.entry(), [], 0
    for task in tasks(found, None, entry, size):
        scanned = task()
        count += 1
        entry.add(scanned.block.entry)
        tables += [to_table(batch, found.name) for batch in scanned.block.batches]
    return Read(sorted(rows(tables), key=lambda e: (e["line"], e["format"])), entry, count)


def rows(tables: list[pa.Table]) -> Iterator[dict[str, Any]]:
    for table in tables:
        times = table["timestamp"].cast(pa.int64()).to_pylist()
        chosen = table.select(SHOWN).drop_columns("timestamp").to_pylist()
        yield from ({"timestamp": at, **row} for at, row in zip(times, chosen, strict=True))


def read(data: bytes, name: str = "app.log", size: int = CHUNK) -> Read:
    found = surveyed(data, name)
    try:
        return scan(found, size)
    finally:
        found.source.path.unlink()
        found.source.path.parent.rmdir()


def assert_conserved(got: Read, data: bytes | None = None) -> None:
    """The fixed law: each line has one class, and each record and unparsed line is one event."""
    entry = got.entry
    assert entry.conserved, entry
    assert entry.events == len(got.events) == entry.records + entry.unparsed, entry
    if data is not None:
        data = data.rstrip(b"\0")  # what a crash leaves behind the last line is padding and no line
        assert entry.lines == data.count(b"\n") + (not data.endswith(b"\n") and len(data) > 0)
