"""AWS Health: events of the API, of EventBridge, and of the public dashboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.status import update
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.jsondoc import key_paths
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "aws_health"
TITLE = "AWS Health events (API, EventBridge, public dashboard)"
GROUP = "status"
KIND = "status"
URL = "https://docs.aws.amazon.com/health/latest/APIReference/API_Event.html"
NAMES = ("*health*.json", "currentevents*.json", "historyevents*.json", "data.json")

ARRAYS = ("events", "successfulSet", "archive", "current")
EVENTS = ("events[].", "successfulSet[].event.", "[].", "", "detail.", "[].detail.")
BEGUN = {
    "issue": "investigating",
    "scheduledChange": "scheduled",
    "accountNotification": "informational",
    "investigation": "investigating",
}
ENDED = {"issue": "resolved", "scheduledChange": "completed", "investigation": "resolved"}
LEVELS = {
    "issue": "major",
    "investigation": "minor",
    "scheduledChange": "maintenance",
    "accountNotification": "informational",
}
DASHBOARD = {
    "0": "operational",
    "1": "informational",
    "2": "degraded",
    "3": "outage",
}  # its green, blue, yellow and red marks


def sniff(head: bytes, name: str) -> float:
    """Events have a code of their type; the dashboard's a log."""
    if fits(head, "service", "eventTypeCode", "startTime", under=EVENTS):
        return 0.98
    keys = key_paths(head)
    if fits(head, "event_log[].summary", "service_name", "date", under=("[].", "", "events[].")):
        return 0.97
    if any(key.endswith("[].event_log[].timestamp") for key in keys) and any(
        key.endswith("[].service_name") for key in keys
    ):
        return 0.97
    return 0.95 if {"archive[].service_name", "archive[].date", "archive[].summary"} <= keys else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event where a provider's incident began and one where it ended; of the dashboard one per entry of its log."""
    return walk(data, context, ARRAYS, _rows, KIND, _pages)


def _pages(rest: dict[str, Any], context: Context) -> None:
    if rest.get("nextToken"):
        context.note("more_pages", 'the answer is one page of several ("nextToken")')


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    event = mapping(item.get("detail")) or mapping(item.get("event")) or item
    if "eventTypeCode" in event:
        yield from _of_api(event, item)
    elif "service_name" in item:
        yield from _of_dashboard(item)
    else:  # the dashboard's history: a list per service
        for told in item.values():
            for one in objects(told):
                if "service_name" in one:
                    yield from _of_dashboard(one)


def _of_api(event: dict[str, Any], around: dict[str, Any]) -> Iterator[Event]:
    category, said = (
        text(event.get("eventTypeCategory")),
        event.get("eventDescription") or around.get("eventDescription"),
    )
    words = text(mapping(said).get("latestDescription")) or next(
        (text(d.get("latestDescription")) for d in objects(said)), ""
    )
    region = text(event.get("region") or event.get("eventRegion") or around.get("region"))
    common: dict[str, Any] = {
        "key": event.get("arn") or event.get("eventArn"), "services": [text(event.get("service"))],
        "impact": LEVELS.get(category),
        "provider": "AWS", "region": region, "status": event.get("statusCode"), "scope": event.get("eventScopeCode"),
        "category": category, "updated_at": event.get("lastUpdatedTime"),
        "account": around.get("account") or event.get("affectedAccount"),
        "entities": [text(e.get("entityValue")) for e in objects(event.get("affectedEntities"))] or texts(around.get("resources")),
    }  # fmt: skip
    title = f"{text(event.get('eventTypeCode'))} {region}".strip()
    if event.get("startTime"):
        yield update(event["startTime"], title, words, BEGUN.get(category, "informational"), **common)
    if event.get("endTime") and category in ENDED:
        yield update(event["endTime"], title, "", ENDED[category], **common)


def _of_dashboard(item: dict[str, Any]) -> Iterator[Event]:
    service, title = text(item.get("service_name")), text(item.get("summary"))
    common: dict[str, Any] = {
        "key": item.get("arn") or f"{item.get('service')}:{item.get('date')}", "services": [service], "provider": "AWS",
        "region": text(item.get("region_name")) or text(item.get("service")).partition("-")[2],
    }  # fmt: skip
    log = objects(item.get("event_log"))
    for one in log or [item]:
        words = text(one.get("message") or one.get("description"))
        level = DASHBOARD.get(text(one.get("status")), text(one.get("status")))
        marked = "[RESOLVED]" in title + text(one.get("summary"))
        done = level == "operational" or (marked and (one is item or one is log[-1]))
        told = text(one.get("summary"))
        yield update(pick(one, "timestamp", "date"), f"{service}: {title}", words, "resolved" if done else "update",
                     impact=level, said=told if told != title else None, **common)  # fmt: skip
