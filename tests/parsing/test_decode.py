"""What an endpoint is about."""

from __future__ import annotations

import pytest

from postmortem_timeline.parsing.decode import route


@pytest.mark.parametrize(
    ("endpoint", "about"),
    [
        ("GET /auth/login", "auth"), ("GET /api/orders", "orders"), ("GET /api/v1/users/<id>", "users"),
        ("GET /rest/v3.1/items", "items"), ("GET /api", "api"), ("GET /v2", "v2"), ("GET /favicon.ico", None),
        ("GET /", None), ("OPTIONS *", None), ("GET /<id>/orders", None),
    ],
)  # fmt: skip
def test_a_route_is_what_a_path_is_about(endpoint, about):
    assert route(endpoint) == about
