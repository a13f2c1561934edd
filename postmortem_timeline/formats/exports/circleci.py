"""CircleCI: webhooks, and pipelines, workflows and jobs of the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import last_part, more_pages, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "circleci"
TITLE = "CircleCI workflows and jobs"
GROUP = "ci"
KIND = "change"
URL = "https://circleci.com/docs/api/v2/"
NAMES = ("*circleci*.json", "*workflow*.json")

ARRAYS = ("items",)


def sniff(head: bytes, name: str) -> float:
    """Webhooks say when they happened and in which workflow; the API's items name a project and a pipeline."""
    if fits(head, "happened_at", "workflow.id", "pipeline.id"):
        return 0.98
    for base in ("items[].", "[].", ""):
        if fits(head, "pipeline_id", "pipeline_number", "project_slug", under=(base,)):
            return 0.98
        if fits(head, "job_number", "project_slug", "started_at", under=(base,)):
            return 0.97
        if fits(head, "project_slug", "vcs.revision", "trigger.type", under=(base,)):
            return 0.97
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each workflow and job; of a pipeline its start alone."""
    return walk(data, context, ARRAYS, _rows, KIND, more_pages)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    workflow, job = mapping(item.get("workflow")), mapping(item.get("job"))
    one = job or workflow or item
    if not pick(one, "started_at", "created_at"):
        return
    pipeline = mapping(item.get("pipeline"))
    vcs = mapping(pipeline.get("vcs") or item.get("vcs"))
    where = pick(item, "project.slug", "project_slug") or vcs.get("origin_repository_url")
    number = pick(item, "pipeline.number", "pipeline_number", "number")
    kind = "job" if job or "job_number" in item else "workflow" if workflow or "pipeline_id" in item else "pipeline"
    inside = text(workflow.get("name")) + " / " if job and workflow else ""
    title = text(pick(vcs, "commit.subject"))
    what = f"{kind} {inside}{text(pick(one, 'name')) or ''}".strip() + (f" #{number}" if number else "")
    more = {
        "id": one.get("id"),
        "pipeline": pick(item, "pipeline.id", "pipeline_id"),
        "commit": vcs.get("revision"),
        "branch": vcs.get("branch"),
        "state": pick(one, "status", "state"),
        "repository": where,
        "url": pick(one, "url"),
        "event": item.get("type") if workflow else None,
    }
    yield from run(
        f"{what}: {title}" if title else what,
        pick(one, "status") or (None if kind == "pipeline" else "running"),
        started=pick(one, "started_at", "created_at"),
        finished=pick(one, "stopped_at"),
        more=more,
        common={
            "service": last_part(where),
            "actor": pick(item, "trigger.actor.login", "pipeline.trigger_parameters.user"),
            "correlation_key": f"circleci-{pick(item, 'workflow.id', 'id')}"
            if pick(item, "workflow.id", "id")
            else None,
        },
    )
