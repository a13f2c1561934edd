"""Changes that take another change back: which they are, and what they undo."""

from __future__ import annotations

import re

from postmortem_timeline.correlate.leaves import leaves
from postmortem_timeline.correlate.records import Record

UNDOES = re.compile(
    r"\b(?:roll(?:ed|ing|s)?[ _-]?back|rollback|revert(?:s|ed|ing)?|undo(?:ne)?|back(?:ed)? out)\b", re.I
)

TASK = ("task", "kind", "type")  # the first that is there counts


def undoes(record: Record) -> bool:
    """Whether a change says that it takes something back."""
    if record.action in ("rolled_back", "rollback"):
        return True
    said = leaves(record, TASK)
    task = next((said[name] for name in TASK if name in said), "")
    return bool(UNDOES.search(f"{record.body} {task}"))
