"""Paths or an event frame to one digest, with the ledger: the same summary whichever way the events came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.digest.digest import Digest, Folder
from postmortem_timeline.digest.events import NOTABLE, digest_batches
from postmortem_timeline.digest.users import Users
from postmortem_timeline.executors import run_in_order
from postmortem_timeline.ingest.discover import Workspace
from postmortem_timeline.ingest.events import to_table
from postmortem_timeline.ingest.gather import Gathered, Paths, gather
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.scan import Scanned, tasks
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.reading import finished

if TYPE_CHECKING:
    pass

WHOLE = NOTABLE | {"metric"}  # kinds that a digest keeps whole
Progress = Callable[[int, int], None]


@dataclass
class Digested:
    """A digest, its users, the ledger it came with, and the events themselves where they came as a frame."""

    digest: Digest
    users: Users
    entries: list[Entry]
    events: pa.Table | None = None


def digest_paths(paths: Paths, *, zone_of: Any = None, threads: int | None = None, progress: Progress | None = None) -> Digested:
    """Read and digest everything below `paths` in one pass."""
    with Workspace() as workspace:
        gathered = gather(paths, workspace, zone_of, threads)
        folder, users = Folder(), Users()
        for (digest, block_entry), entry in run_in_order(_tasks(gathered, progress), threads):
            entry.add(block_entry)
            take(digest, folder, users)
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
    whole = [b for b in block.batches if _kinds(b) & WHOLE]
    return digest_of(source, block.batches, [to_table(b, source) for b in whole]), block.entry


def digest_of(source: str, batches: list[Batch], tables: list[pa.Table]) -> Digest:
    """The digest of batches; of `tables`, which hold their events, alerts and alike are kept whole, and metric samples."""
    kept = [t.filter(pc.is_in(t["kind"], value_set=pa.array(sorted(kinds)))) for t in tables for kinds in (NOTABLE, {"metric"})]
    return digest_batches(source, batches, [t for t in kept if len(t)])


def _kinds(batch: Batch) -> set[str]:
    kinds = batch.coded("kind") if batch.has("kind") else None
    return {batch.kind} if kinds is None else set(kinds.values)


def take(digest: Digest, folder: Folder, users: Users) -> None:
    for source, rows in digest.spill:
        users.add(source, rows)
    digest.spill = []
    folder.add(digest)
