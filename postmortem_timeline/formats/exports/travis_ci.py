"""Travis CI builds, of the API and of notifications (also as a form posts them)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import first_line, last_part, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import text

NAME = "travis_ci"
TITLE = "Travis CI builds"
GROUP = "ci"
KIND = "change"
URL = "https://docs.travis-ci.com/user/notifications/#configuring-webhook-notifications"
NAMES = ("*travis*.json", "*builds*.json")

ARRAYS = ("builds",)


def sniff(head: bytes, name: str) -> float:
    """A notification has a status message and a matrix of jobs; the API's build a repository with a slug."""
    if fits(head, "status_message", "started_at", "build_url", under=("", "[].")):
        return 0.98
    for base in ("builds[].", "[].", ""):
        if fits(head, "event_type", "commit.sha", "started_at", "state", under=(base,)):
            return 0.97
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each build."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "started_at" not in item:
        return
    where = text(pick(item, "repository.slug", "repository.name"))
    title = first_line(pick(item, "message", "commit.message"))
    what = f"{last_part(where) or 'build'} #{item.get('number')}"
    commit = item.get("commit")
    more = {
        "id": item.get("id"),
        "commit": commit if isinstance(commit, str) else pick(item, "commit.sha"),
        "branch": pick(item, "branch.name") or item.get("branch"),
        "state": item.get("state"),
        "repository": where,
        "diff": pick(item, "compare_url", "commit.compare_url"),
        "url": item.get("build_url"),
    }
    yield from run(
        f"{what}: {title}" if title else what,
        pick(item, "state", "status_message"),
        started=item.get("started_at"),
        finished=item.get("finished_at"),
        more=more,
        common={
            "service": last_part(where),
            "actor": pick(item, "created_by.login", "committer_name", "author_name"),
            "correlation_key": f"travis-{item.get('id')}",
        },
    )
