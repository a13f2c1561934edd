"""The record of a citation, read again from its source."""

from __future__ import annotations

import re

from postmortem_timeline.errors import CitationError
from postmortem_timeline.ingest.decode import Stream, clean
from postmortem_timeline.ingest.discover import Source

CITATION = re.compile(r"^(?P<source>.+):(?P<line>[0-9]+)(?:#(?P<ordinal>[0-9]+))?$", re.DOTALL)
MOST_LINES = 40
MOST_CHARACTERS = 4000


def split_citation(citation: str) -> tuple[str, int, int]:
    """Source, line and ordinal of a citation. Raises CitationError where it is none."""
    match = CITATION.match(citation)
    if not match:
        raise CitationError(f"{citation!r} is no citation; one looks like web-1/access.log.1.gz:10542")
    return match["source"], int(match["line"]), int(match["ordinal"] or 0)


def quote_lines(source: Source, wanted: set[int], extra: int = 0) -> dict[int, list[str]]:
    """For each wanted physical line (from 1) that line and up to `extra` lines after it; one pass over the source."""
    from bisect import bisect_left

    spans = sorted((line, line + extra) for line in wanted)
    found: dict[int, list[str]] = {line: [] for line in wanted}
    if not spans:
        return found
    last = max(end for _, end in spans)
    first_line, carry = 1, b""
    for piece in Stream(source.path).pieces():
        data = carry + piece
        cut = data.rfind(b"\n") + 1
        data, carry = data[:cut], data[cut:]
        first_line = _collect(data, first_line, spans, found, bisect_left)
        if first_line > last:
            return found
    if carry:
        _collect(carry, first_line, spans, found, bisect_left)
    return found


def _collect(data: bytes, first_line: int, spans, found, bisect_left) -> int:  # type: ignore[no-untyped-def]
    count = data.count(b"\n")
    after = first_line + count + (not data.endswith(b"\n"))
    if any(start < after and end >= first_line for start, end in spans):
        rows = clean(data).split(b"\n")
        for start, end in spans:
            for line in range(max(start, first_line), min(end + 1, after)):
                text = rows[line - first_line].rstrip(b"\r").decode("utf-8", "replace")
                found[start].append(text[:MOST_CHARACTERS])
    return first_line + count
