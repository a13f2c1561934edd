"""Stamps of nested exports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from postmortem_timeline.parsing.fingerprint import fingerprint
from postmortem_timeline.parsing.moment import has_zone, instant


def rfc3339(ns: int) -> str:
    return f"{datetime.fromtimestamp(ns // 10**9, UTC):%Y-%m-%dT%H:%M:%S}.{ns % 10**9:09d}Z"


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2025-07-15T17:42:03Z", "2025-07-15T17:42:03.000000000Z"),
        ("2025-07-15T17:42:03.463123456Z", "2025-07-15T17:42:03.463123456Z"),
        ("2025-07-15T17:42:03.4631234567Z", "2025-07-15T17:42:03.463123456Z"),
        ("2025-07-15 17:42:03 +0200", "2025-07-15T15:42:03.000000000Z"),
        ("2025-07-15T17:42:03-07:30", "2025-07-16T01:12:03.000000000Z"),
        ("2025-07-15 17:42", "2025-07-15T17:42:00.000000000Z"),
        ("20250715T174203+0200", "2025-07-15T15:42:03.000000000Z"),
        ("20250715T174203", "2025-07-15T17:42:03.000000000Z"),
        ("Tue Jul 15 09:12:01 2025 -0700", "2025-07-15T16:12:01.000000000Z"),
        ("Tue, 15 Jul 2025 17:42:03 GMT", "2025-07-15T17:42:03.000000000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000000Z"),
        ("1752601440.000100", "2025-07-15T17:44:00.000100000Z"),
        ("1752601440 +0200", "2025-07-15T17:44:00.000000000Z"),
        (1752601440, "2025-07-15T17:44:00.000000000Z"),
        (1752601440.781, "2025-07-15T17:44:00.781000000Z"),
        (1752601440781, "2025-07-15T17:44:00.781000000Z"),
        ("1752601440781", "2025-07-15T17:44:00.781000000Z"),
        (1752601440781002, "2025-07-15T17:44:00.781002000Z"),
        (1420452224764002246, "2015-01-05T10:03:44.764002246Z"),
    ],
    ids=str,
)
def test_instant(stamp: Any, expected: str) -> None:
    found = instant(stamp)
    assert found is not None and rfc3339(found) == expected


@pytest.mark.parametrize(
    "stamp",
    [
        None, True, "", "never", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2025-13-01T00:00:00Z",
        "2025-02-30 10:00:00", "12:30", 0, 17, -5, float("nan"), 1e30, "99999999999999999999", [], {}, "2 hours ago",
    ],
    ids=str,
)  # fmt: skip
def test_no_time_is_none(stamp: Any) -> None:
    assert instant(stamp) is None


@pytest.mark.parametrize(
    ("stamp", "stated"),
    [
        ("2025-07-15T17:42:03Z", True),
        ("2025-07-15 17:42:03", False),
        ("Tue Jul 15 09:12:01 2025", False),
        (1752601440, True),
    ],
    ids=str,
)
def test_has_zone(stamp: Any, stated: bool) -> None:
    assert has_zone(stamp) is stated


def test_fingerprint_is_that_of_a_real_alertmanager() -> None:
    """Alertmanager 0.25.0 gave these labels this fingerprint."""
    labels = {"severity": "critical", "service": "checkout", "cluster": "shop", "alertname": "HighErrorRatio"}
    assert fingerprint(labels) == "409c5ef189ff38e0"
    assert fingerprint({}) == "cbf29ce484222325"
