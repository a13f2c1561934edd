"""Event frames with clocks mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from postmortem_timeline.digest.shift import Shift


def corrected_events(events: pd.DataFrame, shifts: dict[str, Shift]) -> pd.DataFrame:
    """`events` with `shifts` (by source) subtracted, sorted anew; moved rows have time_quality "clock_corrected"."""
    import numpy as np
    import pandas as pd

    from postmortem_timeline.digest.shift import by_source

    stamped = events["timestamp"].astype("int64").to_numpy()
    known = events["timestamp"].notna().to_numpy()
    by = by_source(events["source"].astype(object), np.where(known, stamped, 0), shifts)
    moved = events["source"].astype(object).map({name: bool(shift) for name, shift in shifts.items()}).eq(True)
    quality = events["time_quality"].astype(object).where(~moved, "clock_corrected").astype("category")
    out = events.assign(timestamp=events["timestamp"] - pd.to_timedelta(by, unit="ns"), time_quality=quality)
    return out.sort_values(["timestamp", "source", "line", "ordinal"], kind="stable", na_position="last").reset_index(drop=True)
