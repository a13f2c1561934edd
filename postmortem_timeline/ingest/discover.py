"""Finds the sources below the given paths: files, folder trees, archives (also one inside another), standard input."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from postmortem_timeline.errors import NothingReadable

SKIPPED_FOLDERS = {".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv"}
OWN_OUTPUT = {"incident.json", "timeline.parquet"}
NOT_LOGS = {
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".pdf", ".mp4", ".mov", ".mp3", ".woff", ".woff2", ".ttf", ".pyc", ".so",
    ".dll", ".exe", ".docx", ".pptx",
}  # fmt: skip
OURS_TO_WRITE = "incident.toml"
MOST_UNPACKED = 64 << 30
DEPTH = 2  # an archive, and an archive inside it


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


def discover(paths: str | os.PathLike[str] | list[str] | tuple[str, ...], workspace: Workspace) -> list[Source]:
    """All sources below `paths`, sorted by name. Raises NothingReadable where a path does not exist."""
    given = [os.fspath(paths)] if isinstance(paths, (str, os.PathLike)) else [os.fspath(p) for p in paths]
    if not given:
        raise NothingReadable("no path was given")
    found: list[Source] = []
    for path in given:
        if path == "-":
            found.append(_standard_input(workspace))
            continue
        root = Path(path)
        if not root.exists():
            raise NothingReadable(f"{path}: no such file or folder")
        if root.is_dir():
            prefix = f"{root.resolve().name}/" if len(given) > 1 else ""
            found.extend(_tree(root, prefix, workspace))
        else:
            found.extend(_file(root, root.name, workspace, DEPTH))
    return sorted(_distinct(found), key=lambda s: s.name)


def _distinct(found: list[Source]) -> Iterator[Source]:
    seen: dict[str, int] = {}
    for source in found:
        seen[source.name] = seen.get(source.name, 0) + 1
        if seen[source.name] > 1:  # two paths of one base name: citations must stay unique
            source.name = f"{source.name}~{seen[source.name]}"
        yield source


def _standard_input(workspace: Workspace) -> Source:
    path = workspace.folder() / "stdin"
    with path.open("wb") as out:
        shutil.copyfileobj(sys.stdin.buffer, out, 1 << 20)
    return Source("-", path)


def _tree(root: Path, prefix: str, workspace: Workspace) -> Iterator[Source]:
    visited: set[tuple[int, int]] = set()
    for folder, names, files in os.walk(root, followlinks=True):
        here = Path(folder)
        relative = prefix + here.relative_to(root).as_posix() + "/" if here != root else prefix
        status = here.stat()
        if (status.st_dev, status.st_ino) in visited:
            names[:] = []
            yield Source(relative.rstrip("/"), here, skipped="a link back to a folder that is read already")
            continue
        visited.add((status.st_dev, status.st_ino))
        if OWN_OUTPUT <= set(files):
            names[:] = []
            yield Source(relative.rstrip("/") or ".", here, skipped="output of an earlier build")
            continue
        for name in sorted(set(names) & SKIPPED_FOLDERS):
            yield Source(relative + name, here / name, skipped="not evidence: a tool's own folder")
        names[:] = sorted(set(names) - SKIPPED_FOLDERS)
        for name in sorted(files):
            yield from _file(here / name, relative + name, workspace, DEPTH)


def _file(path: Path, name: str, workspace: Workspace, depth: int) -> Iterator[Source]:
    try:
        status = path.stat()
    except OSError as error:
        yield Source(name, path, skipped=f"cannot be opened: {error.strerror}")
        return
    source = Source(name, path, modified=status.st_mtime)
    if not path.is_file():
        source.skipped = "not a regular file"
    elif path.suffix.lower() in NOT_LOGS:
        source.skipped = "not evidence: a picture, document or program"
    elif path.name == OURS_TO_WRITE:
        source.skipped = "annotations are not evidence; name them with --annotations"
    elif not os.access(path, os.R_OK):
        source.skipped = "no permission to read it"
    elif depth and _is_archive(path):
        yield from _archive(source, workspace, depth - 1)
        return
    yield source


def _is_archive(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(4)
        if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            return zipfile.is_zipfile(path)
        name = path.name.lower()
        return (".tar" in name or name.endswith((".tgz", ".tbz2", ".txz"))) and tarfile.is_tarfile(path)
    except (OSError, tarfile.TarError, EOFError):
        return False


def _archive(source: Source, workspace: Workspace, depth: int) -> Iterator[Source]:
    folder = workspace.folder()
    try:
        opened = _zip_members(source.path, folder) if zipfile.is_zipfile(source.path) else _tar_members(source.path, folder)
        for number, (member, path, modified) in enumerate(opened):
            for inner in _file(path, f"{source.name}!{member}", workspace, depth):
                inner.modified = modified
                yield inner
    except (OSError, zipfile.BadZipFile, tarfile.TarError, EOFError, RuntimeError, NotImplementedError) as error:
        source.skipped = f"broken archive: {error}"
        yield source


def _zip_members(path: Path, folder: Path) -> Iterator[tuple[str, Path, float | None]]:
    from datetime import datetime, timezone

    total = 0
    with zipfile.ZipFile(path) as archive:
        for number, info in enumerate(sorted(archive.infolist(), key=lambda i: i.filename)):
            if info.is_dir():
                continue
            total += info.file_size
            if total > MOST_UNPACKED:
                raise zipfile.BadZipFile("unpacks to more than 64 GiB")
            target = _laid_out(folder, info.filename, number)
            with archive.open(info) as member, target.open("wb") as out:
                shutil.copyfileobj(member, out, 1 << 20)
            yield info.filename, target, datetime(*info.date_time, tzinfo=timezone.utc).timestamp()


def _tar_members(path: Path, folder: Path) -> Iterator[tuple[str, Path, float | None]]:
    total = 0
    with tarfile.open(path) as archive:
        for number, info in enumerate(archive):
            stream = archive.extractfile(info) if info.isfile() else None
            if stream is None:
                continue
            total += info.size
            if total > MOST_UNPACKED:
                raise tarfile.TarError("unpacks to more than 64 GiB")
            target = _laid_out(folder, info.name, number)
            with target.open("wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
            yield info.name.removeprefix("./"), target, float(info.mtime)


def _laid_out(folder: Path, member: str, number: int) -> Path:
    """Where a member is laid out: its own relative path where that is safe, so that siblings find each other."""
    parts = [p for p in member.replace("\\", "/").split("/") if p not in ("", ".")]
    if not parts or ".." in parts or any(len(p) > 200 or "\0" in p for p in parts):
        parts = [f"member-{number}"]
    target = folder.joinpath(*parts)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            return target
    except OSError:
        pass
    return folder / f"member-{number}"
