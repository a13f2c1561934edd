"""Argo CD applications: the history of what was deployed, the running sync, and the health."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.runs import last_part, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "argo_cd"
TITLE = "Argo CD applications"
GROUP = "change"
KIND = "change"
URL = "https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/"
NAMES = ("*argo*.json", "*application*.json")

ARRAYS = ("items",)
BAD = {"Degraded": 17, "Missing": 17, "Unknown": 13, "Suspended": 13}
PHASES = {
    "Succeeded": "succeeded",
    "Failed": "failed",
    "Error": "failed",
    "Running": "running",
    "Terminating": "cancelled",
}


def sniff(head: bytes, name: str) -> float:
    """An application has a destination, and a status with a history or an operation."""
    for base in ("items[].", "", "[]."):
        for mark in ("history[].deployedAt", "operationState.startedAt", "sync.revision"):
            if fits(head, f"status.{mark}", "spec.destination", under=(base,)):
                return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One start and end for each of the last ten deployments, and for the last operation; one event for the health."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    name, status = text(pick(item, "metadata.name")), mapping(item.get("status"))
    place = pick(item, "spec.destination.namespace")
    common = {"service": name or None}
    of = {
        "application": name,
        "environment": place,
        "project": pick(item, "spec.project"),
        "repository": last_part(pick(item, "spec.source.repoURL")),
    }
    before: list[str] = []
    for entry in objects(status.get("history")):
        sources = objects(entry.get("sources"))
        source = mapping(entry.get("source")) or (sources[0] if sources else {})
        revision = text(pick(entry, "revision")) or ", ".join(
            entry["revisions"] if _texts(entry.get("revisions")) else ()
        )
        target = text(pick(source, "targetRevision"))
        more = {
            **of,
            "id": entry.get("id"),
            "commit": revision,
            "target": target,
            "path": pick(source, "path", "chart"),
        }
        back = revision in before and revision != before[-1]  # what was deployed before is deployed again
        before.append(revision)
        yield from run(
            f"{name}: {'rollback' if back else 'sync'} to {revision[:12] or target}"
            + (f" ({target})" if target else ""),
            "succeeded",
            started=pick(entry, "deployStartedAt") or entry.get("deployedAt"),
            finished=entry.get("deployedAt"),
            more=more,
            common=common | {"actor": _who(mapping(entry.get("initiatedBy")))},
        )
    if last := mapping(status.get("operationState")):
        phase, revision = text(last.get("phase")), text(pick(last, "syncResult.revision", "operation.sync.revision"))
        more = {**of, "commit": revision, "state": phase, "retries": last.get("retryCount")}
        yield from run(
            f"{name}: sync operation to {revision[:12]}".rstrip(),
            PHASES.get(phase, phase),
            started=last.get("startedAt"),
            finished=last.get("finishedAt"),
            why=text(last.get("message")),
            more=more,
            common=common | {"actor": _who(mapping(pick(last, "operation.initiatedBy")))},
        )
    health = text(pick(status, "health.status"))
    if when := pick(status, "health.lastTransitionTime"):
        yield (
            timed(when)
            | common
            | {
                "kind": "log",
                "action": health.lower(),
                "body": f"{name}: health {health}: {text(pick(status, 'health.message'))}".rstrip(": "),
                "severity_number": BAD.get(health, 9),
                "severity_text": health,
                "attributes": attributes(of),
            }
        )


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _who(by: dict[str, Any]) -> str | None:
    return text(by.get("username")) or ("automated sync" if by.get("automated") else None)
