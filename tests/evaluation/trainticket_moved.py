"""The same faults told differently: other names, other calm before, fewer traces, coarser stamps. A rank that is right
by luck does not survive that; and a winner that does change must have had a low score.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.lags import lags

SECOND = 1_000_000_000
FAR = 600 * SECOND  # another calm minute is put so long before
MILLISECOND = 1_000_000
SURE = 0.6  # a first suspect of this score is nearly always right

Move = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]  # the minutes of a fault, a calm minute -> what is told


def moves() -> dict[str, Move]:
    """What is done to the traces of every fault; the first ones tell hardly less than before."""
    return {
        "as logged": lambda fault, calm: pd.concat([calm, fault]),
        "other names": lambda fault, calm: pd.concat([calm, fault]).assign(service=lambda t: t["service"].map(opaque)),
        "3.7 s later": lambda fault, calm: pd.concat([calm, fault]).assign(t_ns=lambda t: t["t_ns"] + 3700 * MILLISECOND),
        "stamps of milliseconds": lambda fault, calm: cut(pd.concat([calm, fault]), MILLISECOND),
        "no lines told apart": lambda fault, calm: pd.concat([calm, fault]).assign(template="said something"),
        "export begins 20 s later": lambda fault, calm: pd.concat([calm, late(fault, 20 * SECOND)]),
        "no calm minute": lambda fault, calm: fault,
        "70% of the traces": lambda fault, calm: thinned(pd.concat([calm, fault]), 70),
        "stamps of 10 ms": lambda fault, calm: cut(pd.concat([calm, fault]), 10 * MILLISECOND),
        "30% of the traces": lambda fault, calm: thinned(pd.concat([calm, fault]), 30),
        "30% of the records": lambda fault, calm: thinned(pd.concat([calm, fault]), 30, "line"),
    }


GENTLE = 8  # moves that must hardly change a rank


def opaque(name: str) -> str:
    """A name that says nothing and sorts elsewhere."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def cut(told: pd.DataFrame, unit: int) -> pd.DataFrame:
    return told.assign(t_ns=told["t_ns"] // unit * unit)


def late(told: pd.DataFrame, by: int) -> pd.DataFrame:
    return told[told["t_ns"] >= told["t_ns"].min() + by]


def thinned(told: pd.DataFrame, percent: int, by: str = "key") -> pd.DataFrame:
    """Some of the traces (or records, by their line and source), always the same ones."""
    named = told[by].astype(str) + ("" if by == "key" else told["source"])
    return told[np.array([zlib.crc32(name.encode()) % 100 < percent for name in named], dtype=bool)]


def before(calm: pd.DataFrame, fault: pd.DataFrame) -> pd.DataFrame:
    """A calm stretch of another hour as if it had been logged shortly before the fault."""
    return calm.assign(t_ns=calm["t_ns"] - int(calm["t_ns"].min()) + int(fault["t_ns"].min()) - FAR, source="calm.log")


def judged(
    faults: list[tuple[str, pd.DataFrame]], morning: pd.DataFrame, others: list[pd.DataFrame]
) -> Iterator[tuple[str, bool, float]]:
    """(move, whether the service at fault is first, the first one's score) of every fault told in every way.

    in: each fault's service and its minutes of traces; the calm minute; calm stretches of other hours, one a fault
    """
    for what, move in moves().items():
        for service, told in faults:
            yield what, *_first(move(told, morning), opaque(service) if what == "other names" else service)
    for place, (service, told) in enumerate(faults):
        calm = others[(place + 2) % len(others)]  # neither its own nor its neighbour's
        yield "another calm stretch", *_first(pd.concat([before(calm, told), told]), service)


def _first(told: pd.DataFrame, service: str) -> tuple[bool, float]:
    found = lags(told.reset_index(drop=True), {})
    return (found[0].service == service, float(str(found[0].suspect()["score"]))) if found else (False, 0.0)


def table(rows: list[tuple[str, bool, float]]) -> tuple[dict[str, float], list[str]]:
    """The numbers of the summary, and notes: the right ones of each move, and how right each height of score is."""
    frame = pd.DataFrame(rows, columns=["what", "right", "score"])
    of = frame.groupby("what", sort=False)["right"].agg(["sum", "size"])
    gentle = of.drop(index=list(moves())[GENTLE:])
    sure = frame[frame["score"] >= SURE]
    numbers = {
        "moved_first_least": round(float((gentle["sum"] / gentle["size"]).min()), 4),
        "moved_sure_right": round(float(sure["right"].mean()), 4) if len(sure) else 1.0,
    }
    notes = [f"Told differently ({what}): {right} of {size} first." for what, right, size in of.itertuples(name=None)]
    height = pd.cut(frame["score"], [-0.01, 0.3, 0.5, 0.6, 0.7, 0.8, 1.0])
    for span, one in frame.groupby(height, observed=True):
        right = f"right in {one['right'].mean():.0%} of {len(one)}"
        notes.append(f"A first suspect's score over {max(span.left, 0):g} up to {span.right:g}: {right}.")
    return numbers, notes
