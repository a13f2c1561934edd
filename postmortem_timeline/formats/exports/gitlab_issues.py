"""GitLab issues and incidents: the API, their notes and webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import last_part
from postmortem_timeline.formats.exports.tickets import entry, priority
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "gitlab_issues"
TITLE = "GitLab issues, incidents and notes"
GROUP = "ticket"
KIND = "ticket"
URL = "https://docs.gitlab.com/api/issues/"
NAMES = ("*issues*.json", "*incidents*.json", "*gitlab*.json")

ACTIONS = {"open": "created", "close": "closed", "reopen": "reopened", "update": "updated"}


def sniff(head: bytes, name: str) -> float:
    """An issue has an internal id and a type; notes are system ones or people's; hooks say what they tell."""
    for base in ("[].", ""):
        if fits(head, "iid", "issue_type", "created_at", under=(base,)) or fits(
            head, "iid", "confidential", "title", "web_url", under=(base,)
        ):
            return 0.97
        if fits(head, "noteable_type", "system", "created_at", under=(base,)):
            return 0.97
        if fits(head, "object_kind", "object_attributes.iid", "object_attributes.confidential", under=(base,)):
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The opening and the closing of each issue, and each note."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "noteable_type" in item:
        title = f"issue {item.get('noteable_iid') or item.get('noteable_id')}"
        action = "updated" if item.get("system") else "commented"
        yield entry(
            item.get("created_at"),
            action,
            f"{title}: {text(item.get('body'))}",
            pick(item, "author.username"),
            {},
            {"id": item.get("id")},
        )
    elif "object_kind" in item:
        yield _hook(item, mapping(item.get("object_attributes")))
    elif "iid" in item and "title" in item:
        yield from _issue(item)


def _about(one: dict[str, Any], where: str | None) -> tuple[Event, dict[str, Any]]:
    labels = [text(pick(label, "title", "name")) for label in objects(one.get("labels"))] or [
        text(label) for label in _list(one.get("labels"))
    ]
    url = text(pick(one, "web_url", "url"))
    where = where or url.partition("/-/")[0].partition("//")[2].partition("/")[2] or None
    common = {
        "correlation_key": f"{where}#{one.get('iid')}" if where else None,
        **priority(text(one.get("severity")).replace("UNKNOWN", "")),
        "service": last_part(where),
    }
    more = {
        "id": one.get("iid"),
        "labels": labels,
        "state": one.get("state"),
        "type": pick(one, "issue_type", "type"),
        "url": url,
        "assignee": pick(one, "assignee.username"),
    }
    return common, more


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _issue(one: dict[str, Any]) -> Iterator[Event]:
    common, more = _about(one, None)
    title = f"{common['correlation_key'] or one.get('iid')}: {text(one.get('title'))}"
    yield entry(one.get("created_at"), "created", title, pick(one, "author.username", "author.name"), common, more)
    if one.get("closed_at"):
        yield entry(one["closed_at"], "closed", f"{title}: closed", pick(one, "closed_by.username"), common, more)


def _hook(item: dict[str, Any], one: dict[str, Any]) -> Event:
    common, more = _about(one, pick(item, "project.path_with_namespace"))
    action = text(one.get("action"))
    changed = ", ".join(
        f"{key}: {text(pick(change, 'previous'))[:60]} -> {text(pick(change, 'current'))[:60]}"
        for key, change in mapping(item.get("changes")).items()
        if isinstance(change, dict) and not key.endswith(("_at", "_id", "_by_id"))
    )
    when = pick(one, "created_at") if action == "open" else pick(one, "updated_at", "created_at")
    title = f"{common['correlation_key'] or one.get('iid')}: {text(one.get('title'))}: {action}"
    return entry(
        when,
        ACTIONS.get(action, action),
        f"{title} ({changed})" if changed else title,
        pick(item, "user.username"),
        common,
        more,
    )
