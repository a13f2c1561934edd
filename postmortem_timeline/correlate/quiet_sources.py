"""Logs that fall silent for far longer than they ever do, and resume."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.entries import Entry, listed, span
from postmortem_timeline.correlate.places import Places
from postmortem_timeline.frame import cite

SECOND = 1_000_000_000
SHORTEST = 300  # seconds: a shorter silence is a pause
FEWEST = 50  # distinct seconds with records: fewer say nothing of what is usual
TIMES = 5.0  # longer than all but one in a hundred of the other pauses
ALIKE = 0.7  # of the longer one: silences that overlap so much are one
MOST = 8


@dataclass(frozen=True)
class _Gap:
    start: int  # second of the last record before
    end: int  # second of the first record after
    who: tuple[str, ...]
    ratio: float


def quiet_sources(counts: pd.DataFrame, patterns: pd.DataFrame, places: Places) -> list[Entry]:
    """Silences and what ended them: two entries each, the longest against its log's habit first.

    in:  counts (source, second) and patterns as in Evidence, clocks applied; who speaks
    """
    sources = counts["source"].astype("category")
    names = np.array([places.speaker(str(source)) for source in sources.cat.categories], dtype=object)
    voices, index = np.unique(names, return_inverse=True)
    speaker = index[sources.cat.codes.to_numpy()] if len(counts) else index
    gaps: list[_Gap] = []
    speakers = 0
    for voice, seconds in counts["second"].groupby(speaker, sort=True):
        distinct = np.unique(seconds.to_numpy(np.int64))
        if len(distinct) >= FEWEST:
            speakers += 1
            gaps += _gaps(str(voices[voice]), distinct)
    kept = sorted(_merged(gaps), key=lambda gap: (-gap.ratio, gap.start, gap.who))[:MOST]
    return [entry for gap in kept for entry in _entries(gap, speakers, *_cited(gap, patterns, places))]


def _cited(gap: _Gap, patterns: pd.DataFrame, places: Places) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The last records before and the first after; requests keep no line here, so that they cite nothing."""
    before = patterns[patterns["last_ns"] // SECOND == gap.start]
    after = patterns[patterns["first_ns"] // SECOND == gap.end]
    return (
        _lines(before.sort_values("last_ns", ascending=False, kind="stable"), "last_line", gap, places),
        _lines(after.sort_values("first_ns", kind="stable"), "line", gap, places),
    )


def _lines(rows: pd.DataFrame, line: str, gap: _Gap, places: Places) -> tuple[str, ...]:
    mine = [row for row in rows.to_dict("records") if places.speaker(str(row["source"])) in gap.who]
    return tuple(cite(str(row["source"]), int(row[line])) for row in mine[:1])


def _gaps(name: str, seconds: np.ndarray) -> Iterator[_Gap]:
    pauses = np.diff(seconds)
    longest = np.argsort(-pauses, kind="stable")[:3]
    usual = max(float(np.quantile(np.delete(pauses, longest), 0.99)), 1.0)
    for place in longest:
        if pauses[place] >= max(SHORTEST, TIMES * usual):
            yield _Gap(int(seconds[place]), int(seconds[place + 1]), (name,), float(pauses[place]) / usual)


def _merged(gaps: list[_Gap]) -> list[_Gap]:
    """Silences of several logs at the same time are one: the time in which none of them speaks."""
    found: list[_Gap] = []
    for gap in sorted(gaps, key=lambda g: (g.start, g.end, g.who)):
        for place, other in enumerate(found):
            shared = min(gap.end, other.end) - max(gap.start, other.start)
            if shared >= ALIKE * max(gap.end - gap.start, other.end - other.start):
                who = tuple(dict.fromkeys((*other.who, *gap.who)))
                found[place] = _Gap(
                    max(gap.start, other.start), min(gap.end, other.end), who, max(gap.ratio, other.ratio)
                )
                break
        else:
            found.append(gap)
    return found


def _entries(gap: _Gap, speakers: int, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Entry]:
    start, end, length = gap.start * SECOND, gap.end * SECOND, span((gap.end - gap.start) * SECOND)
    who, logs = listed(gap.who), "logs" if len(gap.who) == 1 else "log"
    whole = len(gap.who) == speakers and speakers > 1
    score = 52.0 + min(gap.ratio, 10.0)
    what = f"none of {speakers} sources logs anything for {length}" if whole else f"{who} {logs} nothing for {length}"
    yield Entry(start, end, "log", what, "silence", score, before, 13, None, None, 1, len(gap.who))
    again = f"{who} {logs} again after {length}"
    yield Entry(end, end, "log", again, "recovery", score - 6.0, after, 9, None, None, 1, len(gap.who))
