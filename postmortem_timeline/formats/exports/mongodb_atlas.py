"""MongoDB Atlas events of a project or an organization."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import text

NAME = "mongodb_atlas"
TITLE = "MongoDB Atlas events"
GROUP = "change"
KIND = "change"
URL = "https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2/operation/operation-listgroupevents"
NAMES = ("*atlas*.json",)

ARRAYS = ("results",)
BAD = ("FAILED", "DOWN", "ERROR", "NO_PRIMARY", "OUTSIDE_METRIC_THRESHOLD", "UNHEALTHY")


def sniff(head: bytes, name: str) -> float:
    """An event has a type's name and a group or an organization."""
    return (
        0.97
        if any(fits(head, "eventTypeName", "created", under=(base,)) for base in ("results[].", "[].", ""))
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event each: what people do are changes, alerts stay alerts."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    kind = text(item.get("eventTypeName"))
    if not kind:
        return
    who = pick(item, "username", "publicKey", "apiKeyId")
    more = {
        "id": item.get("id"),
        "type": kind,
        "project": item.get("groupId"),
        "cluster": item.get("clusterName"),
        "replica_set": item.get("replicaSetName"),
        "metric": item.get("metricName"),
        "value": pick(item, "currentValue.number"),
        "target": pick(item, "targetUsername", "whitelistEntry", "dbUserUsername"),
        "alert_id": item.get("alertId"),
        "version": item.get("mongoVersion"),
    }
    said = " ".join(
        text(part) for part in (pick(item, "clusterName", "replicaSetName"), pick(item, "metricName")) if part
    )
    yield timed(item.get("created")) | {
        "kind": "alert" if item.get("alertId") else "change",
        "action": kind.lower(),
        "actor": text(who) or None,
        "client": text(item.get("remoteAddress")) or None,
        "body": f"{kind.replace('_', ' ').lower()}: {said}" if said else kind.replace("_", " ").lower(),
        "service": text(item.get("clusterName")) or None,
        "host": text(item.get("hostname")) or None,
        "severity_number": 17 if any(word in kind for word in BAD) else 9,
        "attributes": attributes(more),
    }
