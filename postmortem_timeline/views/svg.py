"""The impact curve as SVG: failed requests over all requests, for pages without scripts, notebooks and paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from postmortem_timeline.views import wording
from postmortem_timeline.views.lanes import Frame

# Steps that a reader of a clock expects, in seconds.
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


# Failures share the axis of all requests while they reach a quarter of its height; below, they need one of their own.
READABLE = 4


@dataclass(frozen=True)
class Tick:
    at: float  # percent of the width or height
    label: str


@dataclass(frozen=True)
class Curve:
    """The picture: paths in a box of `width` x `height`, ticks apart so that HTML can letter them unstretched."""

    width: int
    height: int
    failed: str
    total: str
    times: tuple[Tick, ...]
    left: tuple[Tick, ...]
    right: tuple[Tick, ...]


def curve(data: dict[str, Any] | None, shown: Frame, *, width: int = 1000, height: int = 200) -> Curve | None:
    """The paths of the stretch `shown`; null where nothing was counted there."""
    if not data or not data.get("total"):
        return None
    start, step = wording.instant(data["start"]) or 0, int(data["bucket_seconds"]) * 1000
    first = max(0, (shown.start - start) // step)
    last = min(len(data["total"]), -((start - shown.end) // step))
    if last <= first:
        return None
    box = _Box(width, height, shown.percent(start + first * step), shown.percent(start + last * step))
    failed, total = data["failed"][first:last], data["total"][first:last]
    ceiling = round_up(max(total))
    top = ceiling if max(failed) * READABLE >= ceiling else round_up(max(failed))
    return Curve(
        width, height, box.area(failed, top), box.line(total, ceiling),
        time_ticks(shown), value_ticks(top), value_ticks(ceiling),
    )  # fmt: skip


def decimate(values: Sequence[float], columns: int) -> list[tuple[float, float]]:
    """The least and the greatest value of each of at most `columns` equal stretches, so that no spike is lost."""
    count = len(values)
    if count <= columns:
        return [(value, value) for value in values]
    edges = [place * count // columns for place in range(columns + 1)]
    return [(min(values[low:high]), max(values[low:high])) for low, high in pairwise(edges)]


def standalone(picture: Curve, *, windows: Sequence[tuple[float, float]] = (), title: str = "Impact") -> str:
    """One SVG with its own colours and letters, for notebooks and files."""
    wide, high = picture.width, picture.height
    shades = "".join(
        f'<rect x="{wide * low / 100:.1f}" y="0" width="{wide * max(end - low, 0.2) / 100:.1f}" height="{high}" '
        f'fill="#d64550" fill-opacity="0.12"/>'
        for low, end in windows
    )
    letters = "".join(
        f'<text x="{wide * tick.at / 100:.1f}" y="{high + 16}" text-anchor="middle">{tick.label}</text>'
        for tick in picture.times
    )
    legend = f"failed requests (red, top = {picture.left[-1].label}), all (grey, top = {picture.right[-1].label})"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -16 {wide + 8} {high + 38}" role="img" '
        f'aria-label="{_attribute(title)}" font-family="sans-serif" font-size="12" fill="#768390">{shades}'
        f'<path d="{picture.total}" fill="none" stroke="#8c959f" stroke-width="1"/>'
        f'<path d="{picture.failed}" fill="#d64550" fill-opacity="0.55" stroke="#d64550" stroke-width="1"/>'
        f'<text x="0" y="-4">{legend}</text>{letters}</svg>'
    )


def time_ticks(shown: Frame, *, about: int = 7) -> tuple[Tick, ...]:
    """Round UTC times; the day stands beside the first one of each day that the picture reaches into."""
    seconds = max(1, (shown.end - shown.start) // 1000)
    step = (
        next((step for step in STEPS if seconds / step <= about), STEPS[-1] * max(1, seconds // (86400 * about))) * 1000
    )
    places = range(-(-shown.start // step) * step, shown.end + 1, step)
    form = "%H:%M:%S" if step < 60_000 else "%H:%M"
    days = {wording.moment(at).date() for at in places}
    ticks, seen = [], set()
    for at in places:
        date = wording.moment(at).date()
        head = "" if date in seen or len(days) == 1 else f"{wording.MONTHS[date.month - 1][:3]} {date.day} "
        label = head + wording.moment(at).strftime(form)
        seen.add(date)
        ticks.append(Tick(shown.percent(at), label))
    return tuple(ticks)


def value_ticks(top: int) -> tuple[Tick, ...]:
    return tuple(Tick(100 - share * 50, wording.number(top * share / 2)) for share in (0, 1, 2))


def round_up(value: float) -> int:
    """The next of 2, 4, 6, 8, 10, 12, 16, 20, 40 ...: even, so that its half is whole too."""
    scale = 1
    while True:
        for digit in (2, 4, 6, 8, 10, 12, 16):
            if value <= digit * scale:
                return digit * scale
        scale *= 10


@dataclass(frozen=True)
class _Box:
    """Where values lie: x from percent, y from the top down."""

    width: int
    height: int
    low: float
    high: float

    def points(self, values: Sequence[float], top: int) -> list[tuple[float, float, float]]:
        columns = decimate(values, self.width)
        left, right = self.width * self.low / 100, self.width * self.high / 100
        wide = (right - left) / len(columns)
        level = self.height / max(1, top)
        return [
            (left + (place + 0.5) * wide, self.height - least * level, self.height - most * level)
            for place, (least, most) in enumerate(columns)
        ]

    def line(self, values: Sequence[float], top: int) -> str:
        steps = [
            f"{x:.1f},{low:.1f}" + (f"L{x:.1f},{high:.1f}" if high != low else "")
            for x, low, high in self.points(values, top)
        ]
        return "M" + "L".join(steps)

    def area(self, values: Sequence[float], top: int) -> str:
        places = self.points(values, top)
        crest = "L".join(f"{x:.1f},{high:.1f}" for x, _, high in places)
        return f"M{places[0][0]:.1f},{self.height}L{crest}L{places[-1][0]:.1f},{self.height}Z"


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
