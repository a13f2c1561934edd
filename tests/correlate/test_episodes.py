"""Repeats become episodes; episodes tell what is new."""

from __future__ import annotations

import pandas as pd
import pytest

from postmortem_timeline.correlate.episodes import SECOND, SILENCE, episodes, novelty


def patterns(*rows: tuple[str, str | None, str, int, int, int]) -> pd.DataFrame:
    """source, service, template, first second, last second, count"""
    frame = pd.DataFrame(rows, columns=["source", "service", "template", "first", "last", "count"])
    lines = range(1, len(frame) + 1)
    times = {"first_ns": frame["first"] * SECOND, "last_ns": frame["last"] * SECOND}
    return frame.assign(severity=17, line=lines, last_line=lines, **times).drop(columns=["first", "last"])


def test_nothing_comes_of_nothing() -> None:
    assert len(episodes(patterns())) == 0
    assert len(novelty(episodes(patterns()), since=0, until=1, seen_from=0)) == 0


@pytest.mark.parametrize(
    ("silence", "count"),
    [pytest.param(60, 1, id="silence just under the gap"), pytest.param(61, 2, id="silence just over the gap")],
)
def test_silence_parts_episodes(silence: int, count: int) -> None:
    folded = episodes(patterns(("a.log", "auth", "x", 0, 9, 2), ("a.log", "auth", "x", 9 + silence, 80, 3)), SILENCE)
    assert len(folded) == count and folded["count"].sum() == 5


def test_a_long_bucket_hides_no_silence_of_a_short_one() -> None:
    folded = episodes(
        patterns(("a", "auth", "x", 0, 500, 9), ("b", "auth", "x", 10, 20, 1), ("a", "auth", "x", 520, 530, 1))
    )
    assert folded[["start", "end", "sources"]].to_numpy().tolist() == [[0, 530 * SECOND, 2]]


def test_without_a_service_two_sources_are_two_voices() -> None:
    assert len(episodes(patterns(("a", None, "x", 0, 1, 1), ("b", None, "x", 2, 3, 1)))) == 2


def test_replicas_of_a_service_are_one_voice_and_the_first_is_cited() -> None:
    folded = episodes(patterns(("b", "auth", "x", 5, 6, 1), ("a", "auth", "x", 0, 1, 1)))
    assert folded[["source", "line", "last_line"]].to_numpy().tolist() == [["a", 2, 1]]


def judged(*rows: tuple[str, str | None, str, int, int, int]) -> pd.DataFrame:
    return novelty(episodes(patterns(*rows)), since=3600 * SECOND, until=7200 * SECOND, seen_from=0)


def steady(until: int) -> list[tuple[str, str | None, str, int, int, int]]:
    return [("a", "auth", "usual", t, t + 5, 1) for t in range(0, until, 30)]


def test_what_is_usual_is_neither_new_nor_a_burst() -> None:
    told = judged(*steady(7200))
    assert not told["new"].any() and not told["burst"].any() and not told["stopped"].any()


def test_without_a_baseline_nothing_is_new() -> None:
    folded = episodes(patterns(("a", "auth", "x", 10, 20, 5)))
    assert not novelty(folded, since=5 * SECOND, until=60 * SECOND, seen_from=0)["new"].any()
    assert not novelty(folded, since=5 * SECOND, until=60 * SECOND, seen_from={})["new"].any()


def test_first_seen_after_the_baseline_is_new_once() -> None:
    told = judged(("a", "auth", "boom", 3700, 3710, 9), ("a", "auth", "boom", 5000, 5010, 9))
    assert told["new"].tolist() == [True, False]


def test_a_burst_stands_out_of_its_own_background() -> None:
    told = judged(*[("a", "auth", "slow", t, t, 1) for t in range(0, 3600, 600)], ("a", "auth", "slow", 4000, 4060, 80))
    assert told["burst"].tolist() == [False] * 6 + [True]


def test_what_was_steady_and_fell_silent_has_stopped() -> None:
    assert judged(*steady(3590))["stopped"].tolist() == [True]
