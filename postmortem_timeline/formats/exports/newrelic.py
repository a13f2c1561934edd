"""New Relic: issues of the workflows, incidents of the older channels, violations of the REST API, NrAiIncident rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import SEVERITY, Event
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, walk
from postmortem_timeline.parsing.members import mapping, text, texts
from postmortem_timeline.parsing.moment import SECOND, instant

NAME = "newrelic"
TITLE = "New Relic issues, incidents, violations and NrAiIncident events"
GROUP = "alert"
KIND = "alert"
URL = "https://docs.newrelic.com/docs/alerts-applied-intelligence/applied-intelligence/incident-workflows/incident-workflows/"
NAMES = ("*newrelic*.json*", "*new_relic*.json*")

ARRAYS = ("violations", "incidents", "results", "data.actor.account.aiIssues.issues.issues")
STATES = {
    "open": "firing", "created": "firing", "activated": "firing", "acknowledged": "acknowledged",
    "closed": "resolved", "deactivated": "resolved",
}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """Issues have a state and the conditions' names, incidents a current state, violations a policy."""
    if fits(head, "issueUrl", "state", "createdAt") or fits(
        head, "issueId", "state", "activatedAt", under=(f"{ARRAYS[-1]}[].", "[].")
    ):
        return 0.98
    if fits(head, "current_state", "incident_id", "condition_name") or fits(
        head, "current_state", "policy_name", "timestamp"
    ):
        return 0.98
    if fits(head, "opened_at", "condition_name", "priority", under=("violations[].",)):
        return 0.98
    if fits(head, "opened_at", "incident_preference", under=("incidents[].",)):
        return 0.97
    return 0.97 if fits(head, "incidentId", "event", "conditionName", under=("results[].", "[].", "")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per state that an issue or incident is known to have been in."""
    return walk(data, context, ARRAYS, _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    if "current_state" in item:
        yield from _incident(item)
    elif "incidentId" in item and "event" in item:
        yield from _row(item)
    elif "opened_at" in item:
        yield from _violation(item)
    elif "issueUrl" in item or "issueId" in item:
        yield from _issue(item)


def _common(name: str, said: str, level: Any, key: Any, service: Any, host: Any = None) -> Event:
    word = text(level)
    return {
        "body": f"{name}: {said}" if said and name and name not in said else said or name,
        "correlation_key": text(key) or None, "severity_number": SEVERITY.get(word.lower(), 0),
        "severity_text": word or None, "service": text(service) or None, "host": text(host) or None,
    }  # fmt: skip


def _one(value: Any) -> str:
    return text(value[0]) if isinstance(value, list) and value else text(value) if not isinstance(value, list) else ""


def _issue(item: dict[str, Any]) -> Iterator[Event]:
    state = text(item.get("state")).lower()
    name, title = _one(item.get("alertConditionNames") or item.get("conditionName")), _one(item.get("title"))
    more = {
        "alert_name": name, "state": item.get("state"), "trigger": item.get("trigger"), "url": item.get("issueUrl"),
        "policies": item.get("alertPolicyNames"), "entities": item.get("impactedEntities") or item.get("entityNames"),
        "incidents": item.get("totalIncidents"), "workflow": item.get("workflowName"),
    }  # fmt: skip
    entities = texts(item.get("impactedEntities")) or texts(item.get("entityNames"))
    common = _common(
        name,
        title,
        item.get("priority"),
        item.get("id") or item.get("issueId"),
        (entities or [""])[0] if len(entities) < 2 else "",
    )
    steps = [moment("firing", item.get("activatedAt") or item.get("createdAt"))]
    steps.append(moment("acknowledged", item.get("acknowledgedAt"), item.get("acknowledgedBy")))
    if state == "acknowledged" and not item.get("acknowledgedAt"):
        steps.append(moment("acknowledged", item.get("updatedAt"), item.get("owner")))
    if state in ("closed", "deactivated"):
        steps.append(moment("resolved", item.get("closedAt") or item.get("updatedAt"), item.get("closedBy")))
    yield from life(steps, common, more)


def _incident(item: dict[str, Any]) -> Iterator[Event]:
    state = text(item.get("current_state")).lower()
    targets = item.get("targets")
    target = mapping(targets[0]) if isinstance(targets, list) and targets else {}
    more = {
        "alert_name": item.get("condition_name"), "policy": item.get("policy_name"), "state": state,
        "url": item.get("incident_url"), "acknowledge_url": item.get("incident_acknowledge_url"),
        "condition": item.get("condition_id"), "duration": item.get("duration"), "target_type": target.get("type"),
    }  # fmt: skip
    who = item.get("owner") if state == "acknowledged" else None
    stamp = item.get("timestamp")
    if isinstance(stamp, str) and instant(stamp) is None:
        stamp = item.get("timestamp_utc_string") or stamp
    common = _common(
        text(item.get("condition_name")),
        text(item.get("details")),
        item.get("severity"),
        item.get("incident_id"),
        target.get("name"),
    )
    yield from life([moment(STATES.get(state, state), stamp, who)], common, more)


def _row(item: dict[str, Any]) -> Iterator[Event]:
    """A row of NrAiIncident: its event is "open" or "close"."""
    action = {"open": "firing", "close": "resolved"}.get(text(item.get("event")).lower(), text(item.get("event")))
    stamp = item.get("timestamp") or item.get("closeTime" if action == "resolved" else "openTime")
    more = {
        "alert_name": item.get("conditionName"), "policy": item.get("policyName"), "nrql": item.get("nrqlQuery"),
        "labels": item.get("tags"), "threshold": item.get("threshold"), "cause": item.get("closeCause"),
    }  # fmt: skip
    common = _common(
        text(item.get("conditionName")),
        text(item.get("title")),
        item.get("priority"),
        item.get("incidentId"),
        pick(item, "targetName", "entity.name"),
    )
    yield from life([moment(action, stamp)], common, more)


def _violation(item: dict[str, Any]) -> Iterator[Event]:
    """`duration` counts seconds, of what is still open up to the export."""
    start, took = instant(item.get("opened_at")), item.get("duration")
    ended = moment("resolved", item.get("closed_at"))
    if "closed_at" not in item and start and isinstance(took, (int, float)) and item.get("closed"):
        ended = {"timestamp": start + round(took * SECOND), "stamp": text(item["opened_at"]), "action": "resolved"}
    entity = mapping(item.get("entity"))
    more = {
        "alert_name": item.get("condition_name"), "policy": item.get("policy_name"), "entity_type": entity.get("type"),
        "product": entity.get("product"), "incident": pick(item, "links.incident_id"),
        "preference": item.get("incident_preference"),
    }  # fmt: skip
    key = pick(item, "links.incident_id", "id")
    common = _common(
        text(item.get("condition_name")), text(item.get("label")), item.get("priority"), key, entity.get("name")
    )
    yield from life([moment("firing", item.get("opened_at")), ended], common, more)
