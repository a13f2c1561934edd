"""The executive summary: what happened, when, to how many and why, in sentences whose numbers carry their evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from postmortem_timeline.views import wording

# A change that nothing speaks for scores under this (incident.json); it is not named as a trigger.
SPEAKS = 0.5

# OpenTelemetry severity numbers from here on are errors.
ERROR = 17

COUNTED = re.compile(r"\s*\(x[\d,]+\)$")

STATES = {
    "failed": "failed for some users",
    "slow": "answered too slowly",
    "dark": "could not be reached",
}


@dataclass(frozen=True)
class Cited:
    """A piece of text with the evidence it rests on; a blank is a question that only people can answer."""

    text: str
    citations: tuple[str, ...] = ()
    note: str = ""
    blank: bool = False


def executive(incident: dict[str, Any], rows: Sequence[dict[str, Any]] = ()) -> list[list[Cited]]:
    """The sentences of the summary, each a list of pieces; what is unknown says so, and why."""
    parts = [happened(incident, rows), users(incident), response(incident), trigger(incident)]
    return [sentence for sentence in parts if sentence]


def spoken(sentences: list[list[Cited]]) -> str:
    """The sentences as plain text."""
    return " ".join("".join(piece.text for piece in sentence) for sentence in sentences)


def unmeasured(why: str | None) -> str:
    return f"[not measured: {(why or 'the evidence does not carry it').rstrip('.')}]"


def happened(incident: dict[str, Any], rows: Sequence[dict[str, Any]] = ()) -> list[Cited]:
    """When, which service, how, and what the errors said."""
    service = first(incident.get("services"))
    name = wording.service_name(service.get("name"))
    if calm(incident):
        return [Cited("No stretch was found in which more requests failed than usual: no outage.")]
    if not incident["impact"].get("windows") and not mark(incident, "impact_start").get("at"):
        why = unmeasured(mark(incident, "impact_start").get("reason") or "no requests in the evidence")
        return [Cited(f"When users were affected is {why}.")]
    pieces = [*_when(incident), Cited(", "), *_what(incident, service, name)]
    error = first_error(incident, rows)
    if error:
        pieces += [Cited("; the errors read "), Cited(f"“{error.text}”", error.citations)]
    return [*pieces, Cited(".")]


def users(incident: dict[str, Any]) -> list[Cited]:
    """How many users, of how many."""
    impact = incident.get("impact", {})
    if calm(incident):
        return []
    counted = impact.get("users") or {}
    share = counted.get("share")
    if share is None:
        why = counted.get("reason") or (counted.get("basis") if counted.get("active") is None else None)
        return [Cited(f"The share of users affected is {unmeasured(why)}.")]
    where = tuple(dict.fromkeys([*cites(mark(incident, "impact_start")), *cites(mark(incident, "mitigated"))]))
    note = f"{share_arithmetic(counted)}. {wording.plain(impact.get('vantage'))}"
    head = "During this time " if counted.get("exact", True) else "During this time approximately "
    return [
        Cited(f"{head}{wording.percent(share)} of users", where, note),
        Cited(f" ({wording.number(counted.get('affected'))} of {wording.number(counted.get('active'))})"),
        Cited(f" {_suffered(impact)}."),
    ]


def response(incident: dict[str, Any]) -> list[Cited]:
    """How it was noticed, taken on and ended."""
    detected, acknowledged = mark(incident, "detected"), mark(incident, "acknowledged")
    mitigated, resolved = mark(incident, "mitigated"), mark(incident, "resolved")
    if calm(incident) and not detected.get("at"):
        return []
    pieces = _detected(incident, detected)
    for word, found in (("acknowledged", acknowledged), ("mitigated", mitigated), ("resolved", resolved)):
        at = found.get("at")
        text = f"{word} at {wording.clock(at)}" if at else f"{word} {unmeasured(found.get('reason'))}"
        pieces += [Cited(" and " if word == "resolved" else ", "), Cited(text, cites(found))]
    return [*pieces, Cited(".")]


def trigger(incident: dict[str, Any]) -> list[Cited]:
    """The change that most speaks for, if any does."""
    changes = incident.get("changes")
    if not changes or calm(incident):
        return []
    likely = first(changes)
    if (likely.get("score") or 0) < SPEAKS:
        return [Cited(f"None of the {wording.plural(len(changes), 'change')} in the evidence explains it.")]
    what = f"“{likely.get('summary')}”"
    of = f" ({likely['service']})" if likely.get("service") else ""
    note = f"score {likely['score']:.2f}: {likely.get('reason')}"
    before = wording.seconds_between(likely.get("at"), mark(incident, "impact_start").get("at"))
    ago = f", {wording.span(before)} before" if before and before > 0 else ""
    at = wording.beside(likely.get("at"), mark(incident, "impact_start").get("at"))
    return [
        Cited("The likeliest trigger is the change "),
        Cited(what, cites(likely), note),
        Cited(f"{of} at {at}{ago}."),
    ]


def calm(incident: dict[str, Any]) -> bool:
    """Requests were there to look at, and none failed more than usual."""
    impact = incident.get("impact", {})
    return not impact.get("windows") and impact.get("downtime_seconds") is not None


def first_error(incident: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Cited | None:
    """What the first suspect's errors said: of its new error patterns in the timeline, the one that weighs most."""
    name = first(incident.get("services")).get("name")
    new = [
        row
        for row in rows
        if row.get("reason") in ("first_seen", "burst") and (row.get("severity_number") or 0) >= ERROR
    ]
    said = [row for row in new if row.get("kind") == "log" and row.get("service") == name] or [
        row for row in new if row.get("kind") == "log"
    ]
    if not said:
        return None
    best = max(said, key=lambda row: row.get("score") or 0)  # of equals the first, rows being in time order
    return Cited(wording.short(_bare(str(best["summary"]), str(best.get("service"))), 120), cites(best))


def _bare(summary: str, service: str) -> str:
    """The message alone: `new error in auth: token expired (x103)` is `token expired`."""
    _, lead, message = summary.partition(f" in {service}: ")
    return COUNTED.sub("", message if lead else summary)


def share_arithmetic(counted: dict[str, Any]) -> str:
    """`96 users with a failed request / 800 users with any request = 12.0%`."""
    affected, active = wording.number(counted.get("affected")), wording.number(counted.get("active"))
    share = wording.percent(counted.get("share"), 1)
    return f"{affected} users with a failed request / {active} users with any request in the windows = {share}"


def mark(incident: dict[str, Any], name: str) -> dict[str, Any]:
    return incident.get("lifecycle", {}).get(name) or {}


def first(rows: list[dict[str, Any]] | None) -> dict[str, Any]:
    return rows[0] if rows else {}


def cites(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row.get("citations") or ())


def _when(incident: dict[str, Any]) -> list[Cited]:
    windows = incident.get("impact", {}).get("windows") or []
    starts, ends = mark(incident, "impact_start"), mark(incident, "mitigated")
    start = windows[0][0] if windows else starts.get("at")
    end = windows[-1][1] if windows else ends.get("at")
    opened, closed = _edges(incident)
    several = f"in {len(windows)} stretches between" if len(windows) > 1 else "from"
    till = "and" if len(windows) > 1 else "to"
    begin = Cited(f"{several} {wording.clock(start, seconds=False)}{' or earlier' if opened else ''}", cites(starts))
    if not end:
        return [Cited(f"On {wording.day(start)}, "), begin, Cited(f" UTC to {unmeasured(ends.get('reason'))}")]
    later = "" if wording.day(start) == wording.day(end) else f"{wording.day(end)}, "
    finish = Cited(f"{later}{wording.clock(end, seconds=False)} UTC{' or later' if closed else ''}", cites(ends))
    return [Cited(f"On {wording.day(start)}, "), begin, Cited(f" {till} "), finish]


def _what(incident: dict[str, Any], service: dict[str, Any], name: str) -> list[Cited]:
    """What users called, and where it began if that is something they never call, as a database."""
    details = (incident.get("impact") or {}).get("window_details") or []
    called = list(dict.fromkeys(name for detail in details for name in detail.get("services") or ()))
    if not called or service.get("name") in called:
        return [Cited(f"{name} {_state(incident)}", cites(service))]
    shown = [wording.service_name(one) for one in called[:3]]
    more = [f"{len(called) - 3} more"] if len(called) > 3 else []
    return [
        Cited(f"{wording.listed([*shown, *more])} {_state(incident)}"),
        *([Cited("; it began, by the evidence, in "), Cited(name, cites(service))] if service else []),
    ]


def _edges(incident: dict[str, Any]) -> tuple[bool, bool]:
    details = incident.get("impact", {}).get("window_details") or []
    return bool(details and details[0].get("open_start")), bool(details and details[-1].get("open_end"))


def _state(incident: dict[str, Any]) -> str:
    impact = incident.get("impact", {})
    kinds = list(dict.fromkeys(detail.get("kind") for detail in impact.get("window_details") or []))
    share = (impact.get("users") or {}).get("share")
    if "failed" in kinds and share is not None and share >= 0.9:
        return "failed for nearly all users"
    return " and ".join(STATES[kind] for kind in kinds if kind in STATES) or "had trouble"


def _suffered(impact: dict[str, Any]) -> str:
    kinds = {detail.get("kind") for detail in impact.get("window_details") or []}
    if kinds == {"dark"}:
        return "could not reach it"
    return "had slow requests" if kinds == {"slow"} else "had at least one failed request"


def _detected(incident: dict[str, Any], detected: dict[str, Any]) -> list[Cited]:
    if not detected.get("at"):
        return [Cited(f"It was detected {unmeasured(detected.get('reason'))}")]
    by = {"monitoring": " by monitoring", "employee": " by a colleague", "customer": " by a customer",
          "third_party": " by a third party"}.get(str(detected.get("by")), "")  # fmt: skip
    late = wording.seconds_between(mark(incident, "impact_start").get("at"), detected.get("at"))
    after = (
        ""
        if late is None
        else f" ({wording.span(abs(late))} {'after the start' if late >= 0 else 'before users felt it'})"
    )
    return [Cited("It was "), Cited(f"detected{by} at {wording.clock(detected['at'])}", cites(detected)), Cited(after)]
