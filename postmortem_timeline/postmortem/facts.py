"""The measured facts of a document: marks, durations and impact, each with its evidence and its arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from postmortem_timeline.views import sentence, wording


@dataclass(frozen=True)
class Mark:
    """A moment of the lifecycle; `at` null where the evidence does not carry it, and `reason` says why."""

    name: str
    label: str
    at: str | None
    confidence: float | None
    basis: str
    origin: str
    reason: str
    by: str
    citations: tuple[str, ...]
    alternatives: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Fact:
    """A number, how it comes about and what it rests on."""

    label: str
    value: str
    how: str
    citations: tuple[str, ...] = ()


def marks(incident: dict[str, Any]) -> list[Mark]:
    """Those that are known in time order, then the unknown ones in the order of a lifecycle."""
    life = incident.get("lifecycle") or {}
    names = [*(name for name in wording.MARKS if name in life), *(name for name in life if name not in wording.MARKS)]
    found = [_mark(name, life[name] or {}) for name in names]
    known = sorted((mark for mark in found if mark.at), key=lambda mark: wording.instant(mark.at) or 0)
    return known + [mark for mark in found if not mark.at]


def durations(incident: dict[str, Any]) -> list[Fact]:
    """Time to detect, acknowledge, mitigate and resolve, with the formula and the two times."""
    formulas = incident.get("formulas") or {}
    stated = incident.get("durations") or {}
    facts = []
    for name, (label, formula) in wording.DURATIONS.items():
        key = f"{name}_seconds"
        seconds = stated.get(key)
        how = formulas.get(key) or formulas.get(name) or formula
        missing = sentence.unmeasured(_missing(incident, formula))
        facts.append(Fact(label, wording.span(seconds) if seconds is not None else missing, f"{how}{_times(incident, formula)}"))
    return facts


def impact(incident: dict[str, Any]) -> list[Fact]:
    """Downtime, users, requests, budget and cost: what is not measured says why."""
    data = incident.get("impact") or {}
    around = tuple(dict.fromkeys(
        [*sentence.cites(sentence.mark(incident, "impact_start")), *sentence.cites(sentence.mark(incident, "mitigated"))]
    ))  # fmt: skip
    facts = [
        Fact("Impact duration", _span(data.get("downtime_seconds")), _lengths(data), around),
        Fact("Weighted downtime", _span(data.get("weighted_downtime_seconds")), "the failed share of requests, integrated over the windows"),
        Fact("Full outage", _span(data.get("full_outage_seconds")), "where 90% or more of requests failed"),
        _users(data.get("users") or {}, around),
        *_excess(data.get("users") or {}),
        _requests(data.get("requests") or {}, around),
        _listed("Error budget", data.get("error_budget"), "needs an SLO: set `slo` in incident.toml"),
        _listed("Cost", data.get("cost"), "needs revenue: set `revenue_per_minute` or `revenue_per_request` in incident.toml"),
    ]
    return facts


def _mark(name: str, found: dict[str, Any]) -> Mark:
    return Mark(
        name, wording.MARKS.get(name, name.replace("_", " ").capitalize()), found.get("at"), found.get("confidence"),
        found.get("basis") or "-", found.get("origin") or "inferred", found.get("reason") or "", found.get("by") or "",
        sentence.cites(found), tuple(found.get("alternatives") or ()),
    )  # fmt: skip


def _missing(incident: dict[str, Any], formula: str) -> str:
    unknown = [name for name in formula.split(" - ") if not sentence.mark(incident, name.replace(" ", "_")).get("at")]
    return f"{' and '.join(unknown)} unknown" if unknown else ""


def _times(incident: dict[str, Any], formula: str) -> str:
    """`: 17:46:21 - 17:42:09`, where both are known."""
    at = [sentence.mark(incident, name.replace(" ", "_")).get("at") for name in formula.split(" - ")]
    return f": {wording.clock(at[0])} - {wording.clock(at[1])}" if all(at) else ""


def _span(seconds: float | None) -> str:
    return sentence.unmeasured("no requests in the evidence") if seconds is None else wording.span(seconds)


def _lengths(data: dict[str, Any]) -> str:
    windows = data.get("windows") or []
    if not windows:
        return "the union of the windows; there is none"
    if len(windows) == 1:
        return f"{wording.clock(windows[0][1])} - {wording.clock(windows[0][0])}"
    lengths = [wording.span(wording.seconds_between(*window)) for window in windows]
    listed = " + ".join(lengths) if len(lengths) <= 6 else f"{len(lengths)} windows"
    return f"the union of the windows: {listed}"


def _users(users: dict[str, Any], around: tuple[str, ...]) -> Fact:
    if users.get("share") is None:
        return Fact("Users affected", sentence.unmeasured(users.get("basis") or users.get("reason")), "users with a failed request / users with any")
    how = sentence.share_arithmetic(users)
    exact = "exact" if users.get("exact", True) else "estimated"
    return Fact("Users affected", wording.percent(users["share"], 1), f"{how}; {exact}, identity: {wording.plain(users.get('basis'))}", around)


def _excess(users: dict[str, Any]) -> list[Fact]:
    excess = users.get("affected_excess")
    how = "users affected, less those that the background of errors would have touched anyway"
    return [] if excess is None else [Fact("Users beyond the background", wording.number(excess), how)]


def _requests(requests: dict[str, Any], around: tuple[str, ...]) -> Fact:
    failed, total = requests.get("failed"), requests.get("total")
    if failed is None or not total:
        return Fact("Failed requests", sentence.unmeasured("no requests in the windows"), "failed / all, in the windows")
    how = f"{wording.number(failed)} failed / {wording.number(total)} in the windows = {wording.percent(failed / total, 1)}"
    return Fact("Failed requests", wording.number(failed), how, around)


def _listed(label: str, found: dict[str, Any] | None, why: str) -> Fact:
    """A table of the engine as it is, its shares as percentages; the keys carry their own meaning."""
    if not found:
        return Fact(label, sentence.unmeasured(why), "")
    parts = [f"{key.replace('_', ' ')} {_amount(key, value)}" for key, value in found.items() if value is not None]
    return Fact(label, parts[0], "; ".join(parts[1:]))


def _amount(key: str, value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return wording.percent(value, 1) if key.startswith(("share", "spent")) or key.endswith("share") else f"{value:,.10g}"
    return wording.plain(value)
