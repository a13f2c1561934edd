"""Flux notification events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, severe, timed
from postmortem_timeline.formats.exports.runs import goes_back
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "flux_events"
TITLE = "Flux notification events"
GROUP = "change"
KIND = "change"
URL = "https://fluxcd.io/flux/components/notification/events/"
NAMES = ("*flux*.json*",)

ACTIONS = {
    "ReconciliationSucceeded": "succeeded",
    "UpgradeSucceeded": "succeeded",
    "InstallSucceeded": "succeeded",
    "Progressing": "started",
    "ReconciliationFailed": "failed",
    "UpgradeFailed": "failed",
    "InstallFailed": "failed",
    "BuildFailed": "failed",
    "HealthCheckFailed": "failed",
    "RollbackSucceeded": "rolled_back",
    "RollbackFailed": "failed",
    "ArtifactUpToDate": "unchanged",
    "NewArtifact": "released",
}


def sniff(head: bytes, name: str) -> float:
    """The object that is spoken of, a severity, a reason, and which controller speaks."""
    return 0.98 if fits(head, "involvedObject.kind", "severity", "reason", "reportingController") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event each."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "involvedObject" not in item:
        return
    of, meta = mapping(item.get("involvedObject")), mapping(item.get("metadata"))
    revision = next((text(value) for key, value in meta.items() if key.rpartition("/")[2] == "revision"), "")
    reason, message = text(item.get("reason")), text(item.get("message"))
    action = "rolled_back" if goes_back(message) else ACTIONS.get(reason, reason)
    more = {
        "kind": of.get("kind"),
        "namespace": of.get("namespace"),
        "name": of.get("name"),
        "reason": reason,
        "version": revision,
        "commit": revision.rpartition(":")[2]
        if "sha1:" in revision or "@" in revision
        else revision.rpartition("/")[2],
        "controller": item.get("reportingController"),
        "metadata": meta,
    }
    yield (
        timed(pick(item, "timestamp"))
        | severe(item.get("severity"))
        | {
            "action": action,
            "body": f"{of.get('kind')} {of.get('name')}: {message}",
            "service": text(of.get("name")) or None,
            "correlation_key": text(of.get("uid")) or None,
            "attributes": attributes(more),
        }
    )
