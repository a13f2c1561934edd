"""The reader of last resort: right times, whole lines, nothing invented."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from postmortem_timeline.ingest.events import to_table
from postmortem_timeline.parsing import generic
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Text, split_lines
from postmortem_timeline.parsing.timestamps import Dating
from tests.ingest.scanning import assert_conserved, read

CONTEXT = SourceContext(dating=Dating(2025))
AT = int(datetime(2025, 7, 15, 17, 42, 3, tzinfo=UTC).timestamp()) * 1_000_000_000


def events(text: str) -> list[dict[str, object]]:
    lines = split_lines(Text.of(text.encode()))
    out = []
    for batch in generic.parse(None, lines, CONTEXT):
        batch.line = batch.rows.astype(np.int64) + 1
        table = to_table(batch, "a").to_pylist()
        out += [{**row, "timestamp": t} for row, t in zip(table, batch.time_ns.tolist(), strict=True)]
    return out


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no time at all",
        "version 1.2.3 of 10:30",
        "10.0.0.1 17:42",
        "code 1234567890123456789012",
        "2025-99-99 17:42:03 x",
        "x" * 200 + " 2025-07-15 17:42:03",
        "order 17526013231 shipped",
        'rcon 1146003691 "284" refused',
    ],
    ids=lambda line: line[:24] or "blank",
)
def test_holds_no_time(line: str) -> None:
    assert events(line + "\n") == []
    assert not generic.claims(None, split_lines(Text.of(line.encode())), CONTEXT).any()


@pytest.mark.parametrize(
    "stamp",
    [
        "2025-07-15 17:42:03",
        "2025-07-15T17:42:03Z",
        "2025-07-15T19:42:03+02:00",
        "2025-07-15 19:42:03 +0200",
        "2025/07/15 17:42:03",
        "15/Jul/2025:19:42:03 +0200",
        "15/Jul/2025 17:42:03",
        "Tue Jul 15 17:42:03 2025",
        "Jul 15 17:42:03",
        "15 Jul 2025 17:42:03",
        "1752601323",
        "1752601323000",
        "2025-07-15 17:42:03 UTC",
        "Jul-15-25 17:42:03",
        "2025:07:15-17:42:03",
        "07/15/2025 - 17:42:03",
    ],
)
@pytest.mark.parametrize("line", ["{} began", "[{}] began", "worker-3 | {} | began", "é <{}> began"])
def test_finds_the_time(line: str, stamp: str) -> None:
    [event] = events(line.format(stamp) + "\n")
    assert event["timestamp"] == AT
    assert event["body"] == ("began" if line.startswith(("{", "[")) else line.format(stamp))
    assert event["stamp"] == stamp


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("<2025-07-15 17:42:03>\tbegan", "began"),
        ("2025-07-15 17:42:03: - began", "began"),
        ("2025-07-15 17:42:03 | -1 left", "-1 left"),
        ("[2025-07-15 17:42:03 web] began", "[2025-07-15 17:42:03 web] began"),
        ("2025-07-15 17:42:03] began", "2025-07-15 17:42:03] began"),
        ("2025-07-15 17:42:03", "2025-07-15 17:42:03"),
        ("2 2025-07-15 17:42:03 began", "2 2025-07-15 17:42:03 began"),
    ],
)
def test_body_is_what_follows_a_leading_stamp(line: str, body: str) -> None:
    [event] = events(line + "\n")
    assert event["body"] == body


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("2025-07-15 17:42:03 | WARNING | x", 13),
        ("2025-07-15 17:42:03 <error> x", 17),
        ("2025-07-15 17:42:03 fatally x", 0),
    ],
)
def test_finds_a_level_and_invents_none(line: str, severity: int) -> None:
    assert events(line)[0]["severity_number"] == severity


def test_an_unknown_text_gives_events() -> None:
    text = "=== report ===\n" + "".join(
        f"<<{i}>> {'at 2025-07-15 17:42:0' + str(i)} step {i}\n   detail {i}\n" for i in range(9)
    )
    got = read(text.encode(), "run.txt")
    assert got.entry.format == "generic_text"
    assert got.entry.confidence < 0.5
    assert (got.entry.records, got.entry.continuation, got.entry.unparsed) == (9, 9, 1)
    assert got.events[1]["timestamp"] == got.events[0]["timestamp"]  # the heading takes the time of what follows
    assert_conserved(got, text.encode())
