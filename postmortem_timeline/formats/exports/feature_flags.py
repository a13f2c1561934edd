"""Feature flags: the event logs of Unleash, Flagsmith, Split, ConfigCat, Statsig, and GitLab's hook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.runs import more_pages
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "feature_flags"
TITLE = "Feature flag events of Unleash, Flagsmith, Split, ConfigCat, Statsig and GitLab"
GROUP = "change"
KIND = "change"
URL = "https://docs.getunleash.io/reference/event-types"
NAMES = ("*unleash*.json", "*flagsmith*.json", "*flags*.json", "*auditlog*.json")

ARRAYS = ("events", "results", "data")
UNDER = ("events[].", "results[].", "data[].", "[].", "")
SHAPES = (
    ("featureName", "type", "createdAt", "createdBy"),  # Unleash
    ("created_date", "log", "author", "environment"),  # Flagsmith's audit log
    ("event_type", "data.changed_by", "data.new_state"),  # Flagsmith's webhook
    ("environmentName", "editor", "definition", "time"),  # Split
    ("auditLogDateTime", "auditLogType"),  # ConfigCat
    ("auditLogDateTime", "auditLogTypeEnum"),
    ("actionType", "entityID", "updatedBy"),  # Statsig
    ("changeLog", "actionType", "date"),
    ("object_kind", "object_attributes.active"),  # GitLab
)
ON, OFF = (
    ("enabled", "turned on", "activated", "switched on"),
    ("disabled", "turned off", "deactivated", "killed", "switched off"),
)


def sniff(head: bytes, name: str) -> float:
    """Each has names of its own."""
    return 0.97 if any(fits(head, *shape, under=UNDER) for shape in SHAPES) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event an entry. GitLab's hook says no time."""
    return walk(data, context, ARRAYS, _rows, KIND, more_pages)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    new = mapping(pick(item, "data.new_state"))
    flag = (
        pick(item, "featureName", "flag", "entityName", "object_attributes.name")
        or pick(new, "feature.name")
        or pick(item, "name", "actionTarget", "where")
    )
    when = pick(item, "createdAt", "created_date", "data.timestamp", "time", "auditLogDateTime", "date")
    kind = text(pick(item, "type", "event_type", "auditLogType", "auditLogTypeEnum", "actionType", "object_kind"))
    if (not kind and "log" not in item) or (flag is None and when is None):
        return
    place = text(pick(item, "environment.name", "environmentName", "environment")) or text(
        pick(new, "environment.name")
    )
    said = text(pick(item, "log", "title", "auditLog", "details", "changeLog", "description", "label"))
    who = pick(
        item,
        "createdBy",
        "author.email",
        "author.first_name",
        "data.changed_by",
        "editor",
        "userName",
        "userEmail",
        "updatedBy.name",
        "updatedBy",
        "user.username",
    )
    state = pick(new, "enabled") if new else pick(item, "object_attributes.active")
    words = f"{kind.replace('-', ' ').replace('_', ' ').lower()} {said}".lower()
    action = (
        "enabled"
        if state is True or any(word in words for word in ON)
        else "disabled"
        if state is False or any(word in words for word in OFF)
        else kind or "updated"
    )
    body = ": ".join(filter(None, (f"flag {flag}" if flag else "", kind or action, said))) + (
        f" in {place}" if place else ""
    )
    more = {
        "id": pick(item, "id", "auditLogId", "entityID"),
        "flag": flag,
        "environment": place,
        "type": kind,
        "value": pick(new, "feature_state_value"),
        "data": pick(item, "data") if "featureName" in item else None,
        "before": pick(item, "preData", "data.previous_state"),
        "reason": item.get("why"),
    }
    yield timed(when) | {
        "action": action,
        "actor": text(who) if isinstance(who, (str, int)) else None,
        "body": body,
        "attributes": attributes(more),
        "service": text(pick(item, "project.name", "project", "projectName"))
        if isinstance(pick(item, "project.name", "project", "projectName"), str)
        else None,
        "correlation_key": f"flag-{flag}" if flag else None,
    }
