"""The engine of LTSV: labels and values, a colon between, tabs between the pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from postmortem_timeline.parsing import objects
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Bools, Lines

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format


def decode_lines(lines: Lines) -> objects.Decoded:
    """The rows that are made of labelled values throughout, and their values."""
    raw = lines.text.buf[: lines.text.size].tobytes()
    rows: list[int] = []
    records: list[dict[str, str]] = []
    for row, (start, end) in enumerate(zip(lines.start.tolist(), lines.end.tolist(), strict=True)):
        if raw.find(b"\t", start, end) < 0:
            continue
        pairs = [cell.partition(":") for cell in raw[start:end].decode("utf-8", "replace").split("\t") if cell]
        if len(pairs) >= 2 and all(label and mark and " " not in label for label, mark, _ in pairs):
            rows.append(row)
            records.append({label: value for label, _, value in pairs})
    return np.array(rows, np.intp), records


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    """Which lines hold what the format requires."""
    return objects.claims(fmt, len(lines), decode_lines(lines))


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """One batch of the lines of the format."""
    yield from objects.batches(fmt, decode_lines(lines), context)
