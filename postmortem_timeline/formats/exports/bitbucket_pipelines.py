"""Bitbucket pipelines and deployments, of the Cloud API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import more_pages, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import text

NAME = "bitbucket_pipelines"
TITLE = "Bitbucket pipelines and deployments"
GROUP = "ci"
KIND = "change"
URL = "https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/"
NAMES = ("*bitbucket*.json", "*pipelines*.json")

ARRAYS = ("values",)


def sniff(head: bytes, name: str) -> float:
    """Pipelines have a build number and a state with a result; deployments a release and an environment."""
    for base in ("values[].", "[].", ""):
        if fits(head, "build_number", "created_on", "state.name", under=(base,)):
            return 0.98
        if fits(head, "release.commit", "environment", "state.name", under=(base,)):
            return 0.97
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each."""
    return walk(data, context, ARRAYS, _rows, KIND, more_pages)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    state = pick(item, "state.result.name", "state.status.name", "state.name")
    start = pick(item, "created_on", "state.started_on", "release.created_on", "last_update_time")
    if state is None or start is None:
        return
    number = pick(item, "build_number", "release.name")
    target = text(pick(item, "target.ref_name", "release.name"))
    place = text(pick(item, "environment.name", "environment.slug", "environment.environment_type.name"))
    sha = pick(item, "target.commit.hash", "release.commit.hash")
    what = f"pipeline #{number} of {target}" if "build_number" in item else f"deploy of {target}"
    yield from run(
        what + (f" to {place}" if place else ""),
        state,
        started=start,
        finished=pick(item, "completed_on", "state.completed_on"),
        more={
            "id": item.get("uuid"),
            "commit": sha,
            "branch": target,
            "state": state,
            "environment": place,
            "trigger": pick(item, "trigger.name"),
            "url": pick(item, "links.html.href", "release.url"),
        },
        common={
            "service": pick(item, "repository.name"),
            "actor": pick(item, "creator.display_name", "state.triggerer.display_name"),
            "correlation_key": f"bitbucket-{item['uuid']}" if item.get("uuid") else None,
        },
    )
