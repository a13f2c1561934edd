"""One event told several times becomes one group that cites every telling and keeps each one's own time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import pandas as pd

from postmortem_timeline.correlate.copies import copies
from postmortem_timeline.correlate.likeness import RANK, Telling, pairs, telling
from postmortem_timeline.correlate.records import Record, records
from postmortem_timeline.correlate.transitions import entity, same_entity
from postmortem_timeline.correlate.unions import Unions

ENOUGH = 0.8

COLUMNS = ("group", "kind", "action", "edges", "entity", "start", "end", "service", "actor", "human", "severity_number",
           "body", "count", "citations", "times", "rows", "sources", "how")  # fmt: skip


def echoes(notables: pd.DataFrame) -> pd.DataFrame:
    """Groups of the records that tell one event: repeats of a state, and echoes in several systems.

    Joined are only records of one edge (opening with opening, resolving with resolving), by a shared id first, then by
    the alert's name, then by service, closeness (rolling) and likeness of text. At least one side is a machine; two
    messages of people never join. The best pairs join first, and a group never holds two things that contradict.

    in:  the event frame with true times; copies left out (`copy_of`) or still in
    out: a row a group, by start: group, kind, action, edges, entity, start, end, service, actor, human,
         severity_number, body, count, citations, times (each one's own, in ns), rows, sources (systems), how
    """
    seen = copies(notables).to_numpy() if len(notables) else []
    told = [telling(record) for record in records(notables) if seen[record.row] is None]
    groups = _Groups(told)
    best = sorted(
        (pair for pair in pairs(told) if pair[0] >= ENOUGH),
        key=lambda p: (-p[0], told[p[3]].record.at - told[p[2]].record.at, p[2], p[3]),
    )
    for _, how, one, other in best:
        groups.join(one, other, how)
    return _frame(told, groups)


class _Groups:
    """Disjoint sets of records that refuse a union of what cannot be one event."""

    def __init__(self, told: Sequence[Telling]) -> None:
        self._told = told
        self._sets = Unions(len(told))
        self._members: dict[int, list[int]] = {place: [place] for place in range(len(told))}
        self._edges = {place: one.edges for place, one in enumerate(told)}
        self._history: dict[str, list[int]] = defaultdict(list)  # places of one thing, in order of time
        for place, one in enumerate(told):
            if one.edges:
                self._history[one.thing].append(place)
        self.how: dict[int, set[str]] = {}

    def join(self, one: int, other: int, how: str) -> None:
        """Make one group of two, unless they contradict."""
        left, right = self._sets.root(one), self._sets.root(other)
        if left == right or not (how == "relay" or self._compatible(left, right, how)):
            return
        members = sorted(self._members.pop(left) + self._members.pop(right))
        common = self._edges.pop(left) & self._edges.pop(right)
        root = self._sets.join(left, right)
        self._members[root], self._edges[root] = members, common
        self.how[root] = self.how.pop(left, set()) | self.how.pop(right, set()) | {how}

    def _compatible(self, left: int, right: int, how: str) -> bool:
        ours, theirs = ([self._told[place] for place in self._members[root]] for root in (left, right))
        if not self._edges[left] & self._edges[right] or self._changed_between(ours + theirs):
            return False
        if any(_contradict(a.record, b.record) for a, b in product(ours, theirs)):
            return False
        # One mirror a source: a second, different post of the same bot is another event.
        return how == "repeat" or not any(_other_post(a, b) for a, b in product(ours, theirs))

    def _changed_between(self, members: Sequence[Telling]) -> bool:
        """Whether the thing changed its state between the members: then the later is a new event, not the same."""
        low, high = min(m.record.at for m in members), max(m.record.at for m in members)
        return low < high and any(
            not (self._told[place].edges & members[0].edges)
            for thing in sorted({member.thing for member in members})
            for place in self._inside(thing, low, high)
        )

    def _inside(self, thing: str, low: int, high: int) -> Sequence[int]:
        places = self._history[thing]
        start = bisect_right(places, low, key=lambda place: self._told[place].record.at)
        return places[start : bisect_left(places, high, key=lambda place: self._told[place].record.at)]

    def all(self) -> Iterator[tuple[list[int], frozenset[str], set[str]]]:
        """Each group's places, the edges that its members share, and what joined them."""
        for root in sorted(self._members):
            yield self._members[root], self._edges[root], self.how.get(root, {"single"})


def _contradict(one: Record, other: Record) -> bool:
    """Two people's words, two alerts, or two firings of one alert cannot be one event.

    An alert's own stamp is when it began: in one source another stamp is another firing, however soon. Replicas of a
    monitor, told apart by a label of provenance, see one firing at slightly different times.
    """
    if one.kind == other.kind == "chat":
        return one.human and other.human
    if one.kind != "alert" or other.kind != "alert":
        return False
    return not same_entity(one, other) or (one.source == other.source and one.at != other.at and one.labels == other.labels)


def _other_post(one: Telling, other: Telling) -> bool:
    """Started and succeeded of one change are stages of it, not two posts."""
    if one.record.kind == other.record.kind == "change":
        return False
    return one.record.source == other.record.source and one.voice != other.voice


def _frame(told: Sequence[Telling], groups: _Groups) -> pd.DataFrame:
    rows = [_row([told[place].record for place in places], shared, how) for places, shared, how in groups.all()]
    rows.sort(key=lambda row: (row["start"], RANK.get(str(row["kind"]), 9), row["rows"]))
    frame = pd.DataFrame([{"group": number, **row} for number, row in enumerate(rows)], columns=list(COLUMNS))
    return frame.astype({"start": "int64", "end": "int64", "group": "int64"})


def _row(members: list[Record], shared: frozenset[str], how: set[str]) -> dict[str, Any]:
    """A group as one row: told by its first-hand record, cited by all, first-hand first."""
    # A deployment tells a change better than the commit that it brings.
    ordered = sorted(members, key=lambda r: (RANK.get(r.kind, 9), r.action == "committed", r.at, r.row))
    first = ordered[0]
    lasts = first.kind == "change" or "repeat" in how  # echoes come later than the event, but are not its length
    return {
        "kind": first.kind, "action": first.action, "edges": "|".join(sorted(shared)), "entity": entity(first),
        "start": first.at, "end": max(r.at for r in members) if lasts else first.at,
        "service": next((r.service for r in ordered if r.service), None),
        "actor": first.actor if first.actor else next((r.actor for r in ordered if r.human), None),
        "human": first.human, "severity_number": max(r.severity for r in members), "body": first.body,
        "count": len(members), "citations": [r.citation for r in ordered], "times": [r.at for r in ordered],
        "rows": [r.row for r in ordered], "sources": len({r.format or r.source for r in members}),
        "how": "+".join(sorted(how)),
    }  # fmt: skip
