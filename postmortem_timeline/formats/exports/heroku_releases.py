"""Heroku releases, as `heroku releases --json` and the platform API give them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.runs import SEVERITIES, action_of, goes_back
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import text

NAME = "heroku_releases"
TITLE = "Heroku releases"
GROUP = "change"
KIND = "change"
URL = "https://devcenter.heroku.com/articles/platform-api-reference#release"
NAMES = ("*heroku*.json", "*releases*.json")

DEPLOY = re.compile(r"Deploy ([0-9a-f]{7,40})")


def sniff(head: bytes, name: str) -> float:
    """A release has a version, a status, and whether it is the current one."""
    return 0.97 if fits(head, "version", "current", "status", "description", "created_at") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event a release."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "version" not in item or "created_at" not in item:
        return
    said, state = text(item.get("description")), text(item.get("status"))
    found = DEPLOY.search(said)
    action = "rolled_back" if goes_back(said) else action_of(state)
    more = {
        "id": item.get("id"),
        "version": f"v{item['version']}",
        "commit": found[1] if found else None,
        "state": state,
        "current": item.get("current"),
        "slug": pick(item, "slug.id"),
    }
    yield timed(item["created_at"]) | {
        "action": action,
        "actor": pick(item, "user.email"),
        "service": pick(item, "app.name"),
        "severity_number": SEVERITIES.get(action or ""),
        "body": f"v{item['version']}: {said}" + ("" if state == "succeeded" else f": {state}"),
        "attributes": attributes(more),
        "correlation_key": text(item.get("id")) or None,
    }
