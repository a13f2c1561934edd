"""TeamCity builds, of the REST API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "teamcity"
TITLE = "TeamCity builds"
GROUP = "ci"
KIND = "change"
URL = "https://www.jetbrains.com/help/teamcity/rest/get-build-details.html"
NAMES = ("*teamcity*.json", "*builds*.json")

ARRAYS = ("build",)


def sniff(head: bytes, name: str) -> float:
    """A build names its type by id, and its state apart from its status."""
    return 0.98 if fits(head, "buildTypeId", "status", "state", under=("build[].", "[].", "")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each build; stamps are written without dashes and colons."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    start = pick(item, "startDate", "queuedDate")
    if start is None:
        return
    name = text(pick(item, "buildType.name", "buildTypeId"))
    state = item.get("status") if item.get("state") == "finished" else item.get("state")
    told = text(item.get("statusText"))
    revisions = objects(mapping(item.get("revisions")).get("revision"))
    more = {
        "id": item.get("id"),
        "commit": pick(revisions[0], "version") if revisions else None,
        "branch": item.get("branchName"),
        "state": item.get("status"),
        "personal": item.get("personal") or None,
        "url": item.get("webUrl"),
    }
    yield from run(
        f"{name} #{item.get('number')}",
        "cancelled" if item.get("canceledInfo") else state,
        started=start,
        finished=item.get("finishDate"),
        why=told if told.lower() != text(state).lower() else "",
        more=more,
        common={
            "service": pick(item, "buildType.projectName") or text(item.get("buildTypeId")).split("_")[0] or None,
            "actor": pick(item, "triggered.user.username", "triggered.user.name"),
            "correlation_key": f"teamcity-{item.get('id')}",
        },
    )
