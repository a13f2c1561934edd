"""Reads a surveyed source to its end: a stream of blocks, each with its events and its part of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from postmortem_timeline.formats import registry
from postmortem_timeline.ingest.block import Block, parse_block
from postmortem_timeline.ingest.blocks import RawBlock, blocks
from postmortem_timeline.ingest.copies import CopyRange
from postmortem_timeline.ingest.decode import CHUNK, Stream
from postmortem_timeline.ingest.document import parse_document
from postmortem_timeline.ingest.events import fill_defaults
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.survey import Surveyed

ROUND = (500, 1_000, 5_000, 10_000)


@dataclass
class Scanned:
    """The events of one block: `copies` are the copies taken out of `batches`, each with its twin's citation."""

    block: Block
    copies: list[tuple[object, list[str]]] = field(default_factory=list)


Task = Callable[[], Scanned]


def tasks(found: Surveyed, copy: CopyRange | None, entry: Entry, size: int = CHUNK) -> Iterator[Task]:
    """One task for each block; running it parses the block. `entry` receives what the stream itself had to say."""
    plan = found.plan
    if plan is None or (plan.export is None and not plan.formats):
        yield from _unread(found, entry)
        return
    stream = Stream(found.source.path)
    if plan.export is not None:
        yield lambda: Scanned(parse_document(stream, found, entry))
    else:
        for raw in blocks(stream, plan, found.context, size):
            yield lambda raw=raw: _parse(raw, found, copy)  # type: ignore[misc]
    if stream.broken:
        entry.notes.append(stream.broken)
        entry.doubts.append(("broken_source", f"{found.name} is {stream.broken}; what came before is read"))
    if stream.replaced:
        entry.notes.append(f"{stream.replaced} bad bytes replaced")
        entry.doubts.append(("bad_bytes", f"{found.name}: {stream.replaced} bytes were not valid {stream.encoding} and were replaced"))


def _unread(found: Surveyed, entry: Entry) -> Iterator[Task]:
    """A source that no format knows: text is kept line by line as unparsed, all else is a ledger row with its reason."""
    if found.plan is None:
        return
    stream = Stream(found.source.path)
    assert found.plan is not None
    for raw in blocks(stream, found.plan, found.context):
        yield lambda raw=raw: _parse(raw, found, None)  # type: ignore[misc]


def _parse(raw: RawBlock, found: Surveyed, copy: CopyRange | None) -> Scanned:
    assert found.plan is not None
    block = parse_block(raw.data, found.plan, found.context, raw.first_line)
    for batch in block.batches:
        fill_defaults(batch, found.context, registry.service_of(batch.format))
    scanned = Scanned(block)
    if copy is not None:
        _part_copies(scanned, copy)
    return scanned


def _part_copies(scanned: Scanned, copy: CopyRange) -> None:
    """Take the records that are copies out of the block's batches, and count them."""
    from postmortem_timeline.ingest.unwrap import select

    kept = []
    for batch in scanned.block.batches:
        mine = (batch.line >= copy.first) & (batch.line <= copy.last)
        if batch.format == "unparsed" or not mine.any():
            kept.append(batch)
            continue
        line = batch.line
        twins = select(batch, np.flatnonzero(mine))
        twins.line = line[mine]
        scanned.copies.append((twins, [f"{copy.twin}:{n + copy.delta}" for n in twins.line.tolist()]))
        scanned.block.entry.copies += int(mine.sum())
        rest = select(batch, np.flatnonzero(~mine))
        rest.line = line[~mine]
        kept.append(rest)
    scanned.block.batches = [b for b in kept if len(b)]


def note_round_count(entry: Entry) -> None:
    """A count that smells of an export's limit is a doubt."""
    if entry.records in ROUND:
        entry.doubts.append(("truncation", f"{entry.source} holds exactly {entry.records:,} records: an export's limit may have cut it"))
