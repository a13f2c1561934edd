"""LaunchDarkly's audit log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, text, texts

NAME = "launchdarkly"
TITLE = "LaunchDarkly audit log"
GROUP = "change"
KIND = "change"
URL = "https://launchdarkly.com/docs/api/audit-log/get-audit-log-entries"
NAMES = ("*launchdarkly*.json", "*auditlog*.json", "*audit*.json")

ARRAYS = ("items",)


def sniff(head: bytes, name: str) -> float:
    """An entry has a title's verb and a target."""
    for base in ("items[].", "[].", ""):
        if fits(head, "titleVerb", "date", under=(base,)) or fits(
            head, "shortDescription", "target.resources", under=(base,)
        ):
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event an entry, the newest first; where and what stand in a resource such as `proj/shop:env/production:flag/x`."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "date" not in item or not any(key in item for key in ("titleVerb", "kind", "name")):
        return
    resources = texts(pick(item, "target.resources"))
    parts = dict(part.partition("/")[::2] for part in (resources[0].split(":") if resources else ()))
    verb, name = text(item.get("titleVerb")), text(pick(item, "target.name", "name"))
    place, who = text(parts.get("env")).partition(";")[0], mapping(item.get("member"))
    person = " ".join(filter(None, (text(who.get("firstName")), text(who.get("lastName"))))) or text(who.get("email"))
    said = text(item.get("description")).strip()
    words = " ".join(filter(None, (verb or text(item.get("shortDescription")), name, f"in {place}" if place else "")))
    more = {
        "id": item.get("_id") or item.get("id"),
        "flag": text(parts.get("flag")).partition(";")[0] or None,
        "environment": place,
        "project": text(parts.get("proj")).partition(";")[0],
        "comment": item.get("comment"),
        "resource_kind": item.get("kind"),
        "email": who.get("email"),
        "token": pick(item, "token.name"),
        "resources": resources[1:],
    }
    body = "\n".join(filter(None, (words, said if said not in words else "", text(item.get("comment")))))
    yield timed(item.get("date")) | {
        "action": _action(verb),
        "actor": person or pick(item, "token.name", "app.name"),
        "body": body,
        "service": text(parts.get("proj")).partition(";")[0] or None,
        "attributes": attributes(more),
        "correlation_key": resources[0] if resources else None,
    }


def _action(verb: str) -> str | None:
    word = verb.lower()
    for said, action in (
        ("turned on", "enabled"),
        ("turned off", "disabled"),
        ("created", "created"),
        ("deleted", "deleted"),
        ("archived", "archived"),
    ):
        if said in word:
            return action
    return "updated" if verb else None
