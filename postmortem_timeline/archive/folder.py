"""Archive: what people hold of the memory. It adds, imports, lists, compares and sums up past incidents."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from postmortem_timeline.archive import adding, checking, index, likeness, migrating, trending
from postmortem_timeline.archive.entry import Entry
from postmortem_timeline.archive.likeness import Similar
from postmortem_timeline.archive.reports.report import read_report
from postmortem_timeline.archive.store import Store
from postmortem_timeline.archive.trending import Trends
from postmortem_timeline.errors import CitationError, NothingReadable
from postmortem_timeline.postmortem.findings import Finding

PathLike = str | os.PathLike[str]


class Archive:
    """A folder of past incidents: one folder each, with incident.json, postmortem.md and timeline.parquet.

    It lives well in git. Its index is derived and can be deleted. Two writers do not harm each other.
    """

    def __init__(self, directory: PathLike) -> None:
        self.directory = Path(directory)
        self._store = Store(self.directory)

    def add(self, timeline: Any) -> str:
        """Keep an incident: a Timeline, or a folder that `pmt build` wrote. Returns its name in the archive.

        What is added again under the same title and day replaces what was there.
        """
        return self._keep(adding.built(timeline))

    def import_markdown(self, paths: PathLike | Iterable[PathLike]) -> list[str]:
        """Keep postmortems that people wrote: Markdown files, or folders of them. Returns their names, in order."""
        given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
        files = [file for path in given for file in adding.markdown_files(Path(path))]
        if not files:
            raise NothingReadable("no Markdown file is there to import")
        return [
            self._keep(adding.imported(read_report(file.read_text(encoding="utf-8", errors="replace"), file.name)))
            for file in files
        ]

    def incidents(self) -> list[Entry]:
        """All incidents, the earliest first."""
        return index.entries(self._ready())

    def incident(self, name: str) -> dict[str, Any]:
        """The incident.json of one; the beginning of its name will do where only one begins so."""
        return self._ready().read(self.named(name))

    def named(self, name: str) -> str:
        """The full name of an incident. Raises CitationError (a LookupError) where none, or several, begin so."""
        names = self._ready().ids()
        found = [one for one in names if one == name] or [one for one in names if one.startswith(name)]
        if len(found) != 1:
            what = "no incident" if not found else f"{len(found)} incidents"
            raise CitationError(f"{what} in {self.directory} begin with {name!r}; `pmt archive list` shows them all")
        return found[0]

    def postmortem(self, name: str) -> str:
        """The Markdown of one incident as the archive keeps it."""
        return self._ready().text(self.named(name))

    def similar(self, timeline: Any, *, most: int = 5) -> list[Similar]:
        """Past incidents that are like a Timeline, a build's folder, a Markdown report or one of the archive; the likest first."""
        past = self.incidents()
        if isinstance(timeline, str) and not Path(timeline).exists():
            name = self.named(timeline)
            asked = next(entry for entry in past if entry.name == name)
        else:
            asked = adding.asked(timeline)
        return likeness.similar(asked, past, most=most)

    def trends(self, *, as_of: str | None = None) -> Trends:
        """What the incidents add up to; `as_of` (a day) is what due dates are held against, never the clock of the machine."""
        return trending.trends(self.incidents(), as_of=as_of)

    def check(self) -> list[tuple[str, Finding]]:
        """(incident, what is wrong with it): files that do not fit the schema, order, durations, actions nobody owns."""
        return checking.check(self._ready())

    def _keep(self, kept: adding.Kept) -> str:
        with self._store.lock():
            self._migrate()
            self._store.begin()
            name = self._name(kept)
            incident = {**kept.incident, "archive": {**kept.block, "id": name}}
            files = {
                **kept.files,
                "incident.json": (json.dumps(incident, indent=2, ensure_ascii=False) + "\n").encode(),
            }
            self._store.write(name, files)
        return name

    def _name(self, kept: adding.Kept) -> str:
        """The name it has already, if it was kept before; else one that is free."""
        number, name = 1, kept.name
        while (self.directory / name / "incident.json").exists() and not _same(self._store.read(name), kept.block):
            number += 1
            name = f"{kept.name}-{number}"
        return name

    def _ready(self) -> Store:
        """The store in the shape that this version reads; an older one is brought forward under the lock."""
        if self._store.version() not in (None, migrating.VERSION):
            with self._store.lock():
                self._migrate()
        return self._store

    def _migrate(self) -> None:
        migrating.migrate(self._store)

    def __len__(self) -> int:
        return len(self._store.ids())

    def __repr__(self) -> str:
        return f"<Archive {self.directory}: {len(self)} incidents>"

    def _repr_html_(self) -> str:
        from postmortem_timeline.archive.listing import listed_html

        return listed_html(self.incidents())


def _same(there: Mapping[str, Any], block: Mapping[str, Any]) -> bool:
    """Whether both come from one document or build: source and day, of the same origin."""
    have = there.get("archive") or {}
    keys: Sequence[str] = ("origin", "source", "day")
    return all(have.get(key) == block.get(key) for key in keys)
