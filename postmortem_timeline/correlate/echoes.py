"""One event told several times becomes one group that cites every telling and keeps each one's own time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from operator import itemgetter
from typing import Any

import pandas as pd

from postmortem_timeline.correlate.copies import copies
from postmortem_timeline.correlate.likeness import RANK, Telling, pairs, telling
from postmortem_timeline.correlate.links import links
from postmortem_timeline.correlate.pairable import lonely
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.told import told as records_of
from postmortem_timeline.correlate.transitions import NOTIFY, edges, entity, same_entity
from postmortem_timeline.correlate.uncollected import uncollected
from postmortem_timeline.correlate.unions import Unions

ENOUGH = 0.8

COLUMNS = ("group", "kind", "action", "edges", "entity", "start", "end", "service", "actor", "human", "severity_number",
           "body", "count", "citations", "times", "rows", "sources", "how")  # fmt: skip


@uncollected()
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
    all_told = [record for record in records_of(notables) if seen[record.row] is None]
    alone = lonely(all_told, links(notables)) if all_told else set()
    told = [telling(record) for record in all_told if record.row not in alone]
    groups = _Groups(told)
    best = sorted(
        (pair for pair in pairs(told) if pair[0] >= ENOUGH),
        key=lambda p: (-p[0], told[p[3]].record.at - told[p[2]].record.at, p[2], p[3]),
    )
    for _, how, one, other in best:
        groups.join(one, other, how)
    singles = [_row([record], edges(record), {"single"}) for record in all_told if record.row in alone]
    return _frame(told, groups, singles)


@dataclass
class _Group:
    """What is known of one group, kept small so that a post repeated a thousand times is as cheap as two."""

    members: list[int]
    edges: frozenset[str]
    low: int
    high: int
    things: set[str]
    voices: dict[str, set[object]]  # source and bot -> what is said there; stages of a change are no other posts
    alerts: dict[tuple[str, str, int], Record]
    people: int  # messages of people

    def join(self, other: _Group) -> None:
        """Take in another group."""
        self.members = sorted(self.members + other.members)
        self.edges &= other.edges
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        self.things |= other.things
        for source, voices in other.voices.items():
            self.voices.setdefault(source, set()).update(voices)
        self.alerts |= other.alerts
        self.people += other.people

    def contradicts(self, other: _Group) -> bool:
        """Whether the two cannot be one event: two people's words, two alerts, two firings of one alert."""
        if not self.edges & other.edges or self.people + other.people > 1:
            return True
        return any(_two_firings(a, b) for a, b in product(self.alerts.values(), other.alerts.values()))

    def is_other_post(self, other: _Group) -> bool:
        """Whether one source says two different things in them: one mirror a source, a second post is another event."""
        shared = self.voices.keys() & other.voices.keys()
        return any(len(self.voices[source] | other.voices[source]) > 1 for source in shared)


def _alone(place: int, one: Telling) -> _Group:
    record = one.record
    return _Group(
        [place], one.edges, record.at, record.at, {one.thing},
        # Two bots of one channel are two mirrors; two posts of one bot are two events.
        {} if record.kind == "change" else {f"{record.source}\0{record.actor if record.bot else ''}": {one.voice}},
        {(record.source, one.thing, record.at): record} if record.kind == "alert" else {},
        int(record.kind == "chat" and record.human),
    )  # fmt: skip


def _two_firings(one: Record, other: Record) -> bool:
    """Whether two alert records are of two alerts, or of two firings of one.

    An alert's own stamp is when it began: in one source another stamp is another firing, however soon. Replicas of a
    monitor, told apart by a label of provenance, see one firing at slightly different times.
    """
    if not same_entity(one, other):
        return True
    return one.source == other.source and one.at != other.at and one.labels == other.labels


class _Groups:
    """Disjoint sets of records that refuse a union of what cannot be one event."""

    def __init__(self, told: Sequence[Telling]) -> None:
        self._sets = Unions(len(told))
        self._groups = {place: _alone(place, one) for place, one in enumerate(told)}
        # Of each thing what happened to it, in order of time.
        self._history: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        for one in told:
            # That somebody was notified changes nothing.
            if one.edges and one.edges != {NOTIFY}:
                self._history[one.thing].append((one.record.at, one.edges))
        self.how: dict[int, set[str]] = {}

    def join(self, one: int, other: int, how: str) -> None:
        """Make one group of two, unless they contradict."""
        left, right = self._sets.root(one), self._sets.root(other)
        if left == right or not (how == "relay" or self._compatible(self._groups[left], self._groups[right], how)):
            return
        root = self._sets.join(left, right)
        self._groups[root].join(self._groups.pop(right if root == left else left))
        self.how[root] = self.how.pop(left, set()) | self.how.pop(right, set()) | {how}

    def _compatible(self, ours: _Group, theirs: _Group, how: str) -> bool:
        if ours.contradicts(theirs) or self._changed_between(ours, theirs):
            return False
        return how == "repeat" or not ours.is_other_post(theirs)

    def _changed_between(self, ours: _Group, theirs: _Group) -> bool:
        """Whether the thing changed its state between the two: then the later is a new event, not the same."""
        low, high = min(ours.high, theirs.high), max(ours.low, theirs.low)
        things = ours.things | theirs.things
        between = (edges for thing in sorted(things) for edges in self._inside(thing, low, high))
        return low < high and any(not edges & ours.edges for edges in between)

    def _inside(self, thing: str, low: int, high: int) -> list[frozenset[str]]:
        history = self._history[thing]
        start = bisect_right(history, low, key=itemgetter(0))
        return [edges for _, edges in history[start : bisect_left(history, high, key=itemgetter(0))]]

    def all(self) -> Iterator[tuple[list[int], frozenset[str], set[str]]]:
        """Each group's places, the edges that its members share, and what joined them."""
        for root in sorted(self._groups):
            yield self._groups[root].members, self._groups[root].edges, self.how.get(root, {"single"})


def _frame(told: Sequence[Telling], groups: _Groups, singles: list[dict[str, Any]]) -> pd.DataFrame:
    rows = singles + [_row([told[place].record for place in places], shared, how) for places, shared, how in groups.all()]
    rows.sort(key=lambda row: (row["start"], RANK.get(str(row["kind"]), 9), row["rows"]))
    frame = pd.DataFrame({name: [row[name] for row in rows] for name in COLUMNS[1:]}, columns=list(COLUMNS[1:]))
    frame.insert(0, "group", range(len(rows)))
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
