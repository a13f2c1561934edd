"""The document as data: what the Markdown, the report and the check all say, decided once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from postmortem_timeline.postmortem import actions, facts, lessons, people, questions, scrub, whys
from postmortem_timeline.views import sentence, wording
from postmortem_timeline.views.sentence import Cited

SEVERITY = re.compile(r"(?i)\bsev[- ]?([0-5])\b")


@dataclass(frozen=True)
class Quote:
    """A record as it stands in the evidence, and what it says in words, where that is a part of it."""

    text: str
    timestamp: str | None
    said: str | None = None

    @property
    def words(self) -> str:
        return self.said or self.text


@dataclass(frozen=True)
class Document:
    """All that a postmortem shows; `known` names must not stand in it, `spare` file names may hold them."""

    title: str
    metadata: tuple[tuple[str, str], ...]
    summary: list[list[Cited]]
    marks: list[facts.Mark]
    durations: list[facts.Fact]
    impact: list[facts.Fact]
    rows: list[dict[str, Any]]
    whys: list[whys.Why]
    trigger: tuple[Cited, ...]
    factors: list[tuple[Cited, ...]]
    lessons: lessons.Lessons
    actions: list[actions.Action]
    questions: list[Cited]
    quotes: dict[str, Quote]
    incident: dict[str, Any]
    known: tuple[str, ...]
    spare: tuple[str, ...]


def document(
    incident: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    quotes: Mapping[str, Mapping[str, Any]],
    *,
    roles: Mapping[str, str] | None = None,
    blameless: bool = True,
) -> Document:
    """The document of an incident; `roles` is what incident.toml says of people, not `blameless` leaves names."""
    told_by = _chat(rows, quotes)
    records = [str(quotes[place].get("text") or "") for place in told_by]
    spoken = [str(quotes[place].get("said") or quotes[place].get("text") or "") for place in told_by]
    who = people.identify(rows, spoken, roles, records) if blameless else {}
    who = {name: role for name, role in who.items() if name != role}
    tasks = actions.actions(incident, rows, who)
    told = scrub.scrub(dict(incident), who)
    lines = scrub.scrub([dict(row) for row in rows], who)
    return Document(
        title=_title(told),
        metadata=_metadata(told, lines, len(quotes)),
        summary=sentence.executive(told, lines),
        marks=facts.marks(told),
        durations=facts.durations(told),
        impact=facts.impact(told),
        rows=lines,
        whys=whys.five_whys(told, lines),
        trigger=whys.trigger(told),
        factors=whys.factors(told),
        lessons=lessons.lessons(told, lines),
        actions=[_fit(task, who) for task in tasks],
        questions=questions.questions(told),
        quotes={place: _quote(quote, who) for place, quote in quotes.items()},
        incident=told,
        known=tuple(who),
        spare=tuple(_places(told, lines)),
    )


def _chat(rows: Sequence[Mapping[str, Any]], quotes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The records behind what people did: there a mail address, a further mention or another name may stand."""
    spoken = [row for row in rows if row.get("kind") in ("chat", "page", "change", "ticket")]
    places = [place for row in spoken for place in row.get("citations") or ()]
    return list(dict.fromkeys(place for place in [*places, *quotes] if place in quotes))


def _title(incident: dict[str, Any]) -> str:
    if incident.get("title"):
        return str(incident["title"])
    name = wording.service_name(sentence.first(incident.get("services")).get("name"))
    day = wording.day(_begin(incident))
    return f"Incident of {day}: {name}" if day != "-" else f"Incident: {name}"


def _metadata(incident: dict[str, Any], rows: Sequence[Mapping[str, Any]], quoted: int) -> tuple[tuple[str, str], ...]:
    tool = incident.get("tool") or {}
    services = [row["name"] for row in incident.get("services") or [] if (row.get("score") or 0) >= sentence.SPEAKS]
    return (
        ("Date", wording.day(_begin(incident))),
        ("Severity", incident.get("severity") or _severity(rows)),
        ("Status", "Draft"),
        ("Services", ", ".join(services[:3])),
        (
            "Evidence",
            f"{wording.plural(len(incident.get('ledger') or []), 'source')}, {wording.plural(quoted, 'record')} quoted",
        ),
        ("Drafted by", f"{tool.get('name', '')} {tool.get('version', '')}".strip()),
    )


def _severity(rows: Sequence[Mapping[str, Any]]) -> str:
    """The severity that was last said in chat: `SEV-2 (said at 17:49:58)`."""
    spoken = [row for row in rows if row.get("kind") in ("chat", "note", "ticket")]
    said = [(match, row) for row in spoken if (match := SEVERITY.search(str(row.get("summary") or "")))]
    if not said:
        return ""
    match, row = said[-1]
    return f"SEV-{match[1]} (said at {wording.clock(row.get('start'))})"


def _begin(incident: dict[str, Any]) -> str | None:
    windows = (incident.get("impact") or {}).get("windows") or []
    for name in ("impact_start", "detected", "onset"):
        if sentence.mark(incident, name).get("at"):
            return str(sentence.mark(incident, name)["at"])
    return str(windows[0][0]) if windows else None


def _fit(task: actions.Action, who: Mapping[str, str]) -> actions.Action:
    what, owner = scrub.fit_to_leave(task.what, who), scrub.fit_to_leave(task.owner, {})
    return actions.Action(what, owner, task.due, task.priority, task.type, task.origin, task.citations)


def _quote(quote: Mapping[str, Any], who: Mapping[str, str]) -> Quote:
    said = scrub.fit_to_leave(str(quote["said"]), who) if quote.get("said") else None
    return Quote(scrub.fit_to_leave(str(quote.get("text") or ""), who), quote.get("timestamp"), said)


def _places(incident: dict[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sources and citations: paths of the evidence keep the names that its owner gave them."""
    sources = [str(row["source"]) for row in incident.get("ledger") or []]
    return [*sources, *(place for row in rows for place in row.get("citations") or ())]
