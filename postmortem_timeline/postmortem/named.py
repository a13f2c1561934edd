"""Names of people in raw records: JSON members that name a person, and the author lines of a commit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

# What holds a person, and what a person is called there (PagerDuty, Slack, GitHub, GitLab, Jira and their like).
PERSON = re.compile(
    r"(?i)^(?:users?|user_?profile|agent|actor|author|assignees?|assigned_to|assigner|acknowledger|creator|committer"
    r"|owner|sender|responders?|requester|reporter|commander|created_by|updated_by|changed_by|last_status_change_by)$"
)
CALLED = re.compile(
    r"(?i)^(?:real_?name(?:_normalized)?|display_?name(?:_normalized)?|full_?name|user_?name|name|login|summary|email|handle|id)$"
)
# These name a person wherever they stand.
ALWAYS = re.compile(
    r"(?i)^(?:real_?name|display_?name|full_?name|author_?name|committer_?name|user_?name|login|actor|author)$"
)
LINE = re.compile(
    r"^\s*(?:Author|Commit|Committer|Tagger|(?:Signed-off|Reviewed|Co-authored|Acked|Tested|Reported|Approved|Helped)-by|Cc):\s+(?P<name>[^<\n]*?)\s*<(?P<mail>[^>\n]*)>",
    re.MULTILINE | re.IGNORECASE,
)
MACHINE = re.compile(r"(?i)bot|app|service|integration|monitor|trigger|organi[sz]ation|team")


def named(record: str) -> list[tuple[str, ...]]:
    """The people of a record: of each the names and ids that it gives them, those of several words first."""
    found = list(_members(_decoded(record)))
    found += [(match["name"], match["mail"]) for match in LINE.finditer(record)]
    people = (tuple(sorted({name.strip() for name in one if name.strip()}, key=_rank)) for one in found)
    return [names for names in dict.fromkeys(people) if names]


def _rank(name: str) -> tuple[bool, int, str]:
    return not re.search(r"[\s.@]", name), -len(name), name


def _decoded(record: str) -> Any:
    if not record.startswith(("{", "[")):
        return None
    try:
        return json.loads(record, strict=False)
    except ValueError:
        return None


def _members(value: Any, holder: str = "") -> Iterator[tuple[str, ...]]:
    if isinstance(value, list):
        for item in value:
            yield from _members(item, holder)
    if not isinstance(value, dict):
        return
    if _machine(value):
        return
    if isinstance(value.get("user"), str) and isinstance(value.get("user_profile"), dict):  # a message in Slack
        yield (value["user"], *next(_members(value["user_profile"], "user_profile"), ()))
    if PERSON.match(holder) or "user" in str(value.get("type") or "").lower():
        yield tuple(item for key, item in value.items() if CALLED.match(key) and isinstance(item, str))
    else:
        yield tuple(item for key, item in value.items() if ALWAYS.match(key) and isinstance(item, str))
    for key, item in value.items():
        yield from _members(item, key)


def _machine(value: dict[str, Any]) -> bool:
    """An object that says it is no person: a bot's message, a service's reference."""
    kind = str(value.get("subtype") or value.get("type") or "")
    return bool(value.get("is_bot")) or (MACHINE.search(kind) is not None and "log_entry" not in kind)
