"""Which clocks drift: as with offsets, the largest group of hosts that gain alike is right, the odd one out drifts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from statistics import median

from postmortem_timeline.correlate.offsets import Offset

DRIFT = 1.0  # seconds an hour; less is within the fit's own error on an hour of logs


def drifts(
    host_of: Mapping[str, str], edges: Mapping[tuple[str, str], Offset], right: Collection[str] = ()
) -> dict[str, float]:
    """Seconds an hour that each drifting clock gains on those that are right; empty where no group of hosts is larger.

    host_of: clock -> its host; edges: (a, b) -> how far a is ahead of b; right: clocks that most agree with, which tell
    between groups of one size. Only pairs with enough records over enough time speak.
    """
    found: dict[str, float] = {}
    for group in _groups({pair: offset for pair, offset in edges.items() if offset.drift_known}):
        alike = {lead: {n for n in group if abs(group[n] - group[lead]) < DRIFT} for lead in sorted(group)}
        weight = {lead: (len({host_of[n] for n in mine}), len(mine & set(right))) for lead, mine in alike.items()}
        best = max(alike, key=lambda lead: weight[lead])
        if weight[best] > max((weight[lead] for lead in group if lead not in alike[best]), default=(0, 0)):
            level = median(group[name] for name in alike[best])
            found |= {name: round(rate - level, 3) for name, rate in group.items() if name not in alike[best]}
    return found


def _groups(edges: Mapping[tuple[str, str], Offset]) -> list[dict[str, float]]:
    """Per connected group, how much each clock gains on its first, along the pairs with most records."""
    of: dict[str, dict[str, float]] = {name: {name: 0.0} for pair in sorted(edges) for name in pair}
    for (a, b), offset in sorted(edges.items(), key=lambda item: (-item[1].pairs, item[0])):
        group, other = of[a], of[b]
        if group is not other:
            step = group[a] - offset.drift_per_hour - other[b]
            for name, rate in other.items():
                group[name] = rate + step
                of[name] = group
    return list({id(group): group for group in of.values()}.values())


__all__ = ["DRIFT", "drifts"]
