from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from postmortem_timeline.correlate.vantage import Vantage, at_vantage, failing, server_error, vantage
from postmortem_timeline.digest.health_checks import HEALTH

PEOPLE = {"clients": 500, "private_clients": 0, "with_user": 1000}
MACHINE = {"clients": 1, "private_clients": 1000, "with_user": 0}
NAMES_ONLY = {"clients": 0, "private_clients": 0, "with_user": 1000}


def source(name, tier=None, service=None, requests=1000, **seen):
    row = {"source": name, "format": "f", "tier": tier, "service": service, "host": name.split("/")[0]}
    return {**row, "records": requests, "requests": requests, **PEOPLE, **seen}


def count(name, route=None, service=None, status=200, n=1000, second=0):
    row = {"source": name, "service": service, "route": route, "second": second, "status": status, "severity": 0}
    return {**row, "count": n, "duration_us": n * 10, "timed": n}


def chosen(*sources, counts):
    return vantage(pd.DataFrame(list(sources)), pd.DataFrame(counts))


# What never adds.


def test_nothing_logs_requests():
    empty = pd.DataFrame([source("web-1/syslog", requests=0)]), pd.DataFrame([count("web-1/syslog", status=0)])
    assert vantage(*empty) == Vantage()
    assert at_vantage(empty[1], vantage(*empty)).empty


def test_deeper_tiers_explain():
    found = chosen(
        source("web-1/access.log", "edge"), source("lb/haproxy.log", "proxy", **MACHINE),
        source("app/auth.log", "application", "auth"),
        counts=[count("web-1/access.log", "auth"), count("lb/haproxy.log", None, "auth"), count("app/auth.log", "in")],
    )  # fmt: skip
    assert found.sources == ("web-1/access.log",) and not found.partial
    assert "edge tier" in found.sentence and "do not add" in found.sentence


def test_an_internal_service_is_no_vantage_even_alone_in_its_tier():
    found = chosen(
        source("idp/access.log", "edge", **MACHINE), source("app/auth.log", "application", "auth", **NAMES_ONLY),
        counts=[count("idp/access.log", "token"), count("app/auth.log", "login", "auth")],
    )  # fmt: skip
    assert found.sources == ("app/auth.log",)


def test_a_log_of_failures_only_is_no_measure():
    found = chosen(
        source("lb/haproxy.log", "proxy", requests=20), source("app/auth.log", "application", "auth"),
        counts=[count("lb/haproxy.log", "auth", status=503, n=20), count("app/auth.log", "login", "auth")],
    )  # fmt: skip
    assert found.sources == ("app/auth.log",)


@pytest.mark.parametrize(
    ("route", "service", "seen"),
    [
        pytest.param("auth", "auth-service", PEOPLE, id="the same name with a suffix"),
        pytest.param("api", "auth", PEOPLE, id="a route with room for it"),
        pytest.param("shop", "pricing", {**MACHINE, "with_user": 1000}, id="called by machines"),
    ],
)
def test_covered_services_are_not_added(route, service, seen):
    found = chosen(
        source("web-1/access.log", "edge"), source("app/x.log", "application", service, **seen),
        counts=[count("web-1/access.log", route), count("app/x.log", "p", service)],
    )  # fmt: skip
    assert found.partial == {}


# What counts.


def test_all_hosts_of_the_tier_count():
    names = ("web-1/access.log", "web-1/access.log.1.gz", "web-2/access.log")
    found = chosen(*(source(name, "edge") for name in names), counts=[count(name, "auth") for name in names])
    assert found.sources == names


@pytest.mark.parametrize(
    ("clients", "tier"),
    [pytest.param(500, "edge", id="many clients"), pytest.param(1, "application", id="one client")],
)
def test_unknown_tier_of_an_access_log(clients, tier):
    found = chosen(source("a/access.log", clients=clients), counts=[count("a/access.log", "auth")])
    assert f"the {tier} tier" in found.sentence


def test_proxy_in_front_of_the_web_servers_is_nearer():
    web = {"clients": 2, "private_clients": 1000, "with_user": 1000}
    found = chosen(
        source("lb/haproxy.log", "proxy"), source("web-1/access.log", "edge", **web),
        counts=[count("lb/haproxy.log", "auth"), count("web-1/access.log", "auth")],
    )  # fmt: skip
    assert found.sources == ("lb/haproxy.log",)


def test_service_beside_the_edge_is_added():
    found = chosen(
        source("web-1/access.log", "edge"), source("app/auth.log", "application", "auth", **NAMES_ONLY),
        source("app/mobile.log", "application", "mobile", **NAMES_ONLY),
        counts=[
            count("web-1/access.log", "auth"),
            count("app/auth.log", "in", "auth"),
            count("app/mobile.log", "sync", "mobile"),
        ],
    )  # fmt: skip
    assert found.sources == ("web-1/access.log", "app/mobile.log") and found.partial == {"app/mobile.log": ("mobile",)}
    assert "mobile" in found.sentence


def test_requests_at_the_vantage():
    counts = pd.DataFrame(
        [
            count("web-1/access.log", "auth", "nginx", n=9),
            count("web-1/access.log", "auth", "nginx", 503, n=2),
            count("web-1/access.log", "cart", "nginx", 501, n=1),
            count("web-1/access.log", None, "nginx", 0, n=7),
            count("app/auth.log", "login", "auth", n=9),
        ]
    )
    chosen = Vantage(("web-1/access.log",), by_route=("web-1/access.log",))
    rows = at_vantage(counts, chosen)
    assert rows[["key", "n", "failed"]].to_numpy().tolist() == [["auth", 11, 2], ["cart", 1, 0]]


def test_many_routes_are_pooled():
    counts = pd.DataFrame([count("w", f"r{i}", n=100 - i, status=500 if i == 9 else 200) for i in range(10)])
    rows = at_vantage(counts, Vantage(("w",), by_route=("w",)), limit=2)
    assert rows["key"].tolist() == ["(other)", "r0", "r1", "r9"]  # busiest two, most failing two
    assert rows["n"].sum() == sum(100 - i for i in range(10))


def test_what_counts_as_failed():
    status = np.array([200, 401, 429, 499, 500, 501, 503, 600])
    assert server_error(status).tolist() == [False, False, False, False, True, False, True, False]
    assert failing(401)(status).tolist() == [False, True, False, False, True, False, True, False]


def test_health_checks_are_nobodys_requests():
    counts = pd.DataFrame([count("web-1/access.log", "auth", n=9), count("web-1/access.log", HEALTH, status=503, n=5)])
    rows = at_vantage(counts, Vantage(("web-1/access.log",), by_route=("web-1/access.log",)))
    assert rows[["key", "n", "failed"]].to_numpy().tolist() == [["auth", 9, 0]]
