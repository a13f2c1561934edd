"""Repeats of one pattern become episodes, and episodes tell what is new, what bursts and what fell silent."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.families import family

SECOND = 1_000_000_000
SILENCE = 60 * SECOND  # six buckets without the pattern: a human reader would say "and then again"
BASELINE = 30 * SECOND  # shorter than this, a log knows nothing of what was usual
NEVER = 2**62  # a source of which no beginning is known gives no baseline
COLUMNS = ("source", "service", "template", "severity", "start", "end", "count", "line", "last_line", "sources")


def episodes(patterns: pd.DataFrame, gap: int = SILENCE) -> pd.DataFrame:
    """Fold the buckets of one pattern into episodes; a silence longer than `gap` ns starts a new one.

    A pattern is told by its service (by its log where no service is known): replicas of one service are one voice, and
    so are the rotated files of one log.

    in:  source, service, severity, template, count, first_ns, last_ns, line, last_line (one row a bucket)
    out: source, service, template, severity (the worst), start, end, count, line, last_line, sources; times in ns
    """
    if len(patterns) == 0:
        return pd.DataFrame({name: pd.Series(dtype="int64") for name in COLUMNS})
    ordered = _keyed(patterns).sort_values(["voice", "template", "first_ns", "source", "line"], kind="stable")
    group = ordered.groupby(["voice", "template"], sort=False)
    # Buckets of several sources overlap, so silence is counted from the latest end so far, not from the row before.
    latest = group["last_ns"].cummax().groupby([ordered["voice"], ordered["template"]], sort=False).shift()
    opens = latest.isna() | (ordered["first_ns"] - latest.fillna(0) > gap)
    number = opens.cumsum().to_numpy()
    by_end = ordered.assign(episode=number).sort_values(["episode", "last_ns", "source", "last_line"], kind="stable")
    return _fold(ordered.groupby(number, sort=True), by_end.groupby("episode", sort=True))


def _keyed(patterns: pd.DataFrame) -> pd.DataFrame:
    plain = patterns.assign(
        source=patterns["source"].astype(object), template=patterns["template"].astype(object),
        service=patterns["service"].astype(object).where(patterns["service"].notna(), None),
    )  # fmt: skip
    voice = plain["service"].where(plain["service"].notna(), "\0" + plain["source"].astype(str).map(family))
    # Codes sort much faster than text; factorize on sorted values keeps the order of names.
    return plain.assign(voice=pd.factorize(voice, sort=True)[0])


def _fold(rows: pd.core.groupby.DataFrameGroupBy, by_end: pd.core.groupby.DataFrameGroupBy) -> pd.DataFrame:
    out = rows.agg(
        source=("source", "first"), template=("template", "first"), severity=("severity", "max"),
        start=("first_ns", "min"), end=("last_ns", "max"), count=("count", "sum"), line=("line", "first"),
        sources=("source", "nunique"),
    )  # fmt: skip
    out["service"] = rows["service"].nth(0).to_numpy()
    out["last_line"] = by_end["last_line"].last()
    return out[list(COLUMNS)].reset_index(drop=True)


def novelty(
    folded: pd.DataFrame, *, since: int, until: int, seen_from: int | Mapping[str, int],
    baseline: int = BASELINE, factor: float = 4.0, alpha: float = 1e-6,
) -> pd.DataFrame:  # fmt: skip
    """Say of each episode what makes it worth telling, judged against its own pattern before `since`.

    new      its pattern was never seen before `since`, although the evidence reaches `baseline` ns further back
    burst    it lies in [since, until] and its rate is `factor` times the pattern's own background, and no chance
             (Poisson tail under `alpha`, by the Chernoff bound exp(-(k ln(k/m) - (k - m))) for k seen, m expected)
    stopped  the pattern was steady before `since` and then silent far longer than its usual distance
    in:  the frame of `episodes`, the interval of interest and the first time of the evidence (of each source), in ns
    out: the same rows with `new`, `burst`, `stopped` (bool), `expected` (float) and `surprise` (float, nats)
    """
    out = folded.copy()
    if len(folded) == 0:
        return out.assign(new=False, burst=False, stopped=False, expected=0.0, surprise=0.0)
    key = [out["service"].where(out["service"].notna(), out["source"].astype(str).map(family)), out["template"]]
    span = np.maximum(since - _first_seen(out["source"], seen_from), 0)
    counts = out["count"].to_numpy(dtype=float)
    share_before = np.clip((since - out["start"]) / np.maximum(out["end"] - out["start"], 1), 0, 1).to_numpy(
        dtype=float
    )
    # An episode that begins before `since` and goes on has its share of the background, not all of it.
    before = pd.Series(counts * share_before, out.index).groupby(key, sort=False).transform("sum").to_numpy(dtype=float)
    first = out["start"].groupby(key, sort=False).transform("min").to_numpy()
    last = out["end"].groupby(key, sort=False).transform("max").to_numpy()
    length = np.maximum((out["end"] - np.maximum(out["start"], since)).to_numpy(dtype=float), SECOND)
    inside = counts * (1 - share_before)
    # Half an event as prior: a pattern never seen before still has some rate.
    out["expected"] = (before + 0.5) / np.maximum(span, SECOND) * length
    out["surprise"] = _surprise(inside, out["expected"].to_numpy(dtype=float))
    near = ((out["start"] <= until) & (out["end"] >= since)).to_numpy()
    out["new"] = (first >= since) & (out["start"].to_numpy() == first) & (span >= baseline)
    loud = (inside >= factor * out["expected"]) & (out["surprise"] > -np.log(alpha))
    out["burst"] = near & loud & ~out["new"] & (span >= baseline)
    usual = np.maximum(span, SECOND) / np.maximum(before, 1)
    silent = (until - last) > np.maximum(10 * usual, 60 * SECOND)
    out["stopped"] = (before >= 10) & silent & (last >= since - 10 * usual) & (out["end"].to_numpy() == last)
    return out


def _first_seen(sources: pd.Series, seen_from: int | Mapping[str, int]) -> np.ndarray:
    """Where each row's source begins; a log that begins late knows nothing of what was usual before."""
    if isinstance(seen_from, Mapping):
        known = sources.map(dict(seen_from))
        return known.fillna(NEVER).to_numpy(dtype="int64")
    return np.full(len(sources), seen_from, dtype="int64")


def _surprise(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    above = np.maximum(seen, expected)
    return above * np.log(above / expected) - (above - expected)
