"""Slow stretches: whether there are any is decided by buckets, their edges by single slow seconds."""

from __future__ import annotations

import numpy as np
import pytest

from postmortem_timeline.correlate.slowness import slowness

USUAL, SLOW = 20_000, 900_000  # microseconds


def answers(rate, begin, end, share=1.0, seconds=7200, seed=3):
    """(second, duration, timed) of Poisson requests, of which `share` are slow from `begin` to `end`."""
    chance = np.random.default_rng(seed)
    timed = chance.poisson(rate, seconds)
    late = np.zeros(seconds, np.int64)
    late[begin:end] = chance.binomial(timed[begin:end], share)
    total = ((timed - late) * USUAL + late * SLOW) * chance.lognormal(0, 0.3, seconds)
    at = np.flatnonzero(timed)
    return (at, total[at].astype(np.int64), timed[at]), at[late[at] > 0]


@pytest.mark.parametrize("rate", [0.15, 0.3, 1, 20])
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_few_requests_or_many_it_is_one_stretch_with_its_own_edges(rate, seed):
    columns, slow = answers(rate, 3000, 3900, seed=seed)
    (found,) = slowness(*columns)
    assert (found.begin, found.end) == (slow[0], slow[-1] + 1)
    assert not found.open_start and not found.open_end


def test_half_of_the_answers_are_slow():
    columns, slow = answers(1, 3000, 3900, share=0.5)
    (found,) = slowness(*columns)
    assert abs(found.begin - slow[0]) <= 5 and abs(found.end - slow[-1] - 1) <= 5


def test_two_stretches_stay_two():
    (at, duration, timed), _ = answers(1, 2000, 2600)
    (_, again, _), _ = answers(1, 4000, 4600)
    assert len(slowness(at, np.maximum(duration, again), timed)) == 2


@pytest.mark.parametrize(("begin", "opens"), [(0, (True, False)), (6000, (False, True))])
def test_open_where_the_exports_begin_or_end(begin, opens):
    columns, _ = answers(1, begin, begin + 1200)
    (found,) = slowness(*columns)
    assert (found.open_start, found.open_end) == opens


@pytest.mark.parametrize("rate", [0.1, 1, 20])
def test_usual_speed_is_no_finding(rate):
    columns, _ = answers(rate, 0, 0)
    assert slowness(*columns) == []


def test_a_single_slow_minute_of_few_answers_is_none():
    columns, _ = answers(0.05, 3000, 3060)
    assert slowness(*columns) == []
