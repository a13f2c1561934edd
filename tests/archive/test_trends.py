"""Sums over incidents: spread and intervals as books have them, and no change that the numbers do not carry."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from postmortem_timeline.archive.entry import Entry
from postmortem_timeline.archive.spread import change, spread
from postmortem_timeline.archive.trending import trends
from postmortem_timeline.errors import UsageError


def entry(day: str, *, mitigate: float | None = 60.0, actions=(), service="auth", down=60.0, by="monitoring") -> Entry:
    return Entry(
        f"{day}-x", "x", day, "built", "SEV-2", {"detected": {"at": None, "by": by}}, {"time_to_mitigate_seconds": mitigate},
        {"downtime_seconds": down, "users": {"affected": 10}}, {"services": [service], "alerts": ["A"], "errors": []}, list(actions), {},
    )  # fmt: skip


LATE = {"what": "fix it", "status": "open", "due": "2024-05-01", "owner": ""}

# What must not happen


def test_nothing_is_overdue_without_a_day():
    found = trends([entry("2024-01-01", actions=[LATE])])
    assert found.actions["overdue"] is None and found.overdue == []
    assert "no day was given" in found.to_text()


def test_a_day_that_is_none_is_refused():
    with pytest.raises(UsageError, match="2025-07-15"):
        trends([], as_of="yesterday")


def test_few_or_equal_values_show_no_change():
    assert change([(f"2024-01-{day:02d}", float(day)) for day in range(1, 20)]).verdict == "too few"
    assert change([("2024", 5.0)] * 40).verdict == "no difference shown"


def test_an_empty_archive_has_no_numbers():
    found = trends([])
    assert found.incidents == 0 and found.downtime_seconds is None and found.times["time_to_detect"].median is None
    assert "0 incidents" not in found.to_html() and found.to_text()


# What must


def test_spread_is_that_of_numpy_and_its_interval_covers():
    values = [3.0, 1.0, 9.0, 4.0, 40.0, 5.0, 6.0, 2.0]
    found = spread(values)
    assert (found.n, found.median, found.p90) == (8, np.median(values), pytest.approx(np.quantile(values, 0.9)))
    assert (found.low, found.high) == (1.0, 40.0)  # n = 8: order statistics 1 and 8 cover 99.2%, 2 and 7 only 93%
    random = np.random.default_rng(1)
    inside = [
        one.low <= math.log(2) <= one.high for one in (spread(list(random.exponential(size=15))) for _ in range(400))
    ]
    assert sum(inside) / 400 >= 0.95


def test_a_clear_change_is_said():
    slower = [(f"2023-{at:03d}", 10.0 + at % 5) for at in range(20)] + [
        (f"2024-{at:03d}", 100.0 + at % 5) for at in range(20)
    ]
    assert change(slower).verdict == "longer"
    assert change([(day, -value) for day, value in slower]).verdict == "shorter"


def test_sums_repeats_recurrences_and_actions():
    done = {"what": "alert", "status": "done", "due": None, "owner": "sre"}
    past = [
        entry("2024-01-01", actions=[LATE, done]),
        entry("2024-02-01"),
        entry("2024-08-01", service="search", mitigate=None, by="customer"),
    ]
    found = trends(past, as_of="2024-06-01")
    assert (found.incidents, found.downtime_seconds, found.users_affected) == (3, 180.0, 30)
    assert found.by_period == {"2024 Q1": 2, "2024 Q2": 0, "2024 Q3": 1}
    assert found.detected_by == {"monitoring": 2, "customer": 1} and found.repeat_services == {"auth": 2}
    assert [(one["incident"], one["of"]) for one in found.recurrences] == [("2024-02-01-x", "2024-01-01-x")]
    assert found.actions == {"total": 2, "done": 1, "open": 1, "dropped": 0, "open_without_due_date": 0, "overdue": 1}
    assert found.overdue[0]["incident"] == "2024-01-01-x"
    assert json.loads(found.to_json())["times"]["time_to_mitigate"]["n"] == 2
    assert found.frame.loc["time_to_mitigate", "median"] == 60.0


def test_the_page_is_safe_and_whole():
    nasty = entry("2024-01-01", service="<script>alert(1)</script>")
    page = trends([nasty, entry("2024-02-01", service="<script>alert(1)</script>")]).to_html()
    assert (
        "<script" not in page
        and "&lt;script&gt;" in page
        and "Content-Security-Policy" in page
        and "http://" not in page
    )
