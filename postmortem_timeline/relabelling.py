"""What incident.toml can change in a built incident without reading the evidence again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from postmortem_timeline.annotations import Annotations
from postmortem_timeline.correlate.compose import PINNED, rephased
from postmortem_timeline.correlate.marks import annotate, unknown
from postmortem_timeline.telling import durations, mark
from postmortem_timeline.times import parse_ns

if TYPE_CHECKING:
    import pandas as pd

NEEDS_BUILD = (
    "sources", "failed", "slo", "slo_period_days", "slo_period_requests", "revenue_per_minute", "revenue_per_request",
    "expected_users", "responder_rate", "pinned",
)  # fmt: skip
APPLIED = ("title", "severity", "marks", "hidden", "notes")


def relabelled(incident: dict[str, Any], frame: pd.DataFrame, said: Annotations) -> tuple[dict[str, Any], pd.DataFrame]:
    """Title, severity, marks, hidden entries and notes as `said` has them; a finding names the keys that want a build.

    What an earlier incident.toml had changed is taken back first, so the outcome does not depend on reports before.
    """
    from postmortem_timeline.rows import rows_of
    from postmortem_timeline.views.terminal import headline

    before = (incident.get("options") or {}).get("annotations") or {}
    now = said.plain()
    marks = _marks(incident["lifecycle"], before.get("marks") or {}, said)
    frame = rephased(_entries(frame, said), marks)
    shown = incident["impact"].get("window_details") or []
    told = {
        **incident,
        "title": said.title,
        "severity": said.severity,
        "lifecycle": {name: mark(found) for name, found in marks.items()},
        "durations": durations(marks, opened=bool(shown and shown[0]["open_start"])),
        "findings": [f for f in incident["findings"] if f["code"] != "needs_build"] + _wants_build(before, now),
        "options": {
            **(incident.get("options") or {}),
            "annotations": {k: now[k] for k in APPLIED if k in now}
            | {k: before[k] for k in NEEDS_BUILD if k in before},
        },
    }
    told["summary"] = headline(told, rows_of(frame))
    return told, frame


def _marks(lifecycle: Mapping[str, Any], before: Mapping[str, Any], said: Annotations) -> dict[str, dict[str, Any]]:
    """The marks in ns, with those that people state."""
    found = {name: _inferred(one) if name in before else _in_ns(one) for name, one in lifecycle.items()}
    return annotate(found, {"marks": said.stated_marks()})


def _in_ns(one: Mapping[str, Any]) -> dict[str, Any]:
    alternatives = [_in_ns(other) for other in one.get("alternatives") or []]
    return {
        **one,
        "at": None if one["at"] is None else parse_ns(one["at"]),
        **({"alternatives": alternatives} if "alternatives" in one else {}),
    }


def _inferred(one: Mapping[str, Any]) -> dict[str, Any]:
    """The mark as it was before people set it: the first of its alternatives."""
    found = _in_ns(one)
    if not found["alternatives"]:
        return {**found, **unknown("it was set by hand; the next build says what the evidence shows")}
    return {**found, **found["alternatives"][0], "origin": "inferred", "alternatives": found["alternatives"][1:]}


def _wants_build(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    changed = [key for key in NEEDS_BUILD if now.get(key) != before.get(key)]
    if set(before.get("hidden") or ()) - set(now.get("hidden") or ()):
        changed.append("hidden")  # what was left out is not in the folder any more
    if not changed:
        return []
    message = f"incident.toml changed {', '.join(changed)}: that takes effect with the next `pmt build`"
    return [{"code": "needs_build", "message": message, "citations": []}]


def _entries(frame: pd.DataFrame, said: Annotations) -> pd.DataFrame:
    """Hidden entries left out; notes of people as they are now."""
    import pandas as pd

    noted = (frame["reason"] == "note") & (frame["citations"].map(len) == 0) & (frame["score"] >= PINNED)
    hidden = pd.Series([any(said.hides(str(c)) for c in cited) for cited in frame["citations"]], dtype=bool)
    kept = frame[~noted.to_numpy(dtype=bool) & ~hidden.to_numpy()]
    rows = [
        {
            "start": pd.Timestamp(n.at),
            "end": pd.Timestamp(n.end or n.at),
            "kind": "note",
            "phase": "",
            "severity_number": 0,
            "service": n.service,
            "actor": n.actor,
            "summary": n.text,
            "count": 1,
            "reason": "note",
            "score": PINNED,
            "citations": [],
            "sources": 1,
        }
        for n in said.notes
    ]
    if not rows:
        return kept
    added = pd.DataFrame(rows).astype(
        {name: kept[name].dtype for name in ("start", "end", "severity_number", "count", "sources", "score")}
    )
    return pd.concat([kept, added], ignore_index=True) if len(kept) else added
