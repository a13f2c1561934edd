"""How likely it is that two records tell one event: by a shared id, by the alert's name, by service, time and text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from postmortem_timeline.correlate.links import tokens, versions
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.transitions import CHANGE, edges, entity, labels_agree, name_of, same_entity

SECOND = 1_000_000_000
BEFORE = 5 * SECOND  # clocks of two systems differ a little; a relay cannot really precede its origin
AFTER = 330 * SECOND  # Alertmanager's default group_interval is 5 minutes, and the relay takes its time
STAGES = 600 * SECOND  # a commit, its build and its deployment are told apart beyond this
REPEAT = 12 * 3600 * SECOND  # the longest repeat_interval in use
BRIDGE = 60 * SECOND
CROWD = 30  # in a storm of alerts of one service, text alone is compared with this many neighbours

# Who tells it first-hand stands for the group: the monitor, the pager, the deployer; a relaying bot comes last.
RANK = {"alert": 0, "page": 1, "change": 2, "ticket": 3, "status": 4, "metric": 5, "note": 6, "chat": 7}

STATE = re.compile(r"\[?\b(?:firing|resolved|recovered|ok|triggered|closed)\b(?::\d+)?\]?", re.IGNORECASE)
Pair = tuple[float, str, int, int]  # score, how, the earlier place, the later place


@dataclass(frozen=True)
class Telling:
    """A record with all that comparing it needs, worked out once."""

    record: Record
    edges: frozenset[str]
    thing: str  # what it is about, whatever its state
    voice: tuple[str, str | None, str]  # who says what, numbers apart: the same again is a repeat
    name: str | None
    ids: frozenset[str]
    versions: frozenset[str]
    heard: frozenset[str]  # the words of its text


def telling(record: Record) -> Telling:
    """Work out what `Telling` holds."""
    own = entity(record)
    bare = re.sub(r"\d+(?:\.\d+)?", "#", record.body)
    return Telling(
        record, edges(record), own or " ".join(STATE.sub(" ", bare).split()), (record.source, own, bare),
        name_of(record), frozenset(tokens(record)), frozenset(versions(record)),
        frozenset(re.findall(r"[\w.-]*\w", record.body)),
    )  # fmt: skip


def pairs(told: Sequence[Telling]) -> Iterator[Pair]:
    """All pairs that may tell one event, unsorted: repeats of a voice, relays of a bridge, echoes in other systems."""
    yield from _repeats(told)
    yield from _bridged(told)
    seen: set[tuple[int, int]] = set()
    for bucket, places in _buckets(told):
        reach = STAGES if bucket[0] == CHANGE else AFTER
        crowd = CROWD if bucket[1] == "service" else len(told)
        for start, one in enumerate(places):
            for other in places[start + 1 : start + 1 + crowd]:
                if told[other].record.at - told[one].record.at > reach:
                    break
                if (one, other) not in seen:
                    seen.add((one, other))
                    score, how = alike(told[one], told[other])
                    if score:
                        yield score, how, one, other


def _buckets(told: Sequence[Telling]) -> list[tuple[tuple[str, str, str], list[int]]]:
    """Places of the records of one edge that share an id, a version, an alert's name or a service."""
    names = frozenset(t.name for t in told if t.name)
    services = frozenset(t.record.service for t in told if t.record.service)
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, one in enumerate(told):
        named = {one.name} if one.name else one.heard & names
        about = {one.record.service} if one.record.service else one.heard & services
        keys = [("id", value) for value in one.ids] + [("version", value) for value in one.versions]
        keys += [("name", str(value)) for value in named] + [("service", str(value)) for value in about]
        for edge in one.edges:
            for sort, value in keys:
                found[edge, sort, value].append(place)
    # Services last: what an id or a name has joined need not be compared by its text.
    return sorted(found.items(), key=lambda item: (item[0][1] == "service", item[0]))


def _repeats(told: Sequence[Telling]) -> Iterator[Pair]:
    latest: dict[tuple[object, ...], int] = {}
    for place, one in enumerate(told):
        for edge in sorted(one.edges):
            before = latest.get((edge, one.voice))
            if before is not None and one.record.at - told[before].record.at <= REPEAT:
                yield 1.0, "repeat", before, place
            latest[edge, one.voice] = place


def _bridged(told: Sequence[Telling]) -> Iterator[Pair]:
    """A bridge that repeats a person's message word for word in another channel: one side is a machine."""
    spoken: dict[str, int] = {}
    for place, one in enumerate(told):
        text = " ".join(one.record.body.split()).lower()
        if one.record.kind != "chat" or len(text) < 20:
            continue
        if one.record.human:
            spoken[text] = place
        elif text in spoken:
            origin = told[spoken[text]].record
            if one.record.at - origin.at <= BRIDGE and one.record.source != origin.source:
                yield 0.85, "relay", spoken[text], place


def alike(one: Telling, other: Telling) -> tuple[float, str]:
    """The score of a pair of one edge, 0 to 1, and what it rests on: token, version, name or text.

    The text counts half, the service 0.3, closeness 0.2: text alone never suffices.
    """
    shared = bool(one.ids & other.ids)
    if not shared and (one.record.source, one.record.format) == (other.record.source, other.record.format):
        return 0.0, ""
    origin, relay = sorted((one, other), key=lambda t: (RANK.get(t.record.kind, 9), t.record.at))
    if origin.record.kind != "change" and origin.record.at - relay.record.at > BEFORE:
        return 0.0, ""  # a relay does not come before what it relays
    if origin.record.kind == "alert" and relay.record.kind == "alert":
        return (1.0, "token") if same_entity(origin.record, relay.record) else (0.0, "")
    if shared:
        return 1.0, "token"
    if origin.record.kind == "change" and origin.versions & relay.versions:
        return 0.95, "version"
    if origin.name and origin.name in relay.heard:
        agreed = labels_agree(origin.record, relay.record.body)
        return (0.9 + 0.09 * agreed, "name") if agreed >= 0 else (0.0, "")
    return _by_text(origin, relay)


def _by_text(origin: Telling, relay: Telling) -> tuple[float, str]:
    service = origin.record.service
    same = bool(service) and (service == relay.record.service if relay.record.service else service in relay.heard)
    if not same or min(len(origin.record.body), len(relay.record.body)) < 12:
        return 0.0, ""
    from rapidfuzz import fuzz  # lazily: a folder without chat and pages never needs it

    text = fuzz.token_set_ratio(origin.record.body.lower(), relay.record.body.lower()) / 100
    near = 1 - min(abs(relay.record.at - origin.record.at) / AFTER, 1)
    return 0.5 * text + 0.3 + 0.2 * near, "text"
