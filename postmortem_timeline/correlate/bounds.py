"""The incident that was asked for: windows outside `since` and `until` belong to other incidents."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from postmortem_timeline.correlate.outages import Outages

MINUTE = 60 * 1_000_000_000
FAR_NS = 6 * 60 * MINUTE  # a calm of six hours parts two incidents
CALM_NS = 30 * MINUTE  # and so does a shorter one, between outages of different services
CLOSED_NS = 60 * MINUTE  # ... or after people closed what they had opened
ALIKE = 0.5  # of the services of both; a gateway that is dark and one service that fails are two things


def bounded(
    found: Outages, since: int | None, until: int | None, lives: Sequence[tuple[int, int]] = ()
) -> tuple[Outages, pd.DataFrame]:
    """The outages of one incident, and the windows of the others.

    Bounds choose by overlap. Without bounds, windows parted by a long calm are several incidents, and so are those of
    other services after a shorter one, or after people closed the page of the first (`lives`: begin and end of pages),
    unless a page is open all the while.
    The one with the most failed requests (then the longest) is told.
    """
    windows = found.windows
    if windows.empty:
        return found, windows
    if since is not None or until is not None:
        keep = (windows["end_ns"] >= (since or 0)) & (windows["start_ns"] <= (until if until is not None else 2**62))
    else:
        number = _numbered(windows, lives)
        weight = (
            windows.assign(length=windows["end_ns"] - windows["start_ns"]).groupby(number)[["failed", "length"]].sum()
        )
        best = weight.sort_values(["failed", "length"], ascending=False, kind="stable").index[0]
        keep = number == best
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


def _numbered(windows: pd.DataFrame, lives: Sequence[tuple[int, int]]) -> pd.Series:
    """The number of the incident that each window is of.

    A window joins the latest incident that is near and that it shares services with, else the one that is not yet over.
    """
    last: list[int] = []  # per incident: the end of its last window
    of: list[tuple[set[str], set[str]]] = []  # ... its kinds of window, and its services
    numbers: dict[int, int] = {}
    for row in windows.sort_values(["start_ns", "end_ns"], kind="stable").itertuples():
        start, kind, services = int(row.start_ns), {str(row.kind)}, {str(name) for name in row.services}
        mine = None
        for i in reversed(range(len(last))):
            calm = start - last[i]
            opened = [end for begin, end in lives if begin <= last[i] < end]
            held, closed = any(end >= start for end in opened), bool(opened) and calm > CLOSED_NS
            alike = not closed and _alike(kind, services, *of[i])
            if calm <= CALM_NS or (calm <= FAR_NS and (held or alike)):
                mine = i
                break
        if mine is None:
            mine = len(last)
            last.append(0)
            of.append((set(), set()))
        last[mine], of[mine] = max(last[mine], int(row.end_ns)), (of[mine][0] | kind, of[mine][1] | services)
        numbers[int(row.Index)] = mine
    return pd.Series(numbers).reindex(windows.index)


def _alike(kind: set[str], services: set[str], kinds: set[str], others: set[str]) -> bool:
    """Whether two outages may be spells of one: they share services, where one is dark and one fails most of them.

    Where one names no service, only its kind tells.
    """
    if not services or not others:
        return bool(kind & kinds)
    shared = len(services & others)
    return shared > 0 and (bool(kind & kinds) or shared >= ALIKE * len(services | others))


__all__ = ["bounded"]
