"""The executive summary: what happened, when, to how many and why, in sentences whose numbers carry their evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from postmortem_timeline.views import phrases, wording
from postmortem_timeline.views.calm import blind, calm, no_outage
from postmortem_timeline.views.cited import Cited, cites, mark

# A change that nothing speaks for scores under this (incident.json); it is not named as a trigger.
SPEAKS = 0.5

# OpenTelemetry severity numbers from here on are errors.
ERROR = 17

COUNTED = re.compile(r"\s*\(x[\d,]+\)$")

STATES = {"failed": "experienced an outage", "slow": "answered too slowly", "dark": "could not be reached"}


def executive(incident: dict[str, Any], rows: Sequence[dict[str, Any]] = ()) -> list[list[Cited]]:
    """The sentences of the summary, each a list of pieces; what is unknown says so, and why."""
    if calm(incident) or blind(incident):
        return no_outage(incident)
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
    error = first_error(incident, rows)
    pieces = [*_when(incident), Cited(", "), *_what(incident, service, name, _due(error, service))]
    if error:
        pieces += [Cited("; the errors read "), Cited(f"“{error.text}”", error.citations)]
    return [*pieces, Cited(".")]


def _due(error: Cited | None, service: dict[str, Any]) -> str:
    """` due to an expired OAuth token`, where the words of the errors say so and little speaks against the suspect."""
    named = phrases.cause(error.text) if error else None
    sure = (service.get("score") or 0) >= SPEAKS
    return f"{'' if sure else ', apparently'} due to {named}" if named else ""


def users(incident: dict[str, Any]) -> list[Cited]:
    """How many users, of how many."""
    impact = incident.get("impact", {})
    counted = impact.get("users") or {}
    share = counted.get("share")
    if share is None:
        why = counted.get("reason") or (counted.get("basis") if counted.get("active") is None else None)
        return [Cited(f"The share of users affected is {unmeasured(why)}.")]
    where = tuple(dict.fromkeys([*cites(mark(incident, "impact_start")), *cites(mark(incident, "mitigated"))]))
    suffered, asked = _suffered(impact)
    note = " ".join(filter(None, (f"{share_arithmetic(counted)}.", asked, wording.plain(impact.get("vantage")))))
    rounded = share not in (0, 1) or not counted.get("exact", True)
    head = "During this period, approximately " if rounded else "During this period, "
    return [
        Cited(f"{head}{wording.percent(share)} of users", where, note),
        Cited(f" ({wording.number(counted.get('affected'))} of {wording.number(counted.get('active'))})"),
        Cited(f" {suffered}."),
    ]


def response(incident: dict[str, Any]) -> list[Cited]:
    """How it was noticed, taken on and ended; what the exports do not tell is said once."""
    steps = ("detected", "acknowledged", "mitigated", "resolved")
    known = [(name, mark(incident, name)) for name in steps if mark(incident, name).get("at")]
    pieces: list[Cited] = []
    for place, (name, found) in enumerate(known):
        joint = "It was " if not place else " and " if place == len(known) - 1 else ", "
        said = _detected(incident, found) if name == "detected" else [_step(name, found, known[0][1])]
        pieces += [Cited(joint), *said]
    missing = [name for name in steps if not mark(incident, name).get("at")]
    if missing:
        reasons = {str(mark(incident, name).get("reason") or "") for name in missing}
        why = reasons.pop() if len(reasons) == 1 else "the exports do not tell"
        unsaid = Cited(f"when it was {wording.listed(missing)} is {unmeasured(why)}")
        pieces += [Cited("; "), unsaid] if pieces else [_upper(unsaid)]
    return [*pieces, Cited(".")]


def _step(name: str, found: dict[str, Any], before: dict[str, Any]) -> Cited:
    return Cited(f"{name} at {wording.beside(found['at'], before['at'])}", cites(found))


def _upper(piece: Cited) -> Cited:
    return Cited(piece.text[:1].upper() + piece.text[1:], piece.citations)


def trigger(incident: dict[str, Any]) -> list[Cited]:
    """The change that most speaks for, if any does."""
    changes = incident.get("changes")
    if not changes:
        return []
    likely = first(changes)
    if (likely.get("score") or 0) < SPEAKS:
        none = "The one change" if len(changes) == 1 else f"None of the {wording.number(len(changes))} changes"
        return [Cited(f"{none} in the evidence {'does not explain' if len(changes) == 1 else 'explains'} it.")]
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
    message = _bare(str(best["summary"]), str(best.get("service")))
    # Of "GET /x failed | ValueError: bad" the fault says what was wrong.
    return Cited(wording.short(message.rpartition(" | ")[2], 140), cites(best))


def _bare(summary: str, service: str) -> str:
    """The message alone: `new error in auth: token expired (x103)` is `token expired`."""
    _, lead, message = summary.partition(f" in {service}: ")
    return COUNTED.sub("", message if lead else summary)


def share_arithmetic(counted: dict[str, Any]) -> str:
    """`96 users with a failed request / 800 users with any request = 12.0%`."""
    affected, active = wording.number(counted.get("affected")), wording.number(counted.get("active"))
    share = wording.percent(counted.get("share"), 1)
    return f"{affected} users with a failed request / {active} users with any request in the windows = {share}"


def first(rows: list[dict[str, Any]] | None) -> dict[str, Any]:
    return rows[0] if rows else {}


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


def _what(incident: dict[str, Any], service: dict[str, Any], name: str, due: str) -> list[Cited]:
    """What users called, and where it began if that is something they never call, as a database."""
    details = (incident.get("impact") or {}).get("window_details") or []
    called = list(dict.fromkeys(name for detail in details for name in detail.get("services") or ()))
    if not called or service.get("name") in called:
        return [Cited(f"{name} {_state(incident)}{due}", cites(service))]
    shown = [wording.service_name(one) for one in called[:3]]
    more = [f"{len(called) - 3} more"] if len(called) > 3 else []
    return [
        Cited(f"{wording.listed([*shown, *more])} {_state(incident)}{due}"),
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
        return "experienced an outage for nearly all users"
    return " and ".join(STATES[kind] for kind in kinds if kind in STATES) or "had trouble"


def _suffered(impact: dict[str, Any]) -> tuple[str, str]:
    """What users felt, and what that rests on where it says more than the counts do."""
    kinds = {detail.get("kind") for detail in impact.get("window_details") or []}
    if kinds == {"dark"}:
        return "could not reach it", ""
    if kinds == {"slow"}:
        return "had slow requests", ""
    wanted = phrases.hindered(impact.get("endpoints") or [])
    if wanted is None:
        return "had at least one failed request", ""
    asked = [row for row in impact["endpoints"] if row.get("counted") and phrases.action(row["endpoint"]) == wanted]
    names = wording.listed(list(dict.fromkeys(str(row["endpoint"]) for row in asked[:3])))
    failed = wording.number(sum(row["failed"] for row in asked))
    return f"could not {wanted}", f"“Could not {wanted}”: {failed} of the failed requests asked for {names}."


def _detected(incident: dict[str, Any], detected: dict[str, Any]) -> list[Cited]:
    by = {"monitoring": " by monitoring", "employee": " by a colleague", "customer": " by a customer",
          "third_party": " by a third party"}.get(str(detected.get("by")), "")  # fmt: skip
    start = mark(incident, "impact_start").get("at")
    late = wording.seconds_between(start, detected.get("at"))
    after = "after the start" if late is not None and late >= 0 else "before users felt it"
    often = "" if late is None or (late < 0 and _edges(incident)[0]) else f" ({wording.span(abs(late))} {after})"
    return [Cited(f"detected{by} at {wording.beside(detected['at'], start)}", cites(detected)), Cited(often)]
