"""The zone of stamps that state none, from lines about changes that another system states with an exact time."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.claims import UNKNOWN, Claim, claim_frame, in_words
from postmortem_timeline.correlate.clocks import families
from postmortem_timeline.correlate.offsets import NS
from postmortem_timeline.correlate.zones import ZONES

# A user called `deploy` that signs in is no deployment.
DEPLOYS = re.compile(
    r"(?<!for )(?<!user )(?<!by )(?<!as )"
    r"\b(?:deploy(?:s|ed|ing|ments?)?|release[ds]?|roll(?:ed|ing)?[ -]?(?:back|out)s?)\b",
    re.IGNORECASE,
)
BEFORE_S, AFTER_S = 2, 30  # a line may be written when the change starts, or a little later when it is through
RARE = 50  # a line told more often is not about changes


def zones_by_mentions(sources: pd.DataFrame, patterns: pd.DataFrame, notables: pd.DataFrame) -> pd.DataFrame:
    """Claims on sources without zone whose deploy lines fall, in one zone alone, on the changes that others state.

    in:  sources, patterns, notables as in Evidence
    out: claims; two changes are wanted for certainty, one is weak
    """
    family = families(sources)
    naive = sources[sources.zone != "stated"]
    exact = notables[(notables.kind == "change") & ~notables.source.isin(set(naive.source))]
    stated = np.unique(exact.timestamp.dropna().astype("int64").to_numpy() // NS)
    rows = []
    for name, lines in sorted(_lines(naive, family, patterns, notables).items()):
        zone, sure, met = _zone(stated, lines)
        if met:
            changes = f"{met} stated change{'s' * (met > 1)}"
            reason = f"{in_words(zone, 0) or 'stamps are UTC'}: so its deploy lines fall on {changes}"
            rows += [Claim(s, zone, UNKNOWN, sure, reason) for s in naive.source if family[s] == name]
    return claim_frame(rows)


def _lines(
    naive: pd.DataFrame, family: dict[str, str], patterns: pd.DataFrame, notables: pd.DataFrame
) -> dict[str, np.ndarray]:
    """Seconds of the deploy lines of each family."""
    mine = patterns[patterns.source.isin(set(naive.source))]
    speaks = [
        bool(DEPLOYS.search(f"{text} {service if isinstance(service, str) else ''}"))
        for text, service in zip(mine.template, mine.service, strict=True)
    ]
    mine = mine[np.array(speaks, dtype=bool)]
    rare = mine[mine.groupby(["source", "template"], observed=True)["count"].transform("sum") <= RARE]
    own = notables[(notables.kind == "change") & notables.source.isin(set(naive.source))]
    told = pd.DataFrame(
        {
            "family": pd.concat([rare.source, own.source]).map(family),
            "t": np.r_[rare.first_ns.to_numpy("int64"), own.timestamp.astype("int64").to_numpy()] // NS,
        }
    )
    return {str(name): np.unique(part.t.to_numpy()) for name, part in told.groupby("family")}


def _zone(stated: np.ndarray, lines: np.ndarray) -> tuple[int, float, int]:
    """The zone, how sure it is, and how many changes it explains; none where two zones explain as many."""
    met = [_met(stated, lines - zone) for zone in ZONES.tolist()]
    order = sorted(range(len(met)), key=lambda i: (-met[i], abs(int(ZONES[i]))))
    best, second = met[order[0]], met[order[1]]
    if best == 0 or best == second:
        return 0, 0.0, 0
    return int(ZONES[order[0]]), 0.9 if best >= 2 and best >= 2 * second else 0.62 if second == 0 else 0.5, best


def _met(stated: np.ndarray, lines: Sequence[int] | np.ndarray) -> int:
    """How many stated changes have a line beside them."""
    at = np.searchsorted(lines, stated - BEFORE_S)
    return int(np.sum((at < len(lines)) & (np.asarray(lines)[np.minimum(at, len(lines) - 1)] <= stated + AFTER_S)))
