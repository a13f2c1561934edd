"""Who became slow, from the lags inside traces alone."""

from __future__ import annotations

import pandas as pd
import pytest

from postmortem_timeline.correlate.hops import hops
from postmortem_timeline.correlate.lags import lags

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
PATH = ("web", "shop", "stock", "shop", "web")  # web calls shop, shop calls stock, both return


def traced(slow=lambda number: {}, traces: int = 120, path=PATH) -> pd.DataFrame:
    """A trace every two seconds; a step takes 5 to 8 ms, and `slow(trace)` says at which places how much more."""
    rows = []
    for number in range(traces):
        at, more = START + number * 2 * SECOND, slow(number)
        for place, service in enumerate(path):
            at += (5 + (number * 7 + place) % 4 + more.get(place, 0)) * 1_000_000
            rows.append((f"{service}.log", service, number, f"{service} says {place}", at, number * 5 + place + 1))
    return pd.DataFrame(rows, columns=["source", "service", "key", "template", "t_ns", "line"])


def late(number: int) -> dict[int, int]:
    return {2: 300, 3: 300} if number >= 60 else {}  # stock is reached late, and answers late


@pytest.mark.parametrize(
    "told",
    [
        None, traced().iloc[:0], traced(), traced(late, traces=61).iloc[-50:],
        traced(lambda number: {2: 300} if number % 7 == 3 else {}), traced(lambda number: {2: 300}),
    ],
    ids=["no traces kept", "no traces at all", "nothing is slow", "too short to tell what is usual", "slow now and then, all day",
         "slow from first to last"],
)  # fmt: skip
def test_nobody_is_suspected(told):
    assert lags(told, {}) == []


def test_a_service_that_is_called_and_answers_late_comes_before_its_caller():
    found = lags(traced(late), {})
    assert found[0].service == "stock" and found[0].slow == found[0].hops == 120
    began = START + 60 * 2 * SECOND
    assert 0 <= found[0].start - began < SECOND / 10 and found[0].score > 20


def test_a_service_without_cpu_is_slow_in_whatever_ends_in_it():
    found = lags(traced(lambda number: {1: 90, 3: 90} if number >= 60 else {}), {})
    assert found[0].service == "shop"


def test_one_slow_piece_of_a_service_that_does_more_is_enough():
    inner = ("web", "shop", "shop", "shop", "shop", "shop", "web")
    found = lags(traced(lambda number: {3: 400} if number >= 60 else {}, path=inner), {})
    assert found[0].service == "shop" and found[0].slow == found[0].hops == 60
    assert "one kind of step inside it" in str(found[0].suspect()["reason"])


def test_who_is_slow_in_fits_all_day_is_believed_less_than_who_never_was():
    def slow(number: int) -> dict[int, int]:
        fits = {4: 300} if number // 5 in (2, 6, 11, 15, 18, 22) else {}  # web waits for shop, five traces at a time
        return fits | ({2: 300, 3: 300} if 90 <= number < 100 else {})

    path = ("web", "shop", "stock", "shop", "web", "shop")
    first, *rest = lags(traced(slow, path=path), {})
    assert first.service == "stock" and all(lag.suspect()["score"] < 0.5 for lag in rest if lag.service == "web")


def test_the_reason_says_how_many_and_how_long_and_cites_the_steps():
    row = lags(traced(late), {})[0].suspect()
    assert "120 of 120 steps" in str(row["reason"]) and "usually 5.0 ms" in str(row["reason"])
    assert row["citations"][:2] == ["shop.log:302", "stock.log:303"] and 0.5 < float(str(row["score"])) < 1


def test_bounds_choose_among_two_incidents():
    def twice(number: int) -> dict[int, int]:
        return {2: 300, 3: 300} if 30 <= number < 50 else {1: 300, 4: 300} if 80 <= number < 100 else {}

    told = traced(twice)
    at = [START + number * 2 * SECOND for number in (25, 55, 75, 105)]
    assert lags(told, {}, since=at[0], until=at[1])[0].service == "stock"
    assert lags(told, {}, since=at[2], until=at[3])[0].service == "shop"


def test_a_record_without_service_is_of_its_source():
    told = traced(late).assign(service=None)
    assert lags(told, {"stock.log": "stock", "shop.log": "shop"})[0].service == "stock"


def test_the_order_of_the_rows_does_not_matter():
    told = traced(late)
    assert lags(told.iloc[::-1].reset_index(drop=True), {}) == lags(told, {})


def test_hops_know_calls_from_returns():
    found = hops(traced(traces=1), {})
    names = found.attrs["names"]
    steps = [(names[a], names[b], bool(call)) for a, b, call in zip(found["caller"], found["to"], found["call"], strict=True)]
    assert steps == [("web", "shop", True), ("shop", "stock", True), ("stock", "shop", False), ("shop", "web", False)]
