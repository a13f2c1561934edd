"""Paths to the event frame: every record of every source, as each source says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.executors import run_in_order
from postmortem_timeline.frame import EVENT_SCHEMA
from postmortem_timeline.ingest.discover import Workspace
from postmortem_timeline.ingest.events import to_table
from postmortem_timeline.ingest.gather import Gathered, Paths, gather
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.scan import Scanned, note_round_count, tasks

if TYPE_CHECKING:
    pass

Progress = Callable[[int, int], None]


def read_table(paths: Paths, *, zone_of: Any = None, threads: int | None = None, progress: Progress | None = None) -> tuple[pa.Table, list[Entry]]:
    """All events below `paths` as one sorted table of `EVENT_SCHEMA`, and the ledger."""
    with Workspace() as workspace:
        gathered = gather(paths, workspace, zone_of, threads)
        tables: list[pa.Table] = []

        def event_tables():  # type: ignore[no-untyped-def]
            for number, found in enumerate(gathered.surveyed):
                entry = gathered.entries[found.name]
                for task in tasks(found, gathered.copies.get(found.name), entry):
                    yield lambda task=task, entry=entry: (_tables(task(), entry.source), entry)
                if progress:
                    progress(number + 1, len(gathered.surveyed))

        for (parts, block_entry), entry in run_in_order(event_tables(), threads):
            entry.add(block_entry)
            tables += parts
        return in_order(pa.concat_tables([EVENT_SCHEMA.empty_table(), *tables])), finished(gathered)


def finished(gathered: Gathered) -> list[Entry]:
    """The ledger after all blocks, by source."""
    entries = [gathered.entries[name] for name in sorted(gathered.entries)]
    for entry in entries:
        note_round_count(entry)
    return entries


def _tables(scanned: Scanned, source: str) -> tuple[list[pa.Table], Entry]:
    parts = [to_table(batch, source) for batch in scanned.block.batches]
    for batch, twins in scanned.copies:
        table = to_table(batch, source)  # type: ignore[arg-type]
        place = EVENT_SCHEMA.get_field_index("copy_of")
        parts.append(table.set_column(place, EVENT_SCHEMA.field(place), pa.array(twins, pa.string())))
    return parts, scanned.block.entry


def in_order(table: pa.Table) -> pa.Table:
    """Sorted by timestamp (unknown last), source, line and ordinal; untouched where it is in order already."""
    table = table.unify_dictionaries()
    if not len(table):
        return table
    time = table["timestamp"].cast(pa.int64()).fill_null(np.iinfo(np.int64).max).to_numpy()
    line, ordinal = table["line"].to_numpy(), table["ordinal"].to_numpy()
    source = table["source"].combine_chunks()
    codes = source.indices.to_numpy(zero_copy_only=False) if isinstance(source, pa.DictionaryArray) else _codes(source)
    names = source.dictionary.to_pylist() if isinstance(source, pa.DictionaryArray) else []
    rank = np.argsort(np.argsort(np.array(names, dtype=object).astype(str), kind="stable"), kind="stable") if names else np.zeros(1, int)
    place = rank[codes]
    if _sorted(time, place, line, ordinal):
        return table
    return table.take(pa.array(np.lexsort((ordinal, line, place, time))))


def _codes(source: pa.ChunkedArray) -> np.ndarray:
    return pc.rank(source.cast(pa.string()), tiebreaker="dense").to_numpy()


def _sorted(*keys: np.ndarray) -> bool:
    """Whether rows are in lexicographic order of `keys`."""
    undecided = np.ones(len(keys[0]) - 1, bool)
    for key in keys:
        later, earlier = key[1:], key[:-1]
        if (undecided & (later < earlier)).any():
            return False
        undecided &= later == earlier
    return True
