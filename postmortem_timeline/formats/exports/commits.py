"""Commits and merged changes that GitHub, GitLab or Bitbucket tell: their APIs, comparisons and push webhooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, timed, unparsed
from postmortem_timeline.formats.exports.runs import last_part
from postmortem_timeline.formats.exports.walk import fits, pick
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "commits"
TITLE = "Commits, pushes and merged requests of GitHub, GitLab and Bitbucket"
GROUP = "change"
KIND = "change"
URL = "https://docs.github.com/en/rest/commits/commits"
NAMES = ("*commits*.json", "*push*.json", "*compare*.json", "*pulls*.json", "*merge_requests*.json")

ARRAYS = ("commits",)
REVERTED = re.compile(r"This reverts commit ([0-9a-f]{7,64})")
PERSON = re.compile(r"\s*<.*")


def sniff(head: bytes, name: str) -> float:
    """Commits have a message and an author under a hash; requests say when and into what they were merged."""
    if fits(head, "sha", "commit.message", "commit.author.date", under=("[].", "commits[].", "")):
        return 0.97
    if fits(head, "ref", "after", "commits[].message") or fits(head, "oid", "messageHeadline"):
        return 0.97
    if fits(head, "short_id", "authored_date", "title", under=("[].", "commits[].", "")):
        return 0.97
    if fits(head, "hash", "message", "author.raw", under=("values[].", "")):
        return 0.97
    for base in ("[].", ""):  # as people make git itself write JSON
        if fits(head, "commit", "author", "date", "message", under=(base,)) and not fits(
            head, "commit.message", under=(base,)
        ):
            return 0.95
    for base in ("[].", "", "pull_request.", "[].pull_request."):
        if fits(head, "merged_at", "merge_commit_sha", under=(base,)):
            return 0.96
    return 0.96 if fits(head, "mergedAt", "mergeCommit.oid") or fits(head, "mergedAt", "mergedBy") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event a commit, at the committer's date; a push gives its commits, a request its merge."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    head = data[:65536]
    arrays = () if fits(head, "after") else ("values",) if fits(head, "values[].hash") else ARRAYS
    for element in elements(data, arrays, context.note):
        if element.path == REST:
            continue
        rows = [] if element.path == BROKEN else _of(element, mapping(element.value))
        yield from [row | {"kind": KIND} for row in rows] or [unparsed(element)]


def _of(element: Element, item: dict[str, Any]) -> list[Event]:
    request = mapping(item.get("pull_request")) or item
    if "merge_commit_sha" in request or "mergedAt" in request:
        return [_merged(request, item) | placed(element)]
    if "commits" in item and ("after" in item or "object_kind" in item):
        return [_commit(mapping(one.value), item) | placed(one) for one in element.within("commits")]
    if (
        any(name in item for name in ("sha", "oid", "short_id", "hash"))
        or isinstance(item.get("commit"), str)
        or ("id" in item and "message" in item)
    ):
        return [_commit(item, {}) | placed(element)]
    return []


def _commit(one: dict[str, Any], push: dict[str, Any]) -> Event:
    inner = mapping(one.get("commit"))
    message = text(pick(inner, "message") or pick(one, "message", "title", "messageHeadline")).strip()
    when = pick(inner, "committer.date", "author.date") or pick(
        one, "committed_date", "committedDate", "timestamp", "authored_date", "authoredDate", "date"
    )
    said = one.get("commit")
    sha = said if isinstance(said, str) else pick(one, "sha", "oid", "id", "hash")
    author = one.get("author")
    raw = PERSON.sub("", text(pick(one, "author.raw")))
    who = pick(one, "author.login", "author.username", "author_name") or pick(inner, "author.name")
    files = [text(pick(file, "filename")) for file in objects(one.get("files"))]
    for name in ("added", "modified", "removed"):
        files += one[name] if isinstance(one.get(name), list) else []
    reverted = REVERTED.search(message)
    ref = text(push.get("ref")).removeprefix("refs/heads/")
    more = {
        "commit": sha,
        "branch": ref,
        "files": files,
        "reverts": reverted[1] if reverted else None,
        "author_date": pick(inner, "author.date") or pick(one, "authored_date", "authoredDate"),
        "pusher": pick(push, "pusher.name", "user_username"),
        "repository": _repository(push),
        "url": pick(one, "html_url", "web_url", "url", "links.html.href"),
    }
    return timed(when) | {
        "action": "committed",
        "actor": who
        or pick(one, "author.name")
        or raw
        or (PERSON.sub("", author) if isinstance(author, str) else None),
        "body": message,
        "correlation_key": sha,
        "service": last_part(_repository(push)),
        "attributes": attributes(more),
    }


def _merged(one: dict[str, Any], item: dict[str, Any]) -> Event:
    """A request that was closed unmerged, or is open, is no change yet; it says so by its action."""
    when = pick(one, "merged_at", "mergedAt")
    action = "merged" if when else "closed" if pick(one, "closed_at", "closedAt") else "opened"
    when = when or pick(one, "closed_at", "closedAt", "created_at", "createdAt")
    sha = pick(one, "merge_commit_sha", "squash_commit_sha", "mergeCommit.oid") if action == "merged" else None
    where = _repository(item) or text(pick(one, "base.repo.full_name")) or None
    number = pick(one, "number", "iid")
    more = {
        "id": number,
        "commit": sha,
        "branch": pick(one, "base.ref", "target_branch", "baseRefName"),
        "from": pick(one, "head.ref", "source_branch", "headRefName"),
        "author": pick(one, "user.login", "author.login"),
        "repository": where,
        "url": pick(one, "html_url", "web_url", "url"),
    }
    who = pick(one, "merged_by.login", "merged_by.username", "mergedBy.login", "merge_user.username")
    return timed(when) | {
        "action": action,
        "body": f"#{number} {text(one.get('title'))}: {action}",
        "service": last_part(where),
        "actor": who or pick(one, "user.login", "author.username", "author.login"),
        "attributes": attributes(more),
        "correlation_key": sha,
    }


def _repository(item: dict[str, Any]) -> str | None:
    return pick(item, "repository.full_name", "project.path_with_namespace", "repository.name", "project.name")
