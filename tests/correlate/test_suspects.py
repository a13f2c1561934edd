import importlib.util
from pathlib import Path

import pytest

from postmortem_timeline.correlate.suspects import suspects

spec = importlib.util.spec_from_file_location("cases", Path(__file__).with_name("cases.py"))
cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cases)

CALM = cases.counts(
    ("auth", 200, -3000, 500), ("auth", 200, 60, 300), ("cart", 200, -3000, 500), ("cart", 200, 60, 300)
)
FAILING = cases.counts(
    ("auth", 200, -3000, 500),
    ("auth", 503, 10, 80),
    ("auth", 200, 60, 300),
    ("cart", 200, -3000, 500),
    ("cart", 500, 20, 20),
)
DARK = cases.counts(("auth", 200, -3000, 500), ("auth", 200, 4000, 500))
QUIET = cases.patterns()


def names(counted, said=QUIET, told=None, windows=cases.WINDOWS):
    told = cases.notables() if told is None else told
    return [one["name"] for one in suspects(cases.evidence(counted, said, told), windows)]


@pytest.mark.parametrize(
    ("counted", "told", "windows"),
    [
        (CALM, [], cases.WINDOWS),
        (DARK, [], cases.WINDOWS),
        (CALM, [cases.alert(-2400, "db", "DiskWillFill in 4 days")], cases.WINDOWS),
        (FAILING, [cases.alert(10, "auth", "AuthErrors")], []),
    ],
    ids=["nothing fails", "all routes fall silent and nobody says why", "an alert of long before", "no outage"],
)
def test_no_suspect_where_nothing_speaks(counted, told, windows):
    assert names(counted, told=cases.notables(*told), windows=windows) == []


def test_a_saving_that_ended_well_is_no_end():
    said = cases.patterns(("redis.log", "redis", 9, "Background saving terminated with success", -2))
    assert names(FAILING, said) == ["auth", "cart"]


def test_who_fails_most_is_first():
    assert names(FAILING) == ["auth", "cart"]


def test_who_falls_silent_alone():
    silent = cases.counts(
        ("auth", 200, -3000, 500), ("cart", 200, -3000, 500), ("cart", 200, 60, 500), ("auth", 200, 2000, 9)
    )
    assert names(silent) == ["auth"]


SHUTDOWN = ("db.log", "postgresql", 9, "received fast shutdown request", -0.1)
REFUSED = ("app.log", "auth", 17, 'connection to server at "<*>", port <*> failed: Connection refused', 1)


def test_who_could_not_be_reached_is_to_blame():
    found = suspects(cases.evidence(FAILING, cases.patterns(SHUTDOWN, REFUSED), cases.notables()), cases.WINDOWS)
    assert [one["name"] for one in found] == ["postgresql", "auth", "cart"]
    assert found[0]["citations"] == ["db.log:1", "app.log:2"]
    assert "it fails because postgresql is gone" in found[1]["reason"]


def test_a_driver_names_its_store():
    said = cases.patterns(SHUTDOWN, ("app.log", "auth", 17, "psycopg.OperationalError: connection failed", 1))
    assert names(FAILING, said)[0] == "postgresql"


def test_the_shared_entry_is_named_by_alert_and_proxy():
    said = cases.patterns(("syslog", "haproxy", 0, "backend gateway has no healthy server, retry <*>", 5))
    told = cases.notables(cases.alert(120, "gateway", "GatewayHighErrorRate"))
    assert names(DARK, said, told) == ["gateway"]
    assert names(DARK, said) == ["gateway"]
