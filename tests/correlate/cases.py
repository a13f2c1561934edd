"""A few rows of evidence for the tests of suspects and changes: an outage of half an hour at START."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pandas as pd

START = 1_752_601_320
NS = 10**9
WINDOWS = [(START * NS, (START + 1800) * NS)]


def patterns(*rows: tuple[str, str, int, str, float]) -> pd.DataFrame:
    """Rows of source, service, severity, template, seconds after the start."""
    names = ["source", "service", "severity", "template", "at"]
    frame = pd.DataFrame(rows, columns=names).astype({"at": "float64", "severity": "int64"})
    at = ((START + frame["at"]) * NS).astype("int64")
    return frame.assign(first_ns=at, last_ns=at, count=1, line=range(1, len(frame) + 1)).drop(columns="at")


def notables(*rows: dict[str, object]) -> pd.DataFrame:
    """Rows with `at` in seconds after the start; what is not said is null."""
    names = [
        "kind",
        "service",
        "action",
        "body",
        "severity_number",
        "correlation_key",
        "attributes",
        "format",
        "source",
    ]
    frame = pd.DataFrame([{name: row.get(name) for name in [*names, "at"]} for row in rows], columns=[*names, "at"])
    at = pd.to_datetime(((START + frame["at"].astype("float64")) * NS).astype("int64"), utc=True)
    extra = {"timestamp": at, "line": range(1, len(frame) + 1), "ordinal": 0, "actor": None, "host": None}
    return frame.assign(source=frame.source.fillna("github.json"), **extra).astype({"attributes": object})


def deploy(at: float, service: str, body: str, **more: object) -> dict[str, object]:
    return {"kind": "change", "at": at, "service": service, "body": body, "action": "started", **more}


def commit(at: float, body: str, sha: str) -> dict[str, object]:
    return {"kind": "change", "at": at, "body": body, "correlation_key": sha, "format": "git_log", "source": "git.txt"}


def alert(at: float, service: str | None, body: str) -> dict[str, object]:
    labels = json.dumps({"labels": {"service": service}})
    return {
        "kind": "alert", "at": at, "service": service, "body": body, "action": "firing", "severity_number": 21,
        "attributes": labels, "source": "alertmanager.json",
    }  # fmt: skip


def counts(*rows: tuple[str, int, int, int]) -> pd.DataFrame:
    """Rows of service, status, seconds after the start, count."""
    frame = pd.DataFrame(rows, columns=["service", "status", "at", "count"])
    return frame.assign(source="app.log", route=None, second=START + frame["at"].astype("int64"), severity=9)


def evidence(counted: pd.DataFrame, said: pd.DataFrame, told: pd.DataFrame) -> SimpleNamespace:
    bad = counted[counted.status >= 400]
    failures = pd.DataFrame(
        {
            "source": bad.source,
            "service": bad.service,
            "endpoint": "GET /x",
            "status": bad.status,
            "first_ns": bad.second * NS,
            "line": 7,
        }
    )
    sources = pd.DataFrame({"source": ["app.log"], "service": [None]})
    return SimpleNamespace(sources=sources, counts=counted, failures=failures, patterns=said, notables=told)
