"""Plans of Terraform and OpenTofu as JSON, and runs of HCP Terraform (Terraform Cloud)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.runs import goes_back
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "terraform_runs"
TITLE = "Terraform plans (show -json) and HCP Terraform runs"
GROUP = "change"
KIND = "change"
URL = "https://developer.hashicorp.com/terraform/cloud-docs/api-docs/run"
NAMES = ("*plan*.json", "*terraform*.json", "*runs*.json")

ARRAYS = ("data",)
STEPS = {
    "plan-queued-at": "queued",
    "planned-at": "planned",
    "confirmed-at": "approved",
    "applying-at": "started",
    "applied-at": "succeeded",
    "errored-at": "failed",
    "discarded-at": "cancelled",
    "canceled-at": "cancelled",
    "force-canceled-at": "cancelled",
    "planned-and-finished-at": "planned",
    "policy-soft-failed-at": "failed",
}


def sniff(head: bytes, name: str) -> float:
    """A plan has a format's version and the changes of resources; a run its status and when it got each."""
    if fits(head, "format_version", "terraform_version", under=("",)) and (
        b'"resource_changes"' in head or b'"planned_values"' in head
    ):
        return 0.98
    return (
        0.98
        if fits(head, "attributes.status-timestamps", "attributes.status", under=("data[].", "data.", "[]."))
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event for a plan (it is no apply; before 1.5 it has no time); one for each step of a run."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "format_version" in item:
        yield _plan(item)
        return
    one = mapping(item.get("data")) or item
    told = mapping(one.get("attributes"))
    for name, stamp in mapping(told.get("status-timestamps")).items():
        if action := STEPS.get(name):
            yield _step(one, told, action, stamp)


def _step(one: dict[str, Any], told: dict[str, Any], action: str, stamp: Any) -> Event:
    message, run = text(told.get("message")).split("\n")[0], text(one.get("id"))
    back = action == "started" and goes_back(message)
    more = {
        "id": run,
        "state": told.get("status"),
        "source": told.get("source"),
        "trigger": told.get("trigger-reason"),
        "destroy": told.get("is-destroy") or None,
        "workspace": pick(one, "relationships.workspace.data.id"),
    }
    return timed(stamp) | {
        "action": "rolled_back" if back else action,
        "body": f"{run}: {message}: {action}",
        "correlation_key": run or None,
        "attributes": attributes(more),
        "severity_number": 17 if action == "failed" else None,
        "actor": pick(one, "relationships.created-by.data.id"),
        "kind": "change" if action not in ("queued", "planned", "approved") else "log",
    }


def _plan(item: dict[str, Any]) -> Event:
    changed: dict[str, list[str]] = {}
    for one in objects(item.get("resource_changes")):
        verbs = texts(pick(one, "change.actions"))
        if verbs not in (["no-op"], ["read"], []):
            changed.setdefault("replace" if len(verbs) > 1 else verbs[0], []).append(text(one.get("address")))
    said = "; ".join(
        f"{verb} {', '.join(names[:5])}" + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        for verb, names in changed.items()
    )
    more = {
        "terraform": item.get("terraform_version"),
        "complete": item.get("complete"),
        "errored": item.get("errored") or None,
        **changed,
    }
    return timed(item.get("timestamp")) | {
        "kind": "log",
        "action": "planned",
        "body": f"plan: {said or 'no changes'}",
        "attributes": attributes(more),
        "severity_number": 17 if item.get("errored") is True else None,
    }
