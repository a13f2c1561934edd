"""Jira issues with their history and comments, of REST and of webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.tickets import entry, plain, priority, step_to
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "jira"
TITLE = "Jira issues (REST API, webhooks)"
GROUP = "ticket"
KIND = "ticket"
URL = "https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/"
NAMES = ("*jira*.json", "*issues*.json")

ARRAYS = ("issues",)


def sniff(head: bytes, name: str) -> float:
    """An issue has a key and fields, or a webhook its name."""
    for base in ("issues[].", "[].", "", "issue.", "[].issue."):
        if fits(head, "key", "fields.summary", under=(base,)) or fits(head, "key", "fields.created", under=(base,)):
            return 0.98
    return 0.97 if fits(head, "webhookEvent", "timestamp") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The creation of an issue, each change of its history, and each comment."""
    return walk(data, context, ARRAYS, _rows, KIND, _pages)


def _pages(rest: dict[str, Any], context: Context) -> None:
    total, size = rest.get("total"), rest.get("maxResults")
    more = isinstance(total, int) and isinstance(size, int) and total > size + int(rest.get("startAt") or 0)
    if more or rest.get("isLast") is False:
        context.note(
            "more_pages", f"the export is one page of several (total {total})" if more else "more pages follow"
        )


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    issue = mapping(item.get("issue")) or item
    fields = mapping(issue.get("fields"))
    if not issue.get("key") or not fields:
        return
    title = f"{issue['key']}: {text(fields.get('summary'))}"
    parts = [text(part.get("name")) for part in objects(fields.get("components"))]
    common = {
        "correlation_key": text(issue["key"]),
        "service": parts[0] if len(parts) == 1 else None,
        **priority(pick(fields, "priority.name")),
    }
    more = {
        "id": issue.get("id"),
        "type": pick(fields, "issuetype.name"),
        "status": pick(fields, "status.name"),
        "labels": texts(fields.get("labels")),
        "components": parts,
        "assignee": _person(fields.get("assignee")),
        "resolution": pick(fields, "resolution.name"),
        "url": issue.get("self"),
    }
    if "webhookEvent" in item:
        yield from _webhook(item, title, common, more)
        return
    description = plain(fields.get("description")).strip()
    yield entry(
        fields.get("created"),
        "created",
        f"{title}\n{description}".strip(),
        _person(fields.get("reporter") or fields.get("creator")),
        common,
        more,
    )
    histories = objects(
        mapping(issue.get("changelog")).get("histories") or mapping(issue.get("changelog")).get("values")
    )
    for history in histories:
        yield from _changes(
            objects(history.get("items")), history.get("created"), _person(history.get("author")), title, common, more
        )
    for comment in objects(mapping(fields.get("comment")).get("comments")):
        yield _comment(comment, title, common, more)
    if not histories and fields.get("resolutiondate"):
        yield entry(fields["resolutiondate"], "resolved", f"{title}: resolved", None, common, more)


def _webhook(item: dict[str, Any], title: str, common: Event, more: dict[str, Any]) -> Iterator[Event]:
    kind, who, when = (
        text(item.get("webhookEvent")).removeprefix("jira:"),
        _person(item.get("user")),
        item.get("timestamp"),
    )
    changes = objects(mapping(item.get("changelog")).get("items"))
    if comment := mapping(item.get("comment")):
        yield _comment(comment | {"created": pick(comment, "updated", "created") or when}, title, common, more)
    elif changes:
        yield from _changes(changes, when, who, title, common, more)
    else:
        yield entry(when, kind.removeprefix("issue_"), title, who, common, more)


def _changes(
    items: list[dict[str, Any]], when: Any, who: str | None, title: str, common: Event, more: dict[str, Any]
) -> Iterator[Event]:
    for change in items:
        field, old, new = text(change.get("field")), text(change.get("fromString")), text(change.get("toString"))
        action = (
            step_to(new, old)
            if field.lower() == "status"
            else "assigned"
            if field.lower() == "assignee" and new
            else f"{field.lower()}_changed"
        )
        yield entry(
            when,
            action.replace(" ", "_") if action else None,
            f"{title}: {field}: {old[:80]} -> {new[:200]}",
            who,
            common,
            {**more, "field": field},
        )


def _comment(comment: dict[str, Any], title: str, common: Event, more: dict[str, Any]) -> Event:
    said = plain(comment.get("body")).strip()
    who = _person(comment.get("author"))
    return entry(
        comment.get("created"), "commented", f"{title}: {said}", who, common, {**more, "comment_id": comment.get("id")}
    )


def _person(value: Any) -> str | None:
    return pick(mapping(value), "displayName", "name", "emailAddress", "accountId")
