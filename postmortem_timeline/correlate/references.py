"""Which clock is right: the largest group of hosts that agree with each other; the odd one out is skewed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from postmortem_timeline.correlate.claims import AGREE_S, QUARTER_S
from postmortem_timeline.correlate.drifts import drifts
from postmortem_timeline.correlate.offsets import Offset

EXACT_S = 0.5  # clocks that agree so well say which one of three is a second off
LOOSE = 0.5  # of a host that agrees only if its stamps are in another zone: it agrees with whatever is whole hours off
Edges = Mapping[tuple[str, str], Offset]


@dataclass(frozen=True)
class Clock:
    """One set of stamps: a rotation family on one host, and whether its stamps state their zone."""

    name: str
    host: str
    stated: bool


@dataclass(frozen=True)
class Verdict:
    """By how much a clock is ahead of the group that is right; `firm` is 0 where no group is larger than the others."""

    seconds: float
    confidence: float
    firm: float
    pairs: int
    witnesses: tuple[str, ...]
    fine: bool = False  # tight pairs, and two other hosts that agree within half a second: less than two seconds count
    drift_per_hour: float = 0.0
    at_ns: int = 0  # the stamp at which it is ahead by `seconds`, where it drifts

    @property
    def sure(self) -> float:
        """How sure it is that this clock, and not the others, is off: nothing is applied where there is no majority."""
        return round(self.confidence * (1 - 0.5 * (1 - self.firm)) * (1 if self.firm else 0.5), 3)


def verdicts(clocks: Iterable[Clock], edges: Edges) -> dict[str, Verdict]:
    """The verdict on every clock that was compared with another, by connected group.

    edges: (a, b) -> how far a is ahead of b
    """
    by_name = {clock.name: clock for clock in clocks}
    found: dict[str, Verdict] = {}
    judged = []
    for ahead in _groups(by_name, edges):
        level, firm = _level(by_name, ahead)
        right = {name for name in ahead if abs(_off(by_name[name], ahead[name] - level)) < AGREE_S}
        judged.append((ahead, level, firm, right))
    trusted = {name for _, _, firm, right in judged if firm for name in right}
    drifting = drifts({clock.name: clock.host for clock in by_name.values()}, edges, trusted)
    for ahead, level, firm, right in judged:
        for name in ahead:
            steady = {other for other in right if other not in drifting} or right
            found[name] = _judge(name, ahead, level, firm, steady, by_name, edges, drifting.get(name, 0.0))
    return found


def _groups(clocks: Mapping[str, Clock], edges: Edges) -> list[dict[str, float]]:
    """Per connected group, how far each clock is ahead of its first, along the best evidence (Kruskal's tree)."""
    of: dict[str, dict[str, float]] = {name: {name: 0.0} for name in clocks}
    for (a, b), offset in sorted(edges.items(), key=lambda item: (-item[1].confidence, -item[1].pairs, item[0])):
        group, other = of[a], of[b]
        if group is other:
            continue
        shift = group[a] - offset.seconds - other[b]
        for name, ahead in other.items():
            group[name] = ahead + shift
            of[name] = group
    unique = {id(group): group for group in of.values()}
    return [group for group in unique.values() if len(group) > 1]


def _level(clocks: Mapping[str, Clock], ahead: Mapping[str, float]) -> tuple[float, float]:
    """Where the right time lies in a group, and how much larger its following is than the next one's (0..1).

    A clock without a zone follows whatever differs from it by quarters of an hour; it leads only where none states one.
    """
    leads = sorted(name for name in ahead if clocks[name].stated) or sorted(ahead)
    naive_only = not clocks[leads[0]].stated
    rated = []
    for lead in leads:
        exact = {name for name in ahead if abs(ahead[name] - ahead[lead]) < AGREE_S}
        loose = set() if naive_only else {n for n in ahead if abs(_off(clocks[n], ahead[n] - ahead[lead])) < AGREE_S}
        hosts = {clocks[n].host for n in exact}
        weight = _weight(clocks[n].host for n in exact)
        weight += LOOSE * _weight(clocks[n].host for n in loose - exact if clocks[n].host not in hosts)
        rated.append((weight, lead, exact | loose))
    weight, lead, following = max(rated, key=lambda item: item[0])
    rival = max((w for w, other, _ in rated if other not in following), default=0.0)
    return _middle([ahead[n] for n in following if abs(ahead[n] - ahead[lead]) < AGREE_S]), 1 - rival / weight


def _weight(hosts: Iterable[str]) -> float:
    """One a host, whose logs share its clock; half as much again where several services of it agree."""
    return sum(1.5 if many > 1 else 1.0 for many in Counter(hosts).values())


def _off(clock: Clock, seconds: float) -> float:
    """What remains of a difference when a clock without a zone may be off by quarters of an hour."""
    return seconds if clock.stated else seconds - round(seconds / QUARTER_S) * QUARTER_S


def _judge(
    name: str,
    ahead: Mapping[str, float],
    level: float,
    firm: float,
    right: set[str],
    clocks: Mapping[str, Clock],
    edges: Edges,
    drift: float = 0.0,
) -> Verdict:
    """One clock against those that are right: directly where it shares records with them, else along the tree."""
    direct: list[tuple[float, Offset, str]] = []
    for other in sorted(right - {name}):
        if (name, other) in edges:
            direct.append((edges[name, other].seconds + ahead[other] - level, edges[name, other], other))
        elif (other, name) in edges:
            direct.append((ahead[other] - level - edges[other, name].seconds, edges[other, name], other))
    if not direct:
        return Verdict(ahead[name] - level, 0.6 if len(ahead) > 1 else 0.0, firm, 0, ())
    at_ns = 0
    if drift:
        lead = max(direct, key=lambda item: item[1].pairs)
        at_ns = _stamped(name, lead[1], lead[2], edges)
        direct = [(v + drift * (at_ns - _stamped(name, o, n, edges)) / 3.6e12, o, n) for v, o, n in direct]
    seconds = _middle([value for value, offset, _ in direct for _ in range(min(offset.pairs, 1000))])
    best = max(offset.confidence for _, offset, _ in direct)
    exact = {clocks[n].host for n in ahead if abs(_off(clocks[n], ahead[n] - level)) < EXACT_S} - {clocks[name].host}
    fine = len(exact) >= 2 and any(o.tight for _, o, other in direct if clocks[other].host in exact)
    pairs, witnesses = sum(o.pairs for _, o, _ in direct), tuple(other for *_, other in direct)
    return Verdict(seconds, best, firm, pairs, witnesses, fine, drift, at_ns)


def _stamped(name: str, offset: Offset, other: str, edges: Edges) -> int:
    """The middle of the pairs with another clock, as this clock stamps it; pairs are placed by the second one's stamps."""
    return offset.at_ns + (round(offset.seconds * 1e9) if (name, other) in edges else 0)


def _middle(values: list[float]) -> float:
    """The median."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
