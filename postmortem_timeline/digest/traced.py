"""Log records that carry a trace id, one by one: the lags between them show who became slow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postmortem_timeline.digest.batch_rows import Rows
from postmortem_timeline.digest.table import Columns
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.text import Ints


def add_traced(
    batch: Batch, rows: Rows, places: npt.NDArray[np.intp], text: Ints, parts: dict[str, list[Columns]]
) -> None:
    """Keep the records at `places`, whose templates are `text`, that carry a trace id."""
    trace = batch.hashes("trace_id")
    if trace is None:
        return
    keys, there = trace
    known = there[places]
    places, text = places[known], text[known]
    if len(places):
        parts["traced"].append(
            {
                "stream": rows.stream[places],
                "key": keys[places].view(np.int64),
                "t_ns": rows.time_ns[places],
                "text": text,
                "line": rows.line[places],
                "count": np.ones(len(places), np.int64),
            }
        )
