"""A block is never cut inside of a record, however its lines lie among those of others."""

from __future__ import annotations

import pytest

from postmortem_timeline.formats.registry import declared
from postmortem_timeline.ingest.block import parse_block
from postmortem_timeline.ingest.cuts import record_start
from postmortem_timeline.ingest.detect import Plan, detect
from postmortem_timeline.ingest.events import to_table
from postmortem_timeline.parsing.context import SourceContext

STAMP = "2025-07-15T15:42:{:02d}.331456012Z"
TIME = "2025-07-15 15:42:{:02d},412"
INTERLEAVED = [
    ("stdout", "F", f"{TIME.format(0)} - auth - INFO - started"),
    ("stdout", "F", f"{TIME.format(1)} - auth - ERROR - failed"),
    ("stderr", "F", f"{TIME.format(2)} - auth - WARNING - odd"),
    ("stdout", "F", "Traceback (most recent call last):"),
    ("stderr", "F", f"{TIME.format(3)} - auth - WARNING - odder"),
    ("stdout", "F", "ValueError: x"),
    ("stdout", "P", f"{TIME.format(4)} - auth - INFO - a long "),
    ("stderr", "F", f"{TIME.format(5)} - auth - WARNING - oddest"),
    ("stdout", "F", "line"),
    ("stdout", "F", f"{TIME.format(6)} - auth - INFO - done"),
]
CRI = "".join(f"{STAMP.format(i)} {' '.join(parts)}\n" for i, parts in enumerate(INTERLEAVED)).encode()
PARTS = b"".join(
    b'{"log":"%s","stream":"stdout","time":"2025-07-15T15:42:0%d.431456012Z"}\n' % (text, i)
    for i, text in enumerate([b"GET /catalog -> 200 ", b"in 3.1 ms\\n", b"a long ", b"line\\n", b"done\\n"])
)


def events(data: bytes, plan: Plan, first_line: int = 1) -> list[tuple[int, str]]:
    block = parse_block(data, plan, SourceContext(), first_line)
    rows = [row for batch in block.batches for row in zip(batch.line.tolist(), bodies(batch), strict=True)]
    return sorted(rows)


def bodies(batch) -> list[str]:
    return to_table(batch, "").column("body").to_pylist()


@pytest.mark.parametrize("data", [CRI, PARTS], ids=["two streams, tracebacks and parts", "parts of lines"])
def test_wherever_the_text_ends_so_far_its_cut_tears_nothing(data: bytes) -> None:
    plan = detect(data, "pods/evidence")
    whole, ends = events(data, plan), [i + 1 for i, byte in enumerate(data) if byte == 10]
    cuts = [record_start(data[:end], plan, SourceContext()) for end in ends]
    assert any(cuts)
    for cut in filter(None, cuts):
        after = events(data[cut:], plan, data[:cut].count(b"\n") + 1)
        assert events(data[:cut], plan) + after == whole, data[:cut].splitlines()[-1]


def test_single_lines_are_cut_before_the_last() -> None:
    fmt = next(fmt for fmt in declared() if fmt.name == "combined_access")
    line = b'203.0.113.9 - - [15/Jul/2025:17:42:03 +0200] "GET / HTTP/1.1" 200 162\n'
    assert record_start(line * 3, Plan((fmt,)), SourceContext()) in (2 * len(line), 3 * len(line))
