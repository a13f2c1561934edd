"""Who speaks in a source, in words for people: its service, else its host, else the name of its log."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from postmortem_timeline.correlate.families import family


@dataclass(frozen=True)
class Places:
    """Service and host of each source."""

    services: dict[str, str]
    hosts: dict[str, str]
    several: frozenset[str]  # services that write on more than one host

    def speaker(self, source: str, service: object = None) -> str:
        """`auth`, `controller on kafka0`, `kafka0`, `apache_logs`."""
        name = service if isinstance(service, str) and service else self.services.get(source)
        host = self.hosts.get(source)
        if name:
            return f"{name} on {host}" if host and name in self.several else name
        return host or family(source)


def places(sources: pd.DataFrame, patterns: pd.DataFrame) -> Places:
    """From the evidence's sources, and the services that their records name."""
    services = {str(row.source): row.service for row in sources.itertuples() if isinstance(row.service, str)}
    hosts = {str(row.source): row.host for row in sources.itertuples() if isinstance(row.host, str)}
    named = patterns[["source", "service"]].drop_duplicates().dropna()
    pairs = {(str(s), str(v)) for s, v in zip(named["source"], named["service"], strict=True)} | set(services.items())
    where: dict[str, set[str]] = {}
    for source, service in sorted(pairs):
        if source in hosts:
            where.setdefault(service, set()).add(hosts[source])
    return Places(services, hosts, frozenset(name for name, found in where.items() if len(found) > 1))
