"""What a reader should know before believing a number."""

from __future__ import annotations

import pandas as pd
import pytest

import postmortem_timeline as pt
from postmortem_timeline.errors import UsageError
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.unread import beside, partly

LINE = '203.0.113.{n} - u{n} [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET /a HTTP/1.1" {status} 5 "-" "curl/8.5"'


def access(day: str, failing: bool = True) -> str:
    """An hour of requests, one a second; in the middle of it all fail for five minutes."""
    times = pd.date_range(f"{day} 10:00", periods=3600, freq="1s")
    bad = failing & (times.minute >= 30) & (times.minute < 35)
    rows = zip(range(3600), times, bad, strict=True)
    return "".join(LINE.format(n=n % 200, at=at, status=503 if no else 200) + "\n" for n, at, no in rows)


def messages(timeline: pt.Timeline, code: str) -> list[str]:
    return [found["message"] for found in timeline.incident["findings"] if found["code"] == code]


def entry(name: str, note: str, **counts: int) -> Entry:
    return Entry(name, notes=[note], **counts)


def test_sources_that_share_a_reason_share_a_finding():
    pictures = [entry(f"{n}.png", "a picture") for n in range(7)]
    (found,) = beside([*pictures, entry("x.log", "empty")])
    assert found["message"] == "7 sources (0.png, 1.png, 2.png, 3.png, 4.png and 2 more): a picture"


def test_a_note_beside_the_exports_is_told_last_and_a_long_log_that_nobody_could_read_each():
    note, log = entry("note.md", "no time", lines=3, unparsed=3), entry("x.log", "no time", lines=900, unparsed=900)
    assert [one["message"] for one in partly([note, log])] == ["x.log: 900 of 900 lines (100.0%) could not be read"]
    assert [one["message"] for one in beside([note, log])] == ["note.md: no line holds a time that is known"]


def test_a_log_of_another_year_is_told(tmp_path):
    (tmp_path / "a.log").write_text(access("2025-07-15"))
    (tmp_path / "b.log").write_text(access("2024-07-15", failing=False))
    (tmp_path / "c.log").write_text(access("2025-07-14", failing=False))
    (said,) = messages(pt.build_timeline(tmp_path), "far_apart")
    assert said.startswith("b.log: all records lie most of a year or more from the incident")


def test_an_outage_outside_of_what_was_asked_for_is_told(tmp_path):
    (tmp_path / "a.log").write_text(access("2025-07-15"))
    built = pt.build_timeline(tmp_path, until="2025-07-15T10:20:00Z")
    assert "No outage was found before July 15, 2025, 10:20 UTC" in " ".join(built.headline().split())
    (said,) = messages(built, "other_outages")
    assert "2025-07-15T10:30:00" in said and "--since" in said


def test_since_lies_before_until(tmp_path):
    (tmp_path / "a.log").write_text(access("2025-07-15"))
    with pytest.raises(UsageError, match="does not lie before"):
        pt.build_timeline(tmp_path, since="2025-07-16T00:00:00Z", until="2025-07-15T00:00:00Z")
