"""Times as people's programs write them, and which of two numbers is the day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from postmortem_timeline.parsing.written import month_of, order_of, read


def told(text: str, order: str = "dm") -> str | None:
    said = read(text, order)
    when = said.instant((2025, 7, 15)) if said else None
    return None if when is None else datetime.fromtimestamp(when / 1e9, UTC).isoformat()


@pytest.mark.parametrize("text", ["", "hello", "1.2.3", "version 14.2", "see #4711", "99:99", "Monday"])
def test_what_is_no_time(text: str) -> None:
    said = read(text)
    assert said is None or said.clock_ns is None or said.date is None


@pytest.mark.parametrize(
    ("text", "order", "when"),
    [
        ("12/24/19, 11:23", "md", "2019-12-24T11:23:00"),
        ("9/24/2019 11:30 p. m.", "md", "2019-09-24T23:30:00"),
        ("7/15/25, 12:03\u202fAM", "md", "2025-07-15T00:03:00"),
        ("12.3.2022 klo 14.08.18", "dm", "2022-03-12T14:08:18"),
        ("2025/07/15 下午5:50", "dm", "2025-07-15T17:50:00"),
        ("2025-07-15, 17:42", "md", "2025-07-15T17:42:00"),
        ("Tuesday, July 15, 2025 at 5:50:10\u202fPM UTC", "dm", "2025-07-15T17:50:10"),
        ("martes, 15 de julio de 2025, 17:51:40 UTC", "dm", "2025-07-15T17:51:40"),
        ("mar. 15 juil. 2025 17:42", "dm", "2025-07-15T17:42:00"),
        ("15. Juli 2025 um 17:50 Uhr", "dm", "2025-07-15T17:50:00"),
        ("15.07.2025 19:50:10 UTC+02:00", "dm", "2025-07-15T17:50:10"),
        ("Tue, 15 Jul 2025 10:42:03 PDT", "dm", "2025-07-15T17:42:03"),
        ("Tue Jul 15 17:42:03 2025", "dm", "2025-07-15T17:42:03"),
        ("15-Jul-25 05:50 PM", "dm", "2025-07-15T17:50:00"),
        ("5:50 PM", "dm", "2025-07-15T17:50:00"),
        ("Mar 3, 08:00 UTC", "dm", "2025-03-03T08:00:00"),
    ],
)
def test_a_time(text: str, order: str, when: str) -> None:
    assert told(text, order) == f"{when}+00:00"


@pytest.mark.parametrize(
    ("stamps", "order", "sure"),
    [
        (["03/04/25, 10:00", "13/04/25, 10:00"], "dm", True),
        (["03/04/25, 10:00", "04/13/25, 10:00"], "md", True),
        (["7/5/25, 5:50 PM", "7/6/25, 12:03 AM", "7/9/25, 9:00 AM"], "md", False),
        (["5/7/25, 17:50", "6/7/25, 00:03", "9/7/25, 09:00"], "dm", False),
        (["05.07.25, 17:50"], "dm", False),
        (["7/5/25, 5:50 PM"], "md", False),
        (["2025-07-05 17:50"], "dm", True),
        ([], "dm", True),
    ],
    ids=["a day over 12 first", "a day over 12 second", "small steps by month first", "small steps by day first", "dots",
         "a clock of 12 hours", "the year is first", "nothing"],
)  # fmt: skip
def test_the_order_is_told_by_all_of_a_source(stamps: list[str], order: str, sure: bool) -> None:
    assert order_of(stamps) == (order, sure)


@pytest.mark.parametrize(("name", "number"), [("Mon", 0), ("mar", 3), ("mardi", 0), ("März", 3), ("juil", 7), ("juin", 6), ("gennaio", 1)])
def test_months(name: str, number: int) -> None:
    assert month_of(name) == number


def test_a_day_that_there_is_not_is_no_time() -> None:
    assert told("2025-02-30 10:00") is None
