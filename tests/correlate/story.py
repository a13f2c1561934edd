"""Small frames of notables for tests: one short call a record, times as HH:MM:SS of one day."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

DAY = "2025-07-15T"
COLUMNS = (
    "timestamp", "kind", "action", "actor", "service", "host", "severity_number", "body", "correlation_key", "attributes",
    "format", "source", "line", "ordinal", "copy_of",
)  # fmt: skip
LEVELS = {"critical": 21, "error": 17, "warning": 13, "info": 9}


def at(clock: str) -> int:
    """Unix ns of a time of the day."""
    return int(pd.Timestamp(f"{DAY}{clock}Z").as_unit("ns").value)


def clock(ns: int | None) -> str | None:
    """The time of the day of Unix ns."""
    return None if ns is None else pd.Timestamp(ns, tz="UTC").strftime("%H:%M:%S")


def notables(*rows: dict[str, Any]) -> pd.DataFrame:
    """The rows as an event frame; each stands on a line of its own unless it says which."""
    filled = [{"line": number, "ordinal": 0, **row} for number, row in enumerate(rows, start=1)]
    frame = pd.DataFrame(filled, columns=list(COLUMNS))
    frame["timestamp"] = pd.to_datetime(frame["timestamp"].astype("Int64"), utc=True, unit="ns")
    return frame


def record(when: str, kind: str, body: str, **more: Any) -> dict[str, Any]:
    attributes = more.pop("attributes", None)
    row = {
        "timestamp": at(when),
        "kind": kind,
        "body": body,
        "severity_number": 0,
        "format": kind,
        "source": f"{kind}.json",
    }
    return {**row, "attributes": json.dumps(attributes) if attributes else None, **more}


def alert(
    when: str, name: str, service: str | None = "auth", action: str = "firing", severity: str = "critical", **more: Any
):
    labels = {
        "alertname": name,
        "severity": severity,
        **({"service": service} if service else {}),
        **more.pop("labels", {}),
    }
    key = more.pop("key", f"{name}/{service}")
    more.setdefault("format", "alertmanager")
    return record(
        when, "alert", f"{name}: it is bad", action=action, service=service, severity_number=LEVELS[severity],
        correlation_key=key, attributes={"labels": labels, **more.pop("attributes", {})}, **more,
    )  # fmt: skip


def page(
    when: str, action: str, actor: str = "priya.n", title: str = "AuthHighErrorRate", incident: str = "Q1", **more: Any
):
    human = action in ("acknowledged", "resolved", "annotated") and actor != "Prometheus"
    kind, number = "user_reference" if human else "service_reference", {"Q1": 4711}.get(incident, 5000)
    return record(
        when, "page", f"[#{number}] {title}: {action} by {actor}", action=action, actor=actor, correlation_key=incident,
        attributes={"agent_type": kind, **more.pop("attributes", {})}, **more,
    )  # fmt: skip


def chat(when: str, actor: str, body: str, bot: bool = False, channel: str = "inc-4711", **more: Any):
    return record(
        when, "chat", body, actor=actor, action="bot" if bot else None, correlation_key=when,
        attributes={"channel": channel, "bot": bot, **more.pop("attributes", {})}, **more,
    )  # fmt: skip


def change(when: str, body: str, service: str = "auth", action: str = "succeeded", key: str | None = None, **more: Any):
    return record(when, "change", body, service=service, action=action, correlation_key=key, actor="dana", **more)


def status(when: str, action: str, body: str = "we look into it", **more: Any):
    return record(when, "status", body, action=action, correlation_key="st1", **more)


def window(start: str, end: str, kind: str = "failed", **more: Any) -> dict[str, Any]:
    return {"start": at(start), "end": at(end), "kind": kind, **more}
