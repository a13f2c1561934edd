"""Metric samples of exports: what all parsers of series give."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from postmortem_timeline.formats.exports.event import Event, labelled


def described(name: str, labels: Mapping[str, Any], **more: Any) -> Event:
    """The columns that all samples of a series share: its name and labels, and where they say so service and host."""
    own = {key: value for key, value in labels.items() if value is not None}
    inner = ",".join(f'{key}="{own[key]}"' for key in sorted(own))
    kept = {key: value for key, value in more.items() if value not in (None, "")}
    return {
        "kind": "metric", "body": f"{name}{{{inner}}}" if inner else name,
        "attributes": json.dumps({"name": name, "labels": own, **kept}, ensure_ascii=False, separators=(",", ":")),
    } | labelled(own)  # fmt: skip


def number(value: Any) -> float | None:
    """A finite number; NaN, infinities and what is no number are no value."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if abs(found) < float("inf") else None
