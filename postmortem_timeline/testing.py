"""What our own format test runs, public for authors of plug-ins: `check_format("acme.toml")`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from postmortem_timeline.formats import expected
from postmortem_timeline.formats.declaration import load
from postmortem_timeline.formats.model import Format, Sample
from postmortem_timeline.frame import EVENT_SCHEMA
from postmortem_timeline.ingest import engines
from postmortem_timeline.ingest.block import parse_block
from postmortem_timeline.ingest.blocks import RawBlock, blocks
from postmortem_timeline.ingest.decode import CHUNK, Stream, clean
from postmortem_timeline.ingest.detect import plan_of
from postmortem_timeline.ingest.events import to_table
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.listed import parse_records
from postmortem_timeline.parsing import paragraphs
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.listing import Listing
from postmortem_timeline.parsing.text import Text, split_lines
from postmortem_timeline.parsing.timestamps import Dating

SIZES = (64, 100, 257, 1024)  # bytes at which samples are cut into blocks
DATING = Dating(year=2024)  # for stamps without a year: theirs comes from elsewhere; this one has a leap day
DEFAULTS = {"severity_number": 0, "ordinal": 0, "time_quality": "exact"}


def check_format(path: str | Path, *, regen: bool = False) -> None:
    """Check a format's file against its own samples. Raises AssertionError with all that is wrong.

    Every layout has a sample; every line of a sample is read and gives the expected events, wherever the sample is cut
    into blocks and whatever ends its lines; no near miss is read. With `regen` the expected events are written anew.
    """
    path = Path(path)
    fmt = load(path)
    parsed = [parse_sample(fmt, sample) for sample in fmt.samples]
    faults = [*_uncovered(fmt), *_read_near_misses(fmt)]
    for sample, whole in zip(fmt.samples, parsed, strict=True):
        found = [*_lost(fmt, whole), *_torn(fmt, sample, whole)]
        found += [] if regen else _different(sample, whole)
        faults += [f"sample {sample.index + 1} ({sample.why}): {fault}" for fault in found]
    if faults:
        raise AssertionError("\n".join(f"{path.name}: {fault}" for fault in faults))
    if regen:
        text = path.read_bytes().decode("utf-8")
        path.write_bytes(expected.rewrite(text, [whole.events for whole in parsed]).encode("utf-8"))


@dataclass(frozen=True)
class Parsed:
    """What came of a sample: its events as a format file shows them, and its row of the ledger."""

    events: list[dict[str, Any]]
    entry: Entry


def parse_sample(fmt: Format, sample: Sample, size: int | None = None, newline: str = "\n") -> Parsed:
    """Read a sample by its format alone, whole or in blocks of about `size` bytes."""
    data = sample.text.replace("\n", newline).encode("utf-8")
    plan = plan_of(fmt, data, sample.unwrap)
    context = SourceContext("sample", dating=DATING, header=plan.header, delimiter=plan.delimiter)
    entry, events = Entry("sample"), []
    if isinstance(plan.export, Listing):
        block = parse_records(plan.export, data, plan, context, None)
        return _parsed(block.entry, [event for batch in block.batches for event in claimed(to_table(batch, "sample"), fmt)])
    for raw in blocks(_Bytes(data), plan, context, size) if size else [RawBlock(clean(data), 1)]:
        block = parse_block(raw.data, plan, context, raw.first_line)
        entry.add(block.entry)
        for batch in block.batches:
            events += claimed(to_table(batch, "sample"), fmt)
    return _parsed(entry, events)


def _parsed(entry: Entry, events: list[dict[str, Any]]) -> Parsed:
    return Parsed(sorted(events, key=lambda event: (event["line"], event.get("ordinal", 0))), entry)


class _Bytes(Stream):
    """A stream of bytes that lie in memory."""

    def __init__(self, data: bytes) -> None:
        super().__init__(Path("sample"))
        self.data = data

    def pieces(self, size: int = CHUNK) -> Iterator[bytes]:
        for start in range(0, len(self.data), size):
            yield self.data[start : start + size]


def claimed(table: pa.Table, fmt: Format) -> list[dict[str, Any]]:
    """Events as people read them: nulls left out, and what the format does not own."""
    place = EVENT_SCHEMA.get_field_index("timestamp")
    rows = table.set_column(place, "timestamp", table.column("timestamp").cast(pa.int64())).to_pylist()
    own = {**DEFAULTS, "format": fmt.name, "kind": fmt.kind, "source": "sample"}
    return [
        {name: _shown(name, value) for name, value in row.items() if value is not None and value != own.get(name)}
        for row in rows
    ]


def _shown(name: str, value: Any) -> Any:
    if name == "timestamp":
        return rfc3339_exact(value)
    if name == "attributes":
        return json.loads(value)
    return round(value, 6) if isinstance(value, float) else value


def rfc3339_exact(ns: int) -> str:
    """A time with as many digits as it has, at least milliseconds."""
    from datetime import UTC, datetime

    seconds, fraction = divmod(ns, 1_000_000_000)
    digits = f"{fraction:09d}".rstrip("0").ljust(3, "0")
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{digits}Z"


def _uncovered(fmt: Format) -> Iterator[str]:
    if not fmt.samples:
        yield "there is no sample; add one with why and text"
    covered: set[str] = set()
    for sample in fmt.samples:
        lines = split_lines(Text.of(sample.text.encode("utf-8")))
        if fmt.starts:
            lines = paragraphs.whole(fmt, lines, SourceContext(dating=DATING))[0]
        for layout in fmt.layouts:
            match = layout.match(lines, DATING)
            if len(match.rows):
                covered.add(layout.name)
                left = set(range(len(lines))) - set(match.rows.tolist())
                lines = lines.take(sorted(left))  # type: ignore[arg-type]
    for layout in fmt.layouts:
        if layout.name not in covered:
            yield f'layout "{layout.name}" has no sample; add one that no layout before it reads'


def _read_near_misses(fmt: Format) -> Iterator[str]:
    for name, text in fmt.near_misses.items():
        lines = split_lines(Text.of(text.encode("utf-8")))
        if engines.claims(fmt, lines, SourceContext()).any():
            yield f'near miss "{name}" is read; make the layouts more particular'


def _lost(fmt: Format, whole: Parsed) -> Iterator[str]:
    entry = whole.entry
    if not entry.conserved or entry.events != entry.records + entry.unparsed:
        yield f"lines are lost: {entry}"
    if entry.unparsed:
        yield f"{entry.unparsed} lines are not read, the first is {entry.unparsed_example!r}"
    if not whole.events:
        yield "it gives no event"


def _torn(fmt: Format, sample: Sample, whole: Parsed) -> Iterator[str]:
    for size in [size for size in SIZES if size < len(sample.text)]:
        if parse_sample(fmt, sample, size).events != whole.events:
            yield f"its events change where it is cut into blocks of {size} bytes"
    if parse_sample(fmt, sample, newline="\r\n").events != whole.events:
        yield "its events change where its lines end in CRLF"


def _different(sample: Sample, whole: Parsed) -> Iterator[str]:
    wanted = [json.loads(row) for row in (sample.events or "").splitlines()]
    if not wanted:
        yield "it has no events; write them with `pytest --regen` (or check_format(path, regen=True)) and read them"
        return
    if len(wanted) != len(whole.events):
        yield f"{len(whole.events)} events came, {len(wanted)} are expected"
    for number, (got, want) in enumerate(zip(whole.events, wanted, strict=False)):
        for name in [name for name in {**got, **want} if got.get(name) != want.get(name)]:
            yield f"event {number + 1}: {name} is {got.get(name)!r}, expected {want.get(name)!r}"
