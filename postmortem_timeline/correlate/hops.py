"""Traces as hops: from each record of a trace to its next one, how long it took and whether it was a call."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

LONGEST = 600_000.0  # ms: a trace id that comes again after this is used twice, or the client paused
FEW = 4  # hops of one kind that tell what is usual for it; rarer kinds are told by all between the two services
USUAL = 0.1  # the quantile that tells it: noise and faults only add, so the low end is what the work itself takes


def in_order(traced: pd.DataFrame, services: Mapping[str, str]) -> tuple[pd.DataFrame, np.ndarray, pd.Index]:
    """The records whose service is known, trace by trace in time; the number of each one's service, and the names."""
    named = traced["service"].where(traced["service"].notna(), traced["source"].map(dict(services)))
    rows = traced.assign(service=named)[named.notna()].sort_values(["key", "t_ns", "source", "line"], kind="stable")
    codes, names = pd.factorize(rows["service"].astype(str), sort=True)
    return rows, codes, names


def hops(traced: pd.DataFrame | None, services: Mapping[str, str]) -> pd.DataFrame:
    """One row for each pair of neighbouring records of a trace.

    in:  traced as in Evidence, clocks applied; source -> service, where a record says none
    out: caller, to (numbers of `names`), call, pair and kind (numbers), ms, usual_ms, at_ns (of the first record), trace,
         source, line, next_source, next_line; `attrs["names"]` are the services by number
    """
    if traced is None or traced.empty:
        return pd.DataFrame()
    rows, codes, names = in_order(traced, services)
    key, at = rows["key"].to_numpy(), rows["t_ns"].to_numpy(np.int64)
    one = np.flatnonzero(key[1:] == key[:-1])
    one = one[(at[one + 1] - at[one]) / 1e6 <= LONGEST]
    text = rows["template"].astype("category").cat.codes.to_numpy(np.int64)
    source, line = rows["source"].astype(str).to_numpy(dtype=object), rows["line"].to_numpy(np.int64)
    found = pd.DataFrame({
        "caller": codes[one], "to": codes[one + 1], "ms": (at[one + 1] - at[one]) / 1e6, "at_ns": at[one],
        "trace": key[one], "source": source[one], "line": line[one], "next_source": source[one + 1],
        "next_line": line[one + 1],
    })  # fmt: skip
    found["call"] = calls(found["trace"].to_numpy(), found["caller"].to_numpy(), found["to"].to_numpy())
    found = _kinds(found, text[one], text[one + 1])
    found.attrs["names"] = [str(name) for name in names]
    return found


def calls(trace: np.ndarray, caller: np.ndarray, to: np.ndarray) -> np.ndarray:
    """Which hops enter a service that is not yet at work for the trace; the others return to one that waits.

        a -> b -> c -> b -> a        call, call, return, return: what waits is a stack
    """
    out = np.zeros(len(trace), bool)
    stack: list[int] = []
    last = None
    for place in np.flatnonzero(caller != to).tolist():
        mine, other = int(caller[place]), int(to[place])
        if trace[place] != last:
            stack, last = [], trace[place]
        if mine in stack:
            del stack[stack.index(mine) + 1 :]
        else:
            stack.append(mine)
        if other in stack:
            del stack[stack.index(other) + 1 :]
        else:
            stack.append(other)
            out[place] = True
    return out


def _kinds(found: pd.DataFrame, text: np.ndarray, next_text: np.ndarray) -> pd.DataFrame:
    """Number the kinds of hops (between which two lines, or which two services where those are rare), with what is usual."""
    pair = found.groupby(["caller", "to", "call"], sort=True).ngroup().to_numpy()
    fine = found.assign(one=text, two=next_text).groupby(["caller", "to", "call", "one", "two"], sort=True).ngroup().to_numpy()
    often = np.bincount(fine, minlength=1)[fine] >= FEW if len(fine) else np.zeros(0, bool)
    kind = np.where(often, fine + (pair.max(initial=0) + 1), pair)
    of_pair, of_kind = _low(pair, found["ms"].to_numpy()), _low(fine, found["ms"].to_numpy())
    return found.assign(pair=pair, kind=kind, usual_ms=np.where(often, of_kind, np.minimum(of_pair, of_kind)))


def _low(group: np.ndarray, ms: np.ndarray) -> np.ndarray:
    """For each hop the low quantile of its group: one that was really measured."""
    if not len(group):
        return np.zeros(0)
    order, size = np.lexsort((ms, group)), np.bincount(group)
    first = np.cumsum(size) - size
    return ms[order[np.minimum(first + (USUAL * (size - 1)).astype(np.int64), len(ms) - 1)]][group]
