"""Azure Service Health and Resource Health: records of the activity log that say how Azure or a resource is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.formats.exports.status import update
from postmortem_timeline.formats.exports.walk import pick, walk
from postmortem_timeline.parsing.jsondoc import key_paths
from postmortem_timeline.parsing.members import mapping, text

NAME = "azure_health"
TITLE = "Azure Service Health and Resource Health"
GROUP = "status"
KIND = "status"
URL = "https://learn.microsoft.com/en-us/azure/service-health/resource-health-log-analytics"
NAMES = ("*health*.json",)

BASES = ("records[].", "value[].", "[].", "", "data.context.activityLog.", "data.alertContext.")
OF_RESOURCE = ("properties.currentHealthStatus", "properties.previousHealthStatus")
OF_SERVICE = ("properties.incidentType", "properties.trackingId")
LEVELS = {"Available": "operational", "Degraded": "degraded", "Unavailable": "outage", "Unknown": "minor"}
TYPES = {
    "Incident": "major", "Maintenance": "maintenance", "Informational": "informational", "Security": "major",
    "ActionRequired": "minor",
}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """A resource's health, now and before; an incident of a type and with a number to follow it by."""
    keys = key_paths(head)
    found = any(all(base + need in keys for need in needs) for base in BASES for needs in (OF_RESOURCE, OF_SERVICE))
    return 0.98 if found else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per record."""
    return walk(data, context, ("records", "value"), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    item = mapping(pick(item, "data.context.activityLog", "data.alertContext")) or item
    properties = mapping(item.get("properties"))
    stamp = item.get("time") or item.get("eventTimestamp") or item.get("submissionTimestamp")
    if stamp and "currentHealthStatus" in properties:
        yield _of_resource(item, properties, stamp)
    elif stamp and "trackingId" in properties:
        yield _of_service(item, properties, stamp)


def _of_resource(item: dict[str, Any], properties: dict[str, Any], stamp: Any) -> Event:
    resource = text(item.get("resourceId"))
    now, before = text(properties.get("currentHealthStatus")), text(properties.get("previousHealthStatus"))
    cause, details = text(properties.get("cause")), text(properties.get("details"))
    words = ", ".join(
        part for part in (f"{before} -> {now}", *(p for p in (cause, details) if p and p != "Unknown")) if part
    )
    return update(
        stamp, resource.rpartition("/")[2], words, "resolved" if now == "Available" else "investigating",
        key=resource.lower() or None,
        services=[resource.rpartition("/")[2]], impact=LEVELS.get(now), provider="Azure", cause=cause,
        type=properties.get("type"),
        resource=resource, correlation_id=item.get("correlationId"),
        status=text(item.get("resultType")) or pick(item, "status.value"),
    )  # fmt: skip


def _of_service(item: dict[str, Any], properties: dict[str, Any], stamp: Any) -> Event:
    stage = text(properties.get("stage"))
    return update(
        stamp, text(properties.get("title")),
        plain(text(properties.get("communication") or properties.get("defaultLanguageContent"))),
        stage or text(item.get("resultType")), key=properties.get("trackingId"), services=[text(properties.get("service"))],
        impact=TYPES.get(text(properties.get("incidentType"))), provider="Azure", type=properties.get("incidentType"),
        region=properties.get("region"), started_at=properties.get("impactStartTime"),
        ended_at=properties.get("impactMitigationTime"),
        maintenance=properties.get("incidentType") == "Maintenance" or None,
    )  # fmt: skip
