"""Opsgenie and Jira Service Management alerts: webhooks, the alert API, its logs and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, labelled, timed
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, tags, walk
from postmortem_timeline.parsing.jsondoc import key_paths
from postmortem_timeline.parsing.members import mapping, objects, text
from postmortem_timeline.parsing.moment import instant

NAME = "opsgenie"
TITLE = "Opsgenie and Jira Service Management alerts, alert logs, notes and webhooks"
GROUP = "paging"
KIND = "page"
URL = "https://docs.opsgenie.com/docs/opsgenie-edge-connector-alert-action-data"
NAMES = ("*opsgenie*.json*",)

ARRAYS = ("data", "values")
PRIORITY = {"P1": 21, "P2": 17, "P3": 13, "P4": 9, "P5": 5}  # Critical, High, Moderate, Low, Informational
ACTIONS = {
    "Create": "triggered", "Acknowledge": "acknowledged", "UnAcknowledge": "unacknowledged", "Close": "resolved",
    "Snooze": "snoozed", "SnoozeEnded": "unsnoozed", "EndSnooze": "unsnoozed", "Escalate": "escalated",
    "EscalateNext": "escalated",
    "Assign": "assigned", "AssignOwnership": "assigned", "TakeOwnership": "assigned", "AddNote": "annotated",
    "AddRecipient": "responder_added", "AddTeam": "responder_added", "AddResponder": "responder_added",
    "Delete": "deleted", "AddTags": "updated", "RemoveTags": "updated", "UpdatePriority": "priority_updated",
    "UpdateMessage": "updated", "UpdateDescription": "updated", "CustomAction": "custom_action",
}  # fmt: skip
# The logs of an alert are prose; what was done is told by how it begins or by a phrase within.
SAID = (
    ("unacknowledged", "unacknowledged"), ("acknowledged", "acknowledged"), ("closed", "resolved"),
    ("snooze ended", "unsnoozed"), ("snoozed", "snoozed"), ("escalated", "escalated"), ("reopened", "triggered"),
    ("created", "triggered"), ("assigned", "assigned"), ("ownership", "assigned"), ("notification", "notified"),
    ("notified", "notified"), ("note", "annotated"), ("deleted", "deleted"),
)  # fmt: skip
AUTOMATIC = ("system", "alert api", "opsgenie", "integration", "policy")


def sniff(head: bytes, name: str) -> float:
    """Webhooks have an action on an alert with an alias; alerts a tiny id; logs an owner and an offset."""
    if fits(head, "action", "alert.alertId") or fits(head, "alert.tinyId", "alert.alias"):
        return 0.98
    if fits(head, "tinyId", "alias", "createdAt", under=("data[].", "data.", "[].", "values[].", "")):
        return 0.97
    logs = fits(head, "createdAt", "owner", "offset", under=("data[].", "[].", "data.logs[]."))
    said = key_paths(head) & {"data[].log", "[].log", "data[].note", "[].note", "data.logs[].log"}
    return 0.95 if logs and said else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per webhook, log and note; of an alert its start, acknowledgement, snooze and end."""
    return walk(data, context, ARRAYS, _of, KIND, _paged)


def _paged(rest: dict[str, Any], context: Context) -> None:
    if pick(rest, "paging.next", "links.next"):
        context.note("more_pages", "the export is one page of several (paging.next)")


def _of(item: dict[str, Any]) -> Iterator[Event]:
    if "alert" in item:
        yield _webhook(item, mapping(item["alert"]))
    elif isinstance(item.get("data"), dict):
        yield from _of(item["data"])
    elif "tinyId" in item:
        yield from _alert(item)
    elif "owner" in item and ("log" in item or "note" in item):
        yield _log(item)


def _webhook(item: dict[str, Any], alert: dict[str, Any]) -> Event:
    """`createdAt` is in milliseconds, `updatedAt` in nanoseconds; the alert was created at the first."""
    said = text(item.get("action"))
    action = ACTIONS.get(said, said.lower())
    stamp = alert.get("createdAt") if said == "Create" else alert.get("updatedAt") or alert.get("createdAt")
    who = text(alert.get("username")) if said != "Create" or pick(item, "source.type") == "web" else ""
    note = text(alert.get("note")) if said != "Create" else ""
    return timed(stamp) | _common(alert, alert.get("alertId")) | {
        "action": action, "actor": _person(who), "body": ": ".join(filter(None, (text(alert.get("message")), note))),
        "attributes": attributes(_more(alert, who) | {
            "id": None, "integration": item.get("integrationName"), "escalation": item.get("escalationNotify"),
            "recipient": alert.get("recipient") or alert.get("team") or mapping(item.get("escalation")).get("name"),
            "snooze_end": alert.get("snoozeEndDate") or alert.get("snoozedUntil"),
        }),
    }  # fmt: skip


def _person(who: str) -> str | None:
    return None if not who or who.lower() in AUTOMATIC or who.lower().startswith(AUTOMATIC) else who


def _common(alert: dict[str, Any], key: Any) -> Event:
    priority = text(alert.get("priority"))
    labels = tags(alert.get("tags")) | {k: text(v) for k, v in mapping(alert.get("details")).items()}
    place = labelled(labels)
    return {
        "correlation_key": text(key) or None, "service": place["service"] or text(alert.get("entity")) or None,
        "host": place["host"], "severity_number": PRIORITY.get(priority, 0), "severity_text": priority or None,
    }  # fmt: skip


def _more(alert: dict[str, Any], who: str = "") -> dict[str, Any]:
    return {
        "agent_type": "user" if _person(who) else None, "alias": alert.get("alias"), "tiny_id": alert.get("tinyId"),
        "incident": alert.get("message"), "tags": alert.get("tags"), "details": alert.get("details"),
        "source": alert.get("source"), "entity": alert.get("entity"), "description": alert.get("description"),
    }  # fmt: skip


def _alert(alert: dict[str, Any]) -> Iterator[Event]:
    """`report.ackTime` and `closeTime` are milliseconds since it was created."""
    report = mapping(alert.get("report"))
    start = instant(alert.get("createdAt"))

    def after(name: str, action: str, who: Any) -> Event:
        took = report.get(name)
        if start is None or not isinstance(took, (int, float)) or took < 0:
            return {}
        made = {"timestamp": start + round(took * 1_000_000), "stamp": str(alert["createdAt"])}
        return made | {"action": action, "actor": _person(text(who))}

    steps = [
        moment("triggered", alert.get("createdAt")),
        after("ackTime", "acknowledged", report.get("acknowledgedBy")),
    ]
    if alert.get("snoozed"):
        steps.append(moment("snoozed", alert.get("updatedAt")))
    if alert.get("status") in ("closed", None) or "closeTime" in report:
        steps.append(after("closeTime", "resolved", report.get("closedBy")))
    more = _more(alert) | {
        "status": alert.get("status"), "count": alert.get("count"), "owner": alert.get("owner"),
        "snoozed_until": alert.get("snoozedUntil"), "acknowledged": alert.get("acknowledged"),
        "responders": [text(one.get("name") or one.get("id")) for one in objects(alert.get("responders"))],
    }  # fmt: skip
    yield from life(steps, _common(alert, alert.get("id")) | {"body": text(alert.get("message"))}, more)


def _log(item: dict[str, Any]) -> Event:
    said, who = text(item.get("log") or item.get("note")), text(item.get("owner"))
    low = said.lower()
    action = "annotated" if "note" in item else next((done for word, done in SAID if word in low), "updated")
    told = who if action == "notified" else None  # whom it reached is not who sent it
    actor = None if told else _person(who)
    more = {
        "agent_type": "user" if actor else None, "user": told, "log_type": item.get("type"), "owner": who,
        "offset": item.get("offset"),
    }  # fmt: skip
    return moment(action, item.get("createdAt"), actor) | {"body": said, "attributes": attributes(more)}
