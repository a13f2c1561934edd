"""GitLab CI/CD: pipelines, jobs and deployments, of the API and of webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import last_part, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "gitlab_ci"
TITLE = "GitLab pipelines, jobs and deployments"
GROUP = "ci"
KIND = "change"
URL = "https://docs.gitlab.com/api/pipelines/"
NAMES = ("*pipeline*.json", "*gitlab*.json", "*deployments*.json")

HOOKS = ("pipeline", "build", "deployment")


def sniff(head: bytes, name: str) -> float:
    """The API's objects have a commit and a place in GitLab; webhooks say which kind of object they tell."""
    if fits(head, "object_kind") and (
        fits(head, "build_status")
        or fits(head, "deployment_id", "status_changed_at")
        or fits(head, "object_attributes.stages")
        or fits(head, "object_attributes.detailed_status")
    ):
        return 0.98
    if fits(head, "iid", "sha", "status", "source") or fits(head, "stage", "pipeline.id", "status"):
        return 0.97
    return 0.98 if fits(head, "deployable", "environment.name", "sha") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each. The hooks write `2025-07-15 17:42:03 UTC`, the API RFC 3339."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    kind = text(item.get("object_kind"))
    if kind and kind not in HOOKS:
        return
    if kind == "build":
        yield from _job({name.removeprefix("build_"): value for name, value in item.items()}, item)
    elif kind == "pipeline":
        yield from _pipeline(mapping(item.get("object_attributes")), item)
    elif kind == "deployment" or "deployable" in item:
        yield from _deployment(item)
    elif "stage" in item:
        yield from _job(item, item)
    elif "sha" in item:
        yield from _pipeline(item, item)


def _pipeline(one: dict[str, Any], item: dict[str, Any]) -> Iterator[Event]:
    name, title = text(one.get("name")), text(pick(item, "commit.title"))
    what = " ".join(filter(None, ("pipeline", name, f"#{one.get('id')}", f"of {one.get('ref')}")))
    over = pick(one, "finished_at") or (pick(one, "updated_at") if one.get("status") not in RUNNING else None)
    yield from run(
        f"{what}: {title}" if title else what,
        one.get("status"),
        finished=over,
        started=pick(one, "started_at", "created_at"),
        common=_common(item, one, "pipeline", one.get("id")),
        more=_more(one, item, {"source": one.get("source"), "url": pick(one, "web_url", "url")}),
    )


RUNNING = ("created", "waiting_for_resource", "preparing", "pending", "running", "manual", "scheduled")


def _job(one: dict[str, Any], item: dict[str, Any]) -> Iterator[Event]:
    place = pick(item, "environment.name", "environment")
    what = f"job {one.get('name')} ({one.get('stage')})" + (f" to {place}" if isinstance(place, str) else "")
    title = text(pick(item, "commit.title")) or text(pick(item, "commit.message")).split("\n")[0]
    pipeline = pick(item, "pipeline.id", "pipeline_id")
    more = {
        "pipeline_id": pipeline,
        "environment": place,
        "stage": one.get("stage"),
        "url": one.get("web_url"),
        "allow_failure": one.get("allow_failure") or None,
    }
    yield from run(
        f"{what}: {title}" if title else what,
        one.get("status"),
        why=_reason(one),
        started=pick(one, "started_at", "created_at"),
        finished=one.get("finished_at"),
        common=_common(item, one, "pipeline", pipeline),
        more=_more(one, item, more),
    )


def _reason(one: dict[str, Any]) -> str:
    reason = text(one.get("failure_reason"))
    return "" if one.get("status") != "failed" or reason == "unknown_failure" else reason.replace("_", " ")


def _deployment(one: dict[str, Any]) -> Iterator[Event]:
    environment = text(pick(one, "environment.name", "environment"))
    title = text(pick(one, "commit_title", "deployable.commit.title", "deployable.commit.message")).split("\n")[0]
    what = f"deploy of {one.get('ref')} to {environment}"
    start, end = pick(one, "deployable.started_at", "created_at"), None
    if one.get("status") not in (*RUNNING, "blocked"):
        end = pick(one, "deployable.finished_at", "status_changed_at", "updated_at")
    elif "status_changed_at" in one:
        start = one["status_changed_at"]
    url = pick(one, "deployable_url", "deployable.web_url")
    more = {"environment": environment, "tier": one.get("environment_tier"), "url": url}
    yield from run(
        f"{what}: {title}" if title else what,
        one.get("status"),
        started=start,
        finished=end,
        common=_common(one, one, "deployment", pick(one, "deployment_id", "id")),
        more=_more(one, one, more),
    )


def _common(item: dict[str, Any], one: dict[str, Any], kind: str, number: Any) -> Event:
    place = text(pick(one, "web_url", "deployable.web_url")).partition("/-/")[0]
    where = pick(item, "project.path_with_namespace", "project_name") or place
    return {
        "service": last_part(text(where).replace(" ", "")),
        "actor": pick(item, "user.username", "user.name"),
        "correlation_key": f"gitlab-{kind}-{number}" if number else None,
    }


def _more(one: dict[str, Any], item: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    link = text(item.get("commit_url"))
    sha = pick(one, "sha", "commit.id", "deployable.commit.id") or link.rpartition("/")[2] or one.get("short_sha")
    return {
        "id": pick(one, "id", "deployment_id"),
        "commit": sha,
        "ref": one.get("ref"),
        "state": one.get("status"),
        "diff": link or pick(item, "commit.web_url", "deployable.commit.web_url"),
        **more,
    }
