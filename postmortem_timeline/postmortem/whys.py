"""Root cause as five whys: what the evidence answers is answered with citations, the rest is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from postmortem_timeline.postmortem import lessons
from postmortem_timeline.views import sentence, wording
from postmortem_timeline.views.sentence import Cited

SPOKEN = ("chat", "page", "note", "ticket")


@dataclass(frozen=True)
class Why:
    """A question and what is known; an answer that is a blank waits for people."""

    question: str
    answer: tuple[Cited, ...]


def five_whys(incident: dict[str, Any], rows: Sequence[dict[str, Any]]) -> list[Why]:
    """From what users felt to what made it possible."""
    if sentence.calm(incident):
        return []
    name = wording.service_name(sentence.first(incident.get("services")).get("name"))
    error, change = sentence.first_error(incident, rows), likely_change(incident)
    cause = f"“{wording.short(change['summary'], 80)}”" if change else "it"
    return [
        Why("Why were users affected?", _felt(incident, name)),
        Why(f"Why did {name} not work?", _said(incident, error)),
        Why("Why did that come about?", (*_changed(change, incident), *_named(incident, rows), _blank(_ask(change)))),
        Why(
            f"Why was {cause} not noticed before users felt it?",
            (*lessons.silenced(incident, rows)[:1], _blank("which check, test or alert could have shown it")),
        ),
        Why(
            "Why is it possible at all?",
            (_blank("what in the design or in the way we work allows it to happen again"),),
        ),
    ]


def trigger(incident: dict[str, Any]) -> tuple[Cited, ...]:
    """What set it off, apart from what made it possible."""
    change = likely_change(incident)
    if not change:
        return (_blank("what set it off; no change in the evidence speaks for it"),)
    of = f" ({change['service']})" if change.get("service") else ""
    said = f"“{change['summary']}”{of} at {_at(change, incident)}. For it speaks: {change.get('reason')}"
    return (Cited(f"{said}. Score {change['score']:.2f} of 1.", sentence.cites(change)),)


def factors(incident: dict[str, Any]) -> list[tuple[Cited, ...]]:
    """Contributing factors: the other suspects and the other changes that anything speaks for, then a question."""
    found = [
        (Cited(f"{row['name']} is suspected too (score {row['score']:.2f}): {row['reason']}", sentence.cites(row)),)
        for row in (incident.get("services") or [])[1:4]
        if (row.get("score") or 0) >= sentence.SPEAKS
    ]
    found += [
        (Cited(f"{_at(row, incident)} “{row['summary']}”: {row['reason']}", sentence.cites(row)),)
        for row in (incident.get("changes") or [])[1:4]
        if (row.get("score") or 0) >= sentence.SPEAKS
    ]
    return [*found, (_blank("conditions that made it likelier, larger or longer"),)]


def likely_change(incident: dict[str, Any]) -> dict[str, Any] | None:
    """The first change, if anything speaks for it."""
    change = sentence.first(incident.get("changes"))
    return change if (change.get("score") or 0) >= sentence.SPEAKS else None


def _felt(incident: dict[str, Any], name: str) -> tuple[Cited, ...]:
    requests = (incident.get("impact") or {}).get("requests") or {}
    suspect = sentence.first(incident.get("services"))
    cited = sentence.cites(suspect) or sentence.cites(sentence.mark(incident, "impact_start"))
    if requests.get("failed") is None or not requests.get("total"):
        return (
            (Cited(f"{name[:1].upper()}{name[1:]} is where it shows first: {suspect.get('reason')}.", cited),)
            if suspect
            else (_blank("how users were affected"),)
        )
    failed = f"{wording.number(requests['failed'])} of {wording.number(requests['total'])} requests failed"
    where = f"; the first suspect is {name}" if suspect else ""
    return (Cited(f"{failed}{_mostly(incident)}{where}.", cited),)


def _mostly(incident: dict[str, Any]) -> str:
    """Where most of the failed requests went, at the tier at which they are counted."""
    served = [row for row in (incident.get("impact") or {}).get("services") or [] if row.get("failed")]
    most = max(served, key=lambda row: row["failed"], default=None)
    if most is None or not most.get("total"):
        return ""
    share = wording.percent(most["failed"] / most["total"])
    return f", {wording.number(most['failed'])} of them to {most['name']} ({share} of what it was asked)"


def _said(incident: dict[str, Any], error: Cited | None) -> tuple[Cited, ...]:
    if error is None:
        return (_blank("what failed inside; no new error stands out in the logs"),)
    return (Cited(f"Its errors read “{error.text}”.", error.citations), _blank("what that error means here"))


def _at(change: dict[str, Any], incident: dict[str, Any]) -> str:
    return wording.beside(change.get("at"), sentence.mark(incident, "impact_start").get("at"))


def _changed(change: dict[str, Any] | None, incident: dict[str, Any]) -> tuple[Cited, ...]:
    if change is None:
        return ()
    before = wording.seconds_between(change.get("at"), sentence.mark(incident, "impact_start").get("at"))
    ago = f", {wording.span(before)} before" if before and before > 0 else ""
    said = f"Most likely the change “{change['summary']}” at {_at(change, incident)}{ago}."
    return (Cited(said, sentence.cites(change)),)


def _ask(change: dict[str, Any] | None) -> str:
    return "confirm or correct" if change else "what brought it about; no change in the evidence speaks for it"


def _named(incident: dict[str, Any], rows: Sequence[dict[str, Any]]) -> tuple[Cited, ...]:
    """What was said when the cause was named, if anybody named it."""
    mark = sentence.mark(incident, "identified")
    cited = set(sentence.cites(mark))
    row = next((row for row in rows if cited & set(row.get("citations") or ()) and row.get("kind") in SPOKEN), None)
    if row is None:
        return ()
    words = str(row.get("summary") or "").removeprefix(f"{row.get('actor')}: ")
    after = " " if likely_change(incident) else ""  # a sentence about the change stands before it
    said = f"{after}At {wording.clock(mark['at'])} it was said: “{wording.short(words, 200)}”"
    return (Cited(said, sentence.cites(mark)),)


def _blank(prompt: str) -> Cited:
    return Cited(prompt, blank=True)
