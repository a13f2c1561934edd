"""The truth of a public archive of 39 postmortems, read by hand once: key events, and what is wrong in which report."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

REPORTS = Path(os.environ.get("PMT_SHARED_DATA", "../shared/data")) / "postmortems" / "moj"
KEY_EVENTS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("moj_key_events.toml").read_text(encoding="utf-8")
)

# The reports whose stated durations differ by more than a minute from the times beside them; those that count support
# hours and say so are no mistakes.
WRONG_DURATIONS = [
    "2020-02-25", "2020-08-04", "2020-08-07", "2021-05-10", "2021-07-12", "2021-09-04", "2021-09-30", "2022-07-11",
    "2023-02-02", "2023-08-04", "2023-09-18", "2023-11-01", "2024-04-15", "2024-09-20", "2025-03-18",
]  # fmt: skip
# Those that were declared after they were repaired or resolved.
WRONG_ORDER = ["2020-08-07", "2021-06-09", "2021-07-12", "2021-09-04", "2022-01-22"]
# Those with a row out of place, by its time or by a typing error in its date.
WRONG_ROWS = ["2023-01-11", "2023-07-25", "2024-04-15", "2024-07-25"]
HEAD = 14  # lines: key events stand above, so a date far off below it is one of the timeline's rows
