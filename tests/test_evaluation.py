"""The fast subset of the evaluation holds what it held, and the harness says when it does not."""

from __future__ import annotations

import json

import pytest

from tests.evaluation import report
from tests.evaluation.result import Result
from tests.evaluation.stored import load, worse
from tests.evaluation.suites import SUITES, run


@pytest.mark.parametrize("name", sorted(load()))
def test_no_number_has_dropped(name: str) -> None:
    result = run(name, fast=True)
    if result.skipped:
        pytest.skip(result.skipped)
    assert not list(worse(result, load()))


def test_what_is_stored_is_a_suite() -> None:
    assert load() and set(load()) <= set(SUITES)


KEPT = {"s": {"hit": {"value": 0.9, "noise": 0.02}, "error": {"value": 5.0, "noise": 1.0}, "alarms": {"value": 0.0, "noise": 0.0}}}


def outcome(**summary: float) -> Result:
    goals = {"hit": (">=", 0.8), "error": ("<=", 9.0), "alarms": ("==", 0.0)}
    return Result("s", [{"case": "a|b", "right": True, "error": None}], summary, goals)


@pytest.mark.parametrize(
    "summary",
    [{"hit": 0.9, "error": 5.0, "alarms": 0.0}, {"hit": 0.88, "error": 6.0, "alarms": 0.0}, {"hit": 1.0, "error": 0.0, "alarms": 0.0}],
    ids=["the same", "worse within the noise", "better"],
)
def test_what_is_no_drop(summary):
    assert not list(worse(outcome(**summary), KEPT))


@pytest.mark.parametrize(
    ("summary", "named"),
    [
        ({"hit": 0.87, "error": 5.0, "alarms": 0.0}, "hit"), ({"hit": 0.9, "error": 6.1, "alarms": 0.0}, "error"),
        ({"hit": 0.9, "error": 5.0, "alarms": 1.0}, "alarms"), ({"hit": 0.9, "error": 5.0}, "alarms is no longer measured"),
    ],
    ids=["a rate falls", "an error grows", "what must be zero is not", "a number is gone"],
)  # fmt: skip
def test_what_is_a_drop(summary, named):
    (said,) = worse(outcome(**summary), KEPT)
    assert named in said


def test_a_block_is_replaced_and_the_text_around_it_stays():
    once = report.into("# Title\n\nText.\n", outcome(hit=0.9), "today, here")
    twice = report.into(once + "\nAfter.\n", outcome(hit=0.5), "later, there")
    assert twice.startswith("# Title\n\nText.\n") and twice.endswith("\nAfter.\n")
    assert "0.5" in twice and "0.9" not in twice and twice.count("## Suite: s") == 1


def test_a_table_holds_every_cell():
    text = report.markdown(outcome(hit=0.9, error=12.0))
    assert "| hit | 0.9 | >= 0.8 | yes |" in text and "| error | 12 | <= 9 | no |" in text and "| a\\|b | yes | - |" in text
    assert report.markdown(Result("s", skipped="no data")) == "Not measured: no data.\n"


def test_the_json_says_what_holds():
    told = json.loads(report.as_json([outcome(hit=0.5)], "today", "here"))
    assert told["date"] == "today" and told["suites"]["s"]["goals"]["hit"] == {"sign": ">=", "wanted": 0.8, "holds": False}
