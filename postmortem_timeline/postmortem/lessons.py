"""What went well, what went poorly, where we were lucky: the measured candidates, each side closing with a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from postmortem_timeline.postmortem import clocks
from postmortem_timeline.postmortem.actions import SLOW_ACKNOWLEDGEMENT, SLOW_DETECTION, SLOW_PUBLIC_UPDATE
from postmortem_timeline.views import sentence, wording
from postmortem_timeline.views.sentence import Cited

# Incident guides ask for a word every 15 minutes or so; a longer silence in the channel is worth a question.
SILENCE = 900.0
# Twenty minutes from "roll back" to the end of harm is what a practised team needs.
QUICK_ROLLBACK = 1200.0

ROLLBACK = re.compile(r"(?i)\b(?:roll(?:ed|ing)?[ -]?back|rollback|revert(?:ed|ing)?|fail(?:ed|ing)?[ -]?over)\b")
QUIET = re.compile(r"(?i)\b(?:silenced|inhibited|muted|suppressed|snoozed)\b")


@dataclass(frozen=True)
class Lessons:
    well: tuple[Cited, ...]
    poorly: tuple[Cited, ...]
    lucky: tuple[Cited, ...]


def lessons(incident: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Lessons:
    """Prompts from the numbers; the judgement stays with people."""
    well = [*_detected(incident, good=True), *_acknowledged(incident, good=True), *_rolled_back(incident, rows)]
    poorly = [
        *_detected(incident, good=False), *_acknowledged(incident, good=False), *silenced(incident, rows),
        *_silences(incident, rows),
        *_public(incident), *_close_change(incident), *_clocks(incident),
    ]  # fmt: skip
    return Lessons(
        (*well, Cited("what else went well", blank=True)),
        (*poorly, Cited("what else went poorly", blank=True)),
        (*_lucky(incident), Cited("what could have made it worse, and did not", blank=True)),
    )


def _detected(incident: dict[str, Any], *, good: bool) -> list[Cited]:
    detected = sentence.mark(incident, "detected")
    late = (incident.get("durations") or {}).get("time_to_detect_seconds")
    if not detected.get("at") or late is None:
        return []
    by = str(detected.get("by") or "unknown").replace("_", " ")
    quick = late <= SLOW_DETECTION and by in ("monitoring", "unknown")
    if quick != good:
        return []
    when = f"{wording.span(late)} after the first failed request" if late >= 0 else "before the first request failed"
    who = {"monitoring": "An alert", "unknown": "Somebody or something"}.get(by, f"People ({by}), not an alert,")
    return [Cited(f"{who} noticed it {when}.", sentence.cites(detected))]


def _acknowledged(incident: dict[str, Any], *, good: bool) -> list[Cited]:
    late = (incident.get("durations") or {}).get("time_to_acknowledge_seconds")
    if late is None or (late <= SLOW_ACKNOWLEDGEMENT) != good:
        return []
    cited = sentence.cites(sentence.mark(incident, "acknowledged"))
    words = "Somebody took it on {} after detection." if good else "It took {} from detection until somebody took it on."
    return [Cited(words.format(wording.span(late)), cited)]


def _rolled_back(incident: dict[str, Any], rows: Sequence[dict[str, Any]]) -> list[Cited]:
    said = [row for row in rows if row.get("kind") in ("chat", "change") and ROLLBACK.search(str(row.get("summary")))]
    for row in said:
        took = wording.seconds_between(row.get("start"), sentence.mark(incident, "mitigated").get("at"))
        if took is not None and 0 <= took <= QUICK_ROLLBACK:
            cited = (*sentence.cites(row), *sentence.cites(sentence.mark(incident, "mitigated")))
            words = f"A way back existed and worked: {wording.span(took)} from its first mention to the end of harm."
            return [Cited(words, cited)]
    return []


def silenced(incident: dict[str, Any], rows: Sequence[dict[str, Any]]) -> list[Cited]:
    """Alerts of a service that failed, which somebody or something kept quiet before or while users were failed."""
    ours = {str(row.get("name")) for row in incident.get("services") or [] if (row.get("score") or 0) >= sentence.SPEAKS}
    details = (incident.get("impact") or {}).get("window_details") or []
    ours.update(str(name) for detail in details for name in detail.get("services") or ())
    start, end = (wording.instant(sentence.mark(incident, name).get("at")) for name in ("impact_start", "mitigated"))
    found = []
    for row in rows if start is not None else ():
        at = wording.instant(row.get("start"))
        quiet = row.get("kind") == "alert" and QUIET.search(str(row.get("summary") or ""))
        if quiet and row.get("service") in ours and at is not None and at <= (end or at):
            before = wording.seconds_between(row.get("start"), sentence.mark(incident, "impact_start").get("at"))
            when = f", {wording.span(before)} before users were failed" if before and before > 0 else ""
            said = wording.short(str(row["summary"]), 100)
            found.append(Cited(f"At {wording.clock(row.get('start'))}: {said}{when}.", sentence.cites(row)))
    return found[:3]


def _silences(incident: dict[str, Any], rows: Sequence[dict[str, Any]]) -> list[Cited]:
    """The longest silence in chat while users were failed."""
    start, end = (wording.instant(sentence.mark(incident, name).get("at")) for name in ("detected", "mitigated"))
    if start is None or end is None:
        return []
    spoken = [
        (at, row) for row in rows if row.get("kind") == "chat" and (at := wording.instant(row.get("start"))) is not None
    ]
    inside = [(at, row) for at, row in spoken if start <= at <= end]
    gaps = [(later - at, row, after) for (at, row), (later, after) in pairwise(inside)]
    longest = max(gaps, key=lambda gap: gap[0], default=None)
    if longest is None or longest[0] / 1000 < SILENCE:
        return []
    _, row, after = longest
    times = f"{wording.clock(row.get('start'))} to {wording.clock(after.get('start'))}"
    cited = (*sentence.cites(row), *sentence.cites(after))
    length = wording.span(longest[0] / 1000)
    return [Cited(f"The timeline shows nothing said from {times} ({length}) while users were failed.", cited)]


def _public(incident: dict[str, Any]) -> list[Cited]:
    first = sentence.mark(incident, "first_public_update")
    late = wording.seconds_between(sentence.mark(incident, "detected").get("at"), first.get("at"))
    if late is None or late <= SLOW_PUBLIC_UPDATE:
        return []
    return [Cited(f"Customers were told {wording.span(late)} after detection.", sentence.cites(first))]


def _close_change(incident: dict[str, Any]) -> list[Cited]:
    change = sentence.first(incident.get("changes"))
    before = wording.seconds_between(change.get("at"), sentence.mark(incident, "impact_start").get("at"))
    if (change.get("score") or 0) < sentence.SPEAKS or before is None or before < 0:
        return []
    name = wording.short(change["summary"], 80)
    what = f"A change reached production {wording.span(before)} before, “{name}”, and nothing stopped it."
    return [Cited(what, sentence.cites(change))]


def _clocks(incident: dict[str, Any]) -> list[Cited]:
    off = clocks.off(incident, least=clocks.NOTABLE)
    names = wording.listed([f"{one.name} by {one.by}" for one in off[:3]]) if off else ""
    return [Cited(f"Clocks were off, which made the events harder to line up: {names}.")] if off else []


def _lucky(incident: dict[str, Any]) -> list[Cited]:
    users = (incident.get("impact") or {}).get("users") or {}
    share = users.get("share")
    if share is None or share >= 0.5 or sentence.calm(incident):
        return []
    cited = sentence.cites(sentence.mark(incident, "impact_start"))
    rest = wording.percent(1 - share)
    return [Cited(f"{wording.percent(share)} of users were affected; what kept it from the other {rest}?", cited)]
