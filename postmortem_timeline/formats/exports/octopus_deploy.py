"""Octopus Deploy: tasks and events of the REST API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.runs import action_of, goes_back, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import text

NAME = "octopus_deploy"
TITLE = "Octopus Deploy tasks and events"
GROUP = "change"
KIND = "change"
URL = "https://octopus.com/docs/octopus-rest-api"
NAMES = ("*octopus*.json", "*deployments*.json", "*tasks*.json")

ARRAYS = ("Items",)
DEPLOY = re.compile(
    r"Deploy (?P<service>.+?) (?:release )?(?P<version>\S+) to (?P<environment>.+?)(?: (?:failed|succeeded|started|was \w+))?$"
)
PREFIXES = ("Deployment", "RunbookRun", "Machine")


def sniff(head: bytes, name: str) -> float:
    """Tasks have a state and a time of completion, events a category and when they occurred."""
    for base in ("Items[].", "[].", ""):
        if fits(head, "Id", "State", "CompletedTime", "Description", under=(base,)):
            return 0.98
        if fits(head, "Category", "Occurred", "Message", under=(base,)):
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each task; one event for each entry of the audit."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    what = text(pick(item, "Description", "Message"))
    found = DEPLOY.search(what)
    parts = found.groupdict() if found else {}
    service = parts.pop("service", None)
    if "Occurred" in item:
        category = text(item.get("Category"))
        word = next((category.removeprefix(p) for p in PREFIXES if category.startswith(p)), category)
        action = "rolled_back" if goes_back(what) else action_of(word)
        yield timed(item["Occurred"]) | {
            "action": action,
            "actor": pick(item, "Username"),
            "body": what,
            "service": service,
            "severity_number": 17 if action == "failed" else None,
            "attributes": attributes(
                {"id": item.get("Id"), "category": category, **parts, "related": item.get("RelatedDocumentIds")}
            ),
        }
    elif "State" in item:
        yield from run(
            what,
            item["State"],
            started=pick(item, "StartTime", "QueueTime"),
            finished=item.get("CompletedTime"),
            why=text(item.get("ErrorMessage")),
            common={
                "service": service,
                "actor": pick(item, "CreatedBy"),
                "correlation_key": f"octopus-{item.get('Id')}",
            },
            more={"id": item.get("Id"), "name": item.get("Name"), "state": item["State"], **parts},
        )
