"""What is told of other incidents: records of their time and their things are no marks of this one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.links import links
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.relation import LEAD, MINUTE
from postmortem_timeline.correlate.told import told

SPOKEN = frozenset(("alert", "page", "chat", "status", "ticket"))  # a change may lie long before what it caused

Span = tuple[int, int]


def apart(
    notables: pd.DataFrame, spans: Sequence[Span], others: pd.DataFrame, *, since: int | None = None,
    until: int | None = None, pinned: Collection[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """The notables without what belongs to other incidents.

    A record goes by the thing that it speaks of (a page, an alert): what began before the last outage ahead of ours was
    over is of that one, what began with the next one behind ours is of the next. Where nothing fails there are only the
    bounds that were asked for, and what lies wholly outside of them is left out. Pinned records stay.

    in:  the event frame; `spans`: our windows; `others`: those of other incidents (start_ns, end_ns)
    """
    floor, ceiling = _limits(spans, others) if spans else (None if since is None else since - LEAD, until)
    if notables.empty or (floor is None and ceiling is None):
        return notables
    things, keep = links(notables), np.ones(len(notables), bool)
    spoken = [record for record in told(notables) if record.kind in SPOKEN]
    lives = _lives(spoken, things)
    for record in spoken:
        begun, ended = lives[int(things[record.row])]
        early = floor is not None and (begun if spans else ended) < floor
        late = ceiling is not None and begun >= ceiling
        keep[record.row] = record.citation in pinned or not (early or late)
    return notables if keep.all() else notables[keep].reset_index(drop=True)


def _limits(spans: Sequence[Span], others: pd.DataFrame) -> tuple[int | None, int | None]:
    """From where to where a thing of this incident may begin; None where nothing limits it."""
    start, end = spans[0][0], max(last for _, last in spans)
    before, after = others[others["end_ns"] <= start], others[others["start_ns"] >= end]
    # An alert may see the next one coming a little.
    ceiling = None if after.empty else max(int(after["start_ns"].min()) - MINUTE, end + 1)
    return (None if before.empty else int(before["end_ns"].max())), ceiling


def page_lives(notables: pd.DataFrame) -> list[Span]:
    """From the first to the last record of each page and incident of an incident tool."""
    if notables.empty or not (notables["kind"] == "page").any():
        return []
    return list(_lives([record for record in told(notables) if record.kind == "page"], links(notables)).values())


def _lives(records: Sequence[Record], things: np.ndarray) -> dict[int, Span]:
    """From the first to the last of the records of each thing."""
    lives: dict[int, Span] = {}
    for record in records:
        thing = int(things[record.row])
        begun, ended = lives.get(thing, (record.at, record.at))
        lives[thing] = min(begun, record.at), max(ended, record.at)
    return lives


__all__ = ["apart", "page_lives"]
