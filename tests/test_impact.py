from __future__ import annotations

import pandas as pd
import pytest

from postmortem_timeline.correlate.outages import COLUMNS, Outages, outages, union
from postmortem_timeline.correlate.vantage import Vantage
from postmortem_timeline.impact import cost, error_budget, impact
from postmortem_timeline.impact.requests import Load
from postmortem_timeline.impact.users import wilson
from tests.correlate.traffic import START, heartbeat, traffic

EDGE = Vantage(("web-1/access.log",), sentence="Requests are counted at the edge.")
S = 1_000_000_000


def requests(*rows):
    """Rows of (key, second, n, failed)."""
    frame = pd.DataFrame(list(rows), columns=["key", "second", "n", "failed"])
    return frame.assign(source="web-1/access.log", duration_us=0, timed=0)


def windows(*rows):
    """Rows of (start second, end second, kind, services)."""
    services = pd.DataFrame(
        [(round(a * S), round(b * S), kind, names, False, False, 0, 0, 50.0, False) for a, b, kind, names in rows],
        columns=[*COLUMNS, "echo"],
    )  # fmt: skip
    return Outages(union(services), services, services.iloc[:0], {"auth": 0.0, "cart": 0.01})


def counter(active=100, affected=12, **more):
    """Users as a function of the windows asked for, which it remembers."""

    def count(asked):
        count.asked.append(asked)
        return {
            "active": active,
            "affected": affected,
            "requests": 500,
            "failed": 20,
            "identity": "user",
            "exact": True,
            **more,
        }

    count.asked = []
    return count


# What must not be made up.


def test_no_request_evidence_is_null():
    found = outages(requests().astype({"second": "int64", "n": "int64", "failed": "int64"}))
    told = impact(found, requests(), Vantage())
    assert told["downtime_seconds"] is None and told["requests"] is None and told["users"] is None
    assert told["windows"] == []


def test_no_incident_is_zero():
    calm = traffic(5, 1)
    told = impact(outages(calm), calm, EDGE, counter(), slo=0.999, revenue_per_minute=10)
    assert told["windows"] == [] and told["downtime_seconds"] == 0 and told["requests"]["failed"] == 0
    assert told["users"]["affected"] == 0 and told["cost"]["amount"] == 0 and told["error_budget"]["by_requests"] == 0


def test_no_identity_is_null_with_a_reason():
    told = impact(
        windows((10, 12, "failed", ["auth"])),
        requests(("auth", 10, 5, 5)),
        EDGE,
        counter(identity=None, reason="private"),
    )
    assert told["users"]["share"] is None and told["users"]["basis"] == "private"


def test_without_slo_or_revenue_nothing_is_said():
    told = impact(windows((10, 12, "failed", ["auth"])), requests(("auth", 10, 5, 5)), EDGE, counter())
    assert told["error_budget"] is None and told["cost"] is None


# What is counted.


def test_requests_inside_the_windows_only_once():
    seen = requests(("auth", 9, 4, 1), ("auth", 10, 4, 2), ("cart", 11, 4, 0), ("auth", 20, 4, 3), ("auth", 21, 4, 0))
    found = windows((10, 20, "failed", ["auth"]), (10, 15, "failed", ["cart"]))
    told = impact(found, seen, EDGE, counter())
    assert told["requests"] == {"total": 12, "failed": 5, "missing": 0}  # the second of the last failure counts
    assert told["services"] == [
        {"name": "auth", "total": 8, "failed": 5, "share_of_attempts": 0.625},
        {"name": "cart", "total": 4, "failed": 0, "share_of_attempts": 0.0},
    ]


def test_of_a_second_mostly_outside_only_failures_count():
    seen = requests(("auth", 10, 4, 1), ("auth", 11, 4, 4), ("auth", 12, 4, 1))
    told = impact(windows((10.8, 12.7, "failed", ["auth"])), seen, EDGE, counter())
    assert told["requests"] == {"total": 9, "failed": 6, "missing": 0}


def test_downtime_is_the_union_and_weighted_by_the_failed_share():
    half = requests(*(("auth", second, 10, 5) for second in range(100, 160)))
    told = impact(windows((100, 160, "failed", ["auth"])), half, EDGE, counter())
    assert told["downtime_seconds"] == 60
    assert told["weighted_downtime_seconds"] == pytest.approx(30)
    assert told["full_outage_seconds"] == 0


def test_full_outage_within_a_partial_one():
    seen = requests(*(("auth", second, 10, 10 if second < 120 else 1) for second in range(100, 160)))
    told = impact(windows((100, 160, "failed", ["auth"])), seen, EDGE, counter())
    assert told["full_outage_seconds"] == 20
    assert told["weighted_downtime_seconds"] == pytest.approx(20 + 4)


def test_times_are_written_with_milliseconds():
    told = impact(windows((10.8, 12.7, "failed", ["auth"])), requests(("auth", 11, 4, 4)), EDGE, counter())
    assert told["windows"] == [["1970-01-01T00:00:10.800Z", "1970-01-01T00:00:12.700Z"]]
    assert told["window_details"][0]["services"] == ["auth"]


def test_users_share_and_excess():
    """In the window the background would fail 2 of 200 requests of cart, and 88% of users were spared otherwise."""
    told = impact(windows((10, 20, "failed", ["auth"])), requests(("cart", 12, 200, 2)), EDGE, counter())
    users = told["users"]
    assert (users["active"], users["affected"], users["share"], users["exact"]) == (100, 12, 0.12, True)
    assert users["affected_excess"] == 10


def test_stated_users():
    told = impact(windows((10, 20, "failed", [])), requests(("auth", 12, 9, 2)), EDGE, counter(), expected_users=48)
    assert told["users"]["share"] == 0.25 and "stated" in told["users"]["basis"]


def test_silence_takes_the_users_and_requests_of_the_stretch_before():
    seen = traffic(5, 2, silent=((3000, 4000),))
    found, count = outages(seen, heartbeat(2)), counter(active=800, affected=1)
    told = impact(found, seen, EDGE, count)
    assert told["users"]["active"] == told["users"]["affected"] == 800 and told["users"]["share"] == 1.0
    assert told["requests"]["failed"] == told["requests"]["total"] == told["requests"]["missing"]
    assert told["requests"]["missing"] == pytest.approx(5000, rel=0.05)
    assert told["weighted_downtime_seconds"] == pytest.approx(told["downtime_seconds"]) == told["full_outage_seconds"]
    ((begin, end),) = count.asked[-1]
    assert end == found.windows["start_ns"].iloc[0] and (end - begin) / S == pytest.approx(1000, abs=3)
    assert begin > START * S


def test_silence_of_one_service_is_an_estimate():
    seen = pd.concat([traffic(2, 2, silent=((3000, 4000),)), traffic(6, 2, key="catalog", seed=2)])
    told = impact(outages(seen), seen, EDGE, counter(active=800, affected=1))
    assert 0 < told["users"]["affected"] < 800 and told["users"]["exact"] is False
    assert 0.2 < told["weighted_downtime_seconds"] / told["downtime_seconds"] < 0.3


def test_endpoints():
    edge, app = EDGE.sources[0], "app.log"
    rows = [
        (edge, "login", 503, 10 * S, 15 * S, 4),
        (edge, "login", 503, 30 * S, 31 * S, 9),
        (edge, "login", 401, 11 * S, 12 * S, 6),
        (edge, "cart", 500, 12 * S, 12 * S, 5),
        (app, "login", 503, 10 * S, 15 * S, 4),
    ]
    failures = pd.DataFrame(rows, columns=["source", "endpoint", "status", "first_ns", "last_ns", "count"])
    failures["service"] = None
    told = impact(windows((10, 20, "failed", [])), requests(("auth", 12, 9, 9)), EDGE, counter(), failures=failures)
    assert [(row["endpoint"], row["failed"], row["counted"]) for row in told["endpoints"]] == [
        ("login", 6, False), ("cart", 5, True), ("login", 4, True),
    ]  # fmt: skip


def test_users_of_slow_requests_are_not_said_to_be_none():
    told = impact(windows((10, 20, "slow", [])), requests(("auth", 12, 9, 0)), EDGE, counter(active=50, affected=0))
    assert told["users"]["share"] is None and "slow requests" in told["users"]["basis"]


# Formulas.


def test_error_budget_of_45_minutes_at_12_percent():
    """A 30-day budget at 99.9% is 43.2 minutes."""
    seen = Load(total=1000, failed=120, downtime=2700, weighted=2700 * 0.12)
    spent = error_budget(seen, rate=1000 / 2700, slo=0.999)
    assert spent["by_time"] == pytest.approx(0.125) and spent["by_time_as_full"] == pytest.approx(1.0417, abs=1e-4)
    assert spent["by_requests"] == pytest.approx(0.125) and spent["period_requests_basis"] == "extrapolated"
    assert error_budget(seen, 0.0, slo=0.999, period_requests=960_000)["by_requests"] == pytest.approx(0.125)


def test_cost():
    seen = Load(total=1000, failed=120, downtime=2700, weighted=324)
    assert cost(seen, revenue_per_minute=100)["amount"] == 540 and cost(seen, revenue_per_minute=100)["at_most"] == 4500
    assert cost(seen, revenue_per_request=0.5)["amount"] == 60


def test_wilson():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
