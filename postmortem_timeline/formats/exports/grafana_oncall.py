"""Grafana OnCall (IRM): alert groups of its API, and what its outgoing webhooks send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, labelled, severe
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "grafana_oncall"
TITLE = "Grafana OnCall alert groups and webhooks"
GROUP = "paging"
KIND = "page"
URL = "https://grafana.com/docs/oncall/latest/configure/outgoing-webhooks/"
NAMES = ("*oncall*.json*",)

ACTIONS = {
    "alert group created": "triggered", "firing": "triggered", "escalation": "escalated", "acknowledge": "acknowledged",
    "acknowledged": "acknowledged", "resolve": "resolved", "resolved": "resolved", "silence": "snoozed",
    "silenced": "snoozed", "unsilence": "unsnoozed", "unresolve": "triggered", "unresolved": "triggered",
    "unacknowledge": "unacknowledged", "personal notification": "notified", "status change": "status_changed",
    "resolution note added": "annotated",
}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """Groups have an integration and a count of alerts, webhooks an event about a group."""
    if fits(head, "event.type", "alert_group.state", "alert_group_id"):
        return 0.99
    return 0.97 if fits(head, "alerts_count", "integration_id", "state", under=("results[].", "[].", "")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per webhook; of a group when it was opened, acknowledged, silenced and resolved."""
    return walk(data, context, ("results",), _of, KIND, _paged)


def _paged(rest: dict[str, Any], context: Context) -> None:
    if rest.get("next"):
        context.note("more_pages", "the export is one page of several (next)")


def _of(item: dict[str, Any]) -> Iterator[Event]:
    if "alert_group" in item:
        yield from _hook(item, mapping(item["alert_group"]))
    elif "alerts_count" in item:
        yield from _group(item)


def _common(group: dict[str, Any], payload: dict[str, Any]) -> Event:
    labels = mapping(payload.get("commonLabels")) or mapping(payload.get("labels"))
    labels = labels or {text(one.get("key", {}).get("name") if isinstance(one.get("key"), dict) else one.get("key")):
                        text(one.get("value", {}).get("name") if isinstance(one.get("value"), dict) else one.get("value"))
                        for one in objects(group.get("labels"))}  # fmt: skip
    row: Event = {"body": text(group.get("title")), "correlation_key": text(group.get("id")) or None}
    return row | labelled(labels) | severe(labels.get("severity"))


def _hook(item: dict[str, Any], group: dict[str, Any]) -> Iterator[Event]:
    event, user = mapping(item.get("event")), mapping(item.get("user"))
    payload = mapping(item.get("alert_payload"))
    kind = text(event.get("type")).lower()
    # Who was told is not who did it; an escalation has no doer.
    told = [
        one.get("username") for one in objects(item.get("users_to_be_notified")) + objects(item.get("notified_users"))
    ]
    who = user.get("username") or user.get("email")
    more = {
        "event": kind, "incident": group.get("title"), "integration": pick(item, "integration.name"),
        "state": group.get("state"), "alerts": group.get("alerts_count"), "until": event.get("until"),
        "user": ", ".join(text(one) for one in told if one), "labels": mapping(payload.get("commonLabels")),
        "url": pick(group, "permalinks.web"),
    }  # fmt: skip
    stamp = event.get("time") or group.get("created_at")
    yield from life([moment(ACTIONS.get(kind, kind), stamp, who)], _common(group, payload), more)


def _group(group: dict[str, Any]) -> Iterator[Event]:
    more = {
        "incident": group.get("title"), "state": group.get("state"), "alerts": group.get("alerts_count"),
        "integration": group.get("integration_id"), "route": group.get("route_id"), "team": group.get("team_id"),
        "url": pick(group, "permalinks.web"),
    }  # fmt: skip
    common = _common(group, mapping(pick(group, "last_alert.payload")))
    yield from life([
        moment("triggered", group.get("created_at")),
        moment("acknowledged", group.get("acknowledged_at"), group.get("acknowledged_by")),
        moment("snoozed", group.get("silenced_at")),
        moment("resolved", group.get("resolved_at"), group.get("resolved_by")),
    ], common, more)  # fmt: skip
