"""What a source's records need to know that they do not say themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from postmortem_timeline.parsing.batch import EXACT, INHERITED, YEAR_INFERRED, ZONE_ASSUMED
from postmortem_timeline.parsing.stamp_moves import NAIVE, SECOND
from postmortem_timeline.parsing.text import Ints
from postmortem_timeline.parsing.timestamps import Dating, TimeFormat

HOUR = 3600 * SECOND


@dataclass(frozen=True)
class SourceContext:
    """The source a block is from: defaults for its records, how naive stamps are meant, how yearless ones are dated."""

    source: str = ""
    service: str | None = None
    host: str | None = None
    zone: str | None = None  # what a person or the source says about naive stamps; None: assume UTC
    dating: Dating = field(default_factory=Dating)
    header: tuple[str, ...] = ()  # of a delimited file
    delimiter: str = ""


def to_utc(
    local_ns: Ints, offset: Ints, formats: Sequence[TimeFormat], context: SourceContext, zone: str | None = None, number: Ints | None = None
) -> tuple[Ints, npt.NDArray[np.int8]]:  # fmt: skip
    """UTC times and their quality from local times and offsets as decoded; `number` says which format gave each row."""
    naive = offset == NAIVE
    utc = local_ns - np.where(naive, 0, offset) * SECOND
    quality = np.where(naive, ZONE_ASSUMED, EXACT).astype(np.int8)
    zone = context.zone or zone
    if zone and naive.any():
        utc = np.where(naive, local_ns - offset_of(local_ns, zone) * SECOND, utc)
        quality[naive] = EXACT
    for place, fmt in enumerate(formats):
        if not fmt.has_year:
            quality[slice(None) if number is None else number == place] = YEAR_INFERRED if fmt.has_date else INHERITED
        if number is None:
            break
    return utc, quality


def offset_of(local_ns: Ints, zone: str) -> Ints:
    """Seconds east of UTC of a zone (an IANA name, or an offset such as `+05:30`) at local times; looked up per hour."""
    from datetime import datetime, timedelta

    from postmortem_timeline.parsing.stamp_moves import zone_seconds

    fixed = zone_seconds(zone)
    if fixed is not None:
        return np.full(len(local_ns), fixed, np.int64)
    info = ZoneInfo(zone)
    hours, back = np.unique(local_ns // HOUR, return_inverse=True)
    epoch = datetime(1970, 1, 1)
    values = [(epoch + timedelta(hours=int(h))).replace(tzinfo=info).utcoffset() for h in hours]
    return np.array([int(v.total_seconds()) if v else 0 for v in values], np.int64)[back]
