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


def test_the_overview_holds_each_judged_number_of_each_suite():
    empty = "# T\n\n<!-- evaluation: overview -->\nbygone\n<!-- /evaluation: overview -->\n"
    text = report.into(empty, outcome(hit=0.5, other=1.0), "today, here")
    twice = report.with_overview(report.with_overview(text))
    assert twice.count("| s | hit | >= 0.8 | 0.5 | no | today, here |") == 1
    assert "| s | other" not in twice and "bygone" not in twice


def test_few_rows_stand_for_many_in_the_documentation():
    many = Result("s", [{"case": n} for n in range(100, 400)], brief=[{"kind": "all", "cases": 300}])
    document = report.into("", many, "")
    assert "| 250 |" in report.markdown(many) and "| 250 |" not in document and "| all | 300 |" in document


def test_a_mark_that_says_more_than_it_keeps_is_seen():
    from tests.evaluation.calibration import claims, judged

    def marks(at: str, confidence: float) -> dict[str, dict[str, object]]:
        none: dict[str, object] = {"at": None, "confidence": None, "reason": ""}
        return dict.fromkeys(("impact_start", "mitigated", "acknowledged", "resolved"), none) | {
            "detected": {"at": at, "confidence": confidence, "reason": "an alert"}
        }

    truth = {"detected": "2025-07-15T17:46:12Z"}
    right, late = marks("2025-07-15T17:46:12.9Z", 0.9), marks("2025-07-15T17:46:14Z", 0.9)
    some = [claim for lifecycle in [right] * 8 + [late] * 8 for claim in claims("case", lifecycle, truth)]
    assert judged(some).summary == {"marks": 16.0, "worst_overclaim": 0.4, "mean_error": 0.4}
    (unasked,) = claims("case", right, {"detected": None})
    assert not unasked.right and unasked.error_s is None
