"""The zone of stamps that state none, from where their errors fall: into the windows in which users were failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.claims import QUARTER_S, UNKNOWN, Claim, claim_frame, in_words
from postmortem_timeline.correlate.clocks import families
from postmortem_timeline.correlate.error_words import wrong
from postmortem_timeline.correlate.offsets import NS

Windows = Sequence[tuple[int, int]]  # ns, true time
ZONES = np.arange(-12 * 4, 14 * 4 + 1) * int(QUARTER_S)
AROUND_S = 10  # the log of what broke speaks a little before its users notice
Lines = dict[str, list[tuple[np.ndarray, np.ndarray]]]  # per family: seconds and counts of each kind of line


def zones_by_windows(
    sources: pd.DataFrame,
    counts: pd.DataFrame,
    patterns: pd.DataFrame,
    windows: Windows,
    skews: Mapping[str, float] | None = None,
    found_in: Collection[str] = (),
    *,
    inside: float = 0.6,  # of a kind of line: less is the background of every day
    evidence: float = 8.0,  # log-likelihood; e^8 is some thirty times the number of zones
    margin: float = 4.0,  # above the second zone
) -> pd.DataFrame:
    """Claims on sources whose stamps state no zone; none where their errors lie all over the day.

    Per kind of line and zone: a binomial log-likelihood of the share inside the windows against the windows' share of
    the source's span, summed over the kinds that lie mostly inside.

    in:  sources, counts, patterns as in Evidence, as stamped; windows in true time; skews: what clocks are known to be
         ahead by, seconds; found_in: the sources that the windows were found in, whose errors lie there by construction
    out: claims (correlate/claims.py)
    """
    family = families(sources)
    naive = sources[(sources.zone != "stated") & ~sources.source.isin(list(found_in))]
    span = _spans(sources, family)
    rows = []
    for name, kinds in sorted(_lines(naive, family, counts, patterns, skews or {}).items()):
        share = min(0.5, sum(e - s + 2 * AROUND_S * NS for s, e in windows) / NS / max(span[name], 1.0))
        said = np.array([_likelihood(kinds, zone, windows, share, inside) - _rare(zone) for zone in ZONES.tolist()])
        order = np.argsort(-said, kind="stable")
        best, second = float(said[order[0]]), float(said[order[1]])
        if best >= evidence and best - second >= margin:
            zone = int(ZONES[order[0]])
            likely = f"log-likelihood {best:.0f}, next {second:.0f}"
            reason = f"{in_words(zone, 0) or 'stamps are UTC'}: so its errors fall into the failure windows ({likely})"
            sure = round(min(0.95, 1 - np.exp(-(best - second) / 5)), 3)
            rows += [Claim(s, zone, UNKNOWN, sure, reason) for s in naive.source if family[s] == name]
    return claim_frame(rows)


def _spans(sources: pd.DataFrame, family: Mapping[str, str]) -> dict[str, float]:
    """Seconds that each family covers."""
    by = sources[sources.first_ns >= 0].groupby(sources.source.map(family))
    return ((by.last_ns.max() - by.first_ns.min()) / NS).to_dict()


def _lines(
    naive: pd.DataFrame,
    family: Mapping[str, str],
    counts: pd.DataFrame,
    patterns: pd.DataFrame,
    skews: Mapping[str, float],
) -> Lines:
    """The error lines of each family without zone, by kind: a template, or a status of failed requests."""
    mine: Lines = {}
    known = set(naive.source)
    failed = counts[(counts.status >= 500) & counts.source.isin(known)]
    words = patterns[patterns.source.isin(known)]
    bad = [wrong(text, level) for text, level in zip(words.template, words.severity, strict=True)]
    words = words[np.array(bad, dtype=bool)]
    statuses = failed.assign(kind=failed.status.astype(str), t=failed.second)
    templates = words.assign(kind=words.template, t=words.first_ns // NS)
    told = pd.concat([part[["source", "kind", "t", "count"]] for part in (statuses, templates)])
    told["t"] -= told.source.map(skews).fillna(0.0).to_numpy()
    told["family"] = told.source.map(family)
    for (name, _), part in told.groupby(["family", "kind"], sort=True):
        mine.setdefault(str(name), []).append((part.t.to_numpy(dtype="float64"), part["count"].to_numpy(dtype="int64")))
    return mine


def _likelihood(
    kinds: list[tuple[np.ndarray, np.ndarray]], zone: int, windows: Windows, share: float, inside: float
) -> float:
    """How much better `zone` explains the lines than no zone does."""
    total = 0.0
    for seconds, many in kinds:
        at = seconds - zone
        within = np.zeros(len(at), bool)
        for start, end in windows:
            within |= (at >= start / NS - AROUND_S) & (at <= end / NS + AROUND_S)
        n, k = int(many.sum()), int(many[within].sum())
        part = k / n
        if part >= inside and part > share:
            total += k * np.log(part / share) + ((n - k) * np.log((1 - part) / (1 - share)) if k < n else 0.0)
    return float(total)


def _rare(zone: int) -> float:
    """Few people live in zones of half hours, fewer in those of quarters (log-odds; UTC is what servers use)."""
    return 0.0 if zone == 0 else 1.0 if zone % 3600 == 0 else 2.0 if zone % 1800 == 0 else 4.0
