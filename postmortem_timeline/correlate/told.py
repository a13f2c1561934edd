"""The records of the notables, made once for all stages that read them."""

from __future__ import annotations

from postmortem_timeline.correlate.records import Record, records
from postmortem_timeline.correlate.remembered import remembered
from postmortem_timeline.correlate.uncollected import uncollected

told = remembered(uncollected()(records))

__all__ = ["Record", "told"]
