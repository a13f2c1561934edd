"""Frames of log lines for tests, as Evidence has them; a line is (clock, source, service, severity, text[, count])."""

from __future__ import annotations

from typing import Any

import pandas as pd

from postmortem_timeline.correlate.places import Places
from tests.correlate.story import at

NOWHERE = Places({}, {}, frozenset())


def patterns(*lines: tuple[Any, ...]) -> pd.DataFrame:
    """`Evidence.patterns` of some lines, each on a line of its own in order."""
    rows = [
        {"source": source, "service": service, "severity": severity, "template": text, "count": (rest or (1,))[0],
         "first_ns": at(clock), "last_ns": at(clock), "line": number, "last_line": number}
        for number, (clock, source, service, severity, text, *rest) in enumerate(lines, start=1)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["service"] = frame["service"].astype(object).where(frame["service"].notna(), None)
    return frame


def everyday(source: str, *, every: int = 10, skip: range = range(0)) -> list[tuple[Any, ...]]:
    """An hour of one line every `every` seconds, from 10:00 on."""
    seconds = [s for s in range(0, 3600, every) if s not in skip]
    return [(f"10:{s // 60:02d}:{s % 60:02d}", source, None, 9, "served <*>") for s in seconds]
