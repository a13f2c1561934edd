"""One event told several times becomes one group that cites every telling and keeps each one's own time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from postmortem_timeline.correlate.transitions import edges, entity, labels_agree, name_of, same_entity
from postmortem_timeline.correlate.links import tokens, versions
from postmortem_timeline.correlate.records import Record, records
from postmortem_timeline.correlate.unions import Unions

SECOND = 1_000_000_000
BEFORE = 5 * SECOND  # clocks of two systems differ a little; a relay cannot really precede its origin
AFTER = 330 * SECOND  # Alertmanager's default group_interval is 5 minutes, and the relay takes its time
CHANGE = 600 * SECOND  # a commit, its build and its deployment are told apart beyond this
REPEAT = 12 * 3600 * SECOND  # the longest repeat_interval in use
ENOUGH = 0.8

# Who tells it first-hand stands for the group: the monitor, the pager, the deployer; a relaying bot comes last.
RANK = {"alert": 0, "page": 1, "change": 2, "ticket": 3, "status": 4, "metric": 5, "note": 6, "chat": 7}

COLUMNS = ("group", "kind", "action", "edges", "entity", "start", "end", "service", "actor", "human", "severity_number",
           "body", "count", "citations", "times", "rows", "sources", "how")  # fmt: skip


def copies(notables: pd.DataFrame) -> pd.Series:
    """Of each row the citation of the row that it is an exact copy of (the same record exported twice), else null.

    A copy has the format, native id, time, state, author and text of its twin, in another place; for chat the native
    id is the channel, for alerts the labels without those of provenance, or the fingerprint. Where the id is blank
    nothing is a copy. A webhook that says a state again is a repeat, not a copy: alerts need another source.
    """
    first: dict[tuple[object, ...], Record] = {}
    found: dict[int, str] = {}
    for record in sorted(records(notables), key=lambda r: (r.source, r.line, r.ordinal)):
        native = _native(record)
        if native is None:
            continue
        key = (record.kind, record.format, native, record.at, record.action, record.actor, record.body)
        twin = first.setdefault(key, record)
        if twin is not record and (record.kind != "alert" or record.source != twin.source):
            found[record.row] = twin.citation
    return pd.Series([found.get(row) for row in range(len(notables))], index=notables.index, dtype=object)


def _native(record: Record) -> str | None:
    if record.kind == "alert":
        return entity(record)
    if record.kind == "chat":
        return record.get("channel", "channel_name", "channel.name")
    return record.get("id", "entry_id", "uid") or record.key


def echoes(notables: pd.DataFrame) -> pd.DataFrame:
    """Groups of the records that tell one event: repeats of a state, and echoes in several systems.

    Joined are only records of one edge (opening with opening, resolving with resolving), by a shared id first, then by
    the alert's name, then by service, closeness (rolling) and likeness of text. At least one side is a machine; two
    messages of people never join. The best pairs join first, and a group never holds two things that contradict.

    in:  the event frame with true times; copies left out (`copy_of`) or still in
    out: a row a group, by start: group, kind, action, edges, entity, start, end, service, actor, human, severity_number,
         body, count, citations, times (each one's own, in ns), rows (positions), sources (systems), how
    """
    seen = copies(notables)
    told = [record for record in records(notables) if seen.iloc[record.row] is None]
    groups = _Groups(told)
    for score, how, one, other in sorted(_pairs(told), key=lambda p: (-p[0], abs(told[p[3]].at - told[p[2]].at), p[2], p[3])):
        if score >= ENOUGH:
            groups.join(one, other, how)
    return _frame(told, groups)


def _pairs(told: list[Record]) -> Iterator[tuple[float, str, int, int]]:
    """Candidate pairs: neighbours in time among records of one edge, and the repeats of one voice."""
    by_edge: dict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(told):
        for edge in edges(record):
            by_edge[edge].append(place)
    yield from _relays(told)
    for edge in sorted(by_edge):
        yield from _near(told, by_edge[edge], edge)


def _near(told: list[Record], places: list[int], edge: str) -> Iterator[tuple[float, str, int, int]]:
    reach = CHANGE if edge == "change" else AFTER
    ids = {place: tokens(told[place]) for place in places}
    latest: dict[tuple[object, ...], int] = {}
    for start, one in enumerate(places):
        voice = (told[one].source, entity(told[one]), _plain(told[one].body))
        before = latest.get(voice)
        if before is not None and told[one].at - told[before].at <= REPEAT:
            yield 1.0, "repeat", before, one
        latest[voice] = one
        for other in places[start + 1 :]:
            if told[other].at - told[one].at > reach:
                break
            score, how = _alike(told[one], told[other], bool(ids[one] & ids[other]))
            if score:
                yield score, how, one, other


def _plain(text: str) -> str:
    """A post without its numbers: the same alert is said again with another percentage."""
    return re.sub(r"\d+(?:\.\d+)?", "#", text)


def _alike(one: Record, other: Record, shared: bool) -> tuple[float, str]:
    if one.kind == "chat" and other.kind == "chat" and (one.human or other.human):
        return 0.0, ""
    if not shared and (one.source, one.format) == (other.source, other.format):
        return 0.0, ""
    origin, relay = sorted((one, other), key=lambda r: (RANK.get(r.kind, 9), r.at))
    if origin.at - relay.at > BEFORE and origin.kind != "change":
        return 0.0, ""  # a relay does not come before what it relays
    if origin.kind == "alert" and relay.kind == "alert":
        return (1.0, "token") if same_entity(origin, relay) else (0.0, "")
    if shared:
        return 1.0, "token"
    if origin.kind == "change" and versions(origin) & versions(relay):
        return 0.95, "version"
    return _by_words(origin, relay)


def _by_words(origin: Record, relay: Record) -> tuple[float, str]:
    name = name_of(origin)
    if name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", relay.body):
        return (0.9 + 0.09 * labels_agree(origin, relay.body), "name") if labels_agree(origin, relay.body) >= 0 else (0.0, "")
    if origin.service and relay.service and origin.service != relay.service:
        return 0.0, ""
    if min(len(origin.body), len(relay.body)) < 12:
        return 0.0, ""
    from rapidfuzz import fuzz  # lazily: a folder without chat and pages never needs it

    text = fuzz.token_set_ratio(origin.body.lower(), relay.body.lower()) / 100
    near = 1 - min(abs(relay.at - origin.at) / AFTER, 1)
    same = 1.0 if origin.service and origin.service == relay.service else 0.0
    return 0.5 * text + 0.3 * same + 0.2 * near, "text"


def _relays(told: list[Record]) -> Iterator[tuple[float, str, int, int]]:
    """A bridge that repeats a person's message word for word in another channel: one side is a machine."""
    spoken: dict[str, int] = {}
    for place, record in enumerate(told):
        text = " ".join(record.body.split()).lower()
        if record.kind != "chat" or len(text) < 20:
            continue
        if record.human:
            spoken[text] = place
        elif text in spoken and record.at - told[spoken[text]].at <= 60 * SECOND and record.source != told[spoken[text]].source:
            yield 0.85, "relay", spoken[text], place


class _Groups:
    """Disjoint sets of records that refuse a union of what cannot be one event."""

    def __init__(self, told: list[Record]) -> None:
        self._told = told
        self._sets = Unions(len(told))
        self._members: dict[int, list[int]] = {place: [place] for place in range(len(told))}
        self._edges = {place: edges(record) for place, record in enumerate(told)}
        self._history: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        for record in told:
            if edges(record):
                self._history[_thing(record)].append((record.at, edges(record)))
        self.how: dict[int, set[str]] = {}

    def join(self, one: int, other: int, how: str) -> None:
        left, right = self._sets.root(one), self._sets.root(other)
        if left == right or not (how == "relay" or self._compatible(left, right, how)):
            return
        members = sorted(self._members.pop(left) + self._members.pop(right))
        common = self._edges[left] & self._edges[right]
        root = self._sets.join(left, right)
        self._members[root], self._edges[root] = members, common
        self.how[root] = self.how.pop(left, set()) | self.how.pop(right, set()) | {how}

    def _compatible(self, left: int, right: int, how: str) -> bool:
        ours, theirs = ([self._told[place] for place in self._members[root]] for root in (left, right))
        if not self._edges[left] & self._edges[right]:
            return False
        if sum(record.kind == "chat" and record.human for record in ours + theirs) > 1:
            return False
        if any(not same_entity(a, b) for a in ours for b in theirs if a.kind == "alert" and b.kind == "alert"):
            return False
        if any(_new_firing(a, b) for a in ours for b in theirs) or self._between(ours + theirs):
            return False
        if how == "repeat":
            return True
        voices = {(r.source, entity(r), _plain(r.body)) for r in ours}
        others = {(r.source, entity(r), _plain(r.body)) for r in theirs}
        # One mirror a source: a second, different post of the same bot is another event.
        return not any(a[0] == b[0] and a != b and not _stage(ours + theirs) for a in voices for b in others)

    def _between(self, members: list[Record]) -> bool:
        """Whether the thing changed its state between the members: then the later is a new event, not the same."""
        low, high = min(r.at for r in members), max(r.at for r in members)
        if low == high:
            return False
        return any(
            low < at < high and not (other & edges(members[0]))
            for thing in sorted({_thing(record) for record in members})
            for at, other in self._history[thing]
        )

    def all(self) -> Iterator[tuple[list[int], frozenset[str], set[str]]]:
        for root in sorted(self._members):
            yield self._members[root], self._edges[root], self.how.get(root, {"single"})


def _new_firing(one: Record, other: Record) -> bool:
    """An alert's own stamp is when it began: in one source another stamp is another firing, however soon.

    Replicas of a monitor, told apart by a label of provenance, see one firing at slightly different times.
    """
    if one.kind != "alert" or other.kind != "alert" or one.source != other.source:
        return False
    return one.at != other.at and one.labels == other.labels


def _thing(record: Record) -> str:
    return entity(record) or _plain(_state_free(record.body))


def _stage(members: list[Record]) -> bool:
    """Started and succeeded of one change are stages of it, not two posts."""
    return all(record.kind == "change" for record in members)


STATE = re.compile(r"\[?\b(?:firing|resolved|recovered|ok|triggered|closed)\b(?::\d+)?\]?", re.IGNORECASE)


def _state_free(text: str) -> str:
    return " ".join(STATE.sub(" ", text).split())


def _frame(told: list[Record], groups: _Groups) -> pd.DataFrame:
    rows = [_row([told[place] for place in members], shared, how) for members, shared, how in groups.all()]
    rows.sort(key=lambda row: (row["start"], RANK.get(row["kind"], 9), row["rows"]))
    frame = pd.DataFrame([{"group": number, **row} for number, row in enumerate(rows)], columns=list(COLUMNS))
    return frame.astype({"start": "int64", "end": "int64", "group": "int64"}) if len(frame) else frame


def _row(members: list[Record], shared: frozenset[str], how: set[str]) -> dict[str, object]:
    """A group as one row: told by its first-hand record, cited by all, first-hand first."""
    # A deployment tells a change better than the commit that it brings.
    ordered = sorted(members, key=lambda r: (RANK.get(r.kind, 9), r.action == "committed", r.at, r.source, r.line, r.ordinal))
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
