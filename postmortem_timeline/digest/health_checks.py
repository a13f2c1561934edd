"""Requests by which load balancers and orchestrators ask whether a service lives: no user sends them."""

from __future__ import annotations

import re

HEALTH = "(health checks)"  # the route that stands for all of them; no path has a blank in it

# A word of its own at the end of any path, or a common word that is the whole path.
CHECKS = re.compile(
    r"/(?:[\w.-]*/)*(?:healthz|livez|readyz|startupz|statusz|_?health|health[-_]?checks?|_?healthz?/(?:live|liveness|ready|readiness|startup)"
    r"|liveness|readiness|lbcheck|lb[-_]check|haproxy[-_]?(?:check|status)|(?:nginx|stub|server|fpm|basic)[-_]status|fpm[-_]ping)/?"
    r"|/(?:_?ping|_?status|ready|live|alive|heartbeat|up|-/(?:healthy|ready))/?",
    re.IGNORECASE,
)
ASKS = ("GET", "HEAD", "OPTIONS", "")


def is_health_check(endpoint: str) -> bool:
    """Whether an endpoint ("GET /healthz", with or without a method) is asked by machines only."""
    method, blank, path = endpoint.partition(" ")
    if not blank:
        method, path = "", endpoint
    return method.upper() in ASKS and CHECKS.fullmatch(path.partition("?")[0]) is not None


__all__ = ["HEALTH", "is_health_check"]
