"""The archive on disk: one folder an incident, written whole or not at all, under a lock that two writers share."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from postmortem_timeline.errors import UsageError

VERSION = 1
HEAD, LOCK, INDEX = "archive.json", ".lock", ".index.json"
IGNORED = f"{LOCK}\n{INDEX}\n.new-*\n"
NEW = ".new-"


class Store:
    """The folders of an archive. Readers need no lock: a folder appears complete, and each file is replaced at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def ids(self) -> list[str]:
        """The incidents, in the order of their names, which begin with their days."""
        if not self.root.is_dir():
            return []
        return sorted(
            path.parent.name for path in self.root.glob("*/incident.json") if not path.parent.name.startswith(".")
        )

    def version(self) -> int | None:
        """The schema version; 0 for folders that nobody has made an archive of yet, null where there are none."""
        try:
            head = json.loads((self.root / HEAD).read_text(encoding="utf-8"))
            return int(head["schema_version"])
        except FileNotFoundError:
            return 0 if self.ids() else None
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{self.root / HEAD}: not an archive's head; restore it from version control") from error

    def read(self, name: str) -> dict[str, Any]:
        return dict(json.loads((self.root / name / "incident.json").read_text(encoding="utf-8")))

    def text(self, name: str) -> str:
        path = self.root / name / "postmortem.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def fingerprint(self, name: str) -> str:
        """What the index remembers an incident by: its bytes."""
        digest = hashlib.sha256()
        for file in ("incident.json", "postmortem.md", "timeline.parquet"):
            path = self.root / name / file
            digest.update(path.read_bytes() if path.exists() else b"")
        return digest.hexdigest()

    def write(self, name: str, files: Mapping[str, bytes]) -> None:
        """A new folder appears by one rename; in one that is there each file is replaced, incident.json last."""
        target = self.root / name
        if target.is_dir():
            for file, data in sorted(files.items(), key=lambda item: item[0] == "incident.json"):
                replace(target / file, data)
            return
        fresh = self.root / f"{NEW}{name}-{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for file, data in files.items():
            (fresh / file).write_bytes(data)
        os.replace(fresh, target)

    def begin(self) -> None:
        """The head of an archive, written once."""
        self.root.mkdir(parents=True, exist_ok=True)
        if not (self.root / HEAD).exists():
            replace(self.root / HEAD, (json.dumps({"schema_version": VERSION}) + "\n").encode())
        if not (self.root / ".gitignore").exists():
            replace(self.root / ".gitignore", IGNORED.encode())

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """One writer at a time; the other waits. The system lets go of it when a writer dies."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / LOCK).open("a+b") as file:
            _hold(file)
            try:
                for left in self.root.glob(f"{NEW}*"):  # a writer died half way: nobody else is writing now
                    shutil.rmtree(left, ignore_errors=True)
                yield
            finally:
                _release(file)


def replace(path: Path, data: bytes) -> None:
    """The whole file or the old one, never a part."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.part")
    fresh.write_bytes(data)
    os.replace(fresh, path)


def slug(text: str) -> str:
    """A folder's name of a text: lower case, words joined by dashes."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return plain[:60].rstrip("-") or "incident"


try:
    import fcntl

    def _hold(file: Any) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _release(file: Any) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)

except ImportError:  # Windows
    import msvcrt

    def _hold(file: Any) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]

    def _release(file: Any) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]
