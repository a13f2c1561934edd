"""Azure Monitor alerts: the common schema of action groups, the older metric alerts, and alert instances of the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "azure_monitor_alert"
TITLE = "Azure Monitor alerts (common alert schema, metric alerts, alert instances)"
GROUP = "alert"
KIND = "alert"
URL = "https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-common-schema"
NAMES = ("*azure*alert*.json*",)

# Sev0 is critical, Sev1 error, Sev2 warning, Sev3 informational, Sev4 verbose.
SEVERITY = {"sev0": 21, "sev1": 17, "sev2": 13, "sev3": 9, "sev4": 5, "0": 21, "1": 17, "2": 13, "3": 9, "4": 5}
STATES = {"fired": "firing", "activated": "firing", "resolved": "resolved", "deactivated": "resolved"}


def sniff(head: bytes, name: str) -> float:
    """The schema's essentials; without it an alert's context; of the API an alert's properties."""
    for under in ("data.", "[].data.", ""):
        if fits(head, "essentials.alertId", "essentials.monitorCondition", under=(under,)):
            return 0.99
    if fits(head, "data.context.timestamp", "data.status") or fits(head, "context.timestamp", "status", "context.name"):
        return 0.95 if b"portalLink" in head or b"resourceGroupName" in head else 0.0
    return 0.97 if fits(head, "properties.essentials.monitorCondition", under=("value[].", "[].")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """When each alert fired, when it was acknowledged or closed by a person, and when it was resolved."""
    return walk(data, context, ("value",), _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    data = mapping(item.get("data")) or item
    if "essentials" in data:
        yield from _essential(mapping(data["essentials"]), data)
    elif "essentials" in mapping(item.get("properties")):
        yield from _instance(mapping(mapping(item["properties"])["essentials"]), item)
    elif "context" in data:
        yield from _metric(mapping(data["context"]), data)


def _common(rule: str, severity: Any, said: Any, key: Any, target: Any) -> Event:
    word, last = text(severity), text(target).rstrip("/").rsplit("/", 1)[-1]
    machine = "virtualmachines/" in text(target).lower()
    return {
        "body": f"{rule}: {said}" if said else rule, "correlation_key": text(key) or None,
        "severity_number": SEVERITY.get(word.lower(), 0), "severity_text": word or None,
        "service": None if machine else last or None, "host": last if machine else None,
    }  # fmt: skip


def _essential(alert: dict[str, Any], data: dict[str, Any]) -> Iterator[Event]:
    """A message is of one state; one that says "resolved" also tells when it had fired."""
    condition = mapping(mapping(data.get("alertContext")).get("condition"))
    part = next(iter(objects(condition.get("allOf"))), {})
    targets = texts(alert.get("configurationItems")) or texts(alert.get("alertTargetIDs"))
    ids = texts(alert.get("alertTargetIDs"))
    rule = text(alert.get("alertRule"))
    more = {
        "alert_name": rule, "alert_id": alert.get("alertId"), "signal": alert.get("signalType"),
        "targets": targets, "metric": part.get("metricName"), "value": part.get("metricValue"),
        "threshold": part.get("threshold"), "dimensions": part.get("dimensions"),
        "window_start": condition.get("windowStartTime"), "monitor": alert.get("monitoringService"),
        "fired_at": alert.get("firedDateTime"),
    }  # fmt: skip
    common = _common(
        rule,
        alert.get("severity"),
        alert.get("description"),
        alert.get("originAlertId") or alert.get("alertId"),
        (ids or targets or [""])[0],
    )
    ended = text(alert.get("monitorCondition")).lower() == "resolved"
    yield from life([
        moment("firing", alert.get("firedDateTime")),
        moment("resolved", alert.get("resolvedDateTime") if ended else None),
    ], common, more)  # fmt: skip


def _instance(alert: dict[str, Any], item: dict[str, Any]) -> Iterator[Event]:
    rule = text(alert.get("alertRule")).rsplit("/", 1)[-1] or text(item.get("name"))
    who = text(alert.get("lastModifiedUserName"))
    person = who if who and who.lower() != "system" else None
    state = {"Acknowledged": "acknowledged", "Closed": "closed"}.get(text(alert.get("alertState")))
    more = {
        "alert_name": rule, "alert_id": item.get("id"), "state": alert.get("alertState"),
        "signal": alert.get("signalType"), "monitor": alert.get("monitorService"), "target": alert.get("targetResource"),
    }  # fmt: skip
    common = _common(rule, alert.get("severity"), alert.get("description"), item.get("id"), alert.get("targetResource"))
    yield from life([
        moment("firing", alert.get("startDateTime")),
        moment("resolved", pick(alert, "monitorConditionResolvedDateTime")),
        moment(state, alert.get("lastModifiedDateTime") if state else None, person),
    ], common, more)  # fmt: skip


def _metric(alert: dict[str, Any], data: dict[str, Any]) -> Iterator[Event]:
    """The schema before the common one: a status and a time."""
    name, state = text(alert.get("name")), text(data.get("status")).lower()
    more = {
        "alert_name": name, "alert_id": alert.get("id"), "url": alert.get("portalLink"),
        "condition": alert.get("condition"), "region": alert.get("resourceRegion"),
    }  # fmt: skip
    common = _common(
        name,
        alert.get("severity"),
        alert.get("description"),
        alert.get("id"),
        alert.get("resourceId") or alert.get("resourceName"),
    )
    yield from life([moment(STATES.get(state, state or None), alert.get("timestamp"))], common, more)
