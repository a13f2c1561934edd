"""One lifecycle mark as plain data, and what people know better laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

MARKS = (
    "onset", "impact_start", "detected", "alerted", "acknowledged", "declared", "identified", "mitigated", "resolved",
    "closed", "changed", "first_public_update",
)  # fmt: skip

Mark = dict[str, Any]


def mark(at: int, confidence: float, basis: str, reason: str, citations: Sequence[str] = ()) -> Mark:
    """A mark at `at` ns; `basis` is stated, observed, inferred or guess."""
    return {"at": int(at), "confidence": round(confidence, 3), "basis": basis, "origin": "inferred", "reason": reason,
            "citations": list(dict.fromkeys(citations)), "alternatives": []}  # fmt: skip


def unknown(reason: str) -> Mark:
    """A mark that the evidence does not carry: null with a reason, never a guess."""
    return {"at": None, "confidence": 0.0, "basis": "guess", "origin": "inferred", "reason": reason, "citations": [],
            "alternatives": []}  # fmt: skip


def choose(candidates: Sequence[Mark], otherwise: str, *, runners_up: int = 4) -> Mark:
    """The first of `candidates` with the next ones as alternatives; with none, unknown for the reason `otherwise`."""
    if not candidates:
        return unknown(otherwise)
    best, seen, rest = candidates[0], {candidates[0]["at"]}, []
    for other in candidates[1:]:
        if other["at"] not in seen:
            seen.add(other["at"])
            rest.append(_runner_up(other))
    return {**best, "alternatives": [*best["alternatives"], *rest][:runners_up]}


def _runner_up(candidate: Mark) -> Mark:
    return {name: candidate[name] for name in ("at", "confidence", "basis", "reason", "citations")}


def annotate(marks: Mapping[str, Mark], annotations: Mapping[str, Any] | None) -> dict[str, Mark]:
    """The marks with those that people set in `annotations["marks"]`; what was inferred stays as an alternative."""
    stated = (annotations or {}).get("marks") or {}
    return {name: _override(inferred, stated[name]) if name in stated else inferred for name, inferred in marks.items()}


def _override(inferred: Mark, value: object) -> Mark:
    given = value if isinstance(value, Mapping) else {"at": value}
    before = [_runner_up(inferred)] if inferred["at"] is not None else []
    at = nanoseconds(given.get("at"))
    reason = str(given.get("reason") or given.get("because") or "set by hand")
    base = unknown(reason) if at is None else mark(at, 1.0, "stated", reason)
    extra = {"by": inferred["by"]} if "by" in inferred else {}
    kept = {**base, "origin": "annotated", "alternatives": before + inferred["alternatives"], **extra}
    if "by" in given and "by" in inferred:
        kept["by"] = given["by"]
    return kept


def nanoseconds(value: object) -> int | None:
    """A time as people or frames write it, in Unix ns: RFC 3339, datetime, Timestamp (bare: UTC), or ns already."""
    if value is None or value is pd.NaT or value == "" or value is False:
        return None
    if isinstance(value, datetime) and not isinstance(value, pd.Timestamp):
        value = value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, (str, datetime)):
        stamp = pd.Timestamp(value)
        stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")
        return int(stamp.as_unit("ns").value)
    return int(value)  # type: ignore[call-overload]
