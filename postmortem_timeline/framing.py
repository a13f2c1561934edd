"""An event frame to the digest and the ledger that its files would have given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.digest.digest import Folder
from postmortem_timeline.digest.users import Users
from postmortem_timeline.digesting import Digested, digest_of, take, with_inner_zones
from postmortem_timeline.formats import registry
from postmortem_timeline.frame import EVENT_SCHEMA, TIME_QUALITIES, as_type, from_pandas
from postmortem_timeline.ingest.events import NESTED
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.parsing.batch import EXACT, YEAR_INFERRED, ZONE_ASSUMED, Batch, Coded, Numbers, Strings, encode
from postmortem_timeline.parsing.context import offset_of
from postmortem_timeline.parsing.stamp_moves import SECOND
from postmortem_timeline.parsing.text import Ints
from postmortem_timeline.parsing.timestamps import NAT

if TYPE_CHECKING:
    import pandas as pd

PART = 100_000  # rows that are digested at once


def digest_frame(events: pd.DataFrame, zone_of: Callable[[str], str | None] | None = None) -> Digested:
    """Digest an event frame; one made by hand needs no more than `timestamp` and `body`. Copies are left out.

    A zone that `zone_of` states for a source moves its stamps that carry none, unless they were read with it.
    """
    table = from_pandas(events)
    if zone_of is not None:
        table = zoned(table, zone_of, events.attrs.get("zones"))
    copy = _copies(table)
    told = table.select(["source", "format", "timestamp", "line", "body"])
    entries = [_entry(name, told, copy) for name in sorted(pc.unique(table["source"]).to_pylist())]
    folder, users = Folder(), Users()
    for start in range(0, len(table), PART):
        part = table.slice(start, PART).filter(pc.invert(copy.slice(start, PART)))
        for source in sorted(pc.unique(part["source"]).to_pylist()):
            rows = part.filter(pc.equal(part["source"], source))
            take(digest_of(source, list(_batches(rows)), [rows]), folder, users)
    return with_inner_zones(Digested(folder.result(), users, entries, table))


def zoned(table: pa.Table, zone_of: Callable[[str], str | None], applied: dict[str, str] | None) -> pa.Table:
    """The events with stated zones applied to stamps that carry none; `applied` are the zones they were read with.

    A stamp without a year does not show whether a zone was applied, so it is moved only where the reader says so.
    """
    time_ns = table["timestamp"].cast(pa.int64()).fill_null(NAT).to_numpy().copy()
    quality = pc.index_in(table["time_quality"], value_set=pa.array(TIME_QUALITIES)).fill_null(-1).to_numpy().copy()
    sources = table["source"].combine_chunks()
    for source in pc.unique(sources).to_pylist():
        zone = zone_of(source)
        if zone is None or source in (applied or {}):
            continue
        naive = (quality == ZONE_ASSUMED) | (quality == YEAR_INFERRED if applied is not None else False)
        rows = np.flatnonzero(pc.equal(sources, source).to_numpy(zero_copy_only=False) & naive & (time_ns != NAT))
        time_ns[rows] -= offset_of(time_ns[rows], zone) * SECOND
        quality[rows[quality[rows] == ZONE_ASSUMED]] = EXACT
    told = pa.DictionaryArray.from_arrays(pa.array(quality, mask=quality < 0), pa.array(TIME_QUALITIES, pa.string()))
    columns = {"timestamp": pa.array(time_ns, mask=time_ns == NAT), "time_quality": told}
    for name, column in columns.items():
        place = EVENT_SCHEMA.get_field_index(name)
        table = table.set_column(place, EVENT_SCHEMA.field(place), as_type(column, EVENT_SCHEMA.field(place).type))
    return table


def _copies(table: pa.Table) -> pa.Array:
    """Which rows are copies of a record that is in the table too: one whose twin was taken out stands for it."""
    said = table["copy_of"].combine_chunks()
    if said.null_count == len(said):
        return pa.array(np.zeros(len(said), bool))
    first = table.filter(pc.is_null(said))
    text = pa.string()
    there = pc.binary_join_element_wise(first["source"].cast(text), first["line"].cast(text), ":")
    further = pc.binary_join_element_wise(there, first["ordinal"].cast(text), "#")
    cited = pc.if_else(pc.equal(first["ordinal"], 0), there, further)
    return pc.is_in(said, value_set=cited.combine_chunks())


def _entry(source: str, events: pa.Table, copy: pa.Array) -> Entry:
    """The ledger row of a source of which only the events are known."""
    mine = pc.equal(events["source"], source)
    rows, copies = events.filter(mine), int(pc.sum(pc.and_(mine, copy)).as_py() or 0)
    unread = pc.equal(rows["format"], "unparsed")
    good = rows.filter(pc.invert(unread))
    formats = pc.value_counts(good["format"].combine_chunks().cast(pa.string())).to_pylist()
    name = "+".join(f["values"] for f in sorted(formats, key=lambda f: (-f["counts"], f["values"])))
    entry = Entry(
        source,
        name,
        lines=len(rows),
        records=len(good),
        events=len(rows),
        unparsed=len(rows) - len(good),
        copies=copies,
    )
    times = pc.min_max(good["timestamp"].cast(pa.int64())).as_py()
    if times["min"] is not None:
        entry.first_ns, entry.last_ns = times["min"], times["max"]
    if entry.unparsed:
        first = rows.filter(unread)
        entry.unparsed_example = (first["body"][pc.index(first["line"], pc.min(first["line"])).as_py()].as_py() or "")[
            :120
        ]
    return entry


def _batches(rows: pa.Table) -> Iterator[Batch]:
    """Batches of one source, one for each format and kind, as the scan would have given them."""
    groups = rows.group_by(["format", "kind"], use_threads=False).aggregate([])
    keys = sorted(zip(groups["format"].to_pylist(), groups["kind"].to_pylist(), strict=True))
    for name, kind in keys:
        part = (
            rows.filter(pc.and_(pc.equal(rows["format"], name), pc.equal(rows["kind"], kind)))
            if len(keys) > 1
            else rows
        )
        yield batch_of(part.combine_chunks(), name, kind)


def batch_of(part: pa.Table, name: str, kind: str) -> Batch:
    """Rows of one format and kind of an event table as a batch."""
    time_ns = part["timestamp"].cast(pa.int64()).fill_null(NAT).to_numpy().copy()
    quality = (
        pc.index_in(part["time_quality"].cast(pa.string()), pa.array(TIME_QUALITIES))
        .fill_null(0)
        .to_numpy()
        .astype(np.int8)
    )
    out = Batch(name, kind, np.arange(len(part)), time_ns, quality, tier=registry.tier_of(name))
    out.line = part["line"].to_numpy()
    if ">" in name:
        out.inner_offset = _inner_offset(part["attributes"])
    for field in EVENT_SCHEMA:
        if field.name in (
            "timestamp",
            "kind",
            "line",
            "ordinal",
            "format",
            "source",
            "time_quality",
            "copy_of",
            "stamp",
        ):
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


def _inner_offset(attributes: pa.ChunkedArray) -> Ints:
    """What `ingest.events` noted of the stamps inside wrapped records, in ns."""
    found = pc.struct_field(pc.extract_regex(attributes.combine_chunks(), pattern=f'"{NESTED}": (?P<s>-?[0-9]+)'), "s")
    return found.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False) * 1_000_000_000


def _present(column: Coded) -> Coded:
    """The column with the values that its rows bear; a frame's categories know those of all sources."""
    used = np.zeros(len(column.values) + 1, bool)
    used[column.codes] = True  # -1, a null, marks the place behind the last
    place = np.append(np.cumsum(used[:-1]) - 1, -1)
    values = [value for value, there in zip(column.values, used.tolist(), strict=False) if there]
    return Coded(place[column.codes].astype(np.int32), values)
