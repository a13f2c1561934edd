"""The same incident in the terms of other tools: what each calls its measures, and between which marks it counts.

The same names mean different things: the time to resolve runs from the impact, the page, the declaration or the deploy.
Sources: PagerDuty Analytics' metric definitions, Datadog Incident Management, Rootly's and FireHydrant's milestones,
DORA's failed deployment recovery time (as fourkeys counts it), Etsy's Morgue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from postmortem_timeline.views import wording
from postmortem_timeline.views.cited import mark


@dataclass(frozen=True)
class Measure:
    """A duration as one tool counts it: `end` minus `start`, or where that is unknown minus the first known `instead`."""

    name: str
    end: str
    start: str
    instead: tuple[str, ...] = ()
    note: str = ""


FROM_START = (
    Measure("time to detect", "detected", "impact_start"),
    Measure("time to acknowledge", "acknowledged", "impact_start"),
    Measure("time to mitigate", "mitigated", "impact_start"),
    Measure("time to resolve", "resolved", "impact_start"),
)

PROFILES: dict[str, tuple[Measure, ...]] = {
    "pagerduty": (
        Measure("seconds_to_first_ack", "acknowledged", "alerted", note="from the page; snoozes are counted in"),
        Measure("seconds_to_resolve", "resolved", "alerted", note="from the page; snoozes are counted in"),
    ),
    "datadog": (
        Measure("time to detect", "detected", "impact_start"),
        Measure("time to repair", "mitigated", "detected"),
        Measure("time to resolve", "resolved", "declared"),
        Measure("customer impact", "mitigated", "impact_start"),
    ),
    "rootly": (
        *FROM_START,
        Measure("duration", "mitigated", "impact_start", note="to mitigation, though resolved; shown in whole hours"),
    ),
    "firehydrant": FROM_START,
    "dora": (
        Measure(
            "failed deployment recovery time", "resolved", "changed", ("impact_start",),
            "from the change that caused it, where one is suspected",
        ),
    ),
    "morgue": (
        Measure("time undetected", "detected", "impact_start"),
        Measure("resolve time", "mitigated", "detected", ("impact_start",)),
        Measure("impact time", "mitigated", "impact_start"),
    ),
}  # fmt: skip


def measures(incident: dict[str, Any], profile: str) -> list[dict[str, Any]]:
    """One dict a measure: `name`, `seconds` (float, or null with a `reason`), `formula`, `note`.

    Raises KeyError for a profile that is not one of PROFILES.
    """
    return [_measured(incident, measure) for measure in PROFILES[profile]]


def table(incident: dict[str, Any], profile: str) -> str:
    """The measures as lines of text, 80 columns wide at most but for a long reason."""
    lines = [f"As {profile} counts"]
    for row in measures(incident, profile):
        value = wording.span(row["seconds"]) if row["reason"] is None else f"[not measured: {row['reason']}]"
        lines.append(f"{row['name']:<31}{value:<15}{row['formula']}")
        lines += [f"  ({row['note']})"] if row["note"] else []
    return "\n".join(lines)


def _measured(incident: dict[str, Any], measure: Measure) -> dict[str, Any]:
    start = next((name for name in (measure.start, *measure.instead) if mark(incident, name).get("at")), measure.start)
    unknown = [name for name in (start, measure.end) if not mark(incident, name).get("at")]
    why = [f"{name}: {mark(incident, name).get('reason') or 'unknown'}" for name in unknown]
    return {
        "name": measure.name,
        "seconds": wording.seconds_between(mark(incident, start).get("at"), mark(incident, measure.end).get("at")),
        "reason": "; ".join(why) or None,
        "formula": f"{measure.end} - {start}",
        "note": measure.note,
    }
