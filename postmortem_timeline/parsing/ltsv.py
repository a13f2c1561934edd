"""The engine of LTSV: labels and values, a colon between, tabs between the pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.jsonl import fits, from_objects
from postmortem_timeline.parsing.text import Bools, Lines

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format


def decode_lines(lines: Lines) -> tuple[list[int], list[dict[str, str]]]:
    """The rows that are made of labelled values throughout, and their values."""
    raw = lines.text.buf[: lines.text.size].tobytes()
    rows, records = [], []
    for row, (start, end) in enumerate(zip(lines.start.tolist(), lines.end.tolist(), strict=True)):
        cells = raw[start:end].split(b"\t")
        pairs = [cell.partition(b":") for cell in cells if cell]
        if len(pairs) >= 2 and all(label and mark and b" " not in label for label, mark, _ in pairs):
            rows.append(row)
            records.append(
                {label.decode("utf-8", "replace"): value.decode("utf-8", "replace") for label, _, value in pairs}
            )
    return rows, records


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    """Which lines hold what the format requires."""
    taken = np.zeros(len(lines), bool)
    rows, records = decode_lines(lines)
    taken[[row for row, record in zip(rows, records, strict=True) if fits(fmt, record)]] = True
    return taken


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """One batch of the lines of the format; a dash is no value."""
    rows, records = decode_lines(lines)
    keep = [i for i, record in enumerate(records) if fits(fmt, record)]
    if keep:
        yield from_objects(fmt, np.array([rows[i] for i in keep], np.intp), [records[i] for i in keep], context)
