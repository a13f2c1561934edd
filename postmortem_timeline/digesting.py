"""Paths or an event frame to one digest, with the ledger: the same summary whichever way the events came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.digest.digest import Digest, Folder, shifted
from postmortem_timeline.digest.events import NOTABLE, digest_batches
from postmortem_timeline.digest.stats import inner_offset_s
from postmortem_timeline.digest.users import Users
from postmortem_timeline.executors import cores, run_in_order
from postmortem_timeline.forking import MOST_TASKS, can_fork, run_forked
from postmortem_timeline.ingest.discover import Workspace
from postmortem_timeline.ingest.events import to_table
from postmortem_timeline.ingest.gather import Gathered, Paths, gather
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.scan import Scanned, tasks
from postmortem_timeline.ingest.shares import Share, expected, shares
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.reading import finished

LARGE, MANY = 96 << 20, 512  # bytes, and sources, from which further processes are worth their making
WHOLE = NOTABLE | {"metric"}  # kinds that a digest keeps whole
Progress = Callable[[int, int], None]


@dataclass
class Digested:
    """A digest, its users, the ledger it came with, and the events themselves where they came as a frame."""

    digest: Digest
    users: Users
    entries: list[Entry]
    events: pa.Table | None = None


def digest_paths(
    paths: Paths, *, zone_of: Any = None, threads: int | None = None, progress: Progress | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Digested:  # fmt: skip
    """Read and digest everything below `paths` in one pass: large evidence in processes, the rest in threads.

    `meanwhile` is called while processes work: what is to be made ready for what comes after.
    """
    with Workspace() as workspace:
        gathered = gather(paths, workspace, zone_of, threads)
        folder, users = Folder(), Users()
        workers = threads or cores()
        large = expected(gathered.surveyed) >= LARGE or MANY <= len(gathered.surveyed) <= MOST_TASKS
        large = large and workers > 1 and can_fork()
        parts = _by_processes(gathered, workers, progress, meanwhile) if large else _by_threads(gathered, threads, progress)
        for digest, part, entry in parts:
            take(digest, folder, users)
            entry.add(part)
        return with_inner_zones(Digested(folder.result(), users, finished(gathered)))


def with_inner_zones(digested: Digested) -> Digested:
    """The ledger says where the stamps inside wrapped records are of another zone than the wrapper's."""
    for entry in digested.entries:
        stats = digested.digest.stats.get(entry.source)
        seconds = inner_offset_s(stats) if stats is not None else None
        if seconds and stats is not None and stats.zone == "stated":
            hours, minutes = divmod(abs(round(seconds)) // 60, 60)
            zone = f"UTC{'+' if seconds < 0 else '-'}{hours}{f':{minutes:02d}' if minutes else ''}"
            entry.notes.append(f"the stamps inside its records are {zone}; the time of what wraps them is used")
    return digested


Part = tuple[Digest, Entry, Entry]  # a digest, what it adds to the ledger, and the row of the ledger


def _by_threads(gathered: Gathered, threads: int | None, progress: Progress | None) -> Iterator[Part]:
    """The digest of each block, its lines numbered as they are in the file."""
    for (digest, part), entry in run_in_order(_tasks(gathered, progress), threads):
        yield digest, part, entry


def _by_processes(
    gathered: Gathered, workers: int, progress: Progress | None, meanwhile: Callable[[], object] | None
) -> Iterator[Part]:
    """The digest of each share."""
    parts = shares(gathered.surveyed, gathered.copies)
    reached = [0]  # the level of the sample of joins: each process goes on from its own
    work = [lambda share=share: _digest_share(share, gathered, reached) for share in parts]
    for number, (share, (digest, part)) in enumerate(zip(parts, run_forked(work, workers, meanwhile), strict=True), 1):
        entry = gathered.entries[share.found.name]
        yield shifted(digest, entry.lines), part, entry
        if progress:
            progress(number, len(parts))


def _tasks(gathered: Gathered, progress: Progress | None) -> Iterator[Callable[[], tuple[tuple[Digest, Entry], Entry]]]:
    for number, found in enumerate(gathered.surveyed):
        entry = gathered.entries[found.name]
        for task in tasks(found, gathered.copies.get(found.name), entry):
            yield lambda task=task, entry=entry: (_digested(task(), entry.source), entry)  # type: ignore[misc]
        if progress:
            progress(number + 1, len(gathered.surveyed))


def _digest_share(share: Share, gathered: Gathered, reached: list[int]) -> tuple[Digest, Entry]:
    found, folder = share.found, Folder()
    entry, spill = Entry(found.name), []
    for task in tasks(found, gathered.copies.get(found.name), entry, span=share.span):
        digest, part = _digested(task(), found.name, max(folder.sampled, *reached))
        spill += digest.spill
        digest.spill = []
        folder.add(digest)
        entry.add(part)
    result = folder.result()
    reached[0] = max(folder.sampled, *reached)
    result.spill = spill
    return result, entry


def _digested(scanned: Scanned, source: str, least: int = 0) -> tuple[Digest, Entry]:
    block = scanned.block
    whole = [b for b in block.batches if _kinds(b) & WHOLE]
    return digest_of(source, block.batches, [to_table(b, source) for b in whole], least), block.entry


def digest_of(source: str, batches: list[Batch], tables: list[pa.Table], least: int = 0) -> Digest:
    """The digest of batches; of `tables`, which hold their events, alerts and alike are kept whole, and metric samples."""
    kept = [t.filter(pc.is_in(t["kind"], value_set=pa.array(sorted(kinds)))) for t in tables for kinds in (NOTABLE, {"metric"})]
    return digest_batches(source, batches, [t for t in kept if len(t)], least)


def _kinds(batch: Batch) -> set[str]:
    kinds = batch.coded("kind") if batch.has("kind") else None
    return {batch.kind} if kinds is None else set(kinds.values)


def take(digest: Digest, folder: Folder, users: Users) -> None:
    for source, rows in digest.spill:
        users.add(source, rows)
    digest.spill = []
    folder.add(digest)
