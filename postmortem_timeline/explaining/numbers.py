"""How a number of the impact came about: what was counted, where, and what counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from postmortem_timeline.explaining.book import Book, Told, seconds

SHORT = {
    "downtime": "downtime_seconds", "weighted_downtime": "weighted_downtime_seconds", "share": "users.share",
    "full_outage": "full_outage_seconds", "users": "users.share", "requests": "requests.failed", "windows": "downtime_seconds",
}  # fmt: skip
LEFT_OUT = ("vantage", "windows", "window_details", "services", "endpoints")


def numbers(book: Book) -> dict[str, Any]:
    """name -> value: what of the impact can be asked for."""
    return dict(_leaves({k: v for k, v in book.impact.items() if k not in LEFT_OUT}, ""))


def _leaves(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _leaves(inner, f"{path}{name}.")
        elif not isinstance(inner, (str, list, bool)):
            yield f"{path}{name}", inner


def of_number(book: Book, name: str) -> Told:
    """One number of the impact."""
    value = numbers(book)[name]
    how = [*HOW.get(name.partition(".")[0], _plain)(book, name), *_counted(book)]
    said = "not known" if value is None else seconds(value) if name.endswith("seconds") else f"{value:,}"
    edges = [book.marks[mark] for mark in ("impact_start", "mitigated")]
    cited = list(dict.fromkeys(citation for mark in edges for citation in mark["citations"]))
    override, by = _override(name)
    none = "The windows' first and last failed requests have no citation in this folder."
    return Told(f"{name}: {said}", how, cited, _others(book, name), override, by, none)


def _counted(book: Book) -> list[str]:
    """Where requests are counted, in which intervals, and what counts as failed."""
    options = book.incident.get("options") or {}
    lines = [str(book.impact.get("vantage") or "There is no request evidence.")]
    lines.append(f"Failed is: {', '.join(map(str, options.get('failed') or ['5xx, but not 501']))}.")
    for one in book.impact.get("window_details") or []:
        of = f" of {', '.join(one['services'])}" if one["services"] else ""
        lines.append(f"window {one['start']} to {one['end']}: {one['kind']}{of}, {seconds(_length(one))}")
    return lines


def _length(window: Mapping[str, Any]) -> float:
    return (datetime.fromisoformat(window["end"]) - datetime.fromisoformat(window["start"])).total_seconds()


def _users(book: Book, name: str) -> list[str]:
    users = book.impact.get("users") or {}
    if users.get("active") is None:
        return [str(users.get("basis") or "Users cannot be told from these requests.")]
    how = [f"{users['affected']:,} of {users['active']:,} distinct users: {users.get('basis')}."]
    if name == "users.share" and users.get("share") is not None:
        how.append(f"{users['affected']} / {users['active']} = {users['share']}")
    if name == "users.affected_excess":
        how.append("The background fails some users at any time; those are left out.")
    return how + ([] if users.get("exact") else ["The count is not exact."])


def _requests(book: Book, name: str) -> list[str]:
    said = book.impact.get("requests") or {}
    how = [f"{said.get('failed')} of {said.get('total')} requests inside the windows failed."]
    parts = [f"{one['name']}: {one['failed']:,} of {one['total']:,}" for one in book.impact.get("services") or []]
    return how + parts[:12]


def _lengths(book: Book, name: str) -> list[str]:
    windows = book.impact.get("window_details") or []
    total = sum(_length(one) for one in windows if one["kind"] != "not_covered")
    return [
        {
            "downtime_seconds": f"It is the length of the windows' union; the windows below add up to {seconds(total)}.",
            "weighted_downtime_seconds": "Each second of the windows counts by the share of its requests that failed.",
        }.get(name, "It is the time in the windows in which 90% of the requests or more failed.")
    ]


def _budget(book: Book, name: str) -> list[str]:
    budget = book.impact.get("error_budget")
    if not budget:
        return ["No SLO was given."]
    spent = f"{budget['slo']} over {budget['period_days']} days and {budget['period_requests']:,} requests"
    return [f"The goal is {spent} ({budget['period_requests_basis']}).",
            "By requests: failed / ((1 - SLO) x the period's requests).",
            "By time: weighted downtime / ((1 - SLO) x the period)."]  # fmt: skip


def _plain(book: Book, name: str) -> list[str]:
    group = book.impact.get(name.partition(".")[0])
    basis = group.get("basis") if isinstance(group, dict) else None
    return [str(basis) if basis else f"It is {name} of the impact, as docs/measures.md defines it."]


HOW: dict[str, Callable[[Book, str], list[str]]] = {
    "users": _users, "requests": _requests, "error_budget": _budget,
    "downtime_seconds": _lengths, "weighted_downtime_seconds": _lengths, "full_outage_seconds": _lengths,
}  # fmt: skip


def _others(book: Book, name: str) -> list[str]:
    """Numbers that one might have meant instead, and windows that were left to other incidents."""
    group = name.partition(".")[0]
    known, long = numbers(book), name.endswith("seconds")
    alike = [n for n in known if n != name and (n.startswith(f"{group}.") or n.endswith("seconds") == long)]
    found = [f"{other}: {'not known' if known[other] is None else known[other]}" for other in alike[:8]]
    others = book.incident.get("other_incidents") or []
    return found + [f"another incident, {one['start']} to {one['end']}: not counted here" for one in others[:8]]


def _override(name: str) -> tuple[list[str], str]:
    group = name.partition(".")[0]
    lines = ['failed = ["5xx", 429]   # what counts as failed']
    more = {
        "users": ["expected_users = 1200   # where a silence leaves nobody to count"],
        "error_budget": ["slo = 0.999", "slo_period_days = 30", "slo_period_requests = 50_000_000"],
        "cost": ["revenue_per_minute = 1000.0   # or revenue_per_request"],
        "response": ["responder_rate = 90.0   # per person and hour"],
    }
    bounds = "# its bounds: pmt build PATH -o DIR --since TIME --until TIME"
    return [*lines, *more.get(group, []), bounds], "build"
