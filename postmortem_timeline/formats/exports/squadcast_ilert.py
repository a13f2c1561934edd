"""Pagers of a smaller spread: Squadcast, iLert, xMatters, PagerTree; their webhooks and incidents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, tags, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "squadcast_ilert"
TITLE = "Squadcast, iLert, PagerTree and xMatters incidents and webhooks"
GROUP = "paging"
KIND = "page"
URL = "https://developers.squadcast.com/outgoing-webhooks/"
NAMES = ("*squadcast*.json*", "*ilert*.json*", "*pagertree*.json*", "*xmatters*.json*")

ACTIONS = {
    "triggered": "triggered", "acknowledged": "acknowledged", "reassigned": "assigned", "resolved": "resolved",
    "suppressed": "suppressed", "created": "triggered", "accepted": "acknowledged", "escalated": "escalated",
    "assigned": "assigned", "open": "triggered", "rejected": "rejected", "pending": "triggered",
    "comment-added": "annotated", "notes_created": "annotated", "note_created": "annotated", "snoozed": "snoozed",
    "notified": "notified", "auto-escalated": "escalated", "raised": "escalated", "new": "triggered",
}  # fmt: skip
PRIORITY = {"high": 17, "low": 9, "p1": 21, "p2": 17, "p3": 13, "p4": 9, "p5": 5, "critical": 21, "medium": 13}


def sniff(head: bytes, name: str) -> float:
    """Squadcast's events have a resource and a timeline, iLert's an alert with a report time, xMatters' an event's name."""
    if fits(head, "event.resource", "event.timestamp", "data.resource_data.id"):
        return 0.99
    if fits(head, "event_type", "alert_source.short_name", "created_at"):
        return 0.98
    if fits(head, "timeline", "alert_source.short_name", "message", under=("data[].", "[].", "data.")):
        return 0.97
    if fits(head, "eventType", "alert.reportTime") or fits(
        head, "reportTime", "summary", "alertSource", under=("[].", "")
    ):
        return 0.97
    if fits(head, "type", "data.tiny_id", "data.meta") or fits(head, "type", "data.tiny_id", "data.urgency"):
        return 0.95
    return (
        0.95
        if fits(head, "eventId", "created", "priority", "status", under=("data[].",)) and b"xmatters" in head
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """Every step that a webhook or an incident tells of."""
    return walk(data, context, ("data",), _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    event, data = mapping(item.get("event")), mapping(item.get("data"))
    if "resource_data" in data:
        yield from _squad(mapping(data["resource_data"]), text(event.get("type")), event.get("timestamp"))
    elif "alert_source" in item:
        yield from _squad(item, text(item.get("event_type")), None)
    elif "alert_source" in data:
        yield from _squad(data, "", None)
    elif "alert" in item and "eventType" in item:
        yield from _ilert(mapping(item["alert"]), text(item["eventType"]))
    elif "reportTime" in item:
        yield from _ilert(item, "")
    elif "tiny_id" in data:
        yield from _tree(item, data)
    elif "eventId" in item:
        yield from _matters(item)


def _squad(item: dict[str, Any], kind: str, stamp: Any) -> Iterator[Event]:
    """A webhook of version 2 has the time of what happened; version 1 and the API a timeline of all that did."""
    service, level = mapping(item.get("service")), text(pick(item, "priority", "tags.severity.value"))
    name = text(item.get("message") or item.get("title"))
    more = {
        "incident": name, "id": item.get("id"), "source": pick(item, "alert_source.type"), "status": item.get("status"),
        "assigned": pick(item, "assigned_to.name"), "event": kind, "url": item.get("url"), "tags": item.get("tags"),
    }  # fmt: skip
    common = {
        "body": name, "correlation_key": text(item.get("id")) or None, "service": text(service.get("name")) or None,
        "severity_number": PRIORITY.get(level.lower(), 0), "severity_text": level or None,
    }  # fmt: skip
    if stamp:
        word = kind.partition(".")[2] or kind
        who = mapping(item.get("assigned_to")) if word in ("acknowledged",) else {}
        person = who.get("name") if who.get("type") == "user" else None
        yield from life([moment(ACTIONS.get(word, word), stamp, person)], common, more)
        return
    steps = []
    for done in objects(item.get("timeline")):
        word = text(done.get("action")).lower()
        person = (
            done.get("name")
            if text(done.get("assigned_to")) == "user" and word in ("acknowledged", "resolved")
            else None
        )
        steps.append(moment(ACTIONS.get(word, word), done.get("time") or done.get("created_at"), person))
    yield from life(steps or [moment("triggered", item.get("created_at"))], common, more)


def _ilert(alert: dict[str, Any], kind: str) -> Iterator[Event]:
    who = mapping(alert.get("assignedTo"))
    person = " ".join(filter(None, (text(who.get("firstName")), text(who.get("lastName"))))) or who.get("username")
    source, level = mapping(alert.get("alertSource")), text(alert.get("priority"))
    word = kind.lower().removeprefix("alert-").removeprefix("incident-")
    name = text(alert.get("summary"))
    more = {"incident": name, "status": alert.get("status"), "source": source.get("name"), "incident_key": alert.get("alertKey"),
            "details": alert.get("details"), "event": kind, "assigned": person}  # fmt: skip
    common = {
        "body": name, "correlation_key": text(alert.get("id")) or None, "service": text(source.get("name")) or None,
        "severity_number": PRIORITY.get(level.lower(), 0), "severity_text": level or None,
    }  # fmt: skip
    steps = []
    for done in objects(alert.get("logEntries")):
        said = (
            text(done.get("logEntryType")).lower().removeprefix("alert_").removesuffix("_log_entry").replace("_", "-")
        )
        steps.append(moment(ACTIONS.get(said, said), done.get("timestamp")))
    if not steps:
        steps = [moment("triggered", alert.get("reportTime"))]
        if word == "accepted" or alert.get("status") == "ACCEPTED":
            steps.append(moment("acknowledged", alert.get("acceptedOn") or alert.get("updatedAt"), person))
        steps.append(moment("resolved", alert.get("resolvedOn")))
    yield from life(steps, common, more)


def _tree(item: dict[str, Any], data: dict[str, Any]) -> Iterator[Event]:
    """PagerTree: `alert.acknowledged` and its like."""
    word = text(item.get("type")).rpartition(".")[2].lower()
    name, level = text(data.get("title")), text(data.get("urgency"))
    more = {
        "incident": name,
        "status": data.get("status"),
        "tiny_id": data.get("tiny_id"),
        "source": data.get("source_id"),
    }
    common = {
        "body": name, "correlation_key": text(data.get("id")) or None, "severity_number": PRIORITY.get(level.lower(), 0),
        "severity_text": level or None,
    }  # fmt: skip
    stamp = item.get("created_at") or data.get("updated_at") or data.get("created_at")
    yield from life([moment(ACTIONS.get(word, word), stamp)], common, more)


def _matters(item: dict[str, Any]) -> Iterator[Event]:
    level = text(item.get("priority"))
    known = tags([f"{key}:{value}" for key, value in mapping(item.get("properties")).items() if isinstance(value, str)])
    more = {"incident": item.get("name"), "status": item.get("status"), "id": item.get("id"), "properties": known,
            "plan": pick(item, "plan.name"), "form": pick(item, "form.name")}  # fmt: skip
    common = {
        "body": text(item.get("name")), "correlation_key": text(item.get("eventId")) or None,
        "severity_number": PRIORITY.get(level.lower(), 0), "severity_text": level or None,
    }  # fmt: skip
    who = pick(item, "submitter.targetName")
    person = who if pick(item, "submitter.recipientType") == "PERSON" else None
    yield from life(
        [moment("triggered", item.get("created"), person), moment("resolved", item.get("terminated"))], common, more
    )
