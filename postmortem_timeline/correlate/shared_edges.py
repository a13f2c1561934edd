"""Edges of an outage that several services share: where all of them together begin and end to fail."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from postmortem_timeline.correlate.edges import SECOND
from postmortem_timeline.correlate.failing import Series, failing
from postmortem_timeline.correlate.silence import pooled


def shared_edges(windows: pd.DataFrame, series: Sequence[Series], *, alpha: float = 0.001) -> pd.DataFrame:
    """The windows, those of several failing services narrowed to what their sum shows.

    A service with a request now and then takes its latest background failure for the start: nothing of its own speaks
    against it. The others' requests do.

        busy service   . . . . . . . . . . x x . x x x x
        quiet service    x           .       x       x       its own window begins here: at the first x
        together         x . . . . . . . . x x x x x x x     and here the outage does
    """
    if windows.empty:
        return windows
    out = windows.copy()
    for place, row in enumerate(windows.to_dict("records")):
        mine = [s for s in series if s.key in row["services"]]
        if row["kind"] != "failed" or len(mine) < 2:
            continue
        found = [
            w
            for w in failing([pooled(mine)], alpha=alpha)[0][0]
            if w.first * SECOND <= row["end_ns"] and w.last * SECOND >= row["start_ns"]
        ]
        if found:
            out.loc[place, "start_ns"] = max(int(row["start_ns"]), found[0].first * SECOND)
            out.loc[place, "end_ns"] = min(
                int(row["end_ns"]), max(found[-1].last * SECOND, found[0].first * SECOND + SECOND)
            )
    return out
