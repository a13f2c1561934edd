"""Dynatrace: problems and events of its API, and the notifications of problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes
from postmortem_timeline.formats.exports.walk import fits, inner, life, moment, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "dynatrace"
TITLE = "Dynatrace problems, events and problem notifications"
GROUP = "alert"
KIND = "alert"
URL = "https://docs.dynatrace.com/docs/dynatrace-api/environment-api/problems-v2"
NAMES = ("*dynatrace*.json*",)

LEVELS = {
    "AVAILABILITY": 21, "ERROR": 17, "PERFORMANCE": 17, "RESOURCE_CONTENTION": 13, "CUSTOM_ALERT": 13, "MONITORING_UNAVAILABLE": 13,
    "INFO": 9,
}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """Problems have a display id and a start, events a type and an entity, notifications a title with a capital."""
    if fits(head, "problemId", "startTime", "severityLevel", under=("problems[].", "[].", "", "result.problems[].")):
        return 0.98
    if fits(head, "eventId", "startTime", "eventType", under=("events[].", "[].")) and b"entityId" in head:
        return 0.97
    return 0.97 if fits(head, "ProblemID", "State", "ProblemTitle") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """When each problem opened and closed, and what people wrote to it."""
    return walk(data, context, ("problems", "events"), _of, KIND, _paged)


def _paged(rest: dict[str, Any], context: Context) -> None:
    if rest.get("nextPageKey"):
        context.note("more_pages", "the export is one page of several (nextPageKey)")


def _end(stamp: Any) -> Any:
    """-1 is no end."""
    return None if text(stamp) == "-1" else stamp


def _of(item: dict[str, Any]) -> Iterator[Event]:
    if "problemId" in item:
        yield from _problem(item)
    elif "eventType" in item:
        yield from _event(item)
    elif "ProblemID" in item:
        yield _note(item)


def _problem(item: dict[str, Any]) -> Iterator[Event]:
    level = text(item.get("severityLevel"))
    entities = [text(one.get("name")) for one in objects(item.get("impactedEntities"))]
    key = text(item.get("displayId") or item["problemId"])
    title = text(item.get("title"))
    more = {
        "alert_name": title, "problem": item["problemId"], "status": item.get("status"), "impact": item.get("impactLevel"),
        "entities": entities, "root_cause": pick(item, "rootCauseEntity.name"),
        "zones": [text(one.get("name")) for one in objects(item.get("managementZones"))],
        "tags": [text(one.get("stringRepresentation")) for one in objects(item.get("entityTags"))],
    }  # fmt: skip
    cause = text(pick(item, "rootCauseEntity.name")) or (entities[0] if len(entities) == 1 else "")
    common = {
        "body": f"{key}: {title}", "correlation_key": key, "service": cause or None,
        "severity_number": LEVELS.get(level, 0), "severity_text": level or None,
    }  # fmt: skip
    yield from life([moment("firing", item.get("startTime"))], common, more)
    for one in objects(pick(item, "recentComments.comments")):
        said = {"body": f"{key}: {text(one.get('content'))}"}
        yield from life(
            [moment("annotated", one.get("createdAtTimestamp"), one.get("authorName"))], common | said, more
        )
    yield from life([moment("resolved", _end(item.get("endTime")))], common, more)


def _event(item: dict[str, Any]) -> Iterator[Event]:
    kind, where = text(item.get("eventType")), text(pick(item, "entityId.name", "entityName"))
    change = kind in ("CUSTOM_DEPLOYMENT", "CUSTOM_CONFIGURATION", "PROCESS_RESTART")
    more = {
        "alert_name": item.get("title"), "type": kind, "status": item.get("status"), "problem": item.get("correlationId"),
        "properties": {text(one.get("key")): one.get("value") for one in objects(item.get("properties"))},
    }  # fmt: skip
    common = {
        "body": ": ".join(filter(None, (where, text(item.get("title")) or kind))), "correlation_key": text(item.get("eventId")) or None,
        "service": where or None,
    } | ({"kind": "change"} if change else {})  # fmt: skip
    end = None if change else _end(item.get("endTime"))
    yield from life(
        [moment(None if change else "firing", item.get("startTime")), moment("resolved", end)], common, more
    )


def _note(item: dict[str, Any]) -> Event:
    """A notification has no time of its own unless its template adds the problem's details as JSON."""
    details = inner(item.get("ProblemDetailsJSONv2") or item.get("ProblemDetailsJSON"))
    state, level = text(item.get("State")), text(item.get("ProblemSeverity"))
    ended = state == "RESOLVED"
    stamp = _end(details.get("endTime")) if ended else details.get("startTime")
    more = {
        "alert_name": item.get("ProblemTitle"), "problem": item.get("PID"), "impact": item.get("ProblemImpact"),
        "entity": item.get("ImpactedEntity"), "tags": item.get("Tags"), "url": item.get("ProblemURL"),
    }  # fmt: skip
    who = mapping(item.get("ImpactedEntities"))
    return moment("resolved" if ended else "firing" if state == "OPEN" else state.lower() or None, stamp) | {
        "body": f"{text(item.get('ProblemID'))}: {text(item.get('ProblemTitle'))}", "correlation_key": text(item.get("ProblemID")) or None,
        "severity_number": LEVELS.get(level, 0), "severity_text": level or None, "attributes": attributes(more),
        "service": text(who.get("name")) or None,
    }  # fmt: skip
