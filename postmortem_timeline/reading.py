"""Paths to the event frame: every record of every source, as each source says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.annotations import Annotations, zones_of
from postmortem_timeline.executors import run_in_order
from postmortem_timeline.frame import EVENT_SCHEMA, LARGE, cite, from_pandas, to_pandas
from postmortem_timeline.ingest.discover import Workspace
from postmortem_timeline.ingest.events import to_table
from postmortem_timeline.ingest.gather import Gathered, Paths, gather
from postmortem_timeline.ingest.inherited import inherited
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.pile import Pile
from postmortem_timeline.ingest.quote import split_citation
from postmortem_timeline.ingest.scan import Scanned, note_round_count, note_troubles, tasks
from postmortem_timeline.memory import give_back

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]
ORDER = ("timestamp", "source", "line", "ordinal")
PART = 50_000  # rows that are put in order at once
BLOCK = 1 << 20  # bytes; all columns of all records of a block are there at once, many times what a digest takes


def read_table(
    paths: Paths, *, zone_of: Any = None, threads: int | None = None, progress: Progress | None = None,
    cited: Mapping[str, list[int]] | None = None,
) -> tuple[pa.Table, list[Entry]]:  # fmt: skip
    """All events below `paths` as one sorted table of `EVENT_SCHEMA`, and the ledger; or only the lines `cited` by source."""
    with Workspace() as workspace:
        gathered = gather(paths, workspace, zone_of, threads)
        pile = Pile()

        def event_tables():  # type: ignore[no-untyped-def]
            for number, found in enumerate(gathered.surveyed):
                if cited is not None and found.name not in cited:
                    continue
                entry = gathered.entries[found.name]
                for task in tasks(found, gathered.copies.get(found.name), entry, BLOCK):
                    yield lambda task=task, entry=entry: (_tables(task(), entry.source), entry)
                if progress:
                    progress(number + 1, len(gathered.surveyed))

        for (parts, block_entry), entry in run_in_order(event_tables(), threads):
            entry.add(block_entry)
            while parts:
                part = parts.pop(0)
                pile.add(
                    part
                    if cited is None
                    else part.filter(pc.is_in(part["line"], value_set=pa.array(cited[entry.source], pa.int64())))
                )
        return in_order(inherited(pile.table())), finished(gathered)


def read_frame(
    paths: Paths, said: Annotations, *, threads: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """The event frame of `paths`; its ledger stands in `frame.attrs["ledger"]`."""
    read = [*read_table(paths, zone_of=zones_of(said), threads=threads, progress=progress)]
    entries = read.pop()
    frame = to_pandas(read.pop())  # the table's last reference: it gives its memory up column by column
    frame.attrs["ledger"] = [entry.as_dict() for entry in entries]
    frame.attrs["zones"] = {entry.source: zone for entry in entries if (zone := said.source(entry.source).zone)}
    return frame


def cited_events(citations: Iterable[str], events: pd.DataFrame | Paths, said: Annotations) -> pd.DataFrame:
    """The events that `citations` name, in their order, from a frame or read again from paths."""
    wanted = list(dict.fromkeys(citations))
    lines: dict[str, list[int]] = {}
    for citation in wanted:
        source, line, _ = split_citation(citation)
        lines.setdefault(source, []).append(line)
    if hasattr(events, "columns"):
        table = from_pandas(events)
        table = table.filter(
            pc.is_in(table["line"], value_set=pa.array([n for some in lines.values() for n in some], pa.int64()))
        )
    else:
        table, _ = read_table(events, zone_of=zones_of(said), cited=lines)
    found = to_pandas(table)
    place = {citation: number for number, citation in enumerate(wanted)}
    own = [cite(*names) for names in zip(found["source"], found["line"], found["ordinal"], strict=True)]
    order = sorted((place[citation], row) for row, citation in enumerate(own) if citation in place)
    return found.iloc[[row for _, row in order]].reset_index(drop=True)


def finished(gathered: Gathered) -> list[Entry]:
    """The ledger after all blocks, by source."""
    entries = [gathered.entries[name] for name in sorted(gathered.entries)]
    for entry in entries:
        note_troubles(entry)
        note_round_count(entry)
    return entries


def _tables(scanned: Scanned, source: str) -> tuple[list[pa.Table], Entry]:
    parts = [to_table(batch, source) for batch in scanned.block.batches]
    for batch, twins in scanned.copies:
        table = to_table(batch, source)
        place = EVENT_SCHEMA.get_field_index("copy_of")
        parts.append(table.set_column(place, EVENT_SCHEMA.field(place), pa.array(twins, pa.string())))
    return parts, scanned.block.entry


def in_order(table: pa.Table) -> pa.Table:
    """Sorted by timestamp (unknown last), source, line and ordinal; untouched where it is in order already."""
    table = table.unify_dictionaries()
    if _sorted(_key(table, name) for name in ORDER):
        return table
    order = np.lexsort([_key(table, name) for name in reversed(ORDER)])
    columns = {name: table[name] for name in table.column_names}
    large = len(table) > LARGE
    del table
    taken = {}
    for name in list(columns):
        taken[name] = _taken(columns.pop(name), order)
        if large:
            give_back()
    return pa.table(taken, schema=EVENT_SCHEMA)


def _taken(column: pa.ChunkedArray, order: np.ndarray) -> pa.ChunkedArray:
    """The column in another order, a part at a time: Arrow would join the whole first and take twice the memory."""
    if column.null_count == len(column):
        return column
    starts = np.cumsum([0, *(len(chunk) for chunk in column.chunks)])
    parts = []
    for i in range(0, len(order), PART):
        parts.append(_gathered(column, starts, order[i : i + PART]))
        if parts[-1].nbytes > 1 << 20:
            give_back()
    return pa.chunked_array(parts, column.type)


def _gathered(column: pa.ChunkedArray, starts: np.ndarray, rows: np.ndarray) -> pa.Array:
    """The rows of a column, of which only the stretches that hold them are joined."""
    home = np.searchsorted(starts, rows, side="right") - 1
    place = np.empty_like(rows)
    stretches, length = [], 0
    for number in np.unique(home).tolist():
        here = home == number
        first, last = int(rows[here].min()), int(rows[here].max())
        stretches.append(column.chunk(number).slice(first - int(starts[number]), last - first + 1))
        place[here] = rows[here] - first + length
        length += last - first + 1
    return pa.concat_arrays(stretches).take(pa.array(place))


def _key(table: pa.Table, name: str) -> np.ndarray:
    """A column as numbers that sort as it does; an unknown time is the last."""
    column = table[name]
    if name == "timestamp":
        return column.cast(pa.int64()).fill_null(np.iinfo(np.int64).max).to_numpy()
    if name != "source":
        return column.to_numpy()
    if not len(column):
        return np.zeros(0, np.int32)
    names = np.array(column.chunk(0).dictionary.to_pylist(), dtype=object)
    rank = np.argsort(np.argsort(names, kind="stable"), kind="stable").astype(np.int32)
    return rank[np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])]


def _sorted(keys: Iterable[np.ndarray]) -> bool:
    """Whether rows are in lexicographic order of `keys`."""
    tied: np.ndarray | None = None
    for key in keys:
        later, earlier = key[1:], key[:-1]
        falls = later < earlier
        if (falls if tied is None else falls & tied).any():
            return False
        same = later == earlier
        tied = same if tied is None else tied & same
        if not tied.any():
            return True
    return True
