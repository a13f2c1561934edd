"""Action items: those that people named in chat, and those that the measurements suggest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from postmortem_timeline.postmortem import casting, clocks, people
from postmortem_timeline.views import sentence, wording

SAID = re.compile(
    r"(?i)(?:^|[\s>*•-])(?:action items?|ai|actions?|follow[- ]?ups?|todo|to do)\s*"
    r"(?:\d+\s*)?(?:\((?P<rank>p[0-4])\)\s*)?[:：]\s*(?P<what>.+)"
)
DUE = re.compile(r"(?i)[\s,;(]*\b(?:by|due|due date|before|until|eta)\s*:?\s*(?P<due>\d{4}-\d{2}-\d{2})\b\)?")
OWNER = re.compile(
    rf"(?i)[\s,;]*\(?\s*(?:(?:owner|assignee|assigned to)\s*:?\s*@?|@)(?P<owner>{casting.ROLES}|[\w][\w.-]*\w)\s*\)?"
    rf"|(?:^|[\s,;]*[,;(])\s*(?P<role>{casting.ROLES})(?=\s*(?:[,;)(]|\b(?:by|due|before|until)\b|$))\s*\)?"
)
RANK = re.compile(r"(?i)[\s,;]*[\[(]?\b(?P<rank>p[0-4])\b[\])]?")

TYPES = (
    (
        "detect",
        re.compile(r"(?i)\b(?:alert\w*|monitor\w*|dashboard\w*|probe|detect\w*|metric\w*|slo|log(?:s|ging)?)\b"),
    ),
    (
        "mitigate",
        re.compile(
            r"(?i)\b(?:roll ?back|runbook\w*|failover|fallback|circuit|retry|kill switch|feature flag|playbook)\b"
        ),
    ),
    (
        "process",
        re.compile(
            r"(?i)\b(?:review\w*|process|on-?call|rota|train\w*|document\w*|checklist|communicat\w*|status page)\b"
        ),
    ),
)

# Google's SRE workbook alerts on a fast burn within minutes; five is what a person would call "at once".
SLOW_DETECTION = 300.0
# Paging tools escalate after five minutes by default.
SLOW_ACKNOWLEDGEMENT = 300.0
# A status page that says nothing for half an hour leaves customers guessing.
SLOW_PUBLIC_UPDATE = 1800.0


@dataclass(frozen=True)
class Action:
    """What is to be done; an empty owner or date is a blank that people fill."""

    what: str
    owner: str
    due: str
    priority: str
    type: str
    origin: str  # "chat" or "measured"
    citations: tuple[str, ...] = ()


def actions(incident: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str]) -> list[Action]:
    """Those from chat, then those suggested; by priority, else in the order in which they arose."""
    found = [action for row in rows if (action := said(row, roles))]
    found += [action for action in suggested(incident, rows) if not any(_alike(action, other) for other in found)]
    return sorted(found, key=lambda action: action.priority)


def said(row: Mapping[str, Any], roles: Mapping[str, str]) -> Action | None:
    """The action item of a chat row such as `action item: add an alert on X (@dana.ruiz) by 2025-12-30`."""
    match = SAID.search(str(row.get("summary") or "")) if row.get("kind") in ("chat", "ticket", "note") else None
    if not match:
        return None
    text = match["what"]
    due, owner, rank = DUE.search(text), OWNER.search(text), RANK.search(text)
    for part in (due, owner, rank):
        text = text.replace(part.group(0), " ") if part else text
    name = (owner["owner"] or owner["role"]) if owner else ""
    what = _sentence(people.disguise(text, roles))
    priority = (match["rank"] or (rank["rank"] if rank else "") or "P1").upper()
    return Action(
        what,
        roles.get(name, name),
        due["due"] if due else "",
        priority,
        type_of(what),
        "chat",
        sentence.cites(dict(row)),
    )


def suggested(incident: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[Action]:
    """What the numbers ask for; a person keeps, changes or deletes it."""
    data = dict(incident)
    if sentence.calm(data):
        return []
    return [*_detection(data, rows), *_acknowledgement(data), *_change(data), *_public(data), *_clocks(data)]


def type_of(what: str) -> str:
    """prevent, detect, mitigate or process, by the words."""
    return next((name for name, regex in TYPES if regex.search(what)), "prevent")


def _detection(incident: dict[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[Action]:
    late = (incident.get("durations") or {}).get("time_to_detect_seconds")
    detected = sentence.mark(incident, "detected")
    by_people = detected.get("at") and detected.get("by") in ("customer", "employee", "third_party")
    if not by_people and (late is None or late <= SLOW_DETECTION):
        return []
    error = sentence.first_error(incident, [dict(row) for row in rows])
    on = f"“{wording.short(error.text, 70)}”" if error else f"failed requests of {_suspect(incident)}"
    why = "people noticed first" if by_people else f"detection took {wording.span(late)}"
    cited = (*sentence.cites(detected), *(error.citations if error else ()))
    return [Action(f"Alert on {on} within minutes ({why})", "", "", "P2", "detect", "measured", cited)]


def _acknowledgement(incident: dict[str, Any]) -> list[Action]:
    late = (incident.get("durations") or {}).get("time_to_acknowledge_seconds")
    if late is None or late <= SLOW_ACKNOWLEDGEMENT:
        return []
    cited = sentence.cites(sentence.mark(incident, "acknowledged"))
    text = f"Look at how pages reach the on-call (acknowledgement took {wording.span(late)})"
    return [Action(text, "", "", "P2", "process", "measured", cited)]


def _change(incident: dict[str, Any]) -> list[Action]:
    likely = sentence.first(incident.get("changes"))
    if (likely.get("score") or 0) < sentence.SPEAKS:
        return []
    text = f"Add a check that stops a change like “{wording.short(likely['summary'], 70)}” before it reaches users"
    return [Action(text, "", "", "P2", "prevent", "measured", sentence.cites(likely))]


def _public(incident: dict[str, Any]) -> list[Action]:
    first = sentence.mark(incident, "first_public_update")
    late = wording.seconds_between(sentence.mark(incident, "detected").get("at"), first.get("at"))
    if late is None or late <= SLOW_PUBLIC_UPDATE:
        return []
    text = f"Agree when the status page is updated (the first update came {wording.span(late)} after detection)"
    return [Action(text, "", "", "P3", "process", "measured", sentence.cites(first))]


def _clocks(incident: dict[str, Any]) -> list[Action]:
    off = clocks.off(incident, least=clocks.NOTABLE)
    if not off:
        return []
    names = wording.listed([f"{one.name} was {one.by} {one.side}" for one in off[:3]])
    return [Action(f"Synchronise and monitor clocks: that of {names}", "", "", "P3", "detect", "measured")]


def _suspect(incident: dict[str, Any]) -> str:
    return str(sentence.first(incident.get("services")).get("name") or "the service")


def _alike(action: Action, other: Action) -> bool:
    """Both ask for the same kind of thing about the same words."""
    ours, theirs = (set(re.findall(r"\w{4,}", item.what.lower())) for item in (action, other))
    return action.type == other.type and len(ours & theirs) >= max(2, len(theirs) // 2)


def _sentence(text: str) -> str:
    flat = " ".join(text.replace("()", " ").split()).strip(" ,;.-()")
    return flat[:1].upper() + flat[1:]
