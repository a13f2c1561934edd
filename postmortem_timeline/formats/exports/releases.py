"""Releases of GitHub, GitLab and Sentry: what was published, when, by whom, and where it was deployed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.runs import goes_back, last_part, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "releases"
TITLE = "Releases of GitHub, GitLab and Sentry, deploys of Sentry"
GROUP = "change"
KIND = "change"
URL = "https://docs.github.com/en/rest/releases/releases"
NAMES = ("*release*.json", "*deploys*.json")


def sniff(head: bytes, name: str) -> float:
    """GitHub's and GitLab's have a tag, Sentry's a version and a count of groups or deploys."""
    for base in ("[].", "", "release.", "[].release."):
        for stamp in ("published_at", "released_at"):
            if fits(head, "tag_name", stamp, under=(base,)):
                return 0.98
    if fits(head, "tagName", "publishedAt"):
        return 0.98
    return (
        0.97
        if fits(head, "version", "dateCreated", "dateReleased")
        or fits(head, "environment", "dateFinished", "dateStarted")
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The publication of each release: GitHub's `created_at` is the date of its commit."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "dateFinished" in item:
        yield from _deploy(item, {})
        return
    one = mapping(item.get("release")) or item
    tag = text(pick(one, "tag_name", "tagName", "version"))
    when = pick(one, "published_at", "publishedAt", "released_at", "dateReleased", "created_at", "dateCreated")
    if not tag or when is None:
        return
    name = text(pick(one, "name", "shortVersion"))
    projects = [text(project.get("slug")) for project in objects(one.get("projects"))]
    where = pick(item, "repository.full_name", "project.path_with_namespace") or _place(
        text(pick(one, "html_url", "url"))
    )
    commit = pick(one, "commit.id", "lastCommit.id", "ref", "target_commitish")
    more = {
        "id": one.get("id"),
        "version": tag,
        "commit": commit if commit and len(text(commit)) >= 7 else None,
        "created_at": pick(one, "created_at", "createdAt"),
        "draft": one.get("draft") or None,
        "prerelease": pick(one, "prerelease", "isPrerelease") or None,
        "projects": projects,
        "repository": where,
        "webhook": item.get("action") if "release" in item else None,
        "url": pick(one, "html_url", "url"),
    }
    said = f"{tag} {name}" if name and name not in tag else tag
    yield timed(when) | {
        "action": "rolled_back" if goes_back(name) else "released",
        "body": f"release {said}",
        "actor": pick(one, "author.login", "author.username", "owner.name"),
        "service": projects[0] if len(projects) == 1 else last_part(where),
        "attributes": attributes(more),
    }
    if last := mapping(one.get("lastDeploy")):
        yield from _deploy(last, {"version": tag, "service": projects[0] if len(projects) == 1 else None})


def _deploy(one: dict[str, Any], of: dict[str, Any]) -> Iterator[Event]:
    place = text(one.get("environment"))
    what = f"deploy of {of.get('version') or one.get('name') or 'a release'} to {place}"
    yield from run(
        what,
        "finished" if one.get("dateFinished") else "running",
        started=one.get("dateStarted"),
        finished=one.get("dateFinished"),
        common={"service": of.get("service")},
        more={"id": one.get("id"), "environment": place, "version": of.get("version"), "url": one.get("url")},
    )


def _place(url: str) -> str | None:
    parts = url.split("/")
    return "/".join(parts[3:5]) if "/releases/" in url and len(parts) > 5 else None
