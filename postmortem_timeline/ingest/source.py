"""What a source is, and the folder in which those that are no plain files are laid out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Source:
    """One stream of evidence. `name` is what citations say; `path` is where its bytes lie now."""

    name: str
    path: Path
    modified: float | None = None  # a hint of the year, from an archive's member or the file
    skipped: str | None = None  # why it is not read
    notes: list[str] = field(default_factory=list)


class Workspace:
    """The folder in which archives and standard input are laid out while a run lasts."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0

    def folder(self) -> Path:
        """A new folder of its own."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="pmt-")
        self._count += 1
        path = Path(self._folder.name) / str(self._count)
        path.mkdir()
        return path

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
