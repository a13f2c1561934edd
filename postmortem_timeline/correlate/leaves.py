"""What a record's attributes say under the names that matter, found in one walk."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

from postmortem_timeline.correlate.records import Record


def leaves(record: Record, names: Container[str]) -> dict[str, str]:
    """name -> value of the first attribute whose path ends in it, as `Record.get` finds it one by one.

    For the audit log of a cloud, with a hundred thousand records of twenty attributes each. Names have one or two parts.
    """
    found: dict[str, str] = {}
    for path, value in record.attributes.items():
        for name in _ends(path):
            if name in names:
                found.setdefault(name, value)
    return found


@lru_cache(maxsize=1 << 14)
def _ends(path: str) -> tuple[str, ...]:
    """The last part of a path, and its last two."""
    parts = path.lower().split(".")
    return (parts[-1], ".".join(parts[-2:])) if len(parts) > 1 else (parts[0],)
