"""Archives of an older shape brought forward; one of a newer shape is refused, not guessed at."""

from __future__ import annotations

import json
from collections.abc import Callable

from postmortem_timeline.archive import adding
from postmortem_timeline.archive.store import HEAD, VERSION, Store, replace
from postmortem_timeline.errors import UsageError


def migrate(store: Store) -> None:
    """Step by step to the present version; the caller holds the lock."""
    version = store.version()
    if version is None or version == VERSION:
        return
    if version > VERSION:
        raise UsageError(
            f"{store.root} is an archive of version {version}, and this program knows up to {VERSION}; update it"
        )
    for step in range(version, VERSION):
        STEPS[step](store)
    replace(store.root / HEAD, (json.dumps({"schema_version": VERSION}) + "\n").encode())


def _from_folders(store: Store) -> None:
    """0 to 1: folders that builds wrote, put side by side by hand, get the archive's block about each."""
    for name in store.ids():
        incident = store.read(name)
        if "archive" not in incident:
            kept = adding.built(store.root / name)
            whole = {**kept.incident, "archive": {**kept.block, "id": name}}
            data = (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()
            store.write(name, {**kept.files, "incident.json": data})


STEPS: dict[int, Callable[[Store], None]] = {0: _from_folders}
