"""Spinnaker pipeline executions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import objects, text

NAME = "spinnaker"
TITLE = "Spinnaker pipeline executions"
GROUP = "change"
KIND = "change"
URL = "https://spinnaker.io/docs/reference/api/"
NAMES = ("*spinnaker*.json", "*executions*.json", "*pipelines*.json")


def sniff(head: bytes, name: str) -> float:
    """An execution has an application, a build time, a trigger and stages."""
    return 0.98 if fits(head, "application", "buildTime", "stages", "status") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each execution, and the stages that failed or took something back."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "application" not in item:
        return
    common = {
        "service": text(item.get("application")) or None,
        "actor": pick(item, "trigger.user", "authentication.user"),
        "correlation_key": text(item.get("id")) or None,
    }
    stages = objects(item.get("stages"))
    broke = [
        stage for stage in stages if text(stage.get("status")).upper() in ("TERMINAL", "FAILED_CONTINUE", "STOPPED")
    ]
    more = {
        "id": item.get("id"),
        "state": item.get("status"),
        "trigger": pick(item, "trigger.type"),
        "version": pick(item, "trigger.tag"),
        "failed_stages": [text(stage.get("name")) for stage in broke],
        "commit": pick(item, "trigger.hash", "trigger.buildInfo.scm.sha1"),
    }
    yield from run(
        f"{item.get('application')}: {item.get('name')}",
        item.get("status"),
        started=pick(item, "startTime", "buildTime"),
        finished=item.get("endTime"),
        why=f"at {', '.join(more['failed_stages'])}" if broke else "",
        common=common,
        more=more,
    )
    for stage in stages:
        if "rollback" in text(stage.get("type")).lower() and stage.get("startTime"):
            name, of = (
                text(stage.get("name")) or text(stage.get("type")),
                {"id": stage.get("id"), "type": stage.get("type")},
            )
            yield from run(
                f"{item.get('application')}: rollback: {name}",
                stage.get("status"),
                started=stage.get("startTime"),
                finished=stage.get("endTime"),
                common=common,
                more=of,
            )
