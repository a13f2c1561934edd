"""From the digest to the story: which clocks, which outages, which marks, who and what is suspected, which rows tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.apart import apart, page_lives
from postmortem_timeline.correlate.bounds import bounded
from postmortem_timeline.correlate.changes import changes
from postmortem_timeline.correlate.cited_edges import cited
from postmortem_timeline.correlate.claims import annotated, by_nesting, combine, shifts
from postmortem_timeline.correlate.clocks import clocks_by_joins
from postmortem_timeline.correlate.compose import compose
from postmortem_timeline.correlate.culprits import culprits, with_onset
from postmortem_timeline.correlate.echoes import echoes
from postmortem_timeline.correlate.episodes import episodes, novelty
from postmortem_timeline.correlate.families import beginnings
from postmortem_timeline.correlate.finer import refined
from postmortem_timeline.correlate.mentions import zones_by_mentions
from postmortem_timeline.correlate.novelty import new_lines
from postmortem_timeline.correlate.outages import Outages, outages
from postmortem_timeline.correlate.phases import phases
from postmortem_timeline.correlate.seasons import mixed, seasons
from postmortem_timeline.correlate.several import several
from postmortem_timeline.correlate.shifted import shifted
from postmortem_timeline.correlate.standouts import lives, standouts
from postmortem_timeline.correlate.suspects import suspects
from postmortem_timeline.correlate.vantage import Vantage, at_vantage, server_error, vantage
from postmortem_timeline.correlate.zones import zones_by_windows
from postmortem_timeline.digest.evidence import Evidence
from postmortem_timeline.digest.shift import Shift

MINUTE = 60 * 1_000_000_000
SURE = 0.6  # of a zone that nothing had to be subtracted for


@dataclass(frozen=True)
class Options:
    """What bounds and judges an incident."""

    since: int | None = None  # ns, true time
    until: int | None = None
    failed: Callable[[np.ndarray], np.ndarray] = server_error
    clocks: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # source or glob -> offsets that people state
    marks: Mapping[str, Any] = field(default_factory=dict)
    pinned: Sequence[str] = ()
    hidden: Sequence[str] = ()
    notes: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Story:
    """All that correlation found. Times are true times; `shifts` are what was subtracted, by source."""

    evidence: Evidence
    clocks: pd.DataFrame
    shifts: dict[str, Shift]
    vantage: Vantage
    requests: pd.DataFrame
    outages: Outages
    others: pd.DataFrame  # windows outside the bounds that were asked for
    marks: dict[str, Any]
    suspects: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    timeline: pd.DataFrame


def correlate(evidence: Evidence, options: Options = Options()) -> Story:
    """Every stage, in order.

    Clocks come first, by what sources share; the windows they allow then tell the zones of sources that share nothing.
    """
    stated = annotated(evidence.sources, options.clocks)
    joined = clocks_by_joins(evidence.sources, evidence.joins)
    mentioned = zones_by_mentions(evidence.sources, evidence.patterns, evidence.notables)
    nested = by_nesting(evidence.sources)
    chosen = vantage(evidence.sources, evidence.counts)
    first = combine(evidence.sources, stated, joined, mentioned, nested)
    requests, seen = _windows(shifted(evidence, shifts(first)), chosen, options, first)
    zoned = _zoned(evidence, seen, first, chosen)
    clocks = combine(evidence.sources, stated, joined, mentioned, zoned, nested)
    clocks = mixed(clocks, seasons(evidence.sources, clocks))
    moved = shifted(evidence, shifts(clocks))
    if shifts(clocks) != shifts(first) or _known(evidence, clocks) != _known(evidence, first):
        requests, seen = _windows(moved, chosen, options, clocks)
    seen = refined(seen, moved, chosen, options.failed, shifts(clocks))
    lives = page_lives(moved.notables) if len(seen.windows) > 1 else ()
    seen, others = bounded(seen, options.since, options.until, lives)
    kept = apart(
        moved.notables, _spans(seen.windows), others, since=options.since, until=options.until, pinned=options.pinned
    )
    moved = moved if kept is moved.notables else replace(moved, notables=kept)
    return _told(moved, clocks, chosen, requests, seen, others, options)


def _windows(evidence: Evidence, chosen: Vantage, options: Options, clocks: pd.DataFrame) -> tuple[pd.DataFrame, Outages]:
    requests = at_vantage(evidence.counts, chosen, options.failed)
    found = outages(requests, _witnesses(evidence, clocks), evidence.sources)
    total = int(requests["n"].sum())
    return requests, several(found, evidence.users, chosen.sources, options.failed, shifts(clocks), evidence.width, total=total)


def _zoned(evidence: Evidence, seen: Outages, first: pd.DataFrame, chosen: Vantage) -> pd.DataFrame:
    """Zones by the windows; a silence without witness may be one whose witness is in another zone.

    It speaks for sources of which the windows say nothing.
    """
    skews = {row.source: row.clock_offset_seconds for row in first.itertuples() if row.applied}
    asked, found = evidence.sources, []
    for windows in (seen.windows, seen.not_covered):
        spans = _spans(windows)
        found.append(zones_by_windows(asked, evidence.counts, evidence.patterns, spans, skews, chosen.sources))
        asked = asked[~asked["source"].isin(set(found[-1]["source"]))]
    return pd.concat(found, ignore_index=True)


def _witnesses(evidence: Evidence, clocks: pd.DataFrame) -> pd.DataFrame:
    """The records that can tell a silence from the end of the exports: those whose zone is known.

    A syslog an hour east of us seems to go on for an hour after everything else has ended.
    """
    known, counts = _known(evidence, clocks), evidence.counts[["source", "second"]]
    return counts if known >= set(evidence.sources["source"]) else counts[counts["source"].isin(known)]


def _known(evidence: Evidence, clocks: pd.DataFrame) -> set[str]:
    """Sources whose stamps state their zone, or that something showed one for."""
    stated = set(evidence.sources[evidence.sources["zone"] == "stated"]["source"])
    return stated | set(clocks[clocks["applied"] | (clocks["confidence"] >= SURE)]["source"])


def _spans(windows: pd.DataFrame) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for a, b in zip(windows["start_ns"], windows["end_ns"], strict=True)]


def _told(
    evidence: Evidence, clocks: pd.DataFrame, chosen: Vantage, requests: pd.DataFrame, seen: Outages, others: pd.DataFrame, options: Options
) -> Story:  # fmt: skip
    """The story around the windows."""
    spans = _spans(seen.windows)
    own = {row.source: row.service for row in evidence.sources.itertuples() if isinstance(row.service, str)}
    odd = [] if spans else culprits(evidence.traced, evidence.patterns, own, since=options.since, until=options.until)
    blamed = suspects(evidence, spans, options.failed) or [one.suspect() for one in odd]
    names = [str(one["name"]) for one in blamed]
    failing = sorted({str(s) for services in seen.windows["services"] for s in services if s})
    new = new_lines(evidence.patterns, spans, own) if spans else evidence.patterns.iloc[:0].assign(wrong=False)
    errors = [str(t) for t in new[new["wrong"].astype(bool)]["template"]]
    ranked = changes(evidence.notables, evidence.patterns, blamed, spans)
    groups = echoes(evidence.notables)
    folded = _novel(evidence, spans)
    windows = cited(seen.windows, evidence.failures, chosen, options.failed)
    common: dict[str, Any] = {
        "groups": groups, "suspects": names, "failing": failing, "errors": errors, "episodes": folded, "changes": ranked,
    }  # fmt: skip
    # What stands out tells the story where no outage does.
    ours = [*failing, *names]
    standing = lives(evidence, spans, ours) if spans else standouts(evidence, chosen, requests, options.failed)
    marks = phases(windows, evidence.notables, covered=bool(chosen.sources), annotations={"marks": dict(options.marks)}, **common)
    marks = with_onset(marks, odd)
    standing += [entry for one in odd[:1] for entry in one.entries()]
    timeline = compose(
        marks, windows, evidence.notables, standing=standing,
        annotations={"pinned": options.pinned, "hidden": options.hidden, "notes": options.notes}, **common,
    )  # fmt: skip
    return Story(evidence, clocks, shifts(clocks), chosen, requests, seen, others, marks, blamed, ranked, timeline)


def _novel(evidence: Evidence, spans: Sequence[tuple[int, int]]) -> pd.DataFrame:
    """Episodes of all patterns, judged against what was usual before the windows (or over all, where there are none)."""
    folded = episodes(evidence.patterns)
    begins = beginnings(evidence.sources)
    if spans:
        return novelty(folded, since=spans[0][0] - MINUTE, until=spans[-1][1], seen_from=begins)
    if folded.empty:
        return novelty(folded, since=0, until=0, seen_from=0)
    start, end = int(folded["start"].min()), int(folded["end"].max())
    return novelty(folded, since=start + (end - start) // 4, until=end, seen_from=begins)


__all__ = ["Options", "Story", "correlate"]
