"""Alerta: alerts with their history, and the history alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import SEVERITY, Event
from postmortem_timeline.formats.exports.walk import fits, life, moment, walk
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "alerta"
TITLE = "Alerta alerts and history"
GROUP = "alert"
KIND = "alert"
URL = "https://docs.alerta.io/api/reference.html"
NAMES = ("*alerta*.json*",)

LEVELS = SEVERITY | {
    "security": 21,
    "informational": 9,
    "normal": 9,
    "ok": 9,
    "cleared": 9,
    "indeterminate": 0,
    "trace": 1,
    "debug": 5,
}
CLEARED = frozenset(("normal", "ok", "cleared"))
STATES = {
    "open": "firing", "ack": "acknowledged", "closed": "resolved", "shelved": "silenced", "blackout": "suppressed",
    "assign": "assigned", "expired": "expired",
}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """An alert has a resource, an event and when it was last received; a history entry a change and when."""
    for under in ("alerts[].", "alert.", "[].", "", "history[]."):
        if fits(head, "resource", "event", "environment", under=(under,)) and (
            fits(head, "lastReceiveTime", under=(under,)) or fits(head, "updateTime", under=(under,))
        ):
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """Every change in an alert's history; without one its creation, and its last receipt where that ended it."""
    return walk(data, context, ("alerts", "history"), _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    item = mapping(item.get("alert")) or item
    if "resource" in item and "createTime" in item:
        yield from _alert(item)
    elif "resource" in item:
        yield from _step(item, _common(item), _more(item))


def _common(item: dict[str, Any]) -> Event:
    services, level = texts(item.get("service")), text(item.get("severity"))
    name = f"{item.get('resource')}: {item.get('event')}"
    said = text(item.get("text"))
    return {
        "body": f"{name}: {said}" if said else name, "correlation_key": text(item.get("id")) or None,
        "service": services[0] if len(services) == 1 else None, "host": text(item.get("resource")) or None,
        "severity_number": LEVELS.get(level.lower(), 0), "severity_text": level or None,
    }  # fmt: skip


def _more(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "alert_name": item.get("event"), "environment": item.get("environment"), "value": item.get("value"),
        "group": item.get("group"), "origin": item.get("origin"), "status": item.get("status"), "tags": item.get("tags"),
        "duplicates": item.get("duplicateCount") or None, "last_receive": item.get("lastReceiveTime"),
        "customer": item.get("customer"),
    }  # fmt: skip


def _alert(item: dict[str, Any]) -> Iterator[Event]:
    """Repeats are counted, their times are lost; a history that was cut still begins with the creation."""
    common, more = _common(item), _more(item)
    history = objects(item.get("history"))
    if not any(text(one.get("type")) == "new" for one in history):
        yield from life([moment("firing", item.get("createTime"))], common, more)
    for one in history:
        yield from _step(one, common, more)
    if not history and item.get("status") == "closed":
        yield from life([moment("resolved", item.get("updateTime") or item.get("lastReceiveTime"))], common, more)


def _step(one: dict[str, Any], common: Event, more: dict[str, Any]) -> Iterator[Event]:
    kind, level = text(one.get("type")).lower(), text(one.get("severity"))
    state = text(one.get("status"))
    if kind == "note":
        action = "annotated"
    elif level.lower() in CLEARED:
        action = "resolved"
    elif kind in ("severity", "new", "value"):
        action = STATES.get(state, "firing")
    else:
        action = STATES.get(state) or STATES.get(kind) or kind or "updated"
    row = common | ({"severity_number": LEVELS.get(level.lower(), 0), "severity_text": level} if level else {})
    said = text(one.get("text"))
    if said and said not in text(row["body"]):
        row = row | {
            "body": f"{one.get('resource') or row.get('host')}: {one.get('event') or more.get('alert_name')}: {said}"
        }
    yield from life(
        [moment(action, one.get("updateTime"), one.get("user"))],
        row,
        more | {"change": kind, "value": one.get("value")},
    )
