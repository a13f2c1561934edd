"""Exact copies among the notables: the same record exported twice, known by its native id."""

from __future__ import annotations

import pandas as pd

from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.remembered import remembered
from postmortem_timeline.correlate.told import told
from postmortem_timeline.correlate.transitions import entity


@remembered
def copies(notables: pd.DataFrame) -> pd.Series:
    """Of each row the citation of the row that it is an exact copy of, else null.

    A copy has the format, native id, time, state, author and text of its twin, in another place. The native id of a
    message is its channel (with time and author), of an alert its labels without those of provenance, else its
    fingerprint; where the id is blank nothing is a copy. A webhook that says a state again is a repeat, not a copy,
    so an alert's copy stands in another source.
    """
    first: dict[tuple[object, ...], Record] = {}
    found: dict[int, str] = {}
    for record in sorted(told(notables), key=lambda r: (r.source, r.line, r.ordinal)):
        native = _native(record)
        if native is None:
            continue
        key = (record.kind, record.format, native, record.at, record.action, record.actor, record.body)
        twin = first.setdefault(key, record)
        if twin is not record and (record.kind != "alert" or record.source != twin.source):
            found[record.row] = twin.citation
    return pd.Series([found.get(row) for row in range(len(notables))], index=notables.index, dtype=object)


def _native(record: Record) -> str | None:
    if record.kind == "alert":
        return entity(record)
    if record.kind == "chat":
        return record.get("channel", "channel_name", "channel.name")
    return record.attributes.get("id") or record.get("entry_id", "uid") or record.key
