from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from postmortem_timeline.parsing.batch import EXACT, YEAR_INFERRED, ZONE_ASSUMED
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.instants import by_dateutil, decode, epoch_ns, in_year_of
from postmortem_timeline.parsing.text import Text
from postmortem_timeline.parsing.timestamps import NAT, Dating, compile_format

CONTEXT = SourceContext(dating=Dating(2025))


def ns(text: str) -> int:
    at = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return int(at.timestamp()) * 1_000_000_000 + at.microsecond * 1000


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "never",
        "N/A",
        "-",
        True,
        0,
        12,
        "12",
        1e30,
        -1e18,
        float("nan"),
        float("inf"),
        10**30,
        {},
        [],
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2025-13-01T00:00:00Z",
        "2025-07-15T25:00:00Z",
        "17:42",
        "July",
        "Tuesday",
        "1.2.3",
        "x" * 1000,
    ],
    ids=lambda v: str(v)[:24],
)
def test_is_no_time(value: object) -> None:
    times, _ = decode([value], (), CONTEXT)
    assert times[0] == NAT


@pytest.mark.parametrize(
    ("value", "said", "quality"),
    [
        ("2025-07-15T17:42:03Z", "2025-07-15T17:42:03", EXACT),
        ("2025-07-15T17:42:03.123456789Z", "2025-07-15T17:42:03.123456", EXACT),
        ("2025-07-15T19:42:03+02:00", "2025-07-15T17:42:03", EXACT),
        ("2025-07-15 19:42:03,5 +0200", "2025-07-15T17:42:03.500000", EXACT),
        ("2025-07-15 17:42:03 UTC", "2025-07-15T17:42:03", EXACT),
        ("2025-07-15 17:42:03", "2025-07-15T17:42:03", ZONE_ASSUMED),
        ("15/Jul/2025:19:42:03 +0200", "2025-07-15T17:42:03", EXACT),
        ("Tue, 15 Jul 2025 17:42:03 GMT", "2025-07-15T17:42:03", EXACT),
        ("Tue Jul 15 17:42:03 2025", "2025-07-15T17:42:03", ZONE_ASSUMED),
        ("Jul 15 17:42:03", "2025-07-15T17:42:03", YEAR_INFERRED),
        ("20250715T174203Z", "2025-07-15T17:42:03", EXACT),
        ("1752601323", "2025-07-15T17:42:03", EXACT),
        ("1752601323.250", "2025-07-15T17:42:03.250000", EXACT),
        ("15 July 2025 17:42:03", "2025-07-15T17:42:03", ZONE_ASSUMED),
        (1752601323, "2025-07-15T17:42:03", EXACT),
        (1752601323.25, "2025-07-15T17:42:03.250000", EXACT),
        (1752601323123, "2025-07-15T17:42:03.123000", EXACT),
        (1752601323123456, "2025-07-15T17:42:03.123456", EXACT),
        (1752601323123456000, "2025-07-15T17:42:03.123456", EXACT),
    ],
    ids=str,
)
def test_decode(value: object, said: str, quality: int) -> None:
    times, qualities = decode([value], (), CONTEXT)
    assert (times[0] // 1000 * 1000, qualities[0]) == (ns(said), quality)


def test_rows_of_all_shapes_keep_their_places() -> None:
    values = ["2025-07-15T17:42:03Z", None, 1752601323, "no", "Tue Jul 15 17:42:03 2025"]
    assert decode(values, (), CONTEXT)[0].tolist() == [
        ns("2025-07-15T17:42:03"),
        NAT,
        ns("2025-07-15T17:42:03"),
        NAT,
        ns("2025-07-15T17:42:03"),
    ]


def test_a_stated_zone_makes_naive_stamps_exact() -> None:
    times, qualities = decode(["2025-07-15 19:42:03"], (), SourceContext(zone="Europe/Berlin"))
    assert (times[0], qualities[0]) == (ns("2025-07-15T17:42:03"), EXACT)


@pytest.mark.parametrize("value", [0, 1e7, -5, 1e20, 10**400, float("nan"), float("-inf")], ids=str)
def test_no_epoch(value: float) -> None:
    assert epoch_ns(value) is None


@pytest.mark.parametrize("text", ["17:42:03", "2025", "15", "July 15", "10:00 PM", "Mon"])
def test_what_would_have_to_be_filled_in_is_refused(text: str) -> None:
    assert by_dateutil(text)[0] == NAT


@pytest.mark.parametrize(
    ("yearless", "dated", "meant"),
    [
        pytest.param("2026-07-30T09:03:52", "2018-07-30T09:03:52", "2018-07-30T09:03:52", id="the year that is said"),
        pytest.param("2026-01-01T00:00:01", "2020-12-31T23:59:59", "2021-01-01T00:00:01", id="the new year has begun"),
        pytest.param("2026-12-31T23:59:59", "2021-01-01T00:00:01", "2020-12-31T23:59:59", id="the old one lasts yet"),
        pytest.param("2024-02-29T12:00:00", "2020-02-29T12:00:00", "2020-02-29T12:00:00", id="a leap day"),
    ],
)
def test_a_stamp_without_a_year_is_nearest_to_one_that_has_it(yearless: str, dated: str, meant: str) -> None:
    assert in_year_of(np.array([ns(yearless)]), np.array([ns(dated)])).tolist() == [ns(meant)]


@pytest.mark.parametrize(("day", "good"), [("2024-02-29", True), ("2025-02-31", False), ("2025-04-31", False)])
def test_a_day_that_no_month_has_is_no_date(day, good):
    stamps = compile_format("%Y-%m-%d").match(Text.of(day.encode()), np.array([0]), np.array([len(day)]), Dating())
    assert bool(stamps.ok[0]) is good


@pytest.mark.parametrize(
    "value",
    [
        {"epochSecond": 1_752_594_123, "nano": 5_000_000},
        {"seconds": "1752594123", "nanos": 5_000_000},
    ],
)
def test_seconds_and_nanoseconds_may_stand_apart(value: dict[str, object]) -> None:
    time_ns, _ = decode([value], (), CONTEXT)
    assert time_ns[0] == ns("2025-07-15T15:42:03.005")


@pytest.mark.parametrize("value", [{}, {"seconds": 12}, {"epochSecond": None, "nano": 5}, {"epochSecond": 1_752_594_123, "nano": "x"}])
def test_an_object_that_is_no_instant_has_no_time(value: dict[str, object]) -> None:
    assert decode([value], (), CONTEXT)[0][0] == NAT


def test_dates_with_dots_begin_with_the_day():
    assert by_dateutil("09.03.2026 13:55:00")[0] == ns("2026-03-09T13:55:00")
