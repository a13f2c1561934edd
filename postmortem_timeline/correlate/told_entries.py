"""Entries for what was told: alerts, pages, changes, chat and status updates, one for each group of echoes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from postmortem_timeline.correlate.chat import said
from postmortem_timeline.correlate.entries import Entry, short, span
from postmortem_timeline.correlate.marks import Mark
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.relation import MINUTE, names_service, words
from postmortem_timeline.correlate.transitions import name_of

AROUND = (
    60 * MINUTE
)  # what stands further from the incident is no part of it, unless a mark or a ranked change rests on it
NEAR = 15 * MINUTE

PAGES = {
    "triggered": ("page", 50.0, "the pager opened an incident: {about}"),
    "notified": ("page", 55.0, "{whom} was paged: {about}"),
    "acknowledged": ("acknowledge", 70.0, "{who} acknowledged the page"),
    "escalated": ("escalate", 60.0, "the page was escalated: {about}"),
    "assigned": ("escalate", 45.0, "the page was assigned: {about}"),
    "resolved": ("page", 65.0, "{who} resolved the page"),
    "annotated": ("note", 50.0, "{who} noted: {said}"),
    # Incident tools hold what people stated of its life.
    "declared": ("acknowledge", 66.0, "an incident was declared: {about}"),
    "alerted": ("page", 50.0, "an alert opened an incident: {about}"),
    "impact_started": ("note", 48.0, "stated as the start of the impact: {about}"),
    "impact_ended": ("recovery", 48.0, "stated as the end of the impact: {about}"),
    "detected": ("note", 48.0, "stated as detected: {about}"),
    "identified": ("note", 50.0, "stated as identified: {about}"),
    "mitigated": ("recovery", 55.0, "stated as mitigated: {about}"),
    "closed": ("note", 40.0, "the incident was closed: {about}"),
    "reopened": ("page", 50.0, "the incident was opened again: {about}"),
    "cancelled": ("note", 35.0, "the incident was cancelled: {about}"),
}
# What is no firing and no end of one, in words.
STATES = {
    "no_data": "got no data", "recovered_soft": "recovered before it became an alert", "flapping": "flaps",
    "flapping_ended": "flaps no longer", "unmuted": "is heard again", "recovering": "begins to recover",
    "impact_started": "stated as the start of the impact", "impact_ended": "stated as the end of the impact",
}  # fmt: skip
CHAT = {
    "decision": ("decision", 75.0), "resolution": ("recovery", 70.0), "declares": ("acknowledge", 66.0),
    "action": ("action", 65.0), "acknowledges": ("acknowledge", 62.0), "mitigation": ("recovery", 60.0),
    "identifies": ("note", 60.0), "escalates": ("escalate", 58.0), "report": ("note", 55.0),
    "observation": ("note", 45.0),
    "looks": ("note", 35.0), "action_item": ("note", 30.0), "question": ("note", 25.0),
}  # fmt: skip
SPOKEN_FOR = 0.3  # of a change long before: under this nothing but the ranking's completeness speaks for it
BACK = re.compile(r"roll(?:ed|ing)?[ -]?back|revert", re.IGNORECASE)
NOTED = re.compile(r"^.{0,200}?\bnote added by [^:]{1,60}: ", re.IGNORECASE | re.DOTALL)
UNSEEN = (
    "pending", "silenced", "inhibited", "suppressed", "muted", "unmuted", "recovered_soft", "flapping", "flapping_ended",
    "recovering",
)  # fmt: skip


def of_groups(
    groups: pd.DataFrame, told: Mapping[int, Record], marks: Mapping[str, Mark], start: int, end: int,
    services: Sequence[str], changes: Sequence[Mapping[str, Any]],
) -> Iterator[Entry]:  # fmt: skip
    """One entry a group near the incident; what a mark rests on weighs more, what stands apart from it less.

    An alert is told once, from firing to resolved; small talk is not told at all.
    """
    telling = {cited for mark in marks.values() if mark["at"] is not None for cited in mark["citations"]}
    worth = [change for change in changes if float(change.get("score") or 0) >= SPOKEN_FOR]
    ranked = {cited: change for change in reversed(worth) for cited in change.get("citations") or ()}
    rows = list(groups.itertuples())
    # The pager's incidents that a mark rests on: whose acknowledgement it is needs no saying.
    marked = (told[place] for row in rows if telling & set(row.citations) for place in row.rows)
    incidents = {record.key for record in marked if record.kind == "page" and record.key}
    ends = _ends(rows)
    folded = set(ends.values()) | _heralds(rows, told)
    for row in rows:
        rests = bool(set(row.citations) & telling)
        around = start - AROUND <= row.start <= end + AROUND
        if row.group in folded or not (rests or around or not ranked.keys().isdisjoint(row.citations)):
            continue
        record = told[row.rows[0]]
        closing = rows[ends[row.group]] if row.group in ends else None
        entry = _entry_of(row, record, closing, services, ranked, ours=rests or record.key in incidents)
        if entry is not None:
            apart = not start - NEAR <= entry.start <= end + AROUND
            yield entry._replace(score=max(entry.score + 25.0 * rests - 15.0 * apart, 0.0))


def _ends(rows: Sequence[Any]) -> dict[int, int]:
    """Number of a firing's group -> number of the group that ended it; an end belongs to the last firing before it."""
    running: dict[str, int] = {}
    found: dict[int, int] = {}
    for row in rows:
        edges = str(row.edges).split("|")
        if row.kind != "alert" or not isinstance(row.entity, str):
            continue
        if "open" in edges:
            running[row.entity] = row.group
        elif "close" in edges and row.entity in running:
            found[running.pop(row.entity)] = row.group
    return found


def _heralds(rows: Sequence[Any], told: Mapping[int, Record]) -> set[int]:
    """Pending alerts that went on to fire: the firing tells them."""
    fired = {
        (name_of(told[row.rows[0]]), row.service) for row in rows if row.kind == "alert" and row.action == "firing"
    }
    pending = [row for row in rows if row.kind == "alert" and row.action == "pending"]
    return {row.group for row in pending if (name_of(told[row.rows[0]]), row.service) in fired}


def _entry_of(
    row: Any, record: Record, closing: Any, services: Sequence[str], ranked: Mapping[str, Mapping[str, Any]], *,
    ours: bool,
) -> Entry | None:  # fmt: skip
    if record.kind == "alert":
        return _alert(row, record, closing, services)
    if record.kind == "page":
        return _page(row, record, ours)
    if record.kind == "change":
        return _change(row, record, services, ranked)
    if record.kind == "chat":
        return _chat(row, record)
    if record.kind == "status":
        return _status(row, record)
    return _entry(row, record, f"{record.kind}: {short(record.body)}", "note", 35.0)


def _status(row: Any, record: Record) -> Entry:
    """Our own status page tells what users were told; a provider's is news from outside."""
    provider = record.get("provider")
    page, score = (f"{provider} status", 35.0) if provider else ("status page", 55.0)
    word = f"{page}, {record.action}: " if record.action else f"{page}: "
    return _entry(row, record, word + short(record.body), "status", score)


def _entry(row: Any, record: Record, summary: str, reason: str, score: float) -> Entry:
    return Entry(
        int(row.start), int(row.end), record.kind, summary, reason, score, tuple(row.citations),
        int(row.severity_number),
        row.service if isinstance(row.service, str) else None, record.actor, int(row.count), int(row.sources),
    )  # fmt: skip


def _alert(row: Any, record: Record, closing: Any, services: Sequence[str]) -> Entry:
    name = name_of(record) or short(record.body, 60)
    level = record.labels.get("severity") or _level(int(row.severity_number))
    about = words(f"{name} {record.service or ''} {record.body}")
    score = (
        30.0 + 25.0 * any(names_service(about, service) for service in services) + 10.0 * (row.severity_number >= 17)
    )
    what = record.service or record.host
    where = f" for {what}" if what and what.lower() not in name.lower() else ""
    if record.action not in ("firing", "triggered"):
        reason = "acknowledge" if record.action == "acknowledged" else "alert"
        less = 25.0 if record.action in UNSEEN else 10.0
        state = STATES.get(record.action or "", record.action or "changed")
        return _entry(row, record, f"alert {name} {state}{where} ({level})", reason, score - less)
    entry = _entry(row, record, f"alert {name} fired{where} ({level})", "alert", score)
    if closing is None:
        return entry
    cited = tuple(dict.fromkeys([*row.citations, *closing.citations]))
    summary = f"{entry.summary}, resolved after {span(closing.start - row.start)}"
    return entry._replace(end=int(closing.start), summary=summary, citations=cited)


def _level(severity: int) -> str:
    return "critical" if severity >= 17 else "warning" if severity >= 13 else "info"


def _page(row: Any, record: Record, ours: bool) -> Entry:
    reason, score, sentence = PAGES.get(record.action or "", ("page", 40.0, "pager: {about}"))
    about = re.sub(r"^\[#\d+\]\s*", "", record.get("incident", "incident.summary", "title") or short(record.body))
    by_person = record.human or record.action in ("annotated", "acknowledged")
    who = record.actor if record.actor and by_person else "the pager"
    whom = record.get("user", "notified", "assignees.0") or "the on-call"
    note = NOTED.sub("", record.get("note") or record.body)
    text = sentence.format(who=who, whom=whom, about=about, said=short(note))
    if not ours and "{about}" not in sentence:
        text += f": {about}"
    return _entry(row, record, text, reason, score)


def _change(row: Any, record: Record, services: Sequence[str], ranked: Mapping[str, Mapping[str, Any]]) -> Entry:
    change = next((ranked[cited] for cited in row.citations if cited in ranked), {})
    about = words(f"{record.service or ''} {record.body}")
    score = 35.0 + 15.0 * any(names_service(about, service) for service in services)
    score += 35.0 * min(max(float(change.get("score") or 0), 0.0), 1.0)
    text = _fuller(short(record.body), str(change.get("summary") or "")) or "a change"
    back = "" if BACK.search(text) else " (rolled back)"
    state = {"failed": " (failed)", "rolled_back": back}.get(record.action or "", "")
    who = f"{record.actor}: " if record.actor else ""
    return _entry(row, record, who + text + state, "change", score)


def _fuller(own: str, ranked: str) -> str:
    """What all tellings of a change say together, where that begins with what this one says."""
    return short(ranked) if ranked.startswith(own) else own


def _chat(row: Any, record: Record) -> Entry | None:
    if not record.body.strip() or record.action in ("join", "deleted"):
        return None
    if record.bot:
        reason, score = ("alert", 38.0) if row.edges else ("note", 15.0)
        return _entry(row, record, f"{record.actor or 'a bot'}: {short(record.body)}", reason, score)
    if not record.human or said(record.body).meaning == "small_talk":
        return None
    reason, score = CHAT[said(record.body).meaning]
    pinned = any(path.startswith("pinned") and value not in ("false", "0") for path, value in record.attributes.items())
    return _entry(row, record, f"{record.actor}: {short(record.body)}", reason, score + 20.0 * pinned)
