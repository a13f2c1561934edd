"""The sentences where no outage was found, or none could be: what was looked at, and what there is to see instead."""

from __future__ import annotations

from typing import Any

from postmortem_timeline.views import wording
from postmortem_timeline.views.cited import Cited, cites, mark

WORDS = (
    ("detected", "detected"),
    ("acknowledged", "acknowledged"),
    ("mitigated", "said to be over"),
    ("resolved", "resolved"),
)


def calm(incident: dict[str, Any]) -> bool:
    """Requests were there to look at, and none failed more than usual."""
    impact = incident.get("impact") or {}
    return not impact.get("windows") and impact.get("downtime_seconds") is not None


def blind(incident: dict[str, Any]) -> bool:
    """No requests were there to look at, and nobody said when users were failed."""
    impact = incident.get("impact") or {}
    known = impact.get("windows") or impact.get("downtime_seconds") is not None
    return not known and not mark(incident, "impact_start").get("at")


def no_outage(incident: dict[str, Any]) -> list[list[Cited]]:
    """What was looked at, and what people did all the same."""
    first = _seen(incident) if calm(incident) else _unseen(incident)
    return [[Cited(first)], *_response(incident)]


def observed(incident: dict[str, Any]) -> str:
    """`3 of 10,000`: the failures of a time without outage, of all its requests."""
    seen = (incident.get("impact") or {}).get("observed") or {}
    if not seen.get("requests"):
        return ""
    return f"{wording.number(seen.get('failed'))} of {wording.number(seen['requests'])}"


def bounded(incident: dict[str, Any]) -> str:
    """`from ... to ... UTC`, `before ...`: the time that the build was asked for; empty where it was asked for all."""
    options = incident.get("options") or {}
    since, until = options.get("since"), options.get("until")
    if since and until:
        return between(since, until)
    one = f"{wording.day(since or until)}, {wording.clock(since or until, seconds=False)} UTC"
    return f"after {one}" if since else f"before {one}" if until else ""


def _seen(incident: dict[str, Any]) -> str:
    if asked := bounded(incident):  # what was observed is of all that is logged
        return f"No outage was found {asked}, the time that was asked for."
    seen = (incident.get("impact") or {}).get("observed") or {}
    if not seen.get("requests"):
        return "No outage was found: no stretch in which more requests failed than usual."
    span = between(seen.get("start"), seen.get("end"))
    if not seen.get("failed"):
        return f"No outage was found: none of the {wording.plural(seen['requests'], 'request')} {span} failed."
    return f"No outage was found: requests are logged {span} and never failed more than usual ({observed(incident)})."


def _unseen(incident: dict[str, Any]) -> str:
    text = "No request logs are among the exports, so impact is not measured"
    if mark(incident, "detected").get("at"):
        return f"{text}."
    rows = incident.get("ledger") or []
    firsts = sorted(row["first"] for row in rows if row.get("first"))
    lasts = sorted(row["last"] for row in rows if row.get("last"))
    span = f" {between(firsts[0], lasts[-1])}" if firsts and lasts else ""
    return f"{text}; the timeline shows what stood out{span}."


def _response(incident: dict[str, Any]) -> list[list[Cited]]:
    """An incident that people worked on although no request tells of it."""
    known = [(said, mark(incident, name)) for name, said in WORDS if mark(incident, name).get("at")]
    if not known:
        return []
    day = wording.day(known[0][1]["at"])
    head = (
        "People worked on an incident all the same"
        if calm(incident)
        else "By alerts, pages and chat there was an incident"
    )
    pieces = [Cited(f"{head} on {day}: ")]
    for place, (said, found) in enumerate(known):
        pieces += [Cited(", " if place else ""), Cited(f"{said} at {wording.clock(found['at'])}", cites(found))]
    return [[*pieces, Cited(" UTC.")]]


def between(start: str | None, end: str | None) -> str:
    """`from May 17, 2015, 10:05 to May 20, 2015, 21:05 UTC`; the day is said once where it is one."""
    first, last = wording.clock(start, seconds=False), wording.clock(end, seconds=False)
    later = last if wording.day(start) == wording.day(end) else f"{wording.day(end)}, {last}"
    return f"from {wording.day(start)}, {first} to {later} UTC"
