"""Logs that fall silent and resume."""

from __future__ import annotations

import pandas as pd

from postmortem_timeline.correlate.places import Places
from postmortem_timeline.correlate.quiet_sources import quiet_sources
from tests.correlate.lines import NOWHERE, everyday, patterns

SECOND = 1_000_000_000
HOSTS = Places({}, {"a/server.log": "a", "b/server.log": "b"}, frozenset())


def told(*lines: tuple, who: Places = NOWHERE) -> list[tuple[str, str, tuple[str, ...]]]:  # type: ignore[type-arg]
    frame = patterns(*lines)
    counts = pd.DataFrame({"source": frame["source"], "second": frame["first_ns"] // SECOND})
    return [(entry.summary, entry.reason, entry.citations) for entry in sorted(quiet_sources(counts, frame, who))]


def test_a_log_that_goes_on_is_not_told() -> None:
    assert told(*everyday("a/server.log")) == []


def test_a_few_lines_know_no_habit() -> None:
    assert told(*everyday("a/server.log", every=600, skip=range(600, 3000))) == []


def test_a_silence_and_its_end_are_told_with_the_lines_around() -> None:
    assert told(*everyday("a/server.log", skip=range(1200, 2400)), who=HOSTS) == [
        ("a logs nothing for 20 min", "silence", ("a/server.log:120",)),
        ("a logs again after 20 min", "recovery", ("a/server.log:121",)),
    ]


def test_silence_of_all_at_once_says_so_for_the_time_they_share() -> None:
    lines = [*everyday("a/server.log", skip=range(1200, 2400)), *everyday("b/server.log", skip=range(1260, 2460))]
    assert [summary for summary, *_ in told(*lines, who=HOSTS)] == [
        "none of 2 sources logs anything for 19 min", "a and b log again after 19 min",
    ]  # fmt: skip
