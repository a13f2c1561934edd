"""The lines around cited records of line logs, for a report that shows evidence where its sources are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postmortem_timeline.ingest.quote import quote_lines, split_citation
from postmortem_timeline.ingest.source import Source
from postmortem_timeline.ingest.survey import Surveyed

LARGEST = 64 << 20  # bytes of a source; a larger one is not read again for the sake of a few lines
LINES = 3  # on either side, as `grep -C3` has it
WIDE = 400  # characters of a line; a report is no archive


def around(
    found: Surveyed, quotes: Mapping[str, Mapping[str, Any]], *, lines: int = LINES
) -> dict[str, dict[str, Any]]:
    """citation -> {"before": [...], "after": [...]} for the citations of one source, whose `quotes` say how long they are.

    None where its elements have no lines of their own around them (a document), and where it is too large.
    """
    if not quotes or found.plan is None or found.plan.export is not None or _size(found.source) > LARGEST:
        return {}
    cited = {
        citation: (split_citation(citation)[1], str(quotes[citation].get("text") or "").count("\n") + 1)
        for citation in sorted(quotes)
    }
    return _of_source(found.source, cited, lines)


def _of_source(source: Source, cited: Mapping[str, tuple[int, int]], lines: int) -> dict[str, dict[str, Any]]:
    longest = max(length for _, length in cited.values())
    firsts = {citation: max(line - lines, 1) for citation, (line, _) in cited.items()}
    read = quote_lines(source, set(firsts.values()), 2 * lines + longest)
    found = {}
    for citation, (line, length) in cited.items():
        rows, own = read[firsts[citation]], line - firsts[citation]
        found[citation] = {
            "before": [_cut(row) for row in rows[:own]],
            "after": [_cut(row) for row in rows[own + length : own + length + lines]],
        }
    return found


def _cut(row: str) -> str:
    return row if len(row) <= WIDE else f"{row[:WIDE]}…"


def _size(source: Source) -> int:
    try:
        return source.path.stat().st_size
    except OSError:
        return 0
