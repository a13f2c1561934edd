"""JSON documents that hold a list of records: recognised by their records, which are read as if each stood on a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from postmortem_timeline.formats import registry
from postmortem_timeline.formats.model import Format
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.parsing import jsonl
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.jsondoc import Note, key_paths
from postmortem_timeline.parsing.listing import Listing, Record, lists_of
from postmortem_timeline.parsing.objects import Objects, fitting
from postmortem_timeline.parsing.text import Lines, Text, split_lines

if TYPE_CHECKING:
    from postmortem_timeline.ingest.block import Block
    from postmortem_timeline.ingest.detect import Plan

HEAD = 1 << 16  # bytes in which the keys of a document are looked for
MOST_RECORDS = 200  # of a document, by which it is recognised


def listed(sample: bytes, judge: Callable[[Lines], Plan]) -> Plan | None:
    """The plan for a JSON document, whose records `judge` finds a plan for; None for what is none, or holds nothing."""
    best: tuple[tuple[bool, float, int], Plan] | None = None
    for listing, owner in listings(sample):
        lines = sample_of(listing, sample)
        plan = judge(lines) if len(lines) else None
        if plan is None or not plan.formats or plan.formats[0].engine in ("generic", "delimited"):
            continue
        sure = plan.confidence, len(lines)
        key = (owner is not None and owner in plan.formats, *sure)
        if best is None or key > best[0]:
            best = key, replace(plan, export=listing)
    return best[1] if best else None


def may_list(lines: Lines) -> bool:
    """Whether lines may be one JSON document, and are no JSON lines: in those many a line is a record of its own."""
    first = Objects(_objects(lines)[:1])
    known = [fmt for fmt in registry.declared() if fmt.engine == "jsonl"]
    return not len(first) or not any(fitting(fmt, first).all() for fmt in known)


def _objects(lines: Lines) -> list[dict[str, Any]]:
    """The objects that stand one a line; none where most lines hold something else."""
    lines = lines.take(np.flatnonzero(~lines.blank())[:MOST_RECORDS])
    objects = jsonl.decode_lines(lines)[1]
    return objects if len(objects) >= len(lines) / 2 else []


def listings(sample: bytes) -> Iterator[tuple[Listing, Format | None]]:
    """What may hold the records of a document: as a format declares it, or as its keys show; at last itself."""
    if not sample.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
        return
    keys = key_paths(sample[:HEAD])
    for fmt in registry.declared():
        if fmt.listing is not None and fmt.listing.fits(keys):
            yield fmt.listing, fmt
    yield from ((listing, None) for listing in lists_of(keys) if listing.lists != ("",))
    if not _objects(split_lines(Text.of(sample))):
        yield Listing(), None


def sample_of(listing: Listing, sample: bytes) -> Lines:
    """The first whole records of a document of which `sample` is the beginning, as lines."""
    broken: list[str] = []
    found = listing.records(sample, lambda code, _: broken.append(code))
    texts = [record.text for record in islice(found, MOST_RECORDS + 1)]
    whole = texts[:-1] if len(texts) > 1 and (broken or len(texts) > MOST_RECORDS) else texts
    return split_lines(Text.of(b"\n".join(whole)))


def parse_records(listing: Listing, data: bytes, plan: Plan, context: SourceContext, note: Note | None) -> Block:
    """All records of a document, by the formats of its plan; each has its own line and ordinal."""
    from postmortem_timeline.ingest.block import Block, parse_block
    from postmortem_timeline.ingest.events import fill_defaults

    records = list(listing.records(data, note))
    if not records:
        return Block([], Entry(context.source, plan.name, plan.confidence, plan.reason))
    text = b"\n".join(record.text for record in records) + b"\n"
    block = parse_block(text, replace(plan, export=None), context)
    line = np.array([record.line for record in records], np.int64)
    ordinal = np.array([record.ordinal for record in records], np.int32)
    for batch in block.batches:
        _place(batch, line, ordinal)
        fill_defaults(batch, context, registry.service_of(batch.format))
    return block


def _place(batch: Batch, line: np.ndarray, ordinal: np.ndarray) -> None:
    rows = batch.line - 1
    batch.line, batch.ordinal = line[rows], ordinal[rows]


def spans(listing: Listing, data: bytes) -> dict[tuple[int, int], tuple[int, int]]:
    """Where in the text of a document the record of each line and ordinal stands."""
    found: Iterator[Record] = listing.records(data)
    return {(record.line, record.ordinal): record.span for record in found}
