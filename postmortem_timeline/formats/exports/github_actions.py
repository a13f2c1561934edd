"""GitHub Actions: workflow runs and jobs of the REST API, of `gh run` and of webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import last_part, more_pages, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "github_actions"
TITLE = "GitHub Actions workflow runs and jobs"
GROUP = "ci"
KIND = "change"
URL = "https://docs.github.com/en/rest/actions/workflow-runs"
NAMES = ("*workflow_runs*.json", "*runs*.json", "*jobs*.json")

ARRAYS = ("workflow_runs", "jobs")


def sniff(head: bytes, name: str) -> float:
    """Runs have a workflow, a commit and a conclusion; jobs belong to a run, or have steps that do."""
    for base in ("workflow_runs[].", "workflow_run.", "[].", ""):
        if fits(head, "workflow_id", "head_sha", "conclusion", under=(base,)):
            return 0.98
    if fits(head, "workflowName", "conclusion", "headSha") or fits(head, "workflowName", "databaseId", "createdAt"):
        return 0.98
    if fits(head, "run_id", "started_at", "conclusion", under=("jobs[].", "workflow_job.", "[].workflow_job.", "[].")):
        return 0.98
    return 0.97 if fits(head, "steps", "conclusion", "databaseId", under=("jobs[].",)) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each run and job. Of a run only `updated_at` tells the end, which a later look may move."""
    return walk(data, context, ARRAYS, _rows, KIND, more_pages)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(item.get("workflow_run") or item.get("workflow_job")) or item
    if "conclusion" not in one:
        return
    is_job = "steps" in one or "run_id" in one
    where = pick(item, "repository.full_name") or pick(one, "repository.full_name", "head_repository.full_name")
    url = text(pick(one, "html_url", "url"))
    where = where or ("/".join(url.split("/")[3:5]) if "/actions/" in url else None)
    broke = [text(step.get("name")) for step in objects(one.get("steps")) if step.get("conclusion") == "failure"]
    over = one.get("conclusion") or None
    more = {
        "id": pick(one, "id", "databaseId"),
        "run_id": one.get("run_id"),
        "commit": pick(one, "head_sha", "headSha"),
        "branch": pick(one, "head_branch", "headBranch"),
        "event": one.get("event"),
        "repository": where,
        "attempt": pick(one, "run_attempt", "attempt"),
        "state": over or one.get("status"),
        "environment": one.get("environment"),
        "failed_steps": broke,
        "runner": one.get("runner_name"),
        "ended": None if is_job or not over else "updated_at",
        "url": url,
    }
    end = pick(one, "completed_at", "completedAt") if is_job else pick(one, "updated_at", "updatedAt")
    begin = pick(one, "started_at", "startedAt", "run_started_at", "created_at", "createdAt")
    yield from run(
        _what(one, is_job),
        over or one.get("status"),
        started=begin,
        finished=end if over else None,
        why=f"at {', '.join(broke)}" if broke else "",
        more=more,
        common={
            "service": last_part(where),
            "actor": pick(one, "triggering_actor.login", "actor.login"),
            "correlation_key": f"github-actions-{pick(one, 'run_id', 'id', 'databaseId')}",
        },
    )


def _what(one: dict[str, Any], is_job: bool) -> str:
    name, workflow = text(one.get("name")), text(pick(one, "workflow_name", "workflowName"))
    title, number = text(pick(one, "display_title", "displayTitle")), pick(one, "run_number", "number")
    if is_job:
        return f"{workflow} / {name}" if workflow else name
    parts = (f"{workflow or name} #{number}" if number else workflow or name, title)
    return ": ".join(dict.fromkeys(part for part in parts if part))
