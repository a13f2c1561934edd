"""Made-up traffic: requests per second of one service, with what fails in it."""

from __future__ import annotations

import numpy as np
import pandas as pd

START = 1_700_000_000
BACKGROUND = 0.0006


def traffic(
    rate: float,
    hours: float,
    failing: tuple[tuple[int, int, float], ...] = (),
    *,
    silent: tuple[tuple[int, int], ...] = (),
    bursts: tuple[tuple[int, int], ...] = (),
    key: str = "auth",
    source: str = "web-1/access.log",
    background: float = BACKGROUND,
    seed: int = 1,
) -> pd.DataFrame:
    """Poisson requests at `rate`/s; `failing` (from, to, share), `silent` (from, to), `bursts` (at, failures)."""
    chance, length = np.random.default_rng(seed), int(hours * 3600)
    expected, share = np.full(length, float(rate)), np.full(length, background)
    for begin, end in silent:
        expected[begin:end] = 0
    for begin, end, failed in failing:
        share[begin:end] = failed
    n = chance.poisson(expected)
    bad = chance.binomial(n, share)
    for at, failures in bursts:
        n[at] += failures
        bad[at] += failures
    seconds = np.flatnonzero(n)
    frame = pd.DataFrame(
        {"key": key, "source": source, "second": seconds + START, "n": n[seconds], "failed": bad[seconds]}
    )
    return frame.assign(duration_us=frame["n"] * 20_000, timed=frame["n"])


def heartbeat(hours: float, *, every: int = 30, source: str = "web-1/syslog") -> pd.DataFrame:
    """A source that goes on whatever happens."""
    return pd.DataFrame({"source": source, "second": np.arange(START, START + int(hours * 3600), every)})


def failures(requests: pd.DataFrame, begin: int, end: int) -> tuple[int, int]:
    """Seconds of the first and last failed request between `begin` and `end`, from the start."""
    second = requests.loc[requests["failed"] > 0, "second"] - START
    inside = second[(second >= begin) & (second < end)]
    return int(inside.min()), int(inside.max())


def spans(windows: pd.DataFrame) -> list[tuple[int, int]]:
    """Windows in seconds from the start."""
    return [
        (round(a / 1e9) - START, round(b / 1e9) - START)
        for a, b in zip(windows["start_ns"], windows["end_ns"], strict=True)
    ]
