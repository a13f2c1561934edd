"""Starts and stops: what is none, what is folded, what is everyday."""

from __future__ import annotations

import pytest

from postmortem_timeline.correlate.lifecycle import lifecycle
from postmortem_timeline.correlate.lifecycle_words import lifecycle_class
from postmortem_timeline.correlate.places import Places
from tests.correlate.lines import NOWHERE, everyday, patterns
from tests.correlate.story import at

HOSTS = Places({}, {"a/server.log": "a", "b/server.log": "b"}, frozenset())


@pytest.mark.parametrize(
    "text",
    ["terminating connection <*>", "Starting task <*> in stage <*>", "session opened for user <*>", "served <*>",
     "Background saving started by pid <*>", "Train start:<*>"],
)  # fmt: skip
def test_everyday_business_is_no_lifecycle(text: str) -> None:
    assert lifecycle_class(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("received fast shutdown request", "stops"), ("Starting controlled shutdown", "stops"),
        ("Handling signal: hup", "stops"), ("starting server <*>", "starts"), ("configuration reloaded: <*>", "starts"),
        ("<*> successfully elected as leader", "elects"), ("Broker failure callback for <*>", "loses"),
        ("session <*> expired", "loses"),
    ],
)  # fmt: skip
def test_classes(text: str, expected: str) -> None:
    assert lifecycle_class(text) == expected


def told(*lines: tuple, who: Places = NOWHERE) -> list[tuple[str, int]]:  # type: ignore[type-arg]
    found = lifecycle(patterns(*everyday("a/server.log"), *lines), who, at("10:00:00"), at("11:00:00"))
    return [(entry.summary, entry.count) for entry in sorted(found)]


def test_the_lines_of_one_stop_are_one_row_told_by_the_first() -> None:
    lines = [
        ("10:20:00", "a/server.log", None, 9, "[server <*>] shutting down"),
        ("10:20:01", "a/server.log", None, 9, "socket server shutting down"),
        ("10:20:03", "a/server.log", None, 9, "[server <*>] shut down completed"),
    ]
    assert told(*lines, who=HOSTS) == [("stop in a: [server <*>] shutting down (and 2 more lines)", 3)]


def test_the_same_on_several_hosts_is_one_row() -> None:
    lines = [
        ("10:20:00", "a/server.log", None, 9, "server starting"),
        ("10:20:20", "b/server.log", None, 9, "server starting"),
        ("10:40:00", "b/server.log", None, 9, "server starting"),
    ]
    assert told(*lines, who=HOSTS) == [
        ("start in a and b: server starting (and 1 more line)", 2), ("start in b: server starting", 1),
    ]  # fmt: skip


def test_what_is_told_all_day_is_routine() -> None:
    assert told(*[(f"10:{m:02d}:00", "a/server.log", None, 9, "worker exited") for m in range(0, 60, 6)]) == []


def test_a_line_that_does_not_say_what_starts_is_not_told() -> None:
    assert told(("10:20:00", "a/server.log", None, 9, "[<*>], Starting")) == []
