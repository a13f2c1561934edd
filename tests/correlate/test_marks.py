"""Marks as plain data."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from postmortem_timeline.correlate.marks import annotate, choose, mark, nanoseconds, unknown


def test_nothing_to_choose_from_is_unknown_with_the_reason() -> None:
    found = choose([], "nobody said")
    assert (found["at"], found["reason"], found["alternatives"]) == (None, "nobody said", [])


def test_runners_up_are_other_times() -> None:
    found = choose([mark(1, 0.9, "stated", "a"), mark(1, 0.8, "stated", "b"), mark(2, 0.7, "stated", "c")], "")
    assert [other["at"] for other in found["alternatives"]] == [2]


def test_unset_marks_stay_as_inferred() -> None:
    marks = {"detected": mark(1, 0.9, "stated", "a"), "closed": unknown("no ticket")}
    assert annotate(marks, None) == annotate(marks, {"marks": {}}) == marks


@pytest.mark.parametrize("value", [None, "", False, pd.NaT])
def test_no_time(value: object) -> None:
    assert nanoseconds(value) is None


@pytest.mark.parametrize(
    "value",
    ["1970-01-01T00:00:01Z", "1970-01-01T02:00:01+02:00", "1970-01-01 00:00:01", datetime(1970, 1, 1, 0, 0, 1),
     datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), pd.Timestamp(1, unit="s"), 1_000_000_000],
)  # fmt: skip
def test_times_as_people_write_them(value: object) -> None:
    assert nanoseconds(value) == 1_000_000_000
