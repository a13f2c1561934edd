"""Google Cloud Monitoring: incidents as its webhook and Pub/Sub channels send them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import SEVERITY, Event
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "gcp_monitoring_incident"
TITLE = "Google Cloud Monitoring incidents (webhook, Pub/Sub)"
GROUP = "alert"
KIND = "alert"
URL = "https://cloud.google.com/monitoring/support/notification-options#webhooks"
NAMES = ("*gcp*incident*.json*", "*monitoring*incident*.json*")

SERVICES = ("container_name", "service_name", "module_id", "function_name", "database_id", "backend_target_name",
            "url_map_name", "queue_id", "subscription_id")  # fmt: skip
HOSTS = ("pod_name", "instance_id", "node_name", "node_id")


def sniff(head: bytes, name: str) -> float:
    """An incident of a policy, with a start in seconds."""
    known = fits(head, "incident_id", "started_at", "policy_name", under=("incident.", "[].incident.", "[].", ""))
    return 0.99 if known else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """When each incident opened, and closed if it has."""
    return walk(data, context, (), _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    incident = mapping(item.get("incident")) or item
    if "incident_id" not in incident:
        return
    labels = {
        **{k: text(v) for k, v in mapping(pick(incident, "resource.labels")).items()},
        **{k: text(v) for k, v in mapping(pick(incident, "metric.labels")).items()},
    }
    policy, summary = text(incident.get("policy_name")), text(incident.get("summary"))
    level = text(
        incident.get("severity") or pick(incident, "policy_user_labels.severity", "metadata.user_labels.severity")
    )
    more = {
        "alert_name": policy, "condition": incident.get("condition_name"), "resource": labels,
        "resource_type": pick(incident, "resource.type"), "metric": pick(incident, "metric.type"),
        "value": incident.get("observed_value"), "threshold": incident.get("threshold_value"),
        "state": incident.get("state"), "url": incident.get("url"), "project": incident.get("scoping_project_id"),
    }  # fmt: skip
    common = {
        "body": f"{policy}: {summary}" if summary else policy, "correlation_key": text(incident["incident_id"]),
        "severity_number": SEVERITY.get(level.lower(), 0), "severity_text": level or None,
        "service": next((labels[one] for one in SERVICES if labels.get(one)), None),
        "host": next((labels[one] for one in HOSTS if labels.get(one)), None),
    }  # fmt: skip
    closed = text(incident.get("state")).lower() == "closed"
    ended = incident.get("ended_at") if closed else None
    yield from life([moment("firing", incident.get("started_at")), moment("resolved", ended)], common, more)
