"""The derived index: what reading every document takes long for, kept by the bytes it came from; delete it at will."""

from __future__ import annotations

import json
from typing import Any

from postmortem_timeline._version import __version__
from postmortem_timeline.archive.entry import Entry
from postmortem_timeline.archive.signature import vocabulary
from postmortem_timeline.archive.store import INDEX, Store, replace

MARKS = ("impact_start", "detected", "declared", "mitigated", "onset", "resolved", "acknowledged")


def entries(store: Store) -> list[Entry]:
    """All incidents in the order of their days; the index is read where it fits, and written anew where it does not."""
    known = _known(store)
    fresh: dict[str, Any] = {}
    found = []
    for name in store.ids():
        seal = store.fingerprint(name)
        incident = store.read(name)
        kept = known.get(name)
        said = _pairs(kept["words"]) if kept and kept.get("seal") == seal else _words(store, name, incident)
        fresh[name] = {"seal": seal, "words": said}
        found.append(_entry(name, incident, said))
    stale = set(fresh) != set(known) or any(fresh[name]["seal"] != known[name].get("seal") for name in fresh)
    if stale and store.root.is_dir():
        data = {"written_by": __version__, "incidents": fresh}
        replace(store.root / INDEX, (json.dumps(data, ensure_ascii=False, sort_keys=True) + "\n").encode())
    return sorted(found, key=lambda entry: (entry.day or "", entry.name))


def _known(store: Store) -> dict[str, Any]:
    """What the index holds; one of another version, or a broken one, holds nothing."""
    try:
        data = json.loads((store.root / INDEX).read_text(encoding="utf-8"))
        return dict(data["incidents"]) if data["written_by"] == __version__ else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _pairs(raw: dict[str, Any]) -> dict[str, tuple[int, str]]:
    return {stem: (int(count), str(word)) for stem, (count, word) in raw.items()}


def _words(store: Store, name: str, incident: dict[str, Any]) -> dict[str, tuple[int, str]]:
    ours = (incident.get("archive") or {}).get("origin") != "imported"
    return vocabulary(str(incident.get("title") or ""), str(incident.get("summary") or ""), store.text(name), ours=ours)


def _entry(name: str, incident: dict[str, Any], said: dict[str, tuple[int, str]]) -> Entry:
    block = incident.get("archive") or {}
    life = incident.get("lifecycle") or {}
    at = next((life[mark]["at"] for mark in MARKS if (life.get(mark) or {}).get("at")), None)
    return Entry(
        name,
        str(incident.get("title") or block.get("title") or name),
        at[:10] if at else block.get("day"),
        str(block.get("origin") or "built"),
        incident.get("severity"),
        life,
        incident.get("durations") or {},
        incident.get("impact") or {},
        block.get("signature") or {},
        block.get("actions") or [],
        said,
    )
