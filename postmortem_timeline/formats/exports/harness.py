"""Harness pipeline executions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import text, texts

NAME = "harness"
TITLE = "Harness pipeline executions"
GROUP = "change"
KIND = "change"
URL = "https://apidocs.harness.io/tag/Pipeline-Execution-Details"
NAMES = ("*harness*.json", "*executions*.json")

ARRAYS = ("data.content",)


def sniff(head: bytes, name: str) -> float:
    """An execution has a plan's id and the pipeline that it ran."""
    return (
        0.98
        if fits(head, "planExecutionId", "pipelineIdentifier", "startTs", under=("data.content[].", "[].", ""))
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each execution."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "startTs" not in item:
        return
    services = texts(pick(item, "moduleInfo.cd.serviceIdentifiers"))
    places = texts(pick(item, "moduleInfo.cd.envIdentifiers"))
    what = f"{item.get('name') or item.get('pipelineIdentifier')} #{item.get('runSequence') or ''}".rstrip(" #")
    more = {
        "id": item.get("planExecutionId"),
        "state": item.get("status"),
        "services": services,
        "environment": ", ".join(places),
        "trigger": pick(item, "executionTriggerInfo.triggerType"),
        "pipeline": item.get("pipelineIdentifier"),
    }
    yield from run(
        what + (f" to {', '.join(places)}" if places else ""),
        item.get("status"),
        started=item["startTs"],
        finished=item.get("endTs"),
        why=text(pick(item, "failureInfo.message", "executionErrorInfo.message")),
        more=more,
        common={
            "service": services[0] if len(services) == 1 else None,
            "actor": pick(
                item, "executionTriggerInfo.triggeredBy.extraInfo.email", "executionTriggerInfo.triggeredBy.identifier"
            ),
            "correlation_key": text(item.get("planExecutionId")) or None,
        },
    )
