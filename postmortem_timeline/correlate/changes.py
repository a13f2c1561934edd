"""Every change, ranked by how likely it caused the outage: by service, by time, and by words that meet the errors'."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from postmortem_timeline.correlate.durations_said import durations_said
from postmortem_timeline.correlate.meeting_words import content, left_out, meeting
from postmortem_timeline.correlate.novelty import NS, new_lines
from postmortem_timeline.correlate.relation import same_service
from postmortem_timeline.correlate.told import told as records_of
from postmortem_timeline.correlate.told_changes import Change, told_changes
from postmortem_timeline.correlate.uncollected import uncollected

Windows = Sequence[tuple[int, int]]

FADE_S = 900.0  # culprits lie minutes before; innocent deploys of the same service three quarters of an hour and more
FADE_WORDS_S = 86_400.0  # what was said yesterday may expire today
TOO_LATE_S = 5.0  # clocks and the first failing request leave this much doubt
SPEAKS = 0.5


@uncollected()
def changes(
    notables: pd.DataFrame,
    patterns: pd.DataFrame,
    suspects: Sequence[Mapping[str, Any]],
    windows: Windows,
    marks: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """All changes, the likeliest culprit first; one that nothing speaks for has a score under 0.5.

    in:  notables, patterns as in Evidence, clocks applied; suspects() ; windows (ns); marks: their impact_start counts
    out: {at (ns), service, summary, score 0..1, reason, citations}
    """
    names = [str(one["name"]) for one in suspects]
    told = told_changes(notables, patterns, names)
    if not windows:
        return [_row(change, 0.0, "no outage was found that it could have caused") for change in told]
    start = int(((marks or {}).get("impact_start") or {}).get("at") or windows[0][0])
    end = windows[-1][1]
    errors = _errors(notables, patterns, windows, start, end)
    out = left_out(names + [change.service for change in told if change.service])
    met = meeting([content(change.text, out) for change in told], content(errors, out))
    undone = _undone(told, start, end)
    rows = []
    for change, (strength, common) in zip(told, met, strict=True):
        score, why = _score(change, start, suspects, strength, common, undone.get(change.citations))
        rows.append(_row(change, score, why))
    return sorted(rows, key=lambda row: (-row["score"], row["at"] > start, -row["at"], row["summary"]))


def _errors(notables: pd.DataFrame, patterns: pd.DataFrame, windows: Windows, start: int, end: int) -> str:
    """The words of the errors that came with the outage, and of the critical alerts in it."""
    new = new_lines(patterns, windows)
    alerts = [r.body for r in records_of(notables) if r.kind == "alert" and r.severity >= 17 and start <= r.at <= end]
    return "\n".join([*new.template[new.wrong].astype(str), *alerts])


def _score(
    change: Change,
    start: int,
    suspects: Sequence[Mapping[str, Any]],
    strength: float,
    common: list[str],
    undone: tuple[float, str] | None,
) -> tuple[float, str]:
    """How likely, and why in words."""
    lag = (start - change.at) / NS
    if lag < -TOO_LATE_S:
        return _after(change, -lag)
    lag = max(lag, 0.0)
    related, of = _related(change.service, suspects)
    near = related * math.exp(-lag / FADE_S) * (0.3 if change.undoes else 1.0)
    said = 0.9 * strength * math.exp(-lag / FADE_WORDS_S) * (1.0 if related > 0.5 or change.service is None else 0.6)
    why = [f"{_long(lag)} before the first failed request", of]
    weight, less = change.bearing
    near, said = near * weight, said * weight
    score = 1 - (1 - near) * (1 - said)
    if common:
        why.append(f"its words meet those of the errors: {', '.join(common)}")
    stated = next((d for d in durations_said(change.text) if d >= 300 and abs(lag - d) <= 30 + 0.03 * d), None)
    if stated and (common or related > 0.5):
        score = 1 - (1 - score) * 0.4
        why.append(f"it names a duration of {_long(stated)}, which is how much later the errors began")
    if undone:
        score = 1 - (1 - score) * (1 - undone[0])
        why.append(undone[1])
    if change.undoes:
        why.append("it takes another change back, which is seldom a cause")
    return min(score, 0.99), "; ".join([*why, less] if less else why)


def _after(change: Change, late: float) -> tuple[float, str]:
    """A change after the start cannot have caused it."""
    role = "it takes a change back: the fix, not the cause" if change.undoes else "so it did not cause it"
    return 0.0, f"{_long(late)} after the first failed request; {role}"


def _related(service: str | None, suspects: Sequence[Mapping[str, Any]]) -> tuple[float, str]:
    """What share of the blame the changed service has, and the words for it."""
    if not suspects:
        return 0.4, "no service is suspected"
    top = suspects[0]
    if service is None:
        return 0.3, "it does not say of which service"
    for suspect in suspects:
        if same_service(service, str(suspect["name"])):
            ratio = float(suspect["score"]) / max(float(top["score"]), 1e-9)
            first = suspect is top
            return (
                1.0 if ratio > 0.9 else 0.2 + 0.25 * ratio
            ), f"of {suspect['name']}, {'the first suspect' if first else 'a lesser suspect'}"
    return 0.2, f"of {service}, which is not suspected"


def _undone(told: Sequence[Change], start: int, end: int) -> dict[tuple[str, ...], tuple[float, str]]:
    """What the rollbacks of this outage take back, by citations: named by commit or version, else the last change of that service.

    A guess weighs little: in a fault that no change caused people roll back the last one all the same.
    """
    found: dict[tuple[str, ...], tuple[float, str]] = {}
    fixes = [fix for fix in told if fix.undoes and start < fix.at <= end + 300 * NS]
    before = [c for c in told if c.at <= start + TOO_LATE_S * NS and not c.undoes] if fixes else []
    for fix in fixes:
        named = [c for c in before if c.commits & fix.undone]
        guessed = [c for c in before if same_service(c.service, fix.service)][-1:]
        for change in named or guessed:
            how = "it was taken back" if named else "the last of its service when that was rolled back"
            found[change.citations] = (0.4 if named else 0.15, f"{how} ({fix.citations[0]})")
    return found


def _row(change: Change, score: float, reason: str) -> dict[str, Any]:
    return {
        "at": change.at,
        "service": change.service,
        "summary": change.summary,
        "score": round(score, 3),
        "reason": reason,
        "citations": list(change.citations),
    }


def _long(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
