"""One piece of evidence against one service."""

from __future__ import annotations

from typing import NamedTuple


class Testimony(NamedTuple):
    """`weight` is how likely the service is at fault by this alone; of one kind (`what`) only the best counts."""

    service: str
    what: str  # failing, silent, alert, ended, started, unreachable, first, undone, said
    weight: float
    reason: str
    citation: str | None
    at: int
