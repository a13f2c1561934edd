"""Warnings and errors that stand out where no outage is known: those that are new, rare, or far more than usual."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.entries import Entry, listed
from postmortem_timeline.correlate.error_words import wrong
from postmortem_timeline.correlate.places import Places
from postmortem_timeline.frame import cite

SECOND = 1_000_000_000
PARTS = 100  # a pause longer than this part of the evidence starts a new stretch
SHORTEST = 60 * SECOND
USUAL = 12  # a pattern of more stretches is everyday; its first and its loudest tell it
LOUDER = 4.0  # times the usual count of its stretches, and more than chance (Poisson) by
CHANCE = 14.0  # nats
EACH = 4  # rows of one pattern
MOST = 30
COMPARED, ENOUGH = 400, 6  # patterns that are compared; words that a pattern needs for it


def trouble(patterns: pd.DataFrame, places: Places, start: int, end: int) -> list[Entry]:
    """The stretches of warnings and errors that stand out, by severity, novelty, rarity and surprise.

    One pattern of several hosts is one stretch. in: patterns as in Evidence, clocks applied; who speaks; the evidence's
    first and last time (ns)
    """
    bad = _bad(patterns)
    if bad.empty:
        return []
    gap = max((end - start) // PARTS, SHORTEST)
    found: list[Entry] = []
    alike = near_equal(bad.groupby("template", sort=True, observed=True)["count"].sum().to_dict())
    for _, rows in bad.groupby(bad["template"].map(alike), sort=True, observed=True):
        stretches = _stretches(rows, gap)
        found += sorted(_told(stretches, places, start, end), key=lambda e: (-e.score, e.start))[:EACH]
    return sorted(found, key=lambda e: (-e.score, e.start, e.citations))[:MOST]


def near_equal(counts: Mapping[str, int]) -> dict[str, str]:
    """For each template the commonest one that it nearly equals: the same complaint about another thing."""
    found = {template: template for template in counts}
    heads: list[str] = []
    for template in sorted(counts, key=lambda t: (-counts[t], t))[:COMPARED]:
        head = next((h for h in heads if _alike(h.split(), template.split())), None)
        if head is None:
            heads.append(template)
        else:
            found[template] = head
    return found


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Of the words in each place all but one are equal, and there are enough of them."""
    same = sum(a == b for a, b in zip(one, other, strict=False))
    return len(one) == len(other) >= ENOUGH and len(one) - same <= 1


def _bad(patterns: pd.DataFrame) -> pd.DataFrame:
    """Lines that say by their level, or without one by their words, that something is wrong."""
    loud = {(t, s): wrong(t, s) or s >= 13 for t, s in _shapes(patterns)}
    keep = [loud[t, s] for t, s in zip(patterns["template"].astype(str), patterns["severity"], strict=True)]
    return patterns[np.array(keep, dtype=bool)]


def _shapes(patterns: pd.DataFrame) -> list[tuple[str, int]]:
    shapes = patterns[["template", "severity"]].drop_duplicates()
    return [(str(t), int(s)) for t, s in zip(shapes["template"], shapes["severity"], strict=True)]


def _stretches(rows: pd.DataFrame, gap: int) -> list[pd.DataFrame]:
    """The rows of one pattern, parted where nobody says it for longer than `gap`."""
    ordered = rows.sort_values(["first_ns", "source", "line"], kind="stable")
    opens = ordered["first_ns"] - ordered["last_ns"].cummax().shift() > gap
    return [part for _, part in ordered.groupby(opens.cumsum().to_numpy(), sort=True)]


def _told(stretches: Sequence[pd.DataFrame], places: Places, start: int, end: int) -> Iterator[Entry]:
    """The first stretch; of a rare pattern each further one; of an everyday one those that are far louder."""
    counts = [int(part["count"].sum()) for part in stretches]
    rare = 10.0 * max(0.0, 1 - math.log10(len(stretches)) / 1.5)
    for place, (part, count) in enumerate(zip(stretches, counts, strict=True)):
        others = counts[:place] + counts[place + 1 :]
        usual = float(np.median(others)) if others else 0.0
        loud = bool(others) and count >= LOUDER * usual and _surprise(count, usual) > CHANCE
        late = int(part["first_ns"].iloc[0]) - start > (end - start) // 20
        if place == 0 or loud or len(stretches) <= USUAL:
            score = _severity(part) + rare + 8.0 * (place == 0 and late) + 6.0 * loud - 4.0 * (place > 0 and not loud)
            what = "new " if place == 0 and late else "burst of " if loud else "again " if place else ""
            yield _entry(part, count, places, score, what)


def _severity(part: pd.DataFrame) -> float:
    worst = int(part["severity"].max())
    return 60.0 if worst >= 17 else 48.0 if worst >= 13 else 40.0


def _entry(part: pd.DataFrame, count: int, places: Places, score: float, what: str) -> Entry:
    first = part.iloc[0]
    last = part.sort_values(["last_ns", "source", "last_line"], kind="stable").iloc[-1]
    voices = part[["source", "service"]].drop_duplicates()
    who = list(dict.fromkeys(places.speaker(str(r.source), r.service) for r in voices.itertuples()))
    services = {service for service in voices["service"] if isinstance(service, str)}
    severity = int(part["severity"].max())
    level = "error" if severity >= 17 else "warning" if severity >= 13 else "problem"
    often = f" (x{count:,})" if count > 1 else ""
    level += "s" if what == "burst of " else ""
    cited = (cite(first["source"], int(first["line"])), cite(last["source"], int(last["last_line"])))
    summary = f"{what}{level} in {listed(who)}: {first['template']}{often}"
    reason = "burst" if what == "burst of " else "first_seen"
    return Entry(
        int(first["first_ns"]), int(part["last_ns"].max()), "log", summary, reason, score + min(len(str(count)), 4),
        tuple(dict.fromkeys(cited)), severity,
        services.pop() if len(services) == 1 else None, None, count, len(who),
    )  # fmt: skip


def _surprise(seen: float, expected: float) -> float:
    """How little chance explains it, in nats (the Chernoff bound of a Poisson tail)."""
    expected = max(expected, 0.5)
    return seen * math.log(seen / expected) - (seen - expected) if seen > expected else 0.0
