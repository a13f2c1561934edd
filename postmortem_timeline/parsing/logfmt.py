"""The engine of logfmt: `key=value key="quoted value"` lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from postmortem_timeline.parsing import objects
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Bools, Lines

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format

PAIR = re.compile(rb'([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)')
ESCAPE = re.compile(r"\\(.)")
SPECIAL = {"n": "\n", "t": "\t", "r": "\r"}


def decode_lines(lines: Lines) -> objects.Decoded:
    """The rows that are made of pairs throughout, and their pairs."""
    raw = lines.text.buf[: lines.text.size].tobytes()
    rows: list[int] = []
    records: list[dict[str, str]] = []
    for row, (start, end) in enumerate(zip(lines.start.tolist(), lines.end.tolist(), strict=True)):
        line = raw[start:end]
        if b"=" not in line[:64]:
            continue
        pairs = PAIR.findall(line)
        covered = sum(len(k) + len(v) + 1 for k, v in pairs)
        if len(pairs) >= 2 and covered + 2 * len(pairs) >= len(line.strip()):
            rows.append(row)
            records.append({k.decode("utf-8", "replace"): _value(v) for k, v in pairs})
    return np.array(rows, np.intp), records


def _value(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    if text[:1] == '"' and text[-1:] == '"':
        return ESCAPE.sub(lambda m: SPECIAL.get(m.group(1), m.group(1)), text[1:-1])
    return text


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    """Which lines hold what the format requires."""
    return objects.claims(fmt, len(lines), decode_lines(lines))


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """One batch of the lines of the format."""
    yield from objects.batches(fmt, decode_lines(lines), context)
