"""What holds for the ranking of changes whatever they are: no decoy wins, silence is an answer, undoing speaks."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem_timeline.correlate.changes import TOO_LATE_S, changes

spec = importlib.util.spec_from_file_location("cases", Path(__file__).with_name("cases.py"))
cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cases)

SUSPECTS = [{"name": "auth", "score": 0.9}, {"name": "cart", "score": 0.3}]
ERRORS = cases.patterns(("auth.log", "auth", 17, "oauth token rejected by identity provider: token expired", 1))
WORDS = ("release 4", "oauth token identity provider", "turn off the token refresh", "scale to 5", "tokens live 6 h")
SERVICES = st.sampled_from(["auth", "cart", "docs", None])
few = settings(max_examples=15, deadline=None, derandomize=True)  # a ranking takes some hundredths of a second
EARLIER, LATER = st.integers(-200_000, -10), st.integers(10, 5000)


def deploys(at):
    """Up to eight changes of some service at some time, in words that may meet those of the errors."""
    one = st.tuples(at, SERVICES, st.sampled_from(WORDS)).map(lambda told: cases.deploy(told[0], told[1], told[2]))
    return st.lists(one, max_size=8)


def ranked(rows, suspects=SUSPECTS, errors=ERRORS):
    return changes(cases.notables(*rows), errors, suspects, cases.WINDOWS) if rows else []


@few
@given(EARLIER.flatmap(lambda at: deploys(st.just(at))), deploys(LATER))
def test_no_change_after_the_start_is_put_before_one_that_came_in_time(before, after):
    found = ranked([*before, *after])
    late = [row["at"] > (cases.START + TOO_LATE_S) * cases.NS for row in found]
    assert late == sorted(late) and all(row["score"] == 0 for row, is_late in zip(found, late, strict=True) if is_late)


@few
@given(st.lists(st.tuples(st.integers(-200_000, -5400), st.sampled_from(["docs", "search"])), max_size=8))
def test_no_change_found_is_an_answer(told):
    found = ranked([cases.deploy(at, service, "scale to 5") for at, service in told])
    assert all(row["score"] < 0.3 for row in found)


@few
@given(EARLIER, SERVICES.filter(bool), st.integers(60, 1900))
def test_what_is_taken_back_at_the_end_is_suspected_more(at, service, back):
    alone = cases.deploy(at, service, "release 4")
    fix = cases.deploy(back, service, "roll back to release 3", action="rolled_back")
    first = ranked([alone, fix])[0]
    assert first["at"] == (cases.START + at) * cases.NS and first["score"] > ranked([alone])[0]["score"]


@few
@given(st.integers(-3000, -10), st.integers(60, 1900))
def test_of_two_changes_alike_the_one_taken_back_wins(at, back):
    """By its commit: the other one is of the same service and the same time."""
    one, other = "fbf3101" + "a" * 33, "0c1de42" + "b" * 33
    rows = [cases.commit(at, "auth: shorter sessions", one), cases.commit(at, "auth: longer names", other)]
    fix = cases.commit(back, f'Revert "auth: longer names"\n\nThis reverts commit {other}.', "7b4b59d" + "0" * 33)
    assert "longer names" in ranked([*rows, fix])[0]["summary"]


@few
@given(deploys(st.integers(-200_000, 5000)))
def test_scores_are_shares_in_order_and_the_order_of_the_export_does_not_matter(rows):
    found = ranked(rows)
    scores = [row["score"] for row in found]
    assert scores == sorted(scores, reverse=True) and all(0 <= score < 1 for score in scores)
    assert sorted(scores) == sorted(row["score"] for row in ranked(rows[::-1]))
