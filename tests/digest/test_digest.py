"""Merging is associative and commutative, and equal to digesting the whole, whatever the cut and however full the tables."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem_timeline.digest import levels
from postmortem_timeline.digest.digest import Digest, merge, merge_all
from tests.digest.records import START, Record, assert_same, digest_of, folded, records, seen

LIMITS = {
    "wide": {},
    "few routes": {"MOST_ROUTES": 2},
    "few rows of counts": {"MOST_COUNTS": 4},
    "few rows and few routes": {"MOST_COUNTS": 5, "MOST_ROUTES": 2},
    "few joins": {"MOST_JOINS": 5},
    "few texts": {"MOST_TEXTS": 2},
    "few of all": {"MOST_COUNTS": 3, "MOST_ROUTES": 1, "MOST_JOINS": 3, "MOST_TEXTS": 1},
}
ROWS = st.sampled_from([2, 6, 12])  # the most of each other table, where the limits are not wide
CUTS = st.lists(st.integers(0, 60), max_size=4)


def quick(examples: int):
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@contextmanager
def limited(name: str, most: int) -> Iterator[None]:
    """Tables that outgrow their limits at once."""
    with pytest.MonkeyPatch.context() as patch:
        for limit, value in LIMITS[name].items():
            patch.setattr(levels, limit, value)
        if name != "wide":
            patch.setattr(
                levels, "CHAINS", {name: (column, most, chain) for name, (column, _, chain) in levels.CHAINS.items()}
            )
        yield


def parts_of(rows: list[Record], cuts: list[int]) -> list[Digest]:
    """The digests of up to five stretches of the input."""
    edges = [0, *sorted({cut % (len(rows) + 1) for cut in cuts}), len(rows)]
    return [d for a, b in itertools.pairwise(edges) if a < b for d in digest_of(rows[a:b])]


def test_merging_leaves_its_parts_as_they_are():
    rows = [Record("web", n, START + n * 10**9, 500, 0, None, "GET /x", f"u{n}", None, None, 1.0) for n in range(1, 5)]
    a, b = digest_of(rows[:2])[0], digest_of(rows[2:])[0]
    before = [list(t["count"]) for t in a.tables.values()], list(a.streams), list(a.texts), len(a.spill), a.stats
    merge(a, b)
    assert (
        [list(t["count"]) for t in a.tables.values()],
        list(a.streams),
        list(a.texts),
        len(a.spill),
        a.stats,
    ) == before


def test_an_empty_digest_changes_nothing():
    rows = [Record("web", 1, START, 200, 0, None, "GET /x", "u1", None, None, 1.0)]
    assert_same(merge(Digest(), digest_of(rows)[0]), digest_of(rows)[0])
    assert_same(folded([]), Digest())


@quick(60)
@given(rows=records(), cuts=CUTS, limits=st.sampled_from(list(LIMITS)), most=ROWS)
def test_any_cut_gives_the_digest_of_the_whole(rows, cuts, limits, most):
    with limited(limits, most):
        assert_same(folded(parts_of(rows, cuts)), merge_all(digest_of(rows)))


@quick(40)
@given(
    rows=records(),
    cuts=CUTS,
    shuffle=st.randoms(use_true_random=False),
    limits=st.sampled_from(list(LIMITS)),
    most=ROWS,
)
def test_order_does_not_matter(rows, cuts, shuffle, limits, most):
    with limited(limits, most):
        parts = parts_of(rows, cuts)
        turned = list(parts)
        shuffle.shuffle(turned)
        assert_same(folded(turned), folded(parts))


@quick(40)
@given(
    rows=records(most=40),
    cuts=st.lists(st.integers(0, 40), min_size=2, max_size=2),
    limits=st.sampled_from(list(LIMITS)),
    most=ROWS,
)
def test_how_merges_nest_does_not_matter(rows, cuts, limits, most):
    with limited(limits, most):
        a, b, c = ([*parts_of(rows, cuts), Digest(), Digest(), Digest()])[:3]
        assert_same(merge(merge(a, b), c), merge(a, merge(b, c)))


def test_many_routes_are_pages_and_count_as_one(monkeypatch):
    monkeypatch.setattr(levels, "MOST_ROUTES", 3)
    rows = [Record("web", n, START, 200, 0, None, f"GET /page{n}", None, None, None, None) for n in range(1, 6)]
    counts = seen(merge_all(digest_of(rows))).counts
    assert counts["route"].isna().tolist() == [True] and counts["count"].tolist() == [5]


def test_too_many_seconds_become_wider_and_lose_nothing(monkeypatch):
    monkeypatch.setattr(levels, "MOST_COUNTS", 10)
    rows = [Record("web", n, START + n * 10**9, 200, 0, None, "GET /x", None, None, None, 2.0) for n in range(1, 61)]
    counts = seen(merge_all(digest_of(rows))).counts
    assert len(counts) <= 10 and counts["count"].sum() == 60 and counts["duration_us"].sum() == 120_000


def test_too_many_endpoints_keep_their_first_segments(monkeypatch):
    monkeypatch.setitem(levels.CHAINS, "endpoints", ("bucket", 2, levels.CHAINS["endpoints"][2]))
    rows = [Record("web", n, START, 200, 0, None, f"GET /api/v{n}/x", None, None, None, None) for n in range(1, 6)]
    endpoints = seen(merge_all(digest_of(rows))).endpoints
    assert endpoints["endpoint"].tolist() == ["GET /api"] and endpoints["count"].tolist() == [5]


def test_the_sample_of_joins_is_the_same_in_every_source(monkeypatch):
    monkeypatch.setattr(levels, "MOST_JOINS", 20)
    rows = [
        Record(s, n, START + n * 10**9, 200, 0, None, "GET /x", f"user-{n}", None, None, None)
        for n in range(1, 101)
        for s in ("web", "app")
    ]
    joins = seen(merge_all(digest_of(rows))).joins
    assert 0 < len(joins) <= 20
    assert set(joins[joins["source"] == "web"]["key"]) == set(joins[joins["source"] == "app"]["key"])


@pytest.mark.parametrize(
    ("endpoint", "most", "short"),
    [
        ("GET /a/b/c", 2, "GET /a/b"),
        ("GET /a/b/c", 1, "GET /a"),
        ("GET /a?b=/c", 2, "GET /a"),
        ("GET /", 1, "GET /"),
        ("Login", 1, "Login"),
    ],
)
def test_segments(endpoint, most, short):
    assert levels.segments(endpoint, most) == short
    assert levels.segments(levels.segments(endpoint, 2), 1) == levels.segments(endpoint, 1)


@pytest.mark.parametrize(
    "template", ["one", "one two", "one two three four five six", "one two three four five six seven <*>"]
)
def test_words(template):
    assert levels.words(levels.words(template, 6), 6) == levels.words(template, 6)
    assert levels.words(levels.words(template, 6), 1) == levels.words(template, 1)
