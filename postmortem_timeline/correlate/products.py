"""Stores and brokers by the words of their drivers and their usual ports: who is meant by `psycopg` or port 5432."""

from __future__ import annotations

import re

# name as OpenTelemetry's db.system and messaging.system write it -> what names it in an error
NAMED_BY = {
    "postgresql": r"postgres\w*|psycopg\w*|pgbouncer|pgpool|libpq|npgsql|pgx|asyncpg|:5432\b|port\W+5432\b",
    "mysql": r"mysql\w*|mariadb\w*|innodb|pymysql|hikari\w*mysql|:3306\b|port\W+3306\b",
    "redis": r"redis\w*|jedis|lettuce|ioredis|:6379\b|port\W+6379\b",
    "mongodb": r"mongo\w*|:27017\b",
    "rabbitmq": r"rabbit\w*|amqp\w*|pika|:5672\b",
    "kafka": r"kafka\w*|librdkafka|:9092\b",
    "zookeeper": r"zookeeper|:2181\b",
    "elasticsearch": r"elastic\w*|opensearch|:9200\b",
    "memcached": r"memcache\w*|:11211\b",
    "cassandra": r"cassandra\w*|:9042\b",
    "etcd": r"etcd\w*|:2379\b",
    "consul": r"consul|:8500\b",
    "vault": r"\bvault\b|:8200\b",
    "oracle": r"ORA-\d{5}|:1521\b",
    "mssql": r"sqlserver|mssql|:1433\b",
    "clickhouse": r"clickhouse\w*|:8123\b",
}
PRODUCTS = {name: re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE) for name, words in NAMED_BY.items()}

# They pass requests on or watch; what they write in an outage is about somebody else.
PASSERS = (
    "haproxy nginx envoy traefik apache httpd apache2 varnish caddy alertmanager prometheus grafana cron crond deploy "
    "sshd sudo systemd kernel kubelet syslog rsyslogd journald dockerd containerd logrotate"
)
BYSTANDERS = frozenset(PASSERS.split())


def products(text: str) -> list[str]:
    """The products that a text names, by their drivers or ports too."""
    return [name for name, pattern in PRODUCTS.items() if pattern.search(text)]
