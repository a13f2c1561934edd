"""Changes that take another change back: which they are, and what they undo."""

from __future__ import annotations

import re

from postmortem_timeline.correlate.records import Record

UNDOES = re.compile(
    r"\b(?:roll(?:ed|ing|s)?[ _-]?back|rollback|revert(?:s|ed|ing)?|undo(?:ne)?|back(?:ed)? out)\b", re.I
)


def undoes(record: Record) -> bool:
    """Whether a change says that it takes something back."""
    task = record.get("task", "kind", "type") or ""
    return record.action in ("rolled_back", "rollback") or bool(UNDOES.search(f"{record.body} {task}"))
