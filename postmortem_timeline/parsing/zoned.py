"""Times whose zone stands behind them by its name: `[15-Jul-2025 17:42:03 Europe/Berlin]`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from postmortem_timeline.parsing import layouts
from postmortem_timeline.parsing.batch import EXACT, Batch, Spans
from postmortem_timeline.parsing.context import SourceContext, offset_of
from postmortem_timeline.parsing.stamp_moves import SECOND, zone_seconds
from postmortem_timeline.parsing.text import Lines
from postmortem_timeline.parsing.timestamps import NAT

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format

LONGEST = 40  # bytes of a zone's name


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """As `layouts.parse`, with the zones that stand behind the stamps applied; the source's own zone is for the others."""
    for batch in layouts.parse(fmt, lines, replace(context, zone=None)):
        stamps = batch.thunks["stamp"]() if "stamp" in batch.thunks else None
        if isinstance(stamps, Spans):
            _apply(batch, stamps, context.zone)
        yield batch


def _apply(batch: Batch, stamps: Spans, otherwise: str | None) -> None:
    words = [_word(stamps, int(end)) for end in stamps.end]
    zones = np.array([word if _known(word) else otherwise or "" for word in words], object)
    for zone in sorted({zone for zone in zones.tolist() if zone}):
        rows = np.flatnonzero((zones == zone) & (batch.time_ns != NAT))
        batch.time_ns[rows] -= offset_of(batch.time_ns[rows], zone) * SECOND
        batch.quality[rows] = EXACT


def _word(stamps: Spans, end: int) -> str:
    text = stamps.text.slice(end, min(end + LONGEST, stamps.text.size))
    word = text[1:].split(b"]", 1)[0] if text[:1] == b" " else b""
    return word.decode("utf-8", "replace") if b" " not in word else ""


@cache
def _known(word: str) -> bool:
    from zoneinfo import available_timezones

    return bool(word) and (zone_seconds(word) is not None or word in available_timezones())
