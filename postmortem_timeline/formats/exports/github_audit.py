"""GitHub's audit log, and the public events of a repository or of GH Archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.runs import last_part
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "github_audit"
TITLE = "GitHub audit log and repository events (GH Archive)"
GROUP = "change"
KIND = "change"
URL = "https://docs.github.com/en/rest/orgs/orgs#get-the-audit-log-for-an-organization"
NAMES = ("*audit*.json*", "*events*.json*")

KNOWN = ("@timestamp", "created_at", "action", "actor", "repo", "repository", "_document_id", "body")


def sniff(head: bytes, name: str) -> float:
    """The audit log has `@timestamp`, `action` and `actor`; an event a type, a repository and a payload."""
    for base in ("[].", ""):
        marks = any(fits(head, mark, under=(base,)) for mark in ("_document_id", "org", "business", "actor_id"))
        if marks and fits(head, "@timestamp", "action", "actor", under=(base,)):
            return 0.97
    return 0.97 if fits(head, "actor.login", "repo.name", "payload", "type", "created_at") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event an entry."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "payload" in item and "type" in item:
        yield _event(item)
    elif "action" in item:
        who, what = text(item.get("actor")) or None, text(item.get("action"))
        where = text(pick(item, "repo", "repository")) or None
        target = text(pick(item, "name", "environment_name", "branch", "workflow_id", "user", "team", "hook_id"))
        more = {key: value for key, value in item.items() if key not in KNOWN and not key.startswith("_")}
        yield timed(pick(item, "@timestamp", "created_at")) | {
            "action": what,
            "actor": who,
            "service": last_part(where),
            "client": text(item.get("actor_ip")) or None,
            "body": " ".join(part for part in (what, "in", where) if part) + (f": {target}" if target else "")
            if where
            else f"{what}: {target}"
            if target
            else what,
            "attributes": attributes({"repository": where, **more}),
        }


def _event(item: dict[str, Any]) -> Event:
    kind, payload = text(item.get("type")).removesuffix("Event"), mapping(item.get("payload"))
    where = text(pick(item, "repo.name"))
    commits = [text(one.get("message")).split("\n")[0] for one in objects(payload.get("commits"))]
    said = pick(payload, "pull_request.title", "issue.title", "release.tag_name") or "; ".join(commits)
    verb = text(payload.get("action"))
    merged = pick(payload, "pull_request.merged")
    more = {
        "id": item.get("id"),
        "repository": where,
        "ref": payload.get("ref"),
        "commit": pick(payload, "head", "pull_request.merge_commit_sha"),
        "merged": merged,
        "number": payload.get("number"),
    }
    what = f"{kind} {verb}".strip() + f" in {where}"
    return timed(item.get("created_at")) | {
        "action": "merged" if merged else verb or kind.lower(),
        "actor": pick(item, "actor.login"),
        "service": last_part(where),
        "body": f"{what}: {said}" if said else what,
        "attributes": attributes(more),
    }
