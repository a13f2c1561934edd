"""The measured facts of a document: marks, durations and impact, each with its evidence and its arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from postmortem_timeline.views import sentence, wording
from postmortem_timeline.views.cited import missing

# How the engine measures a spent budget, the best way first.
SPENT = (
    ("by_requests", "by requests (failed / allowed)"),
    ("by_time", "by time, weighted by the failed share"),
    ("by_time_as_full", "by time, as if all had failed"),
)


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
    brief: str = ""  # what stands beneath the number where there is no room for more


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
        unmeasured = sentence.unmeasured(missing(incident, formula))
        facts.append(
            Fact(
                label,
                wording.span(seconds) if seconds is not None else unmeasured,
                f"{how}{_times(incident, formula)}",
                brief=_times(incident, formula).removeprefix(": ") if seconds is not None else "",
            )
        )
    return facts


def impact(incident: dict[str, Any]) -> list[Fact]:
    """Downtime, users, requests, budget and cost: what is not measured says why."""
    data = incident.get("impact") or {}
    edges = [sentence.mark(incident, name) for name in ("impact_start", "mitigated")]
    around = tuple(dict.fromkeys(place for mark in edges for place in sentence.cites(mark)))
    facts = [
        Fact("Impact duration", _span(data.get("downtime_seconds")), _lengths(data), around, _between(data)),
        Fact(
            "Weighted downtime",
            _span(data.get("weighted_downtime_seconds")),
            "the failed share of requests, integrated over the windows",
        ),
        Fact("Full outage", _span(data.get("full_outage_seconds")), "where 90% or more of requests failed"),
        _users(data.get("users") or {}, around),
        *_excess(data.get("users") or {}),
        _requests(data.get("requests") or {}, around),
        _vantage(data.get("vantage")),
        _budget(data.get("error_budget")),
        _cost(data.get("cost")),
        *_response(data.get("response")),
    ]
    return facts


def _mark(name: str, found: dict[str, Any]) -> Mark:
    return Mark(
        name, wording.MARKS.get(name, name.replace("_", " ").capitalize()), found.get("at"), found.get("confidence"),
        found.get("basis") or "-", found.get("origin") or "inferred", found.get("reason") or "", found.get("by") or "",
        sentence.cites(found), tuple(found.get("alternatives") or ()),
    )  # fmt: skip


def _times(incident: dict[str, Any], formula: str) -> str:
    """`: 17:46:21 - 17:42:09`, where both are known."""
    at = [sentence.mark(incident, name.replace(" ", "_")).get("at") for name in formula.split(" - ")]
    return f": {wording.clock(at[0])} - {wording.clock(at[1])}" if all(at) else ""


def _vantage(found: Any) -> Fact:
    """Where requests are counted, so that one that passes several tiers counts once."""
    if not found:
        return Fact("Counted", sentence.unmeasured("no requests in the evidence"), "")
    return Fact("Counted", "each request once", wording.plain(found))


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


def _between(data: dict[str, Any]) -> str:
    windows = data.get("windows") or []
    if len(windows) > 1:
        return f"in {len(windows)} windows"
    return f"{wording.clock(windows[0][0])} to {wording.clock(windows[0][1])}" if windows else "no window found"


def _users(users: dict[str, Any], around: tuple[str, ...]) -> Fact:
    if users.get("share") is None:
        why = users.get("basis") or users.get("reason")
        return Fact("Users affected", sentence.unmeasured(why), "users with a failed request / users with any")
    exact = "counted exactly" if users.get("exact", True) else "estimated"
    how = f"{sentence.share_arithmetic(users)}; {exact} ({wording.plain(users.get('basis'))})"
    brief = f"{wording.number(users.get('affected'))} of {wording.number(users.get('active'))}"
    return Fact("Users affected", wording.percent(users["share"], 1), how, around, brief)


def _excess(users: dict[str, Any]) -> list[Fact]:
    excess = users.get("affected_excess")
    how = "users affected, less those that the background of errors would have touched anyway"
    return [] if excess is None else [Fact("Users beyond the background", wording.number(excess), how)]


def _requests(requests: dict[str, Any], around: tuple[str, ...]) -> Fact:
    failed, total = requests.get("failed"), requests.get("total")
    if failed is None or not total:
        return Fact(
            "Failed requests", sentence.unmeasured("no requests in the windows"), "failed / all, in the windows"
        )
    share = wording.percent(failed / total, 1)
    how = f"{wording.number(failed)} failed / {wording.number(total)} in the windows = {share}"
    if requests.get("missing"):
        how += (
            f"; of both, {wording.number(requests['missing'])} never came, by the stretch of equal length just before"
        )
    return Fact("Failed requests", wording.number(failed), how, around, f"{share} of {wording.number(total)}")


def _budget(found: dict[str, Any] | None) -> Fact:
    """The share of the error budget spent: by requests where they are known, else by time."""
    label = "Error budget"
    if not found:
        return Fact(label, sentence.unmeasured("needs an objective; set slo in incident.toml"), "")
    spent = [(key, words) for key, words in SPENT if found.get(key) is not None]
    if not spent:
        return Fact(label, sentence.unmeasured("no requests to measure it by"), _objective(found))
    value = f"{wording.percent(found[spent[0][0]], 1)} spent"
    how = "; ".join(f"{wording.percent(found[key], 1)} {words}" for key, words in spent)
    return Fact(label, value, f"{how}; {_objective(found)}")


def _objective(found: dict[str, Any]) -> str:
    requests = found.get("period_requests")
    of = f", {wording.number(requests)} requests ({found.get('period_requests_basis') or 'stated'})" if requests else ""
    return f"objective {wording.percent(found.get('slo'), 2)} over {wording.plain(found.get('period_days'))} days{of}"


def _response(found: dict[str, Any] | None) -> list[Fact]:
    """The price of the responders' time, where a rate was given."""
    return [Fact("Response", wording.number(found["amount"]), wording.plain(found.get("basis")))] if found else []


def _cost(found: dict[str, Any] | None) -> Fact:
    if not found or found.get("amount") is None:
        why = "needs revenue; set revenue_per_minute or revenue_per_request in incident.toml"
        return Fact("Cost", sentence.unmeasured(why), "")
    return Fact("Cost", wording.number(found["amount"]), wording.plain(found.get("basis")))
