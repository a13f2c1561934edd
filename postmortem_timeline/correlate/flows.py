"""Traces as flows: from each record of a trace, does the work stay in its service, go on to another, or leave it?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.hops import calls, in_order

SECOND = 1_000_000_000
SILENCE = 5 * SECOND  # nothing at all is logged for so long: the export has a hole, or ends
CUT = 5 * SECOND  # a trace that ends so shortly before may have gone on
LONGEST = 600 * SECOND  # a trace id that comes again after this is used twice
STAYS, CALLS, LEAVES = 0, 1, 2


def flows(traced: pd.DataFrame | None, services: Mapping[str, str]) -> pd.DataFrame:
    """The records of the traces in order.

    in:  traced as in Evidence, clocks applied; source -> service, where a record says none
    out: trace, service, step (numbers), template, at_ns, source, line, place (in its trace), entry (first step of the
         service in the trace), next (service of the next record, -1 at the end), goes (STAYS, CALLS or LEAVES),
         judged (whether what comes next can be known); `attrs["names"]` are the services by number
    """
    if traced is None or traced.empty:
        return pd.DataFrame()
    rows, codes, names = in_order(traced, services)
    key, at = rows["key"].to_numpy(), rows["t_ns"].to_numpy(np.int64)
    found = pd.DataFrame({
        "trace": pd.factorize(key)[0], "service": codes, "template": rows["template"].astype(str).to_numpy(dtype=object),
        "at_ns": at, "source": rows["source"].astype(str).to_numpy(dtype=object), "line": rows["line"].to_numpy(np.int64),
    })  # fmt: skip
    found["step"] = found.groupby(["service", "template"], sort=True).ngroup()
    found["place"] = found.groupby("trace", sort=False).cumcount()
    found["entry"] = found.groupby(["trace", "service"], sort=False)["step"].transform("first")
    found = _onward(found)
    found.attrs["names"] = [str(name) for name in names]
    return found


def _onward(found: pd.DataFrame) -> pd.DataFrame:
    trace, service, at = (found[name].to_numpy() for name in ("trace", "service", "at_ns"))
    same = np.concatenate([trace[1:] == trace[:-1], [False]])
    after = np.where(same, np.concatenate([service[1:], [-1]]), -1)
    inner = np.flatnonzero(same)
    call = np.zeros(len(found), bool)
    call[inner] = calls(trace[inner], service[inner], after[inner])
    goes = np.where(after == service, STAYS, np.where(call, CALLS, LEAVES))
    wait = np.concatenate([np.diff(at), [0]])
    judged = np.where(same, wait <= LONGEST, ~_before_silence(at))
    return found.assign(next=after, goes=goes, judged=judged)


def _before_silence(at: np.ndarray) -> np.ndarray:
    """Whether all logs end, or pause, soon after."""
    times = np.unique(at)
    edges = times[np.concatenate([np.diff(times) > SILENCE, [True]])]
    return np.asarray(edges[np.searchsorted(edges, at)] - at <= CUT)
