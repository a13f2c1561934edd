"""The record of a citation, read again from its source: as it stands there, whole."""

from __future__ import annotations

import re
from collections.abc import Collection

from postmortem_timeline.errors import CitationError
from postmortem_timeline.ingest.block import parse_block
from postmortem_timeline.ingest.blocks import whole_lines
from postmortem_timeline.ingest.decode import Stream
from postmortem_timeline.ingest.document import context_of, whole
from postmortem_timeline.ingest.listed import spans
from postmortem_timeline.ingest.source import Source
from postmortem_timeline.ingest.survey import Surveyed
from postmortem_timeline.parsing.listing import Listing

CITATION = re.compile(r"^(?P<source>.+):(?P<line>[0-9]+)(?:#(?P<ordinal>[0-9]+))?$", re.DOTALL)

Place = tuple[int, int]  # line and ordinal


def split_citation(citation: str) -> tuple[str, int, int]:
    """Source, line and ordinal of a citation. Raises CitationError where it is none."""
    match = CITATION.match(citation)
    if not match:
        raise CitationError(f"{citation!r} is no citation; one looks like web-1/access.log.1.gz:10542")
    return match["source"], int(match["line"]), int(match["ordinal"] or 0)


def quote_records(found: Surveyed, wanted: Collection[Place], most_lines: int) -> dict[Place, list[str]]:
    """The physical lines of each wanted record that is there; up to one more than `most_lines` of a long one."""
    if found.plan is not None and found.plan.export is not None:
        return _elements(found, frozenset(wanted))
    records = _line_records(found, {line for line, _ in wanted}, most_lines)
    return {place: records[place[0]] for place in wanted if records[place[0]]}


def quote_lines(source: Source, wanted: Collection[int], extra: int = 0) -> dict[int, list[str]]:
    """For each wanted physical line (from 1) that line and up to `extra` lines after it; one pass over the source."""
    spans = sorted((line, line + extra) for line in wanted)
    found: dict[int, list[str]] = {line: [] for line in wanted}
    if not spans:
        return found
    last = max(end for _, end in spans)
    first_line = 1
    for data in whole_lines(Stream(source.path)):
        first_line = _collect(data, first_line, spans, found)
        if first_line > last:
            break
    return found


def _collect(data: bytes, first_line: int, spans: list[tuple[int, int]], found: dict[int, list[str]]) -> int:
    """Take what is wanted of some whole lines, the first of which is `first_line`; the number of the next one."""
    after = first_line + data.count(b"\n") + (not data.endswith(b"\n"))
    if any(start < after and end >= first_line for start, end in spans):
        rows = data.split(b"\n")
        for start, end in spans:
            for line in range(max(start, first_line), min(end + 1, after)):
                found[start].append(rows[line - first_line].rstrip(b"\r").decode("utf-8", "replace"))
    return after


def _line_records(found: Surveyed, wanted: set[int], most_lines: int) -> dict[int, list[str]]:
    """Each line with what continues it, by the formats that read the source.

    The lines from every wanted one on are parsed again as one text, one stretch after the other; a record ends where
    the next one starts.
    """
    stretches = quote_lines(found.source, wanted, most_lines)
    rows = [row for line in sorted(wanted) for row in stretches[line]]
    plan = found.plan
    if plan is None or not rows:
        return stretches
    text = "\n".join(row.replace("\n", " ") for row in rows).encode("utf-8", "replace") + b"\n"
    starts = {int(line) - 1 for batch in parse_block(text, plan, found.context).batches for line in batch.line}
    records, at = {}, 0
    for line in sorted(wanted):
        stretch = stretches[line]
        end = next((k for k in range(1, len(stretch)) if at + k in starts), len(stretch))
        records[line] = _without_blank_end(stretch[:end])
        at += len(stretch)
    return records


def _without_blank_end(rows: list[str]) -> list[str]:
    end = len(rows)
    while end > 1 and not rows[end - 1].strip():
        end -= 1
    return rows[:end]


def _elements(found: Surveyed, wanted: frozenset[Place]) -> dict[Place, list[str]]:
    """The elements of a document, by its own parser, which says where in the text each of its events stands."""
    assert found.plan is not None and found.plan.export is not None
    data = whole(Stream(found.source.path), found.entry())
    text = data.decode("utf-8-sig", "replace")
    if isinstance(found.plan.export, Listing):
        known = spans(found.plan.export, data)
        return {place: _dedented(text, *known[place]) for place in wanted if place in known}
    records: dict[Place, list[str]] = {}
    try:
        for event in found.plan.export.parse(data, context_of(found)):
            place = (event["line"], event.get("ordinal", 0))
            if place in wanted and "element" in event:
                start, end = event["element"]
                records[place] = _dedented(text, start, end)
    except Exception:  # a plug-in that stops: what it gave before can be quoted
        return records
    return records


def _dedented(text: str, start: int, end: int) -> list[str]:
    """An element's lines, all moved to the left as far as its first one stands in."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    margin = before if not before.strip() else ""
    rows = text[start:end].rstrip().replace("\r\n", "\n").split("\n")
    return [row.removeprefix(margin) for row in rows]
