"""GitHub issues: the REST API, `gh issue list --json`, comments, timelines and webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.tickets import entry, priority
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "github_issues"
TITLE = "GitHub issues, comments and timelines"
GROUP = "ticket"
KIND = "ticket"
URL = "https://docs.github.com/en/rest/issues/issues"
NAMES = ("*issues*.json", "*timeline*.json", "*comments*.json")

SEVERITY_LABEL = ("sev", "severity", "priority", "p0", "p1", "p2", "p3", "p4", "critical")


def sniff(head: bytes, name: str) -> float:
    """An issue has a number, a title and labels; a timeline's entry an event and an actor; a webhook its issue."""
    for base in ("issue.", "[].issue.", "[].", ""):
        if fits(head, "number", "title", "labels", "created_at", under=(base,)) and not fits(
            head, "merge_commit_sha", under=(base,)
        ):
            return 0.96
    if fits(head, "createdAt", "number", "title", "state") and not any(
        fits(head, mark) for mark in ("mergedAt", "identifier", "headRefName")
    ):
        return 0.96
    if fits(head, "event", "actor.login", "created_at") and not fits(head, "payload"):
        return 0.95
    return 0.95 if fits(head, "issue_url", "body", "user.login", "created_at") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The opening and the closing of each issue, comments, and what its timeline tells."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    issue = mapping(item.get("issue"))
    if issue and "action" in item:
        yield _webhook(item, issue)
    elif "event" in item and "created_at" in item:
        yield _timeline(item, issue)
    elif "issue_url" in item:
        number = text(item.get("issue_url")).rpartition("/")[2]
        yield _comment(item, f"issue {number}", {"correlation_key": _key(text(item.get("html_url")), number)}, {})
    elif "title" in item and "number" in item:
        yield from _issue(item)


def _issue(one: dict[str, Any]) -> Iterator[Event]:
    title, common, more = _about(one)
    who = pick(one, "user.login", "author.login")
    yield entry(
        pick(one, "created_at", "createdAt"), "created", f"{title}\n{text(one.get('body'))}".strip(), who, common, more
    )
    for comment in objects(one.get("comments")):
        yield _comment(comment, title, common, more)
    if when := pick(one, "closed_at", "closedAt"):
        yield entry(when, "closed", f"{title}: closed", pick(one, "closed_by.login"), common, more)


def _about(one: dict[str, Any]) -> tuple[str, Event, dict[str, Any]]:
    labels = [text(label.get("name")) for label in objects(one.get("labels"))]
    url = text(pick(one, "html_url", "url"))
    level = next((label for label in labels if label.lower().startswith(SEVERITY_LABEL)), None)
    common = {
        "correlation_key": _key(url, one.get("number")),
        **priority(level),
        "service": next(
            (
                label.partition(":")[2].strip("/ ")
                for label in labels
                if label.startswith(("service:", "component:", "area:"))
            ),
            None,
        ),
    }
    more = {
        "id": one.get("number"),
        "labels": labels,
        "state": one.get("state"),
        "url": url,
        "reason": pick(one, "state_reason", "stateReason"),
        "assignees": [text(person.get("login")) for person in objects(one.get("assignees"))],
        "repository": _place(url),
    }
    return f"{_key(url, one.get('number')) or one.get('number')}: {text(one.get('title'))}", common, more


def _webhook(item: dict[str, Any], issue: dict[str, Any]) -> Event:
    title, common, more = _about(issue)
    if comment := mapping(item.get("comment")):
        return _comment(comment, title, common, more)
    action = text(item.get("action"))
    when = pick(issue, {"opened": "created_at", "closed": "closed_at"}.get(action, "updated_at"))
    step = "created" if action == "opened" else action
    added = pick(item, "assignee.login", "label.name")
    return entry(
        when, step, f"{title}: {action}" + (f" {added}" if added else ""), pick(item, "sender.login"), common, more
    )


def _timeline(item: dict[str, Any], issue: dict[str, Any]) -> Event:
    title, common, more = _about(issue) if issue else ("issue", {}, {})
    event = text(item.get("event"))
    said = text(pick(item, "body", "label.name", "assignee.login", "milestone.title", "rename.to", "commit_id"))
    who = pick(item, "actor.login", "user.login")
    return entry(
        item.get("created_at"),
        event,
        f"{title}: {event}" + (f": {said}" if said else ""),
        who,
        common,
        {**more, "commit": item.get("commit_id")},
    )


def _comment(comment: dict[str, Any], title: str, common: Event, more: dict[str, Any]) -> Event:
    who = pick(comment, "user.login", "author.login")
    return entry(
        pick(comment, "created_at", "createdAt"),
        "commented",
        f"{title}: {text(comment.get('body'))}",
        who,
        common,
        more,
    )


def _place(url: str) -> str | None:
    parts = url.replace("api.github.com/repos/", "github.com/").split("/")
    return "/".join(parts[3:5]) if len(parts) > 5 else None


def _key(url: str, number: Any) -> str | None:
    place = _place(url)
    return f"{place}#{number}" if place and number else None
