"""Azure DevOps: builds, pipeline runs, releases, deployments, and service hooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import last_part, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "azure_devops"
TITLE = "Azure DevOps builds, releases and service hooks"
GROUP = "ci"
KIND = "change"
URL = "https://learn.microsoft.com/en-us/rest/api/azure/devops/build/builds/list"
NAMES = ("*azure*devops*.json", "*builds*.json", "*releases*.json")

ARRAYS = ("value",)


def sniff(head: bytes, name: str) -> float:
    """Builds have a number and a definition, deployments a release; hooks an event type, a publisher and a resource."""
    for base in ("value[].", "[].", "", "resource.", "[].resource."):
        if fits(head, "buildNumber", "definition.name", under=(base,)) or fits(head, "deploymentStatus", under=(base,)):
            return 0.98
        if fits(head, "createdDate", "finishedDate", "pipeline.name", under=(base,)):
            return 0.97
    return 0.97 if fits(head, "eventType", "publisherId", "resource", "createdDate") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(item.get("resource")) or item
    state = pick(one, "result", "deploymentStatus") or pick(one, "status", "state")
    if any(name in one for name in ("buildNumber", "deploymentStatus", "finishedDate")):
        yield from _run(one, item, state)
    elif "eventType" in item:
        yield from run(
            text(pick(item, "message.text", "detailedMessage.text")) or text(item["eventType"]),
            state,
            started=item.get("createdDate"),
            common=_common(one, item),
            more={"id": item.get("id"), "event": item["eventType"], "url": pick(one, "_links.web.href", "url")},
        )


def _run(one: dict[str, Any], item: dict[str, Any], state: Any) -> Iterator[Event]:
    name = text(pick(one, "definition.name", "pipeline.name", "releaseDefinition.name"))
    number = text(pick(one, "buildNumber", "release.name", "name"))
    place = text(pick(one, "releaseEnvironment.name", "environment.name"))
    more = {
        "id": one.get("id"),
        "commit": one.get("sourceVersion"),
        "state": state,
        "environment": place,
        "reason": one.get("reason"),
        "branch": text(one.get("sourceBranch")).removeprefix("refs/heads/"),
        "event": item.get("eventType"),
        "version": number,
        "url": pick(one, "_links.web.href", "release.webAccessUri", "url"),
    }
    yield from run(
        f"{name} {number}" + (f" to {place}" if place else ""),
        state,
        more=more,
        common=_common(one, item),
        started=pick(one, "startTime", "startedOn", "queueTime", "queuedOn", "createdDate"),
        finished=pick(one, "finishTime", "completedOn", "finishedDate"),
    )


def _common(one: dict[str, Any], item: dict[str, Any]) -> Event:
    where = pick(one, "repository.name", "definition.name", "releaseDefinition.name", "pipeline.name", "project.name")
    who = pick(
        one, "requestedFor.displayName", "requestedBy.displayName", "pushedBy.displayName", "createdBy.displayName"
    )
    return {
        "service": last_part(where),
        "actor": who,
        "correlation_key": f"azure-devops-{one['id']}" if isinstance(one.get("id"), int) else None,
    }
