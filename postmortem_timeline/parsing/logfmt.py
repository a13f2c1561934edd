"""The engine of logfmt: `key=value key="quoted value"` lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from postmortem_timeline.parsing import objects
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Bools, Lines

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format

PAIR = re.compile(r'([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)', re.ASCII)
ESCAPE = re.compile(r"\\(.)")
BLANKS = " \t\r\n\v\f"
SPECIAL = {"n": "\n", "t": "\t", "r": "\r"}


def decode_lines(lines: Lines) -> objects.Decoded:
    """The rows that are made of pairs throughout, and their pairs."""
    raw = lines.text.buf[: lines.text.size].tobytes()
    rows: list[int] = []
    records: list[dict[str, str]] = []
    for row, (start, end) in enumerate(zip(lines.start.tolist(), lines.end.tolist(), strict=True)):
        if raw.find(b"=", start, min(end, start + 64)) < 0:
            continue
        line = raw[start:end].decode("utf-8", "replace")
        pairs = PAIR.findall(line)
        if len(pairs) >= 2 and sum(map(len, chain.from_iterable(pairs))) + 3 * len(pairs) >= len(line.strip(BLANKS)):
            rows.append(row)
            records.append({key: _value(value) if value[:1] == '"' else value for key, value in pairs})
    return np.array(rows, np.intp), records


def _value(quoted: str) -> str:
    text = quoted[1:-1]
    return ESCAPE.sub(lambda m: SPECIAL.get(m.group(1), m.group(1)), text) if "\\" in text else text


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    """Which lines hold what the format requires."""
    return objects.claims(fmt, len(lines), decode_lines(lines))


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """One batch of the lines of the format."""
    yield from objects.batches(fmt, decode_lines(lines), context)
