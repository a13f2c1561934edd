"""Records whose second line, or any later one, says more than the first."""

from __future__ import annotations

from typing import Any

import pytest

from postmortem_timeline.errors import FormatError
from postmortem_timeline.formats.declaration import declare
from postmortem_timeline.formats.model import Sample
from postmortem_timeline.testing import parse_sample

BASE: dict[str, Any] = {
    "name": "x", "group": "app", "kind": "log", "engine": "dissect", "continues": ["any"],
    "layouts": {"head": "{timestamp} {logger:word}"}, "columns": {"timestamp": {"field": "timestamp", "format": "%Y-%m-%d %T"}},
}  # fmt: skip


def read(text: str, **more: Any) -> list[dict[str, Any]]:
    return parse_sample(declare({**BASE, **more}, "x.toml"), Sample("x", 0, "why", text, None)).events


def test_the_next_record_is_not_what_stands_under_this_one() -> None:
    events = read("2025-07-15 17:42:03 a\n2025-07-15 17:42:04 ERROR\nERROR: b\n", below="{severity_text:level}: {body}")
    assert [event.get("severity_number", 0) for event in events] == [0, 17]


def test_the_second_line_gives_level_and_message_and_the_rest_goes_on_with_it() -> None:
    (event,) = read("2025-07-15 17:42:03 a\nERROR: b\n\tat c\n", below="{severity_text:level}: {body}")
    assert (event["severity_number"], event["body"]) == (17, "b\n\tat c")


def test_a_second_line_of_another_shape_says_nothing() -> None:
    (event,) = read("2025-07-15 17:42:03 a\nno level here\n", below="{severity_text:level}: {body}")
    assert "severity_number" not in event
    assert event["body"] == "2025-07-15 17:42:03 a\nno level here"


def test_a_later_line_gives_the_outcome_of_its_own_record_only() -> None:
    columns = {**BASE["columns"], "status_code": {"field": "status"}, "duration_ms": {"field": "took", "unit": "s"}}
    text = "2025-07-15 17:42:03 a\nx\nended 503 in 2 s\n2025-07-15 17:42:04 b\n2025-07-15 17:42:05 c\nended 200 in 1 s\n"
    events = read(text, later="ended {status:int} in {took:num} s", columns=columns)
    assert [event.get("status_code") for event in events] == [503, None, 200]
    assert [event.get("duration_ms") for event in events] == [2000, None, 1000]
    assert [event.get("kind") for event in events] == ["request", None, "request"]


def test_what_nothing_continues_has_no_line_below() -> None:
    with pytest.raises(FormatError, match="say what continues them"):
        declare({**BASE, "continues": [], "below": "{body}"}, "x.toml")
