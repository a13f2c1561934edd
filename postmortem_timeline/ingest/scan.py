"""Reads a surveyed source to its end: a stream of blocks, each with its events and its part of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from postmortem_timeline.formats import registry
from postmortem_timeline.frame import cite
from postmortem_timeline.ingest.block import UNREAD, Block, parse_block
from postmortem_timeline.ingest.blocks import RawBlock, blocks
from postmortem_timeline.ingest.copies import CopyRange
from postmortem_timeline.ingest.decode import CHUNK, Span, Stream
from postmortem_timeline.ingest.document import parse_document
from postmortem_timeline.ingest.events import fill_defaults
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.survey import Surveyed
from postmortem_timeline.ingest.unwrap import select
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.text import Bools

ROUND = (500, 1_000, 5_000, 10_000)


@dataclass
class Scanned:
    """The events of one block: `copies` are the copies taken out of `batches`, each with its twin's citation."""

    block: Block
    copies: list[tuple[Batch, list[str]]] = field(default_factory=list)


Task = Callable[[], Scanned]


def tasks(
    found: Surveyed, copies: Sequence[CopyRange] | None, entry: Entry, size: int = CHUNK, span: Span | None = None
) -> Iterator[Task]:
    """One task for each block; running it parses the block. `entry` receives what the stream itself had to say.

    Of a `span` alone the lines are numbered as if it began the file.

    Text that no format reads is kept line by line as unparsed; all else is a ledger row with its reason.
    """
    plan, mine = found.plan, tuple(copies or ())
    if plan is None:
        return
    stream = Stream(found.source.path, span)
    if plan.export is not None:
        yield lambda: _parse_document(stream, found, entry, mine)
        return
    for raw in blocks(stream, plan, found.context, size):
        yield lambda raw=raw: _parse(raw, found, mine)  # type: ignore[misc]
    _note(stream, entry)


def _parse_document(stream: Stream, found: Surveyed, entry: Entry, copies: Sequence[CopyRange]) -> Scanned:
    block = parse_document(stream, found, entry)
    _note(stream, entry)
    return _marked(Scanned(block), copies)


def _note(stream: Stream, entry: Entry) -> None:
    entry.broken = entry.broken or stream.broken
    entry.replaced, entry.left_out = entry.replaced + stream.replaced, entry.left_out + stream.cut
    entry.encoding = stream.encoding


def note_troubles(entry: Entry) -> None:
    """Say what went wrong on the way from stored bytes to text."""
    if entry.broken:
        entry.notes.append(entry.broken)
        entry.doubts.append(("broken_source", f"{entry.source} is {entry.broken}; what came before is read"))
    if entry.replaced:
        entry.notes.append(f"{entry.replaced} bad bytes replaced")
        message = f"{entry.source}: {entry.replaced} bytes were not valid {entry.encoding} and were replaced"
        entry.doubts.append(("bad_bytes", message))
    if entry.left_out:
        entry.notes.append(f"{entry.left_out:,} bytes of overlong lines left out")
        message = f"{entry.source}: {entry.left_out:,} bytes of overlong lines were left out"
        entry.doubts.append(("overlong_line", message))


def _parse(raw: RawBlock, found: Surveyed, copies: Sequence[CopyRange]) -> Scanned:
    assert found.plan is not None
    block = parse_block(raw.data, found.plan, found.context, raw.first_line)
    for batch in block.batches:
        fill_defaults(batch, found.context, registry.service_of(batch.format))
    return _marked(Scanned(block), copies)


def _marked(scanned: Scanned, copies: Sequence[CopyRange]) -> Scanned:
    for copy in copies:
        _part_copies(scanned, copy)
    return scanned


def _part_copies(scanned: Scanned, copy: CopyRange) -> None:
    """Take the records that are copies out of the block's batches, and count them (unparsed lines are none)."""
    kept: list[Batch] = []
    for batch in scanned.block.batches:
        mine = (batch.line >= copy.first) & (batch.line <= copy.last)
        if not mine.any():
            kept.append(batch)
            continue
        twins, rest = _rows(batch, mine), _rows(batch, ~mine)
        ordinals = twins.ordinal if twins.ordinal is not None else np.zeros(len(twins), np.int32)
        places = zip(twins.line.tolist(), ordinals.tolist(), strict=True)
        scanned.copies.append((twins, [cite(copy.twin, line + copy.delta, ordinal) for line, ordinal in places]))
        scanned.block.entry.copies += len(twins) if batch.format != UNREAD else 0
        kept.append(rest)
    scanned.block.batches = [b for b in kept if len(b)]


def _rows(batch: Batch, chosen: Bools) -> Batch:
    out = select(batch, np.flatnonzero(chosen))
    out.line = batch.line[chosen]
    return out


def note_round_count(entry: Entry) -> None:
    """A count that smells of an export's limit is a doubt."""
    if entry.records in ROUND:
        entry.doubts.append(
            ("truncation", f"{entry.source} holds exactly {entry.records:,} records: an export's limit may have cut it")
        )
