"""The impact curve, its windows and marks on a matplotlib axis, good enough for a slide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from postmortem_timeline.views import lanes, svg, wording

# Labels of marks nearer than this (percent of the width) stand above each other.
LABEL, LINE = 19.0, 13  # and the points from one to the next
SHOWN = ("impact_start", "detected", "acknowledged", "mitigated", "resolved")
RED, GREY, INK = "#cf222e", "#6e7781", "#24292f"


def plot(incident: dict[str, Any], rows: Sequence[dict[str, Any]], ax: Any = None) -> Any:
    """Draw on `ax`, or on a new figure's; returns the axis. Times are UTC."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        hint = 'a plot needs matplotlib: pip install "postmortem-timeline[notebook]"'
        raise ModuleNotFoundError(hint, name="matplotlib") from error
    if ax is None:
        ax = plt.figure(figsize=(10, 4.2), layout="constrained").subplots()
    shown = lanes.frame(incident, rows)
    ax.set_xlim(wording.moment(shown.start), wording.moment(shown.end))
    _windows(ax, incident)
    _curve(ax, incident.get("curve"), shown)
    levels = _marks(ax, incident, shown)
    _axes(ax, incident, levels)
    return ax


def _windows(ax: Any, incident: dict[str, Any]) -> None:
    for place, window in enumerate((incident.get("impact") or {}).get("windows") or []):
        low, high = (wording.moment(wording.instant(edge) or 0) for edge in window)
        ax.axvspan(low, high, color=RED, alpha=0.1, lw=0, label="users failed" if place == 0 else None)


def _curve(ax: Any, data: dict[str, Any] | None, shown: lanes.Frame) -> None:
    """All requests, and the failed ones; where these are few, on an axis of their own, or nobody would see them."""
    if not data or not data.get("total"):
        return
    start, step = wording.instant(data["start"]) or 0, data["bucket_seconds"] * 1000
    places = [start + round((place + 0.5) * step) for place in range(len(data["total"]))]
    inside = [place for place, at in enumerate(places) if shown.start <= at <= shown.end] or list(range(len(places)))
    times = [wording.moment(places[place]) for place in inside]
    total, failed = [data["total"][place] for place in inside], [data["failed"][place] for place in inside]
    ceiling = svg.round_up(max(total))
    ax.plot(times, total, color=GREY, lw=1, label="requests")
    ax.set_ylim(0, ceiling)
    few = max(failed) * svg.READABLE < ceiling
    side = _second(ax, svg.round_up(max(failed))) if few else ax
    side.fill_between(times, failed, color=RED, alpha=0.55, lw=0)
    ax.fill_between([], [], color=RED, alpha=0.55, lw=0, label="failed (right)" if few else "failed")


def _second(ax: Any, top: int) -> Any:
    from matplotlib.ticker import MaxNLocator

    side = ax.twinx()
    side.set_ylim(0, top)
    side.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    side.tick_params(axis="y", colors=RED)
    side.spines[["top", "left", "right"]].set_visible(False)
    ax.set_zorder(side.get_zorder() + 1)  # the line of all requests stays before the failed ones
    ax.patch.set_visible(False)
    return side


def _marks(ax: Any, incident: dict[str, Any], shown: lanes.Frame) -> int:
    """Dashed lines, lettered above the picture, near ones above each other; the number of lines that this takes."""
    from matplotlib.dates import date2num

    reach: list[float] = []
    for name in SHOWN:
        at = wording.instant(((incident.get("lifecycle") or {}).get(name) or {}).get("at"))
        if at is None or not 0 <= shown.percent(at) <= 100:
            continue
        place = shown.percent(at)
        right = place > 100 - LABEL
        left = place - LABEL if right else place
        level = next((level for level, taken in enumerate(reach) if left >= taken), len(reach))
        reach[level : level + 1] = [left + LABEL]
        ax.axvline(wording.moment(at), color=INK, alpha=0.7, lw=0.9, ls="--")
        label = f"{wording.MARKS[name].lower()} {wording.clock(wording.stamp(at))}"
        ax.annotate(
            label, (date2num(wording.moment(at)), 1), xycoords=ax.get_xaxis_transform(), xytext=(0, 4 + LINE * level),
            textcoords="offset points", ha="right" if right else "left", fontsize=9, color=INK,
        )  # fmt: skip
    return len(reach)


def _axes(ax: Any, incident: dict[str, Any], levels: int) -> None:
    from matplotlib.dates import ConciseDateFormatter

    ax.xaxis.set_major_formatter(ConciseDateFormatter(ax.xaxis.get_major_locator(), show_offset=False))
    step = (incident.get("curve") or {}).get("bucket_seconds")
    ax.set_ylabel(f"requests per {wording.span(step)}" if step else "requests")
    begin = ((incident.get("lifecycle") or {}).get("impact_start") or {}).get("at")
    ax.set_xlabel("UTC" if not begin else f"{wording.day(begin)}, UTC", loc="right")
    title = str(incident.get("title") or "")
    ax.set_title(title, loc="left", fontweight="bold", pad=8 + LINE * levels)
    ax.spines[["top", "right"]].set_visible(False)
    if ax.get_legend_handles_labels()[1]:
        # A distance in letters, not in shares of the height, so that it is beneath the ticks of a small axis too.
        ax.legend(loc="upper left", bbox_to_anchor=(0, 0), borderaxespad=2, ncols=3, frameon=False, fontsize=9)
