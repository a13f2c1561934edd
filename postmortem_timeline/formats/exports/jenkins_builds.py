"""Jenkins builds: of the JSON API, of Blue Ocean and of the pipeline REST API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import first_line, last_part, more_pages, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import objects, text

NAME = "jenkins_builds"
TITLE = "Jenkins builds (JSON API, Blue Ocean, pipeline runs)"
GROUP = "ci"
KIND = "change"
URL = "https://www.jenkins.io/doc/book/using/remote-access-api/"
NAMES = ("*jenkins*.json", "*builds*.json")

ARRAYS = ("builds", "allBuilds")
SERVICE_PARAMETERS = ("SERVICE", "APP", "APPLICATION", "COMPONENT", "PROJECT")
ENVIRONMENT_PARAMETERS = ("ENVIRONMENT", "ENV", "TARGET_ENV", "DEPLOY_ENV", "STAGE", "TARGET")


def sniff(head: bytes, name: str) -> float:
    """A build has a result, a time and a duration; the others count milliseconds by names of their own."""
    under = ("builds[].", "allBuilds[].", "[].", "")
    for number in ("number", "fullDisplayName"):
        if fits(head, "result", "timestamp", "duration", number, under=under):
            return 0.98
    return (
        0.97 if fits(head, "startTimeMillis", "durationMillis") or fits(head, "durationInMillis", "startTime") else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each build; `timestamp` is the start, the end follows from the duration."""
    return walk(data, context, ARRAYS, _rows, KIND, more_pages)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    start = pick(item, "timestamp", "startTimeMillis", "startTime")
    if start is None:
        return
    actions = objects(item.get("actions"))
    causes = [cause for action in actions for cause in objects(action.get("causes"))] + objects(item.get("causes"))
    parameters = {
        text(one.get("name")).upper(): one.get("value") for a in actions for one in objects(a.get("parameters"))
    }
    changes = objects(item.get("changeSet", {}).get("items") if isinstance(item.get("changeSet"), dict) else None)
    changes = [c for s in objects(item.get("changeSets")) for c in objects(s.get("items"))] or changes
    job = _job(item)
    revision = next((sha for a in actions if (sha := pick(a, "lastBuiltRevision.SHA1"))), None)
    number = pick(item, "number", "id")
    more = {
        "id": number,
        "job": job,
        "commit": revision or item.get("commitId"),
        "state": item.get("result"),
        "causes": [text(pick(cause, "shortDescription")) for cause in causes],
        "parameters": parameters,
        "environment": _parameter(parameters, ENVIRONMENT_PARAMETERS),
        "url": item.get("url"),
        "commits": [f"{text(pick(c, 'commitId', 'id'))[:12]} {first_line(pick(c, 'msg', 'comment'))}" for c in changes],
    }
    state = "running" if item.get("building") or item.get("state") == "RUNNING" else pick(item, "result", "status")
    took = pick(item, "duration", "durationMillis", "durationInMillis")
    shown = text(pick(item, "displayName", "name"))
    what = text(item.get("fullDisplayName")) or f"{job or 'build'} #{number}" + (
        f" {shown}" if shown and shown not in (f"#{number}", str(number), job) else ""
    )
    if causes and (told := text(causes[0].get("shortDescription"))):
        what = f"{what}: {told}"
    yield from run(
        what,
        state,
        started=start,
        finished=pick(item, "endTimeMillis", "endTime"),
        took_ms=float(took) if isinstance(took, (int, float)) and state != "running" else None,
        more=more,
        common={
            "service": _parameter(parameters, SERVICE_PARAMETERS) or last_part(_top(job)),
            "actor": next((text(pick(c, "userId", "userName")) for c in causes if pick(c, "userId", "userName")), None),
            "correlation_key": f"jenkins-{job}-{number}" if job else None,
        },
    )


def _job(item: dict[str, Any]) -> str:
    """The job's path: of the URL `.../job/shop/job/auth/job/main/871/`, or as Blue Ocean names its pipeline."""
    parts = text(item.get("url")).split("/job/")[1:]
    names = [part.strip("/").split("/")[0] for part in parts]
    return "/".join(names) or text(pick(item, "pipeline"))


def _top(job: str) -> str:
    """A branch at the end of a job's path is no service."""
    head, slash, tail = job.rpartition("/")
    return head if slash and (tail.lower() in ("main", "master", "develop") or "%2F" in tail) else job


def _parameter(parameters: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((text(parameters[name]) for name in names if parameters.get(name)), None)
