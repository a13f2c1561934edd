"""Members of zip and tar archives, unpacked one by one; what is broken, hostile or too large is told, never raised."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from postmortem_timeline.ingest.decode import is_compressed, open_decompressed

MOST_UNPACKED = 64 << 30  # bytes of one archive
MOST_MEMBERS = 200_000
BOMB = 1 << 30  # bytes from which on an archive that swells a thousandfold is one that was made to
SWELLS = 1000
SPARE = 1 << 28  # bytes that stay free on the disk
TAR_NAMES = (".tar", ".tgz", ".tbz2", ".txz", ".tzst")


@dataclass(frozen=True)
class Member:
    """One file of an archive and where it lies now. Without a path it could not be unpacked; without a name the
    archive itself breaks there. `broken`: what is wrong with it."""

    name: str
    path: Path | None
    modified: float | None = None
    broken: str | None = None


class _TooLarge(Exception):
    pass


def is_archive(path: Path, name: str) -> bool:
    """Whether a file is a zip or tar archive (compressed or not), by content; an old tar has no mark but its name."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
        if head in (b"PK\x03\x04", b"PK\x05\x06"):
            return True
        named = any(end in name.lower().rsplit("/", 1)[-1] for end in TAR_NAMES)
        if not named and not is_compressed(path) and path.stat().st_size < tarfile.BLOCKSIZE:
            return False
        with open_decompressed(path) as file:
            block = file.read(tarfile.BLOCKSIZE)
        if block[257:262] == b"ustar":
            return True
        if named:
            tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")  # raises where the sums are wrong
        return named
    except Exception:  # every decompressor has errors of its own; the file is then read as what it is
        return False


def members(path: Path, folder: Path) -> Iterator[Member]:
    """The files of an archive, laid out in `folder`, in the archive's order of names (zip) or of its own (tar)."""
    room = _Room(path, folder)
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"PK"
        yield from _zip(path, room) if zipped else _tar(path, room)
    except Exception as error:  # also what zipfile and tarfile leak of their decompressors
        yield Member("", None, None, f"broken archive: {_said(error)}")


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, _TooLarge) else f"{type(error).__name__}: {error}"


class _Room:
    """Where members are laid out, and how much of them there may be."""

    def __init__(self, archive: Path, folder: Path) -> None:
        self.folder, self.count, self.bytes, self.look_again = folder, 0, 0, 0
        self.stored = max(archive.stat().st_size, 1)

    def target(self, member: str) -> Path:
        """A member's own relative path where that is safe, so that siblings find each other."""
        self.count += 1
        if self.count > MOST_MEMBERS:
            raise _TooLarge(f"more than {MOST_MEMBERS:,} members; the rest is not read")
        plain = self.folder / f"member-{self.count}"
        parts = [p for p in member.replace("\\", "/").split("/") if p not in ("", ".")]
        if not parts or ".." in parts or any(len(p.encode("utf-8", "replace")) > 200 or "\0" in p for p in parts):
            return plain
        target = self.folder.joinpath(*parts)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            return plain if target.exists() or target.parent.is_symlink() else target
        except (OSError, ValueError):
            return plain

    def copy(self, stream: IO[bytes], target: Path) -> None:
        """Write a member's bytes as far as there is room. Raises what the stream raises; what came before is kept."""
        with target.open("wb") as out:
            while piece := stream.read(1 << 16):
                self.bytes += len(piece)
                if self.bytes > MOST_UNPACKED:
                    raise _TooLarge(f"unpacks to more than {MOST_UNPACKED >> 30} GiB; the rest is not read")
                if self.bytes > BOMB and self.bytes > SWELLS * self.stored:
                    raise _TooLarge(f"swells more than {SWELLS} times, as no logs do; the rest is not read")
                if self.bytes >= self.look_again:
                    self.look_again = self.bytes + (16 << 20)
                    if shutil.disk_usage(self.folder).free < SPARE:
                        raise _TooLarge("the disk is full; the rest is not read")
                out.write(piece)


def _zip(path: Path, room: _Room) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for info in sorted(archive.infolist(), key=lambda i: i.filename):
            if not info.is_dir():
                name, opened = info.filename.replace("\\", "/"), partial(archive.open, info)
                yield from _unpacked(name, _zip_time(info), room, opened, alone=True)


def _zip_time(info: zipfile.ZipInfo) -> float | None:
    from datetime import UTC, datetime

    try:
        return datetime(*info.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _tar(path: Path, room: _Room) -> Iterator[Member]:
    with open_decompressed(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for info in archive:
            if info.isfile():
                name, opened = info.name.removeprefix("./"), partial(archive.extractfile, info)
                yield from _unpacked(name, float(info.mtime), room, opened, alone=False)


def _unpacked(
    name: str, modified: float | None, room: _Room, opened: Callable[[], IO[bytes] | None], alone: bool
) -> Iterator[Member]:
    """One member; where it breaks off, what came before. `alone`: those after it can still be read."""
    target = room.target(name)
    try:
        stream = opened()
        if stream is None:
            return
        with stream:
            room.copy(stream, target)
    except Exception as error:
        kept = target if target.exists() and target.stat().st_size else None
        yield Member(name, kept, modified, f"broken member: {_said(error)}")
        if not alone or isinstance(error, _TooLarge):
            raise
        return
    yield Member(name, target, modified)
