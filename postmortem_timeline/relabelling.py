"""What incident.toml can change in a built incident without reading the evidence again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem_timeline.annotations import Annotations
from postmortem_timeline.correlate.marks import annotate
from postmortem_timeline.telling import DURATIONS, mark
from postmortem_timeline.times import parse_ns

if TYPE_CHECKING:
    import pandas as pd

NEEDS_BUILD = ("sources", "failed", "slo", "revenue_per_minute", "revenue_per_request", "expected_users", "pinned")


def relabelled(incident: dict[str, Any], frame: pd.DataFrame, said: Annotations) -> tuple[dict[str, Any], pd.DataFrame]:
    """Title, severity, marks, hidden entries and notes applied; a finding names the keys that want a new build."""
    from postmortem_timeline.rows import rows_of
    from postmortem_timeline.views.terminal import headline

    incident = dict(incident)
    if said.title is not None:
        incident["title"] = said.title
    if said.severity is not None:
        incident["severity"] = said.severity
    if said.marks:
        marks = {
            name: {**m, "at": None if m["at"] is None else parse_ns(m["at"])}
            for name, m in incident["lifecycle"].items()
        }
        for found in marks.values():
            found["alternatives"] = [{**a, "at": parse_ns(a["at"])} for a in found.get("alternatives", [])]
        stated = {
            n: {"at": m.at, "reason": m.reason, "citations": list(m.citations), **({"by": m.by} if m.by else {})}
            for n, m in said.marks.items()
        }
        incident["lifecycle"] = {name: mark(found) for name, found in annotate(marks, {"marks": stated}).items()}
        incident["durations"] = _durations(incident["lifecycle"])
    before = (incident.get("options") or {}).get("annotations") or {}
    changed = [key for key in NEEDS_BUILD if said.plain().get(key) != before.get(key)]
    incident["findings"] = [f for f in incident["findings"] if f["code"] != "needs_build"]
    if changed:
        message = f"incident.toml changed {', '.join(changed)}: that takes effect with the next `pmt build`"
        incident["findings"].append({"code": "needs_build", "message": message, "citations": []})
    frame = _entries(frame, said)
    incident["summary"] = headline(incident, rows_of(frame))
    return incident, frame


def _durations(lifecycle: dict[str, Any]) -> dict[str, float | None]:
    out: dict[str, float | None] = {}
    for name, (end, start) in DURATIONS.items():
        a, b = lifecycle[end]["at"], lifecycle[start]["at"]
        out[f"{name}_seconds"] = None if a is None or b is None else (parse_ns(a) - parse_ns(b)) / 1e9
    return out


def _entries(frame: pd.DataFrame, said: Annotations) -> pd.DataFrame:
    """Hidden entries left out, notes that are not there yet added in order."""
    import pandas as pd

    if said.hidden and len(frame):
        frame = frame[[not any(said.hides(str(c)) for c in cited) for cited in frame["citations"]]]
    there = set(frame["summary"]) if len(frame) else set()
    notes = [n for n in said.notes if n.text not in there]
    if not notes:
        return frame.reset_index(drop=True)
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
            "score": 1000.0,
            "citations": [],
            "sources": 1,
        }
        for n in notes
    ]
    added = pd.DataFrame(rows).astype({"start": "datetime64[ns, UTC]", "end": "datetime64[ns, UTC]"})
    return pd.concat([frame, added], ignore_index=True).sort_values("start", kind="stable").reset_index(drop=True)
