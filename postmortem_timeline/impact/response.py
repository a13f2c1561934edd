"""What the response cost: the time of the people who spoke in chat."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

NS = 1_000_000_000
WINDOW_S = 300  # a message stands for five minutes of its author's attention


def response_cost(notables: pd.DataFrame, start: int | None, end: int | None, rate: float | None) -> dict[str, Any] | None:
    """Hours of all responders together, and their price at `rate` a person and hour; null without a rate or without chat.

    Each message of a person opens a window of WINDOW_S; the windows of one person that overlap are one; their lengths
    are added up. (The activity model of Netflix Dispatch: two messages 100 s apart, windows of 300 s, make 400 s.)
    """
    if rate is None or start is None:
        return None
    chat = notables[(notables["kind"] == "chat") & notables["actor"].notna()]
    at = chat["timestamp"].astype("int64")
    inside = chat[(at >= start) & (at <= (end if end is not None else 2**62)) & ~chat["attributes"].map(_is_bot)]
    if inside.empty:
        return None
    seconds = sum(_attention(sorted(times)) for _, times in inside["timestamp"].astype("int64").groupby(inside["actor"].astype(str)))
    people = int(inside["actor"].nunique())
    hours = seconds / 3600
    return {
        "people": people, "hours": round(hours, 3), "amount": round(hours * rate, 2),
        "basis": f"{people} people, {hours:.2f} hours by their chat messages ({WINDOW_S} s each, overlaps joined) x {rate:g} an hour",
    }  # fmt: skip


def _attention(times: list[int]) -> float:
    """Seconds of one person: the union of the windows that open with each message."""
    total, until = 0, 0
    for at in times:
        total += at + WINDOW_S * NS - max(at, until)
        until = at + WINDOW_S * NS
    return total / NS


def _is_bot(attributes: object) -> bool:
    try:
        return bool(json.loads(str(attributes)).get("bot"))
    except (ValueError, AttributeError):
        return False
