"""Who is at fault where no request fails: new errors and missing steps in traces, beside slowness."""

from __future__ import annotations

import pandas as pd
import pytest

from postmortem_timeline.correlate.culprits import culprits, with_onset
from postmortem_timeline.correlate.marks import mark, unknown

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
PATH = (("web", "asks"), ("shop", "looks up"), ("stock", "counts"), ("stock", "counted"), ("shop", "adds up"), ("web", "answers"))
BROKEN = 60  # the first trace with a fault


def traced(change=lambda number, steps: steps, traces: int = 120) -> pd.DataFrame:
    """A trace every two seconds, with a step every 5 to 8 ms."""
    rows, line = [], 0
    for number in range(traces):
        for place, (service, text) in enumerate(change(number, list(PATH))):
            line += 1
            at = START + number * 2 * SECOND + (place * 8 + (number * 7 + place) % 4) * 1_000_000
            rows.append((f"{service}.log", service, number, text, at, line))
    return pd.DataFrame(rows, columns=["source", "service", "key", "template", "t_ns", "line"])


def patterns(told: pd.DataFrame, *loose: tuple[str, str, int]) -> pd.DataFrame:
    """Lines as the digest counts them; `loose` ones (service, text, time) belong to no trace."""
    more = pd.DataFrame([(f"{s}.log", s, 0, text, at, 9000 + n) for n, (s, text, at) in enumerate(loose)], columns=told.columns)
    lines = pd.concat([told, more]).assign(bucket=lambda t: t["t_ns"] // SECOND // 10 * 10)
    key = ["source", "service", "template", "bucket"]
    found = lines.groupby(key, as_index=False).agg(
        count=("line", "size"), first_ns=("t_ns", "min"), last_ns=("t_ns", "max"), line=("line", "min"), last_line=("line", "max")
    )
    return found.assign(severity=[17 if "fail" in text else 9 for text in found["template"]])


def suspected(told: pd.DataFrame, *loose: tuple[str, str, int]):
    return culprits(told, patterns(told, *loose), {})


def throws(number, steps):
    """The stock throws instead of counting, and the shop that asked complains after it."""
    broken = [*steps[:2], ("stock", "java.lang.IllegalStateException: none"), ("shop", "stock failed"), steps[5]]
    return broken if number >= BROKEN and number % 3 else steps


def returns(number, steps):
    """The shop comes back at once, without asking the stock."""
    return [steps[0], steps[1], steps[5]] if number >= BROKEN and number % 3 else steps


def grumbles(number, steps):
    """The web has always complained about its cache."""
    return [*steps, ("web", "cache lookup failed")] if number % 4 == 0 else steps


@pytest.mark.parametrize("told", [traced(), traced(grumbles), traced().iloc[:0]], ids=["all well", "an old complaint", "no traces"])
def test_nobody_is_suspected(told):
    assert suspected(told) == []


def test_who_throws_first_comes_before_who_complains_of_it():
    first, *rest = suspected(traced(throws))
    assert first.service == "stock" and first.suspect()["score"] > 0.6
    assert all(one.score < first.score / 2 for one in rest)
    assert "IllegalStateException" in str(first.suspect()["reason"])
    assert "stock: it says something new" in first.entries()[0].summary


def test_who_returns_early_is_named_with_the_step_after_which_it_does():
    first = suspected(traced(returns))[0]
    assert first.service == "shop" and first.suspect()["score"] > 0.6
    assert 'its work ends after "looks up"' in str(first.suspect()["reason"])


def test_an_old_complaint_does_not_win():
    both = traced(lambda number, steps: grumbles(number, returns(number, steps)))
    assert suspected(both)[0].service == "shop"


def test_a_complaint_outside_of_any_trace_counts():
    loose = [("stock", "worker failed", START + number * 2 * SECOND + 30_000_000) for number in range(BROKEN, 120)]
    assert suspected(traced(), *loose)[0].service == "stock"


def test_the_onset_is_the_first_of_it_and_told_only_where_nothing_else_tells_one():
    found = suspected(traced(throws))
    onset = with_onset({"onset": unknown("")}, found)["onset"]
    assert 0 <= onset["at"] - (START + BROKEN * 2 * SECOND) < 5 * SECOND and onset["citations"]
    known = {"onset": mark(START, 0.9, "stated", "said")}
    assert with_onset(known, found) == known and with_onset({"onset": unknown("")}, [])["onset"]["at"] is None


def test_the_order_of_the_rows_does_not_matter():
    told = traced(throws)
    assert suspected(told.iloc[::-1].reset_index(drop=True)) == suspected(told)
