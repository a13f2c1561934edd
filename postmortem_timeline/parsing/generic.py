"""The reader of last resort: finds a time anywhere near the start of a line, and a level word; invents nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.parsing.batch import Batch, Numbers, Spans, Strings, encode
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.instants import from_texts
from postmortem_timeline.parsing.layouts import severities
from postmortem_timeline.parsing.text import Bools, Ints, Lines
from postmortem_timeline.parsing.timestamps import NAT, compile_format

NAME = "generic_text"
REACH = 160  # bytes from the start of a line in which its time is looked for
STAMP = (
    r"(?P<stamp>[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?"
    r"(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2}|UTC|GMT))?"
    r"|[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}[: ][0-9]{2}:[0-9]{2}:[0-9]{2}(?: [+-][0-9]{4})?"
    r"|(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?(?: [0-9]{4})?"
    r"|[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?"
    r"|\b1[0-9]{9}(?:\.[0-9]{1,9}|[0-9]{3})?\b)"
)
LEVEL = (
    r"(?i)\b(?P<level>TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL|SEVERE|EMERG(?:ENCY)?|ALERT"
    r"|PANIC)\b"
)
TIMES = tuple(
    compile_format(p)
    for p in (
        "%Y-%m-%dT%T%.f%z", "%Y-%m-%d %T%.f%z", "%Y-%m-%d %T%.f %z", "%Y-%m-%d %T%.f %Z", "%Y-%m-%d %T%.f",
        "%Y-%m-%dT%T%.f", "%Y/%m/%d %T%.f", "%d/%b/%Y:%T %z", "%d/%b/%Y:%T", "%d/%b/%Y %T", "%b %e %T%.f",
        "%b %e %T %Y",
        "%a %b %e %T %Y",
        "%a %b %e %T%.f", "%d %b %Y %T%.f", "%-d %b %Y %T%.f", "%s",
    )
)  # fmt: skip


def _found(lines: Lines) -> pa.StructArray:
    heads = Spans(lines.text, lines.start, _char_end(lines)).arrow().cast(pa.large_binary())
    return pc.extract_regex(heads, pattern=STAMP)


def _char_end(lines: Lines) -> Ints:
    """The end of each line's head, moved back so that it cuts no character."""
    end = np.minimum(lines.end, lines.start + REACH)
    for _ in range(3):
        inside = (lines.text.buf[end] & 0xC0) == 0x80
        end = end - (inside & (end < lines.end) & (end > lines.start))
    return end


def claims(fmt: object, lines: Lines, context: SourceContext) -> Bools:
    """Which lines hold a time that can be read."""
    taken = np.zeros(len(lines), bool)
    for batch in parse(fmt, lines, context):
        taken[batch.rows] = True
    return taken


def parse(fmt: object, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """One batch of the lines that hold a time; the whole line is the body."""
    if not len(lines):
        return
    found = _found(lines)
    rows = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False))
    if not len(rows):
        return
    stamps = found.field("stamp").take(pa.array(rows)).cast(pa.string())
    time_ns, quality = from_texts(stamps.to_pylist(), TIMES, context)
    good = time_ns != NAT
    rows, stamps, time_ns, quality = rows[good], stamps.filter(pa.array(good)), time_ns[good], quality[good]
    if not len(rows):
        return
    out = Batch(NAME, "log", rows, time_ns, quality)
    mine = lines.take(rows)
    out.thunks["stamp"] = lambda: Strings(stamps)
    out.thunks["body"] = lambda: Spans(mine.text, mine.start, mine.end)

    def level() -> Strings:
        heads = Spans(mine.text, mine.start, _char_end(mine)).arrow().cast(pa.large_binary())
        found = pc.extract_regex(heads, pattern=LEVEL)
        word = found.field("level").cast(pa.string())
        return Strings(pc.if_else(found.is_valid(), word, pa.scalar(None, pa.string())))

    out.thunks["severity_text"] = lambda: encode(level().array)
    out.thunks["severity_number"] = lambda: _numbers(out)
    yield out


def _numbers(out: Batch) -> Numbers:
    return severities(out.column("severity_text"), {})
