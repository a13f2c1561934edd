"""Paths to surveyed sources: found, recognised, dated, their copies known. What every run begins with."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from postmortem_timeline.errors import NothingReadable
from postmortem_timeline.executors import cores, run_in_order
from postmortem_timeline.forking import can_fork
from postmortem_timeline.ingest.copies import CopyRange, find_copies
from postmortem_timeline.ingest.discover import Workspace, discover
from postmortem_timeline.ingest.handing import looked
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.survey import Surveyed, date_sources, survey

Paths = str | os.PathLike[str] | list[str] | tuple[str, ...]
MANY = 64  # sources from which further processes are worth their making


@dataclass
class Gathered:
    """All sources of a run, with their (still empty) ledger rows."""

    surveyed: list[Surveyed]
    copies: dict[str, list[CopyRange]]
    entries: dict[str, Entry] = field(default_factory=dict)


def gather(
    paths: Paths, workspace: Workspace, zone_of: Callable[[str], str | None] | None = None, threads: int | None = None
) -> Gathered:
    """Survey everything below `paths`. Raises NothingReadable where no source at all is there."""
    sources = discover(paths, workspace)
    if not sources:
        given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
        raise NothingReadable(f"{', '.join(os.fspath(one) for one in given)}: no file is there")
    looks = [lambda s=s: survey(s, zone_of(s.name) if zone_of else None) for s in sources]
    workers = threads or cores()
    apart = workers > 1 and len(sources) >= MANY and can_fork()
    surveyed = list(looked(looks, workers) if apart else run_in_order(looks, threads))
    siblings = {s.name: s.path for s in sources}
    for found in surveyed:
        found.siblings = siblings
    date_sources(surveyed)
    copies: dict[str, list[CopyRange]] = {}
    entries = {s.name: s.entry() for s in surveyed}
    for copy in find_copies(surveyed):
        copies.setdefault(copy.source, []).append(copy)
        entries[copy.source].notes.append(copy.note)
    return Gathered(surveyed, copies, entries)
