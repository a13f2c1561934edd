"""Paths or an event frame to one digest, with the ledger: the same summary whichever way the events came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.digest.digest import Digest, Folder
from postmortem_timeline.digest.events import NOTABLE, digest_batches
from postmortem_timeline.digest.users import Users
from postmortem_timeline.formats import registry
from postmortem_timeline.executors import run_in_order
from postmortem_timeline.frame import EVENT_SCHEMA, KINDS, TIME_QUALITIES
from postmortem_timeline.ingest.discover import Workspace
from postmortem_timeline.ingest.events import to_table
from postmortem_timeline.ingest.gather import Gathered, Paths, gather
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.scan import Scanned, tasks
from postmortem_timeline.parsing.batch import Batch, Coded, Numbers, Strings, encode
from postmortem_timeline.parsing.timestamps import NAT
from postmortem_timeline.reading import finished

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]


@dataclass
class Digested:
    """A digest, its users, and the ledger it came with."""

    digest: Digest
    users: Users
    entries: list[Entry]


def digest_paths(paths: Paths, *, zone_of: Any = None, threads: int | None = None, progress: Progress | None = None) -> Digested:
    """Read and digest everything below `paths` in one pass."""
    with Workspace() as workspace:
        gathered = gather(paths, workspace, zone_of, threads)
        folder, users = Folder(), Users()
        for (digest, block_entry), entry in run_in_order(_tasks(gathered, progress), threads):
            entry.add(block_entry)
            _take(digest, folder, users)
        return Digested(folder.result(), users, finished(gathered))


def _tasks(gathered: Gathered, progress: Progress | None) -> Iterator[Callable[[], tuple[tuple[Digest, Entry], Entry]]]:
    for number, found in enumerate(gathered.surveyed):
        entry = gathered.entries[found.name]
        for task in tasks(found, gathered.copies.get(found.name), entry):
            yield lambda task=task, entry=entry: (_digested(task(), entry.source), entry)  # type: ignore[misc]
        if progress:
            progress(number + 1, len(gathered.surveyed))


def _digested(scanned: Scanned, source: str) -> tuple[Digest, Entry]:
    block = scanned.block
    whole = [b for b in block.batches if _kinds(b) & (NOTABLE | {"metric"})]
    return digest_batches(source, block.batches, [to_table(b, source) for b in whole]), block.entry


def _kinds(batch: Batch) -> set[str]:
    kinds = batch.coded("kind") if batch.has("kind") else None
    return {batch.kind} if kinds is None else set(kinds.values)


def _take(digest: Digest, folder: Folder, users: Users) -> None:
    for source, rows in digest.spill:
        users.add(source, rows)
    digest.spill = []
    folder.add(digest)


def digest_frame(events: pd.DataFrame, tiers: Callable[[str], str | None] | None = None) -> Digested:
    """Digest an event frame; one made by hand needs no more than `timestamp` and `body`. Copies are left out."""
    table = from_pandas(events)
    table = table.filter(pc.is_null(table["copy_of"]))
    folder, users = Folder(), Users()
    entries = []
    for source in sorted(set(table["source"].cast(pa.string()).to_pylist())):
        rows = table.filter(pc.equal(table["source"].cast(pa.string()), source))
        entry = Entry(source, lines=len(rows), records=len(rows), events=len(rows))
        batches = list(_batches(rows))
        tables = [rows.filter(pc.is_in(rows["kind"].cast(pa.string()), pa.array(sorted(NOTABLE)))), rows.filter(pc.equal(rows["kind"].cast(pa.string()), "metric"))]
        _take(digest_batches(source, batches, [t for t in tables if len(t)]), folder, users)
        entry.format = "+".join(sorted({b.format for b in batches}))
        times = np.concatenate([b.time_ns[b.time_ns != NAT] for b in batches])
        if len(times):
            entry.first_ns, entry.last_ns = int(times.min()), int(times.max())
        entries.append(entry)
    return Digested(folder.result(), users, entries)


def from_pandas(events: pd.DataFrame) -> pa.Table:
    """An event frame as a table of `EVENT_SCHEMA`, missing columns null. Raises ValueError without a `timestamp`."""
    import pandas as pd

    if "timestamp" not in events.columns:
        raise ValueError("an event frame needs a column `timestamp`")
    stamps = pd.to_datetime(events["timestamp"], utc=True).astype("datetime64[ns, UTC]")
    n = len(events)
    given: dict[str, pa.Array] = {"timestamp": pa.Array.from_pandas(stamps)}
    for field in EVENT_SCHEMA:
        if field.name == "timestamp":
            continue
        if field.name in events.columns:
            given[field.name] = _column(events[field.name], field.type)
        else:
            given[field.name] = _default(field, n)
    return pa.table([given[f.name] for f in EVENT_SCHEMA], schema=EVENT_SCHEMA)


def _column(values: pd.Series, want: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(want):
        text = pa.Array.from_pandas(values.astype(object).where(values.notna(), None)).cast(pa.string())
        text = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
        coded = text.dictionary_encode()
        return pa.DictionaryArray.from_arrays(coded.indices.cast(pa.int32()), coded.dictionary)
    array = pa.Array.from_pandas(values)
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return array.cast(want)


def _default(field: pa.Field, n: int) -> pa.Array:
    values = {"kind": "log", "source": "frame", "format": "frame", "time_quality": TIME_QUALITIES[0]}
    if field.name in values:
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([values[field.name]], pa.string()))
    if field.name == "line":
        return pa.array(np.arange(1, n + 1))
    if field.name in ("ordinal", "severity_number"):
        return pa.array(np.zeros(n, np.int8)).cast(field.type)
    return pa.nulls(n, field.type)


def _batches(rows: pa.Table) -> Iterator[Batch]:
    """Batches of one source, one for each format and kind, as the scan would have given them."""
    kinds, formats = rows["kind"].cast(pa.string()), rows["format"].cast(pa.string())
    keys = sorted(set(zip(formats.to_pylist(), kinds.to_pylist())))
    for name, kind in keys:
        part = rows.filter(pc.and_(pc.equal(formats, name), pc.equal(kinds, kind))).combine_chunks()
        yield batch_of(part, name, kind if kind in KINDS else "log")


def batch_of(part: pa.Table, name: str, kind: str) -> Batch:
    """Rows of one format and kind of an event table as a batch."""
    time_ns = part["timestamp"].cast(pa.int64()).fill_null(NAT).to_numpy().copy()
    quality = pc.index_in(part["time_quality"].cast(pa.string()), pa.array(TIME_QUALITIES)).fill_null(0).to_numpy().astype(np.int8)
    out = Batch(name, kind, np.arange(len(part)), time_ns, quality, tier=registry.tier_of(name))
    out.line = part["line"].to_numpy()
    for field in EVENT_SCHEMA:
        if field.name in ("timestamp", "kind", "line", "ordinal", "format", "source", "time_quality", "copy_of", "stamp"):
            continue
        array = part[field.name].combine_chunks()
        if array.null_count == len(array):
            continue
        if pa.types.is_dictionary(field.type):
            out.done[field.name] = _present(encode(array))
        elif pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
            valid = array.is_valid().to_numpy(zero_copy_only=False)
            out.done[field.name] = Numbers(array.fill_null(0).to_numpy(), None if valid.all() else valid)
        else:
            out.done[field.name] = Strings(array.cast(pa.large_string()))
    return out


def _present(column: Coded) -> Coded:
    """The column with the values that its rows bear; a frame's categories know those of all sources."""
    used = np.zeros(len(column.values) + 1, bool)
    used[column.codes] = True  # -1, a null, marks the place behind the last
    place = np.append(np.cumsum(used[:-1]) - 1, -1)
    values = [value for value, there in zip(column.values, used.tolist(), strict=False) if there]
    return Coded(place[column.codes].astype(np.int32), values)
