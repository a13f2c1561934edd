"""Buildkite builds, of the REST API and of webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import first_line, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "buildkite"
TITLE = "Buildkite builds"
GROUP = "ci"
KIND = "change"
URL = "https://buildkite.com/docs/apis/rest-api/builds"
NAMES = ("*buildkite*.json", "*builds*.json")


def sniff(head: bytes, name: str) -> float:
    """A build has a pipeline with a slug, a commit and three times."""
    for base in ("[].", "", "build.", "[].build."):
        if fits(head, "scheduled_at", "commit", "state", "number", under=(base,)):
            return 0.97
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each build."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(item.get("build")) or item
    if "scheduled_at" not in one:
        return
    pipeline = text(pick(item, "pipeline.slug") or pick(one, "pipeline.slug", "pipeline.name"))
    title = first_line(one.get("message"))
    what = f"{pipeline} #{one.get('number')}"
    more = {
        "id": one.get("id"),
        "commit": one.get("commit"),
        "branch": one.get("branch"),
        "state": one.get("state"),
        "source": one.get("source"),
        "environment": pick(one, "env.ENVIRONMENT", "meta_data.environment"),
        "rebuilt_from": pick(one, "rebuilt_from.number"),
        "url": one.get("web_url"),
    }
    yield from run(
        f"{what}: {title}" if title else what,
        one.get("state"),
        started=pick(one, "started_at", "created_at"),
        finished=one.get("finished_at"),
        more=more,
        common={
            "service": pipeline or None,
            "actor": pick(one, "creator.name") or pick(item, "sender.name"),
            "correlation_key": f"buildkite-{pipeline}-{one.get('number')}",
        },
    )
