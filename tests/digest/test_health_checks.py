from __future__ import annotations

import pytest

from postmortem_timeline.digest.health_checks import is_health_check


@pytest.mark.parametrize(
    "endpoint",
    ["GET /health-insurance", "GET /orders/status", "POST /healthz", "GET /blog/ping", "GET /", "GET /food/healthy-snacks", "GET /live/42"],
)
def test_people_ask_for(endpoint):
    assert not is_health_check(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "GET /healthz", "HEAD /health", "GET /auth/healthz", "GET /actuator/health/liveness", "/readyz", "GET /ping",
        "GET /status?full", "GET /-/ready", "GET /nginx_status",
    ],
)
def test_machines_ask_for(endpoint):
    assert is_health_check(endpoint)
