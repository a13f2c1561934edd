"""Finds the sources below the given paths: files, folder trees, archives (also one inside another), standard input."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from postmortem_timeline.errors import NothingReadable
from postmortem_timeline.ingest.archives import is_archive, members
from postmortem_timeline.ingest.source import Source, Workspace

SKIPPED_FOLDERS = {".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv"}
OWN_OUTPUT = {"incident.json", "timeline.parquet"}
OWN_FILES = OWN_OUTPUT | {
    "timeline.csv", "evidence.parquet", "report.html", "postmortem.md", "postmortem.generated.md", "timesketch.csv",
    "timesketch.jsonl", "timeline.mmd",
}  # fmt: skip
NOT_LOGS = {
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".pdf", ".mp4", ".mov", ".mp3", ".woff", ".woff2",
    ".ttf", ".pyc", ".so", ".dll", ".exe", ".docx", ".pptx", ".xlsx", ".odt", ".ods", ".jar", ".war", ".whl",
}  # fmt: skip
OURS_TO_WRITE = "incident.toml"
DEPTH = 2  # an archive, and an archive inside it

__all__ = ["Source", "Workspace", "discover"]


def discover(paths: str | os.PathLike[str] | list[str] | tuple[str, ...], workspace: Workspace) -> list[Source]:
    """All sources below `paths`, sorted by name. Raises NothingReadable where a path does not exist."""
    given = [os.fspath(paths)] if isinstance(paths, (str, os.PathLike)) else [os.fspath(p) for p in paths]
    if not given:
        raise NothingReadable("no path was given")
    found: list[Source] = []
    for path in given:
        if path == "-":
            found.extend(_standard_input(workspace))
            continue
        root = Path(path)
        if not os.path.exists(root):
            raise NothingReadable(f"{path}: no such file or folder")
        if root.is_dir():
            prefix = f"{_base_name(root)}/" if len(given) > 1 else ""
            found.extend(_tree(root, prefix, workspace))
        else:
            found.extend(_file(root, root.name, workspace, DEPTH))
    return sorted(_distinct(found), key=lambda s: s.name)


def _base_name(root: Path) -> str:
    return root.name if root.name not in ("", "..") else root.resolve().name


def _distinct(found: list[Source]) -> Iterator[Source]:
    """Sources whose names are unique and valid text: citations must be."""
    taken = {_text(source.name) for source in found}
    seen: set[str] = set()
    for source in found:
        name, number = _text(source.name), 1
        while name in seen or (number > 1 and name in taken):  # two paths of one base name
            number += 1
            name = f"{_text(source.name)}~{number}"
        source.name = name
        seen.add(name)
        yield source


def _text(name: str) -> str:
    """A file's name as text that can be written, whatever bytes it is made of."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _standard_input(workspace: Workspace) -> Iterator[Source]:
    path = workspace.folder() / "stdin"
    with path.open("wb") as out:
        shutil.copyfileobj(sys.stdin.buffer, out, 1 << 20)
    for source in _file(path, "-", workspace, DEPTH):
        source.modified = source.modified if source.path != path else None  # it is we who wrote it just now
        yield source


def _tree(root: Path, prefix: str, workspace: Workspace) -> Iterator[Source]:
    visited: set[tuple[int, int]] = set()
    closed: list[OSError] = []
    for folder, names, files in os.walk(root, followlinks=True, onerror=closed.append):
        here = Path(folder)
        relative = prefix + here.relative_to(root).as_posix() + "/" if here != root else prefix
        skipped = _why_not(here, visited)
        if skipped:
            names[:] = []
            yield Source(relative.rstrip("/") or ".", here, skipped=skipped)
            continue
        if set(files) >= OWN_OUTPUT:  # somebody built into the folder of the exports: those are still there
            yield Source(relative.rstrip("/") or ".", here, skipped="output of an earlier build")
            files = sorted(set(files) - OWN_FILES)
        for name in sorted(set(names) & SKIPPED_FOLDERS):
            yield Source(relative + name, here / name, skipped="not evidence: a tool's own folder")
        names[:] = sorted(set(names) - SKIPPED_FOLDERS)
        for name in sorted(files):
            yield from _file(here / name, relative + name, workspace, DEPTH)
    for error in closed:
        here = Path(error.filename)
        name = prefix + here.relative_to(root).as_posix() if here != root else prefix.rstrip("/") or "."
        yield Source(name, here, skipped=f"cannot be opened: {error.strerror}")


def _why_not(here: Path, visited: set[tuple[int, int]]) -> str | None:
    """Why a folder is passed over; it counts as visited from now on."""
    try:
        status = here.stat()
    except OSError as error:
        return f"cannot be opened: {error.strerror}"
    place = (status.st_dev, status.st_ino)
    if place in visited:
        return "a link back to a folder that is read already"
    visited.add(place)
    return None


def _file(path: Path, name: str, workspace: Workspace, depth: int) -> Iterator[Source]:
    """The source that a file is, or those that an archive holds."""
    source = Source(name, path)
    try:
        source.modified = path.stat().st_mtime
    except OSError as error:
        source.skipped = f"cannot be opened: {error.strerror}"
        yield source
        return
    base = name.rsplit("/", 1)[-1]
    if not path.is_file():
        source.skipped = "not a regular file"
    elif os.path.splitext(base)[1].lower() in NOT_LOGS:
        source.skipped = "not evidence: a picture, document or program"
    elif base == OURS_TO_WRITE:
        source.skipped = "annotations are not evidence; name them with --annotations"
    elif not os.access(path, os.R_OK):
        source.skipped = "no permission to read it"
    elif is_archive(path, name):
        if not depth:
            source.skipped = "an archive too deep inside of others"
        else:
            yield from _archive(source, workspace, depth - 1)
            return
    yield source


def _archive(archive: Source, workspace: Workspace, depth: int) -> Iterator[Source]:
    """The sources inside an archive; what could not be unpacked is a row with its reason."""
    for member in members(archive.path, workspace.folder()):
        name = f"{archive.name}!{member.name}" if member.name else archive.name
        if member.path is None:
            yield Source(name, archive.path, member.modified, skipped=member.broken)
            continue
        for inner in _file(member.path, name, workspace, depth):
            inner.modified = member.modified
            if member.broken:
                inner.notes.append(member.broken)
            yield inner
