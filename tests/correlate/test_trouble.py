"""Warnings and errors that stand out without an outage."""

from __future__ import annotations

from postmortem_timeline.correlate.trouble import near_equal, trouble
from tests.correlate.lines import NOWHERE, everyday, patterns
from tests.correlate.story import at


def told(*lines: tuple) -> list[str]:  # type: ignore[type-arg]
    found = trouble(patterns(*everyday("a.log"), *lines), NOWHERE, at("10:00:00"), at("11:00:00"))
    return [entry.summary for entry in sorted(found)]


def test_information_is_no_trouble() -> None:
    assert told() == []


def test_what_comes_late_is_new_and_what_comes_again_says_so() -> None:
    again = [(f"10:{m}:00", "a.log", "auth", 17, "token <*> expired", 2) for m in (30, 40)]
    assert told(*again) == ["new error in auth: token <*> expired (x2)", "again error in auth: token <*> expired (x2)"]


def test_without_a_level_the_words_tell() -> None:
    assert told(("10:30:00", "syslog", "sshd", 0, "Failed password for <*>")) == [
        "new problem in sshd: Failed password for <*>"
    ]


def test_an_everyday_error_is_told_at_first_and_where_it_bursts() -> None:
    usual = [(f"10:{m:02d}:00", "a.log", "auth", 17, "retry <*>") for m in range(0, 60, 3)]
    burst = ("10:31:00", "a.log", "auth", 17, "retry <*>", 80)
    assert told(*usual, burst) == ["error in auth: retry <*>", "burst of errors in auth: retry <*> (x81)"]


def test_one_complaint_of_several_services_is_one_row() -> None:
    lines = [("10:30:00", "a.log", "auth", 17, "disk is full"), ("10:30:09", "b.log", "cart", 17, "disk is full")]
    assert told(*lines) == ["new error in auth and cart: disk is full (x2)"]


def test_near_equal_complaints_are_one() -> None:
    counts = {"no answer from shard a within <*>": 9, "no answer from shard b within <*>": 2, "no answer": 1}
    assert near_equal(counts)["no answer from shard b within <*>"] == "no answer from shard a within <*>"
    assert near_equal(counts)["no answer"] == "no answer"
