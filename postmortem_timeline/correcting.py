"""Event frames with clocks mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def corrected_events(events: pd.DataFrame, shifts: dict[str, int]) -> pd.DataFrame:
    """`events` with `shifts` (ns, by source) subtracted, sorted anew; moved rows have time_quality "clock_corrected"."""
    import pandas as pd

    by = events["source"].astype(object).map(shifts).fillna(0).astype("int64")
    moved = by != 0
    quality = events["time_quality"].astype(object).where(~moved, "clock_corrected").astype("category")
    out = events.assign(timestamp=events["timestamp"] - pd.to_timedelta(by, unit="ns"), time_quality=quality)
    return out.sort_values(["timestamp", "source", "line", "ordinal"], kind="stable", na_position="last").reset_index(drop=True)
