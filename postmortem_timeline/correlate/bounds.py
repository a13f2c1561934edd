"""The incident that was asked for: windows outside `since` and `until` belong to other incidents."""

from __future__ import annotations

import pandas as pd

from postmortem_timeline.correlate.outages import Outages

FAR_NS = 6 * 3600 * 1_000_000_000  # a calm of six hours parts two incidents


def bounded(found: Outages, since: int | None, until: int | None) -> tuple[Outages, pd.DataFrame]:
    """The outages of one incident, and the windows of the others.

    Bounds choose by overlap. Without bounds, windows parted by a long calm are several incidents, and the one with the
    most failed requests (then the longest) is told.
    """
    windows = found.windows
    if windows.empty:
        return found, windows
    if since is not None or until is not None:
        keep = (windows["end_ns"] >= (since or 0)) & (windows["start_ns"] <= (until if until is not None else 2**62))
    else:
        ordered = windows.sort_values("start_ns", kind="stable")
        ends = ordered["end_ns"].cummax().shift().fillna(ordered["start_ns"])
        number = (ordered["start_ns"] - ends > FAR_NS).cumsum()
        weight = (
            ordered.assign(length=ordered["end_ns"] - ordered["start_ns"]).groupby(number)[["failed", "length"]].sum()
        )
        best = weight.sort_values(["failed", "length"], ascending=False, kind="stable").index[0]
        keep = (number == best).reindex(windows.index)
    inside = windows[keep].reset_index(drop=True)
    spans = list(zip(inside["start_ns"], inside["end_ns"], strict=True))
    services = found.services
    mine = pd.Series(
        [
            any(a <= e and b >= s for a, b in spans)
            for s, e in zip(services["start_ns"], services["end_ns"], strict=True)
        ],
        dtype=bool,
    )
    return found._replace(windows=inside, services=services[mine.to_numpy()].reset_index(drop=True)), windows[
        ~keep
    ].reset_index(drop=True)
