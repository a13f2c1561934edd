"""The alerts and pager incidents of the evidence, each with its life, and which of them belong to the incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.relation import Scope, Signal, belonging, words
from postmortem_timeline.correlate.transitions import entity, identity, name_of

# An incident tool's page begins when somebody was told, not when people state that the harm began; it ends alike.
BEGINS = (("triggered",), ("alerted", "detected", "declared"))
ENDS = (("resolved",), ("closed", "cancelled"), ("mitigated", "impact_ended"))


@dataclass(frozen=True)
class Alert:
    """One firing of an alert (or what stands for it, where the monitor's own record is missing)."""

    name: str
    kind: str  # alert, page, or chat where only a bot's post tells of it
    signal: Signal
    citations: tuple[str, ...]
    closed: tuple[str, ...] = ()  # citations of its resolving
    why: tuple[str, ...] = ()
    by_human: bool = False


@dataclass(frozen=True)
class Page:
    """One incident in the pager: all its log entries, in order of time."""

    key: str
    entries: tuple[Record, ...]
    signal: Signal
    things: frozenset[int] = field(default_factory=frozenset)

    def of(self, action: str) -> list[Record]:
        return [entry for entry in self.entries if entry.action == action]


def alerts(told: Sequence[Record], groups: pd.DataFrame, things: np.ndarray) -> list[Alert]:
    """Every firing that somebody could see (not pending, silenced, inhibited); a bot's post where no other tells."""
    by_row = {record.row: record for record in told}
    paged = {int(things[record.row]) for record in told if record.kind == "page"}
    closes = _closes(groups)
    found = []
    for group in _edged(groups, "open").itertuples():
        members = [by_row[row] for row in group.rows]
        first = members[0]
        if first.kind in ("alert", "page", "chat") and not muted(first):
            pages = any(m.kind == "page" for m in members) or any(
                int(things[m.row]) in paged for m in members if m.kind == "alert"
            )
            end, closed = _end(closes, group.entity, first.at)
            found.append(_alert(first, members, pages, end, closed))
    return found


def _alert(first: Record, members: list[Record], paged: bool, end: int | None, closed: tuple[str, ...]) -> Alert:
    text = " ".join([first.body, *(value for _, value in sorted(identity(first).items()))])
    signal = Signal(
        start=first.at, end=end, service=_service(first), host=first.host or first.labels.get("instance"), text=text,
        severity=max(member.severity for member in members), paged=paged, generic_service=first.kind != "alert",
    )  # fmt: skip
    return Alert(title(first), first.kind, signal, tuple(m.citation for m in members), closed, by_human=first.human)


def _service(record: Record) -> str | None:
    return record.service or record.labels.get("service") or record.labels.get("app") or record.labels.get("job")


def title(record: Record) -> str:
    """A short name: the alert rule's, else the beginning of what was said."""
    return name_of(record) or " ".join(record.body.split())[:60]


def muted(record: Record) -> bool:
    """Whether an alert was kept from everybody: silenced, inhibited or suppressed."""
    if record.action in ("silenced", "inhibited", "suppressed", "muted", "unmuted", "pending", "recovered_soft"):
        return True
    if (record.get("status.state") or record.get("state") or "").lower() == "suppressed":
        return True
    return any(
        name in path.lower().replace("_", "")
        for path in record.attributes
        for name in ("silencedby", "inhibitedby", "mutedby")
    )


def _closes(groups: pd.DataFrame) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for group in _edged(groups, "close").itertuples():
        if isinstance(group.entity, str):
            found.setdefault(group.entity, []).append((int(group.start), tuple(group.citations)))
    return found


def _edged(groups: pd.DataFrame, edge: str) -> pd.DataFrame:
    """The groups that open or close something; a hundred thousand changes do neither."""
    return groups[np.array([edge in str(edges).split("|") for edges in groups["edges"]], dtype=bool)]


def _end(
    closes: dict[str, list[tuple[int, tuple[str, ...]]]], thing: object, start: int
) -> tuple[int | None, tuple[str, ...]]:
    if not isinstance(thing, str):
        return None, ()
    return next(((at, cited) for at, cited in closes.get(thing, ()) if at >= start), (None, ()))


def pages(told: Sequence[Record], things: np.ndarray) -> list[Page]:
    """The pager's incidents, told apart by their id; entries without one go by what else joins them."""
    by_key: dict[str, list[Record]] = {}
    for record in told:
        if record.kind == "page":
            by_key.setdefault(entity(record) or f"thing {things[record.row]}", []).append(record)
    return [_page(key, entries, things) for key, entries in by_key.items()]


def _page(key: str, entries: list[Record], things: np.ndarray) -> Page:
    ends = next(filter(None, ([e.at for e in entries if e.action in over] for over in ENDS)), [])
    begins = next(filter(None, ([e.at for e in entries if e.action in begun] for begun in BEGINS)), [entries[0].at])
    signal = Signal(
        start=begins[0], end=max(ends, default=None),
        service=None, host=None, text=" ".join(dict.fromkeys(f"{e.body} {e.service or ''}" for e in entries)),
        severity=max(entry.severity for entry in entries), paged=True, generic_service=True,
    )  # fmt: skip
    return Page(key, tuple(entries), signal, frozenset(int(things[entry.row]) for entry in entries))


def ours(
    found: Sequence[Alert], paged: Sequence[Page], scope: Scope, citing: dict[str, int]
) -> tuple[list[Alert], list[Page]]:
    """The alerts and pager incidents that belong to the incident; a page also by the alert that it is about.

    `citing` maps citations to things, by which an alert and the page about it are known as one.
    """
    places = belonging([a.signal for a in found] + [p.signal for p in paged], scope)
    mine = [_because(found[place], why) for place, _, why in places if place < len(found)]
    linked = {citing[c] for alert in mine for c in alert.citations if c in citing and alert.kind != "chat"}
    chosen = {place - len(found) for place, _, _ in places if place >= len(found)}
    kept = [page for place, page in enumerate(paged) if place in chosen or page.things & linked]
    return mine, kept


def _because(alert: Alert, why: list[str]) -> Alert:
    return Alert(alert.name, alert.kind, alert.signal, alert.citations, alert.closed, tuple(why), alert.by_human)


def waking(found: Sequence[Alert], paged: Sequence[Page], gap: int, *, unpaged: bool) -> tuple[int, int] | None:
    """Where no request tells of harm: the span of what woke somebody; of several, the one with most pages,
    then critical alerts.

    Lives less than `gap` ns apart are one span. Critical alerts that paged nobody count only with `unpaged`.
    """
    lives = [(page.signal.start, page.signal.end or page.entries[-1].at, 1, 0) for page in paged]
    lives += [
        (a.signal.start, a.signal.end or a.signal.start, 0, int(a.signal.severity >= 17)) for a in found
        if a.signal.paged or (unpaged and a.signal.severity >= 17)
    ]  # fmt: skip
    spans: list[list[int]] = []
    for start, end, page, critical in sorted(lives):
        if spans and start - spans[-1][1] <= gap:
            last = spans[-1]
            spans[-1] = [last[0], max(last[1], end), last[2] + page, last[3] + critical, last[4] + 1]
        else:
            spans.append([start, end, page, critical, 1])
    best = max(spans, key=lambda span: (*span[2:], -span[0]), default=None)
    return (best[0], best[1]) if best else None


def error_words(texts: Sequence[str]) -> frozenset[str]:
    """The words of the error, masks left out."""
    return frozenset(word for text in texts for word in words(text.replace("<*>", " ")) if not word.isdigit())
