"""GitHub deployments and their statuses, from the REST API or webhooks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, timed, unparsed
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping, text

NAME = "github_deployments"
TITLE = "GitHub deployments and deployment statuses"
GROUP = "change"
KIND = "change"
URL = "https://docs.github.com/en/rest/deployments/deployments"
NAMES = ("*deployment*.json", "*deployment*.jsonl")

ARRAYS = ("deployments", "statuses")
STATES = {
    "success": "succeeded", "failure": "failed", "error": "failed", "in_progress": "started", "queued": "queued",
    "pending": "queued", "waiting": "queued", "inactive": "superseded",
}  # fmt: skip
BACK = re.compile(r"\b(?:roll(?:ed|ing)?[ -]?back|revert)", re.IGNORECASE)
RELEASE = re.compile(r"\b([a-z][a-z0-9]*(?:[-_][a-z][a-z0-9]*)*)[-@/ :]v?(\d+(?:\.\d+)+[\w.+-]*)", re.IGNORECASE)
STAGES = re.compile(
    r"(?:^|[-_/ ])(?:production|prod|live|staging|stage|test|qa|development|dev|preview|canary)(?=$|[-_/ ])",
    re.IGNORECASE,
)
SERVICE_KEYS = ("service", "app", "application", "component", "project", "name")
VERBS = {"release", "deploy", "rollback", "revert", "version", "update", "upgrade", "to", "bump", "tag", "v"}


def sniff(head: bytes, name: str) -> float:
    """Deployments have a commit, a task and an environment; statuses a state and the deployment they belong to."""
    keys = key_paths(head)
    for base in ("[].", "deployments[].", "deployment.", "[].deployment.", ""):
        if {base + "sha", base + "environment", base + "created_at"} <= keys and (
            keys & {base + "task", base + "ref"} and base + "iid" not in keys  # GitLab counts deployments by project
        ):
            return 0.98
    for base in ("[].", "statuses[].", ""):
        if {base + "state", base + "deployment_url", base + "created_at"} <= keys:
            return 0.97
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per deployment and per status."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ARRAYS, context.note):
        if element.path == REST:
            continue
        item = mapping(element.value)
        deployment, status = mapping(item.get("deployment")), mapping(item.get("deployment_status"))
        if element.path != BROKEN and status:
            yield _status(status, deployment) | placed(element)
        elif element.path != BROKEN and "sha" in (deployment or item):
            yield _deployment(deployment or item) | placed(element)
        elif element.path != BROKEN and "deployment_url" in item:
            yield _status(item, {}) | placed(element)
        else:
            yield unparsed(element)


def _deployment(item: dict[str, Any]) -> Event:
    goes_back = _goes_back(item)
    return timed(item.get("created_at")) | _common(item, item) | {"action": "rolled_back" if goes_back else "started"}


def _status(status: dict[str, Any], deployment: dict[str, Any]) -> Event:
    state = text(status.get("state"))
    event = timed(status.get("created_at")) | _common(status, deployment) | {"action": STATES.get(state, state)}
    return event | ({"severity_number": 17} if event["action"] == "failed" else {})


def _common(item: dict[str, Any], deployment: dict[str, Any]) -> Event:
    """Who, what and where of a deployment or of one of its statuses."""
    payload = _payload(deployment)
    words = " ".join(text(part.get(key)) for part in (deployment, item) for key in ("description", "ref"))
    release = next((found for found in RELEASE.finditer(words) if found[1].lower() not in VERBS), None)
    environment = text(item.get("environment") or deployment.get("environment"))
    more = {
        "id": item.get("id"), "deployment_id": _deployment_id(item, deployment), "ref": deployment.get("ref"),
        "environment": environment, "version": text(payload.get("version")) or (release[0] if release else None),
        "task": deployment.get("task"), "state": item.get("state"), "rollback": _goes_back(deployment) or None,
        "updated_at": item.get("updated_at"),
        "url": item.get("html_url") or item.get("target_url") or item.get("log_url") or item.get("url"),
    }  # fmt: skip
    service = next((text(payload[key]) for key in SERVICE_KEYS if payload.get(key)), "") or (
        release[1] if release else ""
    )
    return {
        "kind": KIND, "service": service or STAGES.sub("", environment).strip("-_/ ") or None,
        "body": _body(item, deployment, environment),
        "actor": text(mapping(item.get("creator")).get("login")) or None,
        "correlation_key": text(deployment.get("sha")) or None,
        "attributes": attributes(more),
    }  # fmt: skip


def _body(item: dict[str, Any], deployment: dict[str, Any], environment: str) -> str:
    task = text(deployment.get("task")) or "deploy"
    what = (
        text(deployment.get("description"))
        or f"{task} of {text(deployment.get('ref')) or 'a revision'} to {environment}"
    )
    if item is deployment:
        return what
    parts = [
        what if deployment else f"deployment to {environment}",
        text(item.get("state")).replace("_", " "),
        text(item.get("description")),
    ]
    return ": ".join(part for part in dict.fromkeys(parts) if part)


def _goes_back(deployment: dict[str, Any]) -> bool:
    return any(BACK.search(text(deployment.get(key))) for key in ("task", "description"))


def _payload(deployment: dict[str, Any]) -> dict[str, Any]:
    """The payload is an object, or one written as a string."""
    payload = deployment.get("payload")
    if isinstance(payload, str) and payload.lstrip().startswith("{"):
        try:
            payload = json.loads(payload)
        except ValueError:
            payload = None
    return mapping(payload)


def _deployment_id(item: dict[str, Any], deployment: dict[str, Any]) -> Any:
    if item is deployment:
        return None
    return deployment.get("id") or text(item.get("deployment_url")).rpartition("/")[2] or None
