"""Hours in which nothing is wrong, with the ways in which requests fail anyway, and who sent them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from postmortem_timeline.digest.requests import SPILLED
from postmortem_timeline.digest.users import Users

START = 1_741_600_800  # a Monday, ten o'clock
SOURCE = "web-1/access.log"
RATES = (30 / 3600, 0.3, 3.0, 10.0, 100.0)
SHARES = (0.0006, 0.003, 0.01)

Hour = tuple[pd.DataFrame, Users]


def poisson(number: int) -> Hour:
    """Requests and failures come independently."""
    chance = np.random.default_rng((1, number))
    rate, share = RATES[number % len(RATES)], SHARES[number // len(RATES) % len(SHARES)]
    return hour(chance, np.full(3600, rate), share)


def daily(number: int) -> Hour:
    """The same, with a rate that doubles or halves within the hour."""
    chance = np.random.default_rng((2, number))
    swing = np.exp(np.log(2) * np.sin(np.arange(3600) / 3600 * np.pi * (1 + number % 2) + number))
    return hour(chance, RATES[1 + number % 4] * swing, SHARES[number % 3])


def bursty(size: int, several_users: bool, number: int) -> Hour:
    """The same, and one to six times an hour `size` failures within five seconds, of one user or of many."""
    chance = np.random.default_rng((3, size, int(several_users), number))
    rate = (1.0, 3.0, 10.0, 30.0)[number % 4]
    bursts = []
    for at in chance.integers(5, 3590, int(chance.integers(1, 7))):
        seconds = np.sort(at + chance.integers(0, 5, size))
        who = chance.integers(0, 5000, size) if several_users else np.full(size, chance.integers(0, 5000))
        bursts += list(zip(seconds.tolist(), who.tolist(), strict=True))
    return hour(chance, np.full(3600, rate), 0.0006, bursts)


def stubborn(number: int) -> Hour:
    """One broken client asks every few seconds for ten minutes, and is refused each time."""
    chance = np.random.default_rng((4, number))
    begin, pause = int(chance.integers(100, 2900)), 2 + number % 9
    return hour(chance, np.full(3600, (1.0, 3.0, 10.0)[number % 3]), 0.0006, [(t, 7) for t in range(begin, begin + 600, pause)])


def hour(chance: np.random.Generator, rate: np.ndarray, share: float, more: list[tuple[int, int]] | None = None) -> Hour:
    """Requests at `rate` each second with failures at `share`; `more` are failures of a user (second, who)."""
    n = chance.poisson(rate)
    second = np.repeat(np.arange(3600), n)
    bad = chance.random(len(second)) < share
    who = chance.integers(0, 5000, len(second))
    if more:
        second = np.r_[second, [at for at, _ in more]].astype(np.int64)
        bad, who = np.r_[bad, np.ones(len(more), bool)], np.r_[who, [user for _, user in more]]
    frame = pd.DataFrame({"second": second + START, "n": 1, "failed": bad.astype(np.int64)})
    frame = frame.groupby("second", as_index=False).sum().assign(key="shop", source=SOURCE)
    frame = frame.assign(duration_us=frame["n"] * 20_000, timed=frame["n"])
    rows = np.zeros(len(second), SPILLED)
    rows["ms"], rows["status"] = (second + START) * 1000, np.where(bad, 500, 200)
    rows["user"] = who + 1
    users = Users()
    users.add(SOURCE, rows)
    return frame, users


def heartbeat() -> pd.DataFrame:
    """A source that goes on whatever happens."""
    return pd.DataFrame({"source": "web-1/syslog", "second": np.arange(START, START + 3600, 30)})


def hours(fast: bool) -> Iterator[tuple[str, int, Hour]]:
    """(kind of background, number, hour)"""
    many, few = (60, 40) if fast else (500, 200)
    for number in range(many):
        yield "Poisson", number, poisson(number)
    for number in range(few):
        yield "daily swing", number, daily(number)
        for size in (3, 5, 10):
            for several, words in ((True, "several users"), (False, "one user")):
                yield f"bursts of {size}, {words}", number, bursty(size, several, number)
        yield "one stubborn client", number, stubborn(number)
