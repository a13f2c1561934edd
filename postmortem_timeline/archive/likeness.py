"""Has this happened before? Past incidents ranked by what they share, each part with its reason."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from postmortem_timeline.archive.entry import Entry
from postmortem_timeline.archive.reports.titles import bare
from postmortem_timeline.correlate.meeting_words import content, stem
from postmortem_timeline.correlate.relation import words
from postmortem_timeline.views import wording

Said = dict[str, tuple[int, str]]

# A shared alert or error says most, words least; what everything in the archive shares says nothing (idf).
WEIGHTS = {"alert": 0.30, "error": 0.30, "service": 0.15, "trigger": 0.10, "words": 0.55}
# Words of a title that say what happened, not what it happened to.
EVENTS = (
    "incident outage failure down issue unable missing stop working work deleted user degraded performance slow restart "
    "restarted several times live cluster multiple due upgrade deploy change loss lost break broken unavailable"
)
HAPPENS = frozenset(map(stem, EVENTS.split()))
LEAST = 0.04  # what is less alike is not shown
HOUSE = 0.34  # a service that this share of all incidents names says whose archive it is, not which incident


@dataclass(frozen=True)
class Similar:
    """One past incident: how alike (0 to 1), why, what mended it, and what became of its action items."""

    name: str
    title: str
    day: str | None
    score: float
    recurrence: bool
    reasons: list[str] = field(default_factory=list)
    fix: str | None = None
    open_actions: list[dict[str, Any]] = field(default_factory=list)
    done_actions: list[dict[str, Any]] = field(default_factory=list)
    days_before: int | None = None

    @property
    def sentence(self) -> str:
        """`Recurrence: the same alert on the same service, six weeks ago; its action "..." is still open.`"""
        what = "; ".join(self.reasons) or "alike in words"
        ago = (
            f", {wording.plural(self.days_before, 'day')} before"
            if self.days_before is not None and self.days_before >= 0
            else ""
        )
        said = f"{'Recurrence' if self.recurrence else 'Possibly related'}: {what}{ago}"
        if self.open_actions:
            said += f"; its action “{wording.short(str(self.open_actions[0]['what']), 90)}” is still open"
        elif self.done_actions:
            said += (
                f"; all {len(self.done_actions)} of its actions are done"
                if len(self.done_actions) > 1
                else "; its action is done"
            )
        return said + "."


def similar(asked: Entry, past: Sequence[Entry], *, most: int = 5) -> list[Similar]:
    """The likest incidents other than `asked` itself; a recurrence shares a signature and a service, or is not called one."""
    others = [entry for entry in past if entry.name != asked.name and not _itself(entry, asked)]
    rarity = _rarity([*others, asked])
    house = _house([*others, asked])
    seen = _seen([*others, asked])
    found = [_compared(asked, other, rarity, house, seen) for other in others]
    ranked = sorted(
        (one for one in found if one.score >= LEAST), key=lambda one: (-one.recurrence, -one.score, one.name)
    )
    return ranked[:most]


def _itself(entry: Entry, asked: Entry) -> bool:
    """The same incident, kept before."""
    return not asked.name and entry.title == asked.title and entry.day == asked.day


def _compared(asked: Entry, other: Entry, rarity: dict[str, float], house: set[str], seen: dict[str, float]) -> Similar:
    alerts = _shared(asked.signature.get("alerts") or (), other.signature.get("alerts") or ())
    errors = _shared(asked.signature.get("errors") or (), other.signature.get("errors") or ())
    services = [name for name in _shared_services(asked, other) if _service(name) not in house]
    trigger = _common_words(asked.signature.get("trigger"), other.signature.get("trigger"), rarity)
    cosine, terms = _cosine(asked.words, other.words, rarity)
    score = (
        WEIGHTS["alert"] * max((1 - seen[_key(name)] for name in alerts), default=0.0)
        + WEIGHTS["error"] * bool(errors)
        + WEIGHTS["service"] * min(len(services), 1)
        + WEIGHTS["trigger"] * min(len(trigger) / 3, 1.0)
        + WEIGHTS["words"] * cosine
    )
    telling = [name for name in alerts if seen[_key(name)] <= HOUSE]
    recurrence = bool((telling or errors) and (services or _about(asked, other, house)))
    reasons = [
        *(f"the same alert {name}" for name in alerts[:2]),
        *(f"the same error “{wording.short(text, 80)}”" for text in errors[:2]),
        *([f"the same service {', '.join(services[:3])}"] if services else []),
        *([f"a trigger in the same words ({', '.join(trigger[:4])})"] if len(trigger) >= 2 else []),
        *([f"shared words: {', '.join(terms[:6])}"] if terms and cosine > 0.05 else []),
    ]
    done = [action for action in other.actions if action.get("status") == "done"]
    return Similar(
        other.name,
        other.title,
        other.day,
        round(min(score, 1.0), 3),
        recurrence,
        reasons,
        other.signature.get("fix"),
        other.open_actions,
        done,
        _days(other.day, asked.day),
    )


def _shared(ours: Iterable[str], theirs: Iterable[str]) -> list[str]:
    """What both name, however it is spelled; of errors also those whose masked texts hold the same words."""
    known = {_key(text): text for text in theirs}
    return [text for text in ours if _key(text) in known]


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower().replace("<*>", " ")).strip()


def _shared_services(one: Entry, other: Entry) -> list[str]:
    known = {_service(name) for name in other.services}
    return [name for name in one.services if _service(name) in known]


def _service(name: str) -> str:
    """`Ingress-controllers` and `ingress controller` are one."""
    return " ".join(stem(part) for part in re.findall(r"[a-z0-9]+", name.lower()))


def _about(one: Entry, other: Entry, house: set[str]) -> bool:
    """A service that one names stands in the title of the other."""
    for ours, theirs in ((one, other), (other, one)):
        title = {stem(word) for word in words(theirs.title)}
        if any(_service(name) not in house and set(_service(name).split()) <= title for name in ours.services):
            return True
    if "imported" not in (one.origin, other.origin):
        return False
    shared = set(content(bare(one.title))) & set(content(bare(other.title)))  # a report's title names what was hit
    return bool(shared - HAPPENS)


def _house(entries: Sequence[Entry]) -> set[str]:
    """Services that so many incidents name that they tell none apart."""
    counts = Counter(name for entry in entries for name in {_service(name) for name in entry.services})
    return {name for name, count in counts.items() if count > max(3, HOUSE * len(entries))}


def _seen(entries: Sequence[Entry]) -> dict[str, float]:
    """alert -> the share of the other incidents that it fired in, two being no share yet: one that always fires tells nothing."""
    counts = Counter(name for entry in entries for name in {_key(name) for name in entry.signature.get("alerts") or ()})
    return {name: max(count - 2, 0) / max(len(entries), 1) for name, count in counts.items()}


def _rarity(entries: Sequence[Entry]) -> dict[str, float]:
    """The inverse document frequency of each stem; what one document alone says meets nothing and weighs as the rest."""
    counts = Counter(word for entry in entries for word in entry.words)
    return {word: math.log((1 + len(entries)) / (1 + count)) + 1e-9 for word, count in counts.items()}


def _cosine(ours: Said, theirs: Said, rarity: dict[str, float]) -> tuple[float, list[str]]:
    one, other = (_weighed(words, rarity) for words in (ours, theirs))
    parts = {word: one[word] * other[word] for word in one.keys() & other.keys()}
    norm = math.sqrt(sum(w * w for w in one.values())) * math.sqrt(sum(w * w for w in other.values()))
    strongest = [ours[word][1] for word in sorted(parts, key=lambda word: (-parts[word], word))]
    return (math.fsum(sorted(parts.values())) / norm if norm else 0.0), strongest


def _weighed(said: Said, rarity: dict[str, float]) -> dict[str, float]:
    """Sublinear term frequency times rarity, in the order of words."""
    return {word: (1 + math.log(count)) * rarity.get(word, 0.0) for word, (count, _) in sorted(said.items())}


def _common_words(one: str | None, other: str | None, rarity: dict[str, float]) -> list[str]:
    ours, theirs = content(one or ""), content(other or "")
    return sorted(
        (ours[key] for key in ours.keys() & theirs.keys()), key=lambda word: (-rarity.get(stem(word), 0.0), word)
    )


def _days(earlier: str | None, later: str | None) -> int | None:
    seconds = wording.seconds_between(earlier, later)
    return round(seconds / 86400) if seconds is not None else None
