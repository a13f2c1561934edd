"""Deploys of Vercel and Netlify."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "site_deploys"
TITLE = "Vercel and Netlify deploys"
GROUP = "change"
KIND = "change"
URL = "https://vercel.com/docs/rest-api/reference/endpoints/deployments/list-deployments"
NAMES = ("*vercel*.json", "*netlify*.json", "*deploys*.json", "*deployments*.json")

ARRAYS = ("deployments",)


def sniff(head: bytes, name: str) -> float:
    """Netlify's have a site and a commit's ref, Vercel's a state in capitals and who created them."""
    for base in ("[].", ""):
        if fits(head, "site_id", "state", "created_at", "commit_ref", under=(base,)):
            return 0.98
    for base in ("deployments[].", "[].", "payload.deployment.", ""):
        if (
            fits(head, "uid", "readyState", under=(base,))
            or fits(head, "uid", "creator.uid", "created", under=(base,))
            or fits(head, "readyState", "createdAt", under=(base,))
        ):
            return 0.98
    return 0.97 if fits(head, "type", "createdAt", "payload.deployment.url") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    payload = mapping(item.get("payload"))
    one = mapping(payload.get("deployment")) or item
    meta = mapping(one.get("meta"))
    start = pick(one, "buildingAt", "created", "createdAt", "created_at") or pick(item, "createdAt")
    if start is None:
        return
    state = pick(one, "readyState", "state") or text(item.get("type")).rpartition(".")[2]
    state = "building" if state in ("created", "new", "uploading") else state
    place = text(pick(one, "target", "context") or pick(payload, "target"))
    title = text(pick(one, "title") or meta.get("githubCommitMessage")).split("\n")[0]
    name = text(pick(one, "name"))
    end = pick(one, "ready", "published_at") or (one.get("updated_at") if state in ("error", "ready") else None)
    more = {
        "id": pick(one, "uid", "id"),
        "commit": pick(one, "commit_ref") or pick(meta, "githubCommitSha", "gitlabCommitSha", "bitbucketCommitSha"),
        "state": state,
        "branch": pick(one, "branch") or pick(meta, "githubCommitRef"),
        "environment": place,
        "diff": one.get("commit_url"),
        "url": pick(one, "deploy_ssl_url", "url"),
        "source": one.get("source"),
    }
    what = f"deploy of {name}" + (f" to {place}" if place else "") + (f": {title}" if title else "")
    yield from run(
        what,
        state,
        started=start,
        finished=end,
        more=more,
        why=text(pick(one, "error_message", "errorMessage")),
        common={
            "service": name or None,
            "actor": pick(one, "creator.username", "committer") or meta.get("githubCommitAuthorLogin"),
            "correlation_key": text(pick(one, "uid", "id")) or None,
        },
    )
