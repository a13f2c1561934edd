"""VictorOps (Splunk On-Call): incidents of its API with their transitions, reports, and outgoing webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.walk import fits, life, moment, walk
from postmortem_timeline.parsing.members import objects, text, texts

NAME = "victorops"
TITLE = "VictorOps (Splunk On-Call) incidents, reports and webhooks"
GROUP = "paging"
KIND = "page"
URL = "https://portal.victorops.com/public/api-docs.html"
NAMES = ("*victorops*.json*", "*splunk*oncall*.json*")

ACTIONS = {
    "triggered": "triggered", "unacked": "triggered", "acked": "acknowledged", "acknowledged": "acknowledged",
    "resolved": "resolved", "rerouted": "assigned", "reassigned": "assigned", "snoozed": "snoozed",
}  # fmt: skip
SEVERITY = {"CRITICAL": 21, "WARNING": 13, "ACKNOWLEDGEMENT": 9, "INFO": 9, "RECOVERY": 9, "OK": 9}


def sniff(head: bytes, name: str) -> float:
    """Incidents have a number and a phase; webhooks variables that begin with STATE or ALERT."""
    if fits(head, "incidentNumber", "currentPhase", under=("incidents[].", "[].", "")):
        return 0.98
    if b"CURRENT_ALERT_PHASE" in head and b"INCIDENT_NAME" in head and head.lstrip()[:1] in b"{[":
        return 0.97
    return 0.95 if fits(head, "current_phase", "incident_timestamp", "entity_id") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """Every transition of each incident; of a webhook the phase that it tells of."""
    return walk(data, context, ("incidents",), _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    if "incidentNumber" in item:
        yield from _incident(item)
    else:
        yield from _hook(_flat(item))


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    """The variables without their group, in lower case: `STATE.INCIDENT_NAME`, or nested in `STATE`."""
    found: dict[str, Any] = {}
    for key, value in item.items():
        if isinstance(value, dict):
            found.update({k: v for k, v in _flat(value).items() if k not in found})
        else:
            found[key.rpartition(".")[2].lower()] = value
    return found


def _incident(item: dict[str, Any]) -> Iterator[Event]:
    number, state = text(item["incidentNumber"]), text(item.get("entityState") or item.get("incidentState"))
    name = text(item.get("entityDisplayName") or item.get("service") or item.get("entityId"))
    more = {
        "incident": f"[#{number}] {name}", "incident_key": item.get("entityId"), "phase": item.get("currentPhase"),
        "routing_key": item.get("routingKey"), "monitor": item.get("monitorName"), "alert_count": item.get("alertCount"),
        "paged_users": texts(item.get("pagedUsers")), "paged_teams": texts(item.get("pagedTeams")),
        "url": item.get("incidentLink"),
    }  # fmt: skip
    common = {
        "body": f"[#{number}] {name}", "correlation_key": number, "service": text(item.get("service")) or None,
        "host": text(item.get("host")) or None, "severity_number": SEVERITY.get(state, 0), "severity_text": state or None,
    }  # fmt: skip
    steps = []
    for done in objects(item.get("transitions")):
        word = text(done.get("name")).lower()
        by_hand = done.get("manually") is not False
        who = done.get("by") if by_hand and text(done.get("by")).upper() != "SYSTEM" else None
        steps.append(moment(ACTIONS.get(word, word), done.get("at"), who) | {"said": text(done.get("message"))})
    if not any(step["action"] == "triggered" for step in steps):
        steps.insert(0, moment("triggered", item.get("startTime")) | {"said": ""})
    for step in steps:
        said = step.pop("said")
        yield from life([step], common | ({"body": f"{common['body']}: {said}"} if said else {}), more)


def _hook(item: dict[str, Any]) -> Iterator[Event]:
    phase = text(item.get("current_alert_phase") or item.get("current_phase")).lower()
    action = ACTIONS.get(phase, phase or None)
    own = {"acknowledged": ("ack_timestamp", "ack_ts"), "resolved": ("last_timestamp", "timestamp")}.get(
        action or "", ()
    )
    stamp = next((item[one] for one in (*own, "incident_timestamp", "timestamp") if item.get(one)), None)
    who = item.get("ack_user") or item.get("ack_author") if action == "acknowledged" else None
    level = text(item.get("current_state") or item.get("entity_state") or item.get("message_type"))
    number = text(item.get("incident_name") or item.get("incident_id"))
    name = text(item.get("entity_display_name") or item.get("service") or item.get("entity_id"))
    more = {
        "incident": f"[#{number}] {name}", "incident_key": item.get("entity_id"), "monitor": item.get("monitor_type"),
        "said": item.get("ack_msg"), "alert_count": item.get("alert_count"), "message": item.get("state_message"),
    }  # fmt: skip
    common = {
        "body": f"[#{number}] {name}", "correlation_key": number or None, "host": text(item.get("host")) or None,
        "service": text(item.get("service")) or None, "severity_number": SEVERITY.get(level, 0), "severity_text": level or None,
    }  # fmt: skip
    yield from life([moment(action, stamp, who)], common, more)
