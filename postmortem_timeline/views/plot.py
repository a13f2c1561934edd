"""The impact curve, its windows and marks on a matplotlib axis, good enough for a slide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from postmortem_timeline.views import lanes, wording

SHOWN = ("impact_start", "detected", "acknowledged", "mitigated", "resolved")
RED, GREY = "#cf222e", "#8c959f"


def plot(incident: dict[str, Any], rows: Sequence[dict[str, Any]], ax: Any = None) -> Any:
    """Draw on `ax`, or on a new figure's; returns the axis. Times are UTC."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        hint = 'a plot needs matplotlib: pip install "postmortem-timeline[notebook]"'
        raise ModuleNotFoundError(hint, name="matplotlib") from error
    if ax is None:
        ax = plt.figure(figsize=(10, 4), layout="constrained").subplots()
    shown = lanes.frame(incident, rows)
    _windows(ax, incident)
    _curve(ax, incident.get("curve"))
    ax.set_xlim(wording.moment(shown.start), wording.moment(shown.end))
    _marks(ax, incident)
    _axes(ax, incident)
    return ax


def _windows(ax: Any, incident: dict[str, Any]) -> None:
    for place, window in enumerate((incident.get("impact") or {}).get("windows") or []):
        low, high = (wording.moment(wording.instant(edge) or 0) for edge in window)
        ax.axvspan(low, high, color=RED, alpha=0.1, lw=0, label="users failed" if place == 0 else None)


def _curve(ax: Any, data: dict[str, Any] | None) -> None:
    if not data or not data.get("total"):
        return
    start, step = wording.moment(wording.instant(data["start"]) or 0), data["bucket_seconds"]
    times = [start + timedelta(seconds=(place + 0.5) * step) for place in range(len(data["total"]))]
    ax.plot(times, data["total"], color=GREY, lw=1, label="requests")
    ax.fill_between(times, data["failed"], color=RED, alpha=0.5, lw=0, label="failed")


def _marks(ax: Any, incident: dict[str, Any]) -> None:
    """Dashed lines, lettered along them, so that near marks stay readable."""
    for name in SHOWN:
        at = wording.instant(((incident.get("lifecycle") or {}).get(name) or {}).get("at"))
        if at is None:
            continue
        ax.axvline(wording.moment(at), color="black", alpha=0.6, lw=0.8, ls="--")
        label = f" {wording.MARKS[name].lower()} {wording.clock(wording.stamp(at))}"
        ax.text(
            wording.moment(at),
            0.98,
            label,
            rotation=90,
            va="top",
            ha="right",
            fontsize=8,
            transform=ax.get_xaxis_transform(),
        )


def _axes(ax: Any, incident: dict[str, Any]) -> None:
    from matplotlib.dates import ConciseDateFormatter

    locator = ax.xaxis.get_major_locator()
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    step = (incident.get("curve") or {}).get("bucket_seconds")
    ax.set_ylabel(f"requests per {wording.span(step)}" if step else "requests")
    ax.set_xlabel("UTC")
    ax.set_ylim(0, ax.get_ylim()[1] * 1.35)  # room above the curve for the letters of the marks
    ax.set_title(str(incident.get("title") or ""), loc="left")
    ax.spines[["top", "right"]].set_visible(False)
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, fontsize=8)
