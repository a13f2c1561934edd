"""Linear issues, of the GraphQL API and of webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.tickets import entry, step_to
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "linear"
TITLE = "Linear issues"
GROUP = "ticket"
KIND = "ticket"
URL = "https://linear.app/developers/graphql"
NAMES = ("*linear*.json*",)

ARRAYS = ("data.issues.nodes",)
PRIORITIES = {1: 21, 2: 17, 3: 13, 4: 9}  # 0 is none, 1 urgent, 4 low
LIFE = (("createdAt", "created"), ("startedAt", "acknowledged"), ("completedAt", "resolved"), ("canceledAt", "closed"))


def sniff(head: bytes, name: str) -> float:
    """Issues have an identifier and the times of their states; webhooks a type, an action and what it was before."""
    for base in ("data.issues.nodes[].", "[].", "", "data.issue."):
        if fits(head, "identifier", "title", "createdAt", under=(base,)):
            return 0.97
    return (
        0.97
        if fits(head, "action", "data.title", "webhookTimestamp") or fits(head, "action", "createdAt", "data.team.key")
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The steps that an issue stamps, its history and comments; one event for each webhook."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(pick(item, "data.issue")) or mapping(item.get("data")) or item
    key = text(one.get("identifier")) or (
        f"{pick(one, 'team.key')}-{one.get('number')}" if pick(one, "team.key") else ""
    )
    said = one.get("priority")
    level = said if isinstance(said, int) else 0
    common = {
        "correlation_key": key or text(one.get("id")) or None,
        "severity_number": PRIORITIES.get(level, 0),
        "severity_text": text(one.get("priorityLabel")) or None,
        "service": pick(one, "project.name"),
    }
    labels = one.get("labels")
    names = objects(labels.get("nodes") if isinstance(labels, dict) else labels)
    more = {
        "id": one.get("id"),
        "state": pick(one, "state.name"),
        "assignee": pick(one, "assignee.name", "assignee.displayName"),
        "url": pick(one, "url") or item.get("url"),
        "labels": [text(label.get("name")) for label in names],
        "team": pick(one, "team.key"),
    }
    title = f"{key}: {text(one.get('title'))}".strip(": ")
    if "action" in item and "type" in item:
        yield _webhook(item, one, title, common, more)
        return
    if not title or "createdAt" not in one:
        return
    for stamp, action in LIFE:
        if one.get(stamp):
            said = f"{title}\n{text(one.get('description'))}".strip() if action == "created" else f"{title}: {action}"
            yield entry(
                one[stamp],
                action,
                said,
                pick(one, "creator.name", "creator.displayName") if action == "created" else None,
                common,
                more,
            )
    for step in objects(mapping(one.get("history")).get("nodes")):
        old, new = text(pick(step, "fromState.name")), text(pick(step, "toState.name", "toAssignee.name"))
        if new:
            became = step_to(new, old) if pick(step, "toState.name") else "assigned"
            yield entry(
                step.get("createdAt"), became, f"{title}: {old} -> {new}", pick(step, "actor.name"), common, more
            )
    for comment in objects(mapping(one.get("comments")).get("nodes")):
        yield entry(
            comment.get("createdAt"),
            "commented",
            f"{title}: {text(comment.get('body'))}",
            pick(comment, "user.name"),
            common,
            more,
        )


def _webhook(item: dict[str, Any], one: dict[str, Any], title: str, common: Event, more: dict[str, Any]) -> Event:
    who, verb, was = (
        pick(item, "actor.name") or pick(one, "user.name"),
        text(item.get("action")),
        mapping(item.get("updatedFrom")),
    )
    if item.get("type") == "Comment":
        issue = text(pick(one, "issue.title"))
        key = text(pick(one, "issue.identifier", "issueId", "issue.id"))
        return entry(
            item.get("createdAt"),
            "commented",
            f"{issue}: {text(one.get('body'))}",
            who,
            common | {"correlation_key": key or None},
            more,
        )
    changed = [key for key in was if key not in ("updatedAt", "sortOrder")]
    action = (
        "created"
        if verb == "create"
        else step_to(pick(one, "state.name"))
        if "stateId" in was
        else "assigned"
        if "assigneeId" in was
        else "updated"
    )
    told = pick(one, "state.name") if "stateId" in was else ", ".join(changed)
    return entry(
        item.get("createdAt"), action, f"{title}: {told}" if told and verb != "create" else title, who, common, more
    )
