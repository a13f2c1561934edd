from __future__ import annotations

import pytest

from postmortem_timeline.ingest.paths import host_of, service_of

CASES = [  # path, host, service
    ("access.log", None, None),
    ("var/log/nginx/access.log", None, "nginx"),
    ("var/log/syslog.1", None, None),
    ("var/log/messages-20250715", None, None),
    ("var/log/postgresql/postgresql-16-main.log", None, "postgresql"),
    ("var/log/postgresql/postgresql-2025-07-15_000000.log", None, "postgresql"),
    ("var/log/mysql/error.log.1.gz", None, "mysql"),
    ("var/log/redis/redis-server.log", None, "redis-server"),
    ("var/log/apache2/other_vhosts_access.log", None, "apache2"),
    ("var/log/httpd/ssl_error_log-20250713", None, "httpd"),
    ("web-1/nginx/access.log.1.gz", "web-1", "nginx"),
    ("web-1/access.log", "web-1", None),
    ("app-1/auth.log.gz", "app-1", "auth"),
    ("db01/var/log/postgresql/postgresql.log", "db01", "postgresql"),
    ("lb-2.eu.example.com/haproxy.log", "lb-2.eu.example.com", "haproxy"),
    ("ip-10-0-3-17/checkout/app.log", "ip-10-0-3-17", "checkout"),
    ("i-0abc12345def67890/app.log", "i-0abc12345def67890", None),
    ("logs.zip!web-2/nginx/error.log", "web-2", "nginx"),
    ("bundle.tar.gz!payments/stdout.log", None, "payments"),
    ("checkout-2025-07-15.log", None, "checkout"),
    ("checkout.2025-07-15T17.log.gz", None, "checkout"),
    ("checkout.log.2025-07-15", None, "checkout"),
    ("checkout_20250715170000.jsonl", None, "checkout"),
    ("auth-service.json", None, "auth-service"),
    ("auth-7d4b9c6f5d-x2x7p.log", "auth-7d4b9c6f5d-x2x7p", "auth"),
    ("auth-7d4b9c6f5d-x2x7p_prod_auth-0123456789ab.log", "auth-7d4b9c6f5d-x2x7p", "auth"),
    (
        "var/log/pods/prod_auth-7d4b9c6f5d-x2x7p_0f2c8a1e-1111-2222-3333-444455556666/auth/0.log",
        "auth-7d4b9c6f5d-x2x7p",
        "auth",
    ),
    (
        "var/log/pods/prod_postgres-0_0f2c8a1e-1111-2222-3333-444455556666/postgres/1.log.20250715-170000.gz",
        "postgres-0",
        "postgres",
    ),
    ("var/log/containers/cart-5f6d7c8b9-abcde_shop_cart-" + "0" * 64 + ".log", "cart-5f6d7c8b9-abcde", "cart"),
    ("cart-5f6d7c8b9-abcde_shop_server-" + "0" * 64 + ".log", "cart-5f6d7c8b9-abcde", "cart"),
    ("pods/fluentd-x7k2p/logs.txt", "fluentd-x7k2p", "fluentd"),
    ("var/lib/docker/containers/" + "a1" * 32 + "/" + "a1" * 32 + "-json.log", None, None),
    ("kubectl/prod/orders-consumer-1/current.log", "orders-consumer-1", None),
    ("-", None, None),
    ("stdin", None, None),
    ("2025-07-15/app.log", None, None),
    ("slack/incidents/2025-07-15.json", None, "incidents"),
    ("exports/web-1/nginx/access.log~2", "web-1", "nginx"),
]


@pytest.mark.parametrize(("path", "host", "service"), CASES, ids=[case[0][:60] for case in CASES])
def test_host_and_service(path: str, host: str | None, service: str | None) -> None:
    assert (host_of(path), service_of(path)) == (host, service)
