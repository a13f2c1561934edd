"""What a nested export may ask while it is parsed: its own name, its sibling files, and where to leave doubts."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field

Reader = Callable[[str], bytes | None]


def _nothing(source: str) -> bytes | None:
    return None


@dataclass
class Context:
    """The surroundings of one source. In tests a dict's `get` reads: `Context("a/b.json", {"a/c.json": b""}.get)`."""

    source: str  # as in the ledger: `folder/file` or `archive.zip!folder/file`
    reader: Reader = _nothing  # gives another source's bytes by its name, None where there is none
    notes: list[tuple[str, str]] = field(default_factory=list)

    def read(self, relative: str) -> bytes | None:
        """A sibling by its path from this source's folder, such as `../users.json`; none above the input's root."""
        sibling = resolve(self.source, relative)
        return self.reader(sibling) if sibling else None

    def note(self, code: str, message: str) -> None:
        """Leave a doubt for the ledger: the export was cut short, a part of it could not be read."""
        self.notes.append((code, message))


def resolve(source: str, relative: str) -> str | None:
    """The name of a sibling of `source`, inside the same archive if it is a member of one; None above the root."""
    archive, mark, member = source.rpartition("!")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(member), relative))
    return None if path.startswith(("..", "/")) else archive + mark + path
