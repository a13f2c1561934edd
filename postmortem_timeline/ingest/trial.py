"""How each format sees one file: what it matches, and where the lines that it does not match leave it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from postmortem_timeline.errors import NothingReadable, UsageError
from postmortem_timeline.formats import registry
from postmortem_timeline.formats.model import Format
from postmortem_timeline.ingest.decode import SAMPLE, Stream, clean
from postmortem_timeline.ingest.detect import Score, scores
from postmortem_timeline.parsing import jsonl, logfmt, ltsv, paragraphs
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.continuation import owners
from postmortem_timeline.parsing.objects import misfit
from postmortem_timeline.parsing.stops import Stop, stop
from postmortem_timeline.parsing.text import Lines, Text, split_lines

LOOKED_AT = 200  # lines whose stops are explained
FEW = 12  # lines by which formats that match none are put in order
Row = tuple[str, float, float, str]  # format, confidence, share of lines that start a record, note


class Trial(NamedTuple):
    """The formats that match some lines, then those that come farthest without; and how many more there are."""

    rows: list[Row]
    more: int


def try_file(path: str | Path, nearest: int | None = None) -> Trial:
    """Every format's name, confidence, share of lines matched, and a note on what it matched and where it stopped.

    Of the formats that match nothing only the `nearest` are looked at closely; by default all are.
    """
    path = Path(path)
    if not path.is_file():
        raise NothingReadable(f"{path} is no file; give one file, unpacked or compressed")
    stream = Stream(path)
    sample = clean(next(stream.pieces(SAMPLE), b""))
    if stream.binary:
        raise UsageError(f"{path} is binary: no text that any format knows")
    if not sample.strip():
        raise NothingReadable(f"{path} is {stream.broken or 'empty'}")
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    rows, more = _lines(sample, path.name, nearest)
    return Trial(_documents(sample, path.name) + rows, more)


def _documents(sample: bytes, name: str) -> list[Row]:
    sniffed = [(module, module.sniff(sample[:65536], name)) for module in registry.exports()]
    fits = [
        (module.NAME, sure, 1.0, f"the document has the shape of {module.TITLE}") for module, sure in sniffed if sure
    ]
    return sorted(fits, key=lambda row: (-row[1], row[0]))


def _lines(sample: bytes, name: str, nearest: int | None) -> Trial:
    lines = split_lines(Text.of(sample))
    lines = lines.take(~lines.blank())
    fitting = scores(sample, name)
    rows = [_row(score, lines) for score in fitting]
    others = [fmt for fmt in registry.declared() if all(score.format is not fmt for score in fitting)]
    few = lines.take(np.unique(np.linspace(0, len(lines) - 1, FEW).astype(int)))
    near = sorted(others, key=lambda fmt: (-_passed(fmt, few), fmt.name))[:nearest]
    nothing = np.zeros(len(lines), bool)
    rows += [(fmt.name, 0.0, 0.0, "; ".join(_left(fmt, lines, nothing))) for fmt in near]
    return Trial(rows, len(others) - len(near))


def _row(score: Score, lines: Lines) -> Row:
    parts = [*_matched(score.format, lines), *_left(score.format, lines, score.taken)]
    return score.format.name, score.share, float(score.taken.mean()), "; ".join(parts)


def _matched(fmt: Format, lines: Lines) -> Iterator[str]:
    lines = _records(fmt, lines)
    left = np.arange(len(lines))
    for layout in fmt.layouts:
        rows = layout.match(lines.take(left)).rows
        if len(rows):
            yield f"{layout.name} {len(rows)} of {len(lines)}"
        left = np.delete(left, rows)


def _records(fmt: Format, lines: Lines) -> Lines:
    """What the layouts of a format are walked over: lines, or records of several."""
    return paragraphs.whole(fmt, lines, SourceContext())[0] if fmt.engine == "paragraphs" else lines


def _left(fmt: Format, lines: Lines, taken: np.ndarray) -> Iterator[str]:
    """Why the format does not match the lines that it leaves."""
    claimed = np.where(taken, 0, -1).astype(np.int32)
    continued = owners(claimed, lines, np.zeros(len(lines), bool), [fmt.continues]) >= 0
    rows = np.flatnonzero(~taken & ~continued)[:LOOKED_AT]
    if not len(rows):
        return
    left = lines.take(rows)
    if fmt.layouts:
        where = _farthest(fmt, left)
        if where:
            place = _place(left, where.first)
            yield f"{where.lines} stop in {where.layout} at {where.piece}, {place}: {where.text}"
        elif fmt.starts:
            yield f"{len(rows)} lie before any line on which a record begins"
    elif fmt.engine == "w3c":
        yield f"{len(rows)} do not fit the fields" if taken.any() else "no line #Fields: names what it needs"
    elif fmt.engine == "delimited":
        yield f"{len(rows)} do not fit the header" if taken.any() else f"no header has {_needs(fmt)}"
    else:
        yield from _misfits(fmt, left)


def _misfits(fmt: Format, lines: Lines) -> Iterator[str]:
    decode: Any = {"jsonl": jsonl, "ltsv": ltsv}.get(fmt.engine, logfmt).decode_lines
    rows, records = decode(lines)
    shape = {"jsonl": "a JSON object", "ltsv": "made of labels and values"}.get(fmt.engine, "made of key=value pairs")
    if len(records) < len(lines):
        odd = np.setdiff1d(np.arange(len(lines)), np.array(rows, np.intp))
        yield f"{len(odd)} are not {shape}, {_place(lines, int(odd[0]))}"
    reasons = [(misfit(fmt, record), int(row)) for row, record in zip(rows, records, strict=True)]
    counts = Counter(reason for reason, _ in reasons if reason)
    for reason, count in counts.most_common(1):
        yield f"{reason} in {count}, {_place(lines, next(row for found, row in reasons if found == reason))}"


def _place(lines: Lines, row: int) -> str:
    return f"first in line {int(lines.number[row]) + 1}"


def _needs(fmt: Format) -> str:
    groups = [[name] for name in fmt.match.get("header", ())] + list(fmt.match.get("any", ()))
    return ", and ".join(" or ".join(group[:4]) + (" or ..." if len(group) > 4 else "") for group in groups)


def _farthest(fmt: Format, lines: Lines) -> Stop | None:
    lines = _records(fmt, lines)
    stops = [found for layout in fmt.layouts if len(lines) and (found := stop(layout, lines))]
    return max(stops, key=lambda found: (found.passed, found.lines), default=None)


def _passed(fmt: Format, lines: Lines) -> int:
    where = _farthest(fmt, lines)
    return where.passed if where else 0
