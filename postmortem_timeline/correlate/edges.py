"""Window edges finer than the second, from a deeper tier of the same requests."""

from __future__ import annotations

import numpy as np

SECOND = 1_000_000_000
EARLIER = 250_000_000  # a deeper tier is done with a request this much before the nearer one at most


def refine(window: tuple[int, int], finer_ns: np.ndarray) -> tuple[int, int]:
    """The window with its edges moved to failing times of `finer_ns` inside the edges' own seconds.

    in:  a window whose edges are whole seconds (the second of the first and of the last failing request); sorted
         times of failing requests of sources whose clocks agree with the vantage's
    out: the edges in nanoseconds; an edge without a finer time stays

        edge second      |--------------------|
        finer times    x     x        x            the start moves to the first, the end to the last
    """
    start, end = window
    inside = finer_ns[slice(*np.searchsorted(finer_ns, [start - EARLIER, start + SECOND]))]
    if len(inside) and start % SECOND == 0:
        start = max(int(inside[0]), start)
    inside = finer_ns[slice(*np.searchsorted(finer_ns, [end - EARLIER, end + SECOND]))]
    if len(inside) and end % SECOND == 0:
        end = max(int(inside[-1]), end)
    return (start, end) if start < end else window


def whole_seconds(windows: list[tuple[int, int]], width: int = 1) -> list[tuple[int, int]]:
    """Half-open windows [start, end) of whole buckets that hold the edges' requests, for counting coarse stamps."""
    step = width * SECOND
    return [(start // step * step, end // step * step + step) for start, end in windows]


def nearest_seconds(windows: list[tuple[int, int]], width: int = 1) -> list[tuple[int, int]]:
    """The same, but a refined edge's bucket belongs to the window only if at least half of it does.

    For counting what did not fail: requests of the first second before the first failure are no part of the outage.
    """
    step, out = width * SECOND, []
    for window, (first, last) in zip(windows, whole_seconds(windows, width), strict=True):
        start = first if window[0] % SECOND == 0 else (window[0] + step // 2) // step * step
        end = last if window[1] % SECOND == 0 else (window[1] + step // 2) // step * step
        out.append((start, end) if start < end else (first, last))
    return out
