"""Notables as plain records: one small object a row, blanks as None, attributes flat, times in Unix nanoseconds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from postmortem_timeline.frame import cite

# Bots often say so only by their name; a person is rarely called like a product.
BOT_NAMES = frozenset(
    (
        "alertmanager", "pagerduty", "opsgenie", "grafana", "prometheus", "datadog", "statuspage", "github", "gitlab",
        "jenkins", "sentry", "slackbot", "rootly", "firehydrant", "incident.io", "nagios", "zabbix", "argocd",
        "circleci", "deploybot", "alertbot", "incidentbot",
    )
)  # fmt: skip
USER_AGENTS = ("user", "user_reference", "person", "human")


@dataclass(frozen=True)
class Record:
    """One notable: `row` is its position in the frame it came from, `at` its time, which no record here lacks."""

    row: int
    at: int
    kind: str
    action: str | None
    actor: str | None
    service: str | None
    host: str | None
    severity: int
    body: str
    key: str | None
    format: str | None
    source: str
    line: int
    ordinal: int
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def citation(self) -> str:
        return cite(self.source, self.line, self.ordinal)

    def get(self, *names: str) -> str | None:
        """The first attribute whose path ends in one of `names` (`channel.incident_key` ends in `incident_key`)."""
        path_of = path_by_end(tuple(self.attributes))
        for name in names:
            path = path_of.get(name.lower())
            if path is not None and self.attributes[path]:
                return self.attributes[path]
        return None

    @cached_property
    def labels(self) -> dict[str, str]:
        """An alert's labels; where they were not kept apart, the flat attributes that look like labels."""
        inside = {p.split(".", 1)[1]: v for p, v in self.attributes.items() if p.startswith("labels.")}
        return inside or {p: v for p, v in self.attributes.items() if p in LABELS}

    @cached_property
    def bot(self) -> bool:
        """Whether a machine wrote this chat message."""
        said = self.get("bot", "is_bot", "isbot")
        if said is not None:
            return said.lower() in ("true", "1", "yes")
        named = (self.actor or "").lower().removesuffix(" app").replace(" ", "")
        return self.action == "bot" or named in BOT_NAMES or bool(self.get("bot_id"))

    @cached_property
    def human(self) -> bool:
        """Whether a person did or said it: a chat message not of a bot, a pager entry whose agent is a user."""
        if self.kind == "chat":
            return not self.bot and bool(self.actor) and self.action not in SYSTEM_ACTIONS
        if self.kind == "page":
            return self._agent_is_user()
        return False

    def _agent_is_user(self) -> bool:
        said = self.get("agent_type", "agent.type")
        if said is not None:
            return said.lower() in USER_AGENTS
        return self.action in ("acknowledged", "resolved", "annotated") and f"by {self.actor}" in self.body


@lru_cache(maxsize=1 << 12)
def path_by_end(paths: tuple[str, ...]) -> Mapping[str, str]:
    """For every end of a path the first path that ends so; the records of a source share a few shapes of paths."""
    found: dict[str, str] = {}
    for path in paths:
        parts = path.lower().split(".")
        for start in range(len(parts)):
            found.setdefault(".".join(parts[start:]), path)
    return found


LABELS = frozenset(
    (
        "alertname", "service", "job", "instance", "severity", "app", "namespace", "pod", "deployment", "cluster",
        "host", "team", "region",
    )
)  # fmt: skip
SYSTEM_ACTIONS = frozenset(("join", "leave", "topic", "purpose", "deleted", "system", "archive", "pinned_item"))


def records(notables: pd.DataFrame) -> list[Record]:
    """The rows of `notables` that have a time and are no copies, in order of time, then source, line and ordinal."""
    if notables is None or len(notables) == 0:
        return []
    found = [record for record in _each(notables) if record is not None]
    return sorted(found, key=lambda r: (r.at, r.source, r.line, r.ordinal, r.row))


def _each(notables: pd.DataFrame) -> Iterator[Record | None]:
    stamps = pd.to_datetime(notables["timestamp"], utc=True)
    missing = stamps.isna().to_numpy()
    times = stamps.astype("datetime64[ns, UTC]").astype("int64").to_numpy()
    columns = {name: _objects(notables, name) for name in TEXT + ("severity_number", "line", "ordinal", "copy_of")}
    for row in range(len(notables)):
        if missing[row] or columns["copy_of"][row] is not None:
            yield None
            continue
        cell = {name: values[row] for name, values in columns.items()}
        yield Record(
            row=row, at=int(times[row]), kind=str(cell["kind"] or "note"), action=text_or_none(cell["action"]),
            actor=text_or_none(cell["actor"]), service=text_or_none(cell["service"]), host=text_or_none(cell["host"]),
            severity=int(cell["severity_number"] or 0), body=str(cell["body"] or ""),
            key=text_or_none(cell["correlation_key"]), format=text_or_none(cell["format"]),
            source=str(cell["source"] or ""), line=int(cell["line"] or 0), ordinal=int(cell["ordinal"] or 0),
            attributes=flat(cell["attributes"]),
        )  # fmt: skip


TEXT = ("kind", "action", "actor", "service", "host", "body", "correlation_key", "format", "source", "attributes")


def _objects(frame: pd.DataFrame, name: str) -> list[Any]:
    if name not in frame:
        return [None] * len(frame)
    column = frame[name].astype(object)
    return column.where(column.notna(), None).tolist()


def text_or_none(value: object) -> str | None:
    """The text of a cell; blank is None, since a blank identifies nothing."""
    return str(value).strip() or None if value is not None else None


def flat(attributes: object) -> dict[str, str]:
    """A JSON object as `path -> text`, empty values left out; what is no JSON object has no attributes."""
    if not attributes:
        return {}
    try:
        value = json.loads(attributes) if isinstance(attributes, str) else attributes
    except ValueError:
        return {}
    return dict(_leaves(value, "")) if isinstance(value, dict) else {}


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{place}")
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    elif value is not None and str(value).strip():
        yield path, str(value).strip()
