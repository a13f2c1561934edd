"""The times of lines that nobody could read: that of the record before, at the head of a source of the record after."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.frame import EVENT_SCHEMA

UNKNOWN = np.iinfo(np.int64).min


def inherited(table: pa.Table) -> pa.Table:
    """The table with the times of its unparsed rows filled in, whatever blocks the rows came in."""
    unread = pc.equal(table["format"], "unparsed")
    if not pc.any(unread).as_py():
        return table
    time_ns = table["timestamp"].cast(pa.int64()).fill_null(UNKNOWN).to_numpy().copy()
    missing = unread.to_numpy()
    for source in pc.unique(table["source"].filter(unread)).to_pylist():
        rows = np.flatnonzero(pc.equal(table["source"], source).to_numpy())
        rows = rows[np.lexsort((table["ordinal"].to_numpy()[rows], table["line"].to_numpy()[rows]))]
        time_ns[rows] = _filled(time_ns[rows], missing[rows])
    quality = np.full(len(time_ns), "inherited", object)
    quality[time_ns == UNKNOWN] = None
    told = pc.if_else(unread, pa.array(quality, pa.string()), table["time_quality"].cast(pa.string())).combine_chunks()
    columns = {
        "timestamp": pa.array(time_ns, mask=time_ns == UNKNOWN).cast(EVENT_SCHEMA.field("timestamp").type),
        "time_quality": told.dictionary_encode(),
    }
    for name, column in columns.items():
        place = EVENT_SCHEMA.get_field_index(name)
        table = table.set_column(place, EVENT_SCHEMA.field(place), column)
    return table


def _filled(time_ns: np.ndarray, missing: np.ndarray) -> np.ndarray:
    """Times in the order of lines, the missing ones taken from their neighbours."""
    known = np.flatnonzero(~missing & (time_ns != UNKNOWN))
    if not len(known):
        return time_ns
    before = np.searchsorted(known, np.arange(len(time_ns)), side="right") - 1
    return np.where(missing, time_ns[known[np.maximum(before, 0)]], time_ns)
