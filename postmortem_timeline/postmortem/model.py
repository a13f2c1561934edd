"""The document as data: what the Markdown, the report and the check all say, decided once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from postmortem_timeline.parsing.severity import COMMON
from postmortem_timeline.postmortem import actions, facts, lessons, people, questions, scrub, whys
from postmortem_timeline.redact import nobody
from postmortem_timeline.views import sentence, wording
from postmortem_timeline.views.sentence import Cited

SPOKEN = ("chat", "page", "ticket", "note")
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
    redact: bool = True,
    key: bytes | None = None,
) -> Document:
    """The document of an incident; `roles` is what incident.toml says of people, not `blameless` leaves names, not
    `redact` leaves secrets and addresses, and with a `key` a person has the same role in every document of an archive.
    """
    told_by = _chat(rows, quotes)
    records = [str(quotes[place].get("text") or "") for place in told_by]
    spoken = [str(quotes[place].get("said") or quotes[place].get("text") or "") for place in told_by]
    who = people.identify(rows, spoken, roles, records, key=key) if blameless else {}
    who = {name: role for name, role in who.items() if name != role}
    tasks = actions.actions(incident, rows, who)
    told = scrub.scrub(dict(incident), who, secrets=not redact)
    talk = people.spoken(who, people.service_words(rows)) if who else {}
    said = {place for row in rows if row.get("kind") in SPOKEN for place in row.get("citations") or ()}
    lines = [scrub.scrub(dict(row), talk if row.get("kind") in SPOKEN else who, secrets=not redact) for row in rows]
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
        actions=[_fit(task, who, redact) for task in tasks],
        questions=questions.questions(told),
        quotes={place: _quote(quote, talk if place in said else who, redact) for place, quote in quotes.items()},
        incident=told,
        known=tuple(name for name in who if name not in _ordinary(incident, rows)),
        spare=tuple(_places(told, lines)),
    )


def _chat(rows: Sequence[Mapping[str, Any]], quotes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The records behind what people did: there a mail address, a further mention or another name may stand."""
    places = [place for row in rows if row.get("kind") in (*SPOKEN, "change") for place in row.get("citations") or ()]
    return list(dict.fromkeys(place for place in [*places, *quotes] if place in quotes))


def _title(incident: dict[str, Any]) -> str:
    """`Incident of July 15, 2025: the checkout service`; what was calm, or not to be seen, is not called an incident."""
    if incident.get("title"):
        return str(incident["title"])
    day = wording.day(_begin(incident))
    if sentence.calm(incident):
        of = f": {day}" if day != "-" else ""
        return f"Incident without an outage{of}" if _worked_on(incident) else f"No outage found{of}"
    felt = [*_felt(incident), *_suspects(incident)[:1]]  # what users called, before what stood behind it
    name = f": {wording.service_name(felt[0])}" if felt else ""
    if sentence.blind(incident) and not _worked_on(incident):
        return f"Timeline of {day}" if day != "-" else "Timeline"
    return f"Incident of {day}{name}" if day != "-" else f"Incident{name}"


def _worked_on(incident: dict[str, Any]) -> bool:
    """Somebody, or an alert, took it for an incident."""
    return any(sentence.mark(incident, name).get("at") for name in ("detected", "acknowledged", "declared", "resolved"))


def _metadata(incident: dict[str, Any], rows: Sequence[Mapping[str, Any]], quoted: int) -> tuple[tuple[str, str], ...]:
    tool = incident.get("tool") or {}
    services = list(dict.fromkeys([*_felt(incident)[:3], *_suspects(incident)]))
    severity = incident.get("severity") or _severity(rows)
    asked = not sentence.calm(incident) or _worked_on(incident)  # what did not happen has no severity to fill in
    return (
        ("Date", wording.day(_begin(incident))),
        *((("Severity", severity),) if severity or asked else ()),
        ("Status", "Draft"),
        *((("Services", ", ".join(services[:4])),) if services or asked else ()),
        (
            "Evidence",
            f"{wording.plural(len(incident.get('ledger') or []), 'source')}, {wording.plural(quoted, 'record')} quoted",
        ),
        ("Drafted by", f"{tool.get('name', '')} {tool.get('version', '')}".strip()),
    )


def _felt(incident: dict[str, Any]) -> list[str]:
    """The services whose requests failed."""
    details = (incident.get("impact") or {}).get("window_details") or []
    return list(dict.fromkeys(str(name) for detail in details for name in detail.get("services") or ()))


def _suspects(incident: dict[str, Any]) -> list[str]:
    return [row["name"] for row in incident.get("services") or [] if (row.get("score") or 0) >= sentence.SPEAKS]


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
    for name in ("impact_start", "detected", "onset", "acknowledged", "declared", "resolved"):
        if sentence.mark(incident, name).get("at"):
            return str(sentence.mark(incident, name)["at"])
    if windows:
        return str(windows[0][0])
    seen = (incident.get("impact") or {}).get("observed") or {}
    firsts = sorted(str(row["first"]) for row in incident.get("ledger") or [] if row.get("first"))
    return seen.get("start") or (firsts[-1] if firsts else None)


def _fit(task: actions.Action, who: Mapping[str, str], redact: bool) -> actions.Action:
    what = scrub.fit_to_leave(task.what, who, secrets=not redact)
    owner = scrub.fit_to_leave(task.owner, {}, secrets=not redact)
    return actions.Action(what, owner, task.due, task.priority, task.type, task.origin, task.citations)


def _quote(quote: Mapping[str, Any], who: Mapping[str, str], redact: bool) -> Quote:
    def fit(text: Any) -> str:
        return scrub.fit_to_leave(str(text or ""), who, secrets=not redact)

    return Quote(fit(quote.get("text")), quote.get("timestamp"), fit(quote["said"]) if quote.get("said") else None)


def _ordinary(incident: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Words that are of the system itself, should somebody's handle be one of them: they cannot be told from it."""
    places = " ".join(str(row["source"]) for row in incident.get("ledger") or [])
    services = {str(row.get("service")) for row in (*rows, *(incident.get("suspects") or []))}
    return nobody() | frozenset(COMMON) | services | frozenset(re.findall(r"[a-z]+", places)) | {"requests", "request"}


def _places(incident: dict[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sources and citations: paths of the evidence keep the names that its owner gave them."""
    sources = [str(row["source"]) for row in incident.get("ledger") or []]
    sources += [str(row["path"]) for row in incident.get("inputs") or []]
    said = (incident.get("options") or {}).get("annotations") or {}  # paths that somebody wrote into incident.toml
    sources += [*map(str, said.get("sources") or ()), *map(str, said.get("hidden") or ())]
    sources += [str(pin.get("citation")) for pin in said.get("pinned") or () if isinstance(pin, Mapping)]
    return [*sources, *(place for row in rows for place in row.get("citations") or ())]
