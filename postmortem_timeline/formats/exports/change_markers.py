"""Markers of change that were sent to monitoring: New Relic deployments, Honeycomb markers, change events as posted to PagerDuty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, severe, timed
from postmortem_timeline.formats.exports.runs import goes_back, last_part
from postmortem_timeline.formats.exports.walk import fits, inner, pick, tags, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "change_markers"
TITLE = "Change markers: New Relic deployments, Honeycomb, change events as posted"
GROUP = "change"
KIND = "change"
URL = "https://developer.pagerduty.com/docs/events-api-v2-change-events"
NAMES = ("*deployments*.json", "*markers*.json", "*change*.json")

ARRAYS = ("deployments", "markers")


def sniff(head: bytes, name: str) -> float:
    """Each has a pair of names of its own."""
    if fits(head, "revision", "timestamp", "changelog", under=("deployments[].", "deployment.")):
        return 0.97
    if fits(head, "routing_key", "payload.summary", "payload.timestamp") and not fits(head, "event_action"):
        return 0.97
    return (
        0.95 if fits(head, "start_time", "message", "created_at", "updated_at", "type") and fits(head, "color") else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event a marker; its end too, where it has one."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(item.get("deployment")) or item
    payload = mapping(one.get("payload"))
    labels = tags(one.get("tags")) if isinstance(one.get("tags"), list) else {}
    details = inner(pick(payload, "custom_details") or one.get("custom_details"))
    when = pick(one, "timestamp", "start_time") or pick(payload, "timestamp") or one.get("created_at")
    title = text(pick(one, "title", "summary", "description", "message")) or text(pick(payload, "summary"))
    more_text = text(pick(one, "text", "changelog", "message"))
    if when is None or not (title or more_text or one.get("revision")):
        return
    revision = text(pick(one, "revision", "version")) or text(pick(details, "commit", "sha", "revision", "version"))
    title = title or (f"deployment of {revision}" if revision else "")
    body = "\n".join(dict.fromkeys(filter(None, (title, more_text))))
    who = pick(one, "user", "login", "changedBy") or pick(details, "user", "deployed_by", "build_user", "actor")
    services = [text(pick(part, "summary", "name")) for part in objects(one.get("services"))]
    level = pick(one, "alert_type") or pick(payload, "severity")
    links = [
        text(pick(link, "href"))
        for link in objects(one.get("links") if isinstance(one.get("links"), list) else item.get("links"))
    ]
    more = {
        "id": pick(one, "id", "uid"),
        "commit": revision,
        "tags": one.get("tags"),
        "source": pick(one, "source", "source_type_name") or pick(payload, "source"),
        "environment": labels.get("env") or pick(details, "environment", "env"),
        "url": links[0] if links else pick(one, "url", "deepLink"),
        "details": details,
        "marker": one.get("type"),
    }
    common = {
        "actor": text(who) if isinstance(who, (str, int)) else None,
        "attributes": attributes(more),
        "host": text(one.get("host")) or None,
        "service": labels.get("service")
        or (services[0] if len(services) == 1 else None)
        or text(pick(details, "service", "app"))
        or last_part(pick(one, "entity.name")),
        **severe(text(level) or None),
    }
    end = pick(one, "end_time")
    lasts = end not in (None, 0, when)
    yield (
        timed(when)
        | common
        | {"action": "rolled_back" if goes_back(body) else "started" if lasts else "marked", "body": body}
    )
    if lasts:
        yield timed(end) | common | {"action": "ended", "body": f"{title or more_text}: end"}
