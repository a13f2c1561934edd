"""What a record's attributes say under the names that matter, found in one walk."""

from __future__ import annotations

from functools import lru_cache

from postmortem_timeline.correlate.records import Record


def leaves(record: Record, names: tuple[str, ...] | frozenset[str]) -> dict[str, str]:
    """name -> value of the first attribute whose path ends in it, as `Record.get` finds it one by one.

    For the audit log of a cloud, with a hundred thousand records of twenty attributes each. Names have one or two parts.
    """
    said = record.attributes
    return {name: said[path] for name, path in _told(tuple(said), names)} if said else {}


@lru_cache(maxsize=1 << 12)
def _told(paths: tuple[str, ...], names: tuple[str, ...] | frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The names that these paths tell, in the order of the paths; records of a source share a few shapes of them."""
    found: dict[str, str] = {}
    for path in paths:
        parts = path.lower().split(".")
        for end in (parts[-1], ".".join(parts[-2:])):
            if end in names:
                found.setdefault(end, path)
    return tuple(found.items())
