"""The lines around cited records of line logs, for a report that shows evidence where its sources are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postmortem_timeline.ingest.discover import Source, Workspace, discover
from postmortem_timeline.ingest.gather import Paths
from postmortem_timeline.ingest.quote import quote_lines, split_citation
from postmortem_timeline.ingest.survey import survey

LARGEST = 64 << 20  # bytes of a source; a larger one is not read again for the sake of a few lines
LINES = 3  # on either side, as `grep -C3` has it
WIDE = 400  # characters of a line; a report is no archive


def around(quotes: Mapping[str, Mapping[str, Any]], paths: Paths, *, lines: int = LINES) -> dict[str, dict[str, Any]]:
    """citation -> {"before": [...], "after": [...]}; an element of a document has no lines of its own around it."""
    by_source: dict[str, dict[str, tuple[int, int]]] = {}
    for citation in sorted(quotes):
        source, line, _ = split_citation(citation)
        length = str(quotes[citation].get("text") or "").count("\n") + 1
        by_source.setdefault(source, {})[citation] = (line, length)
    found: dict[str, dict[str, Any]] = {}
    with Workspace() as workspace:
        sources = {source.name: source for source in discover(paths, workspace) if not source.skipped}
        for name, cited in sorted(by_source.items()):
            if name in sources and _size(sources[name]) <= LARGEST and not _is_document(sources[name]):
                found |= _of_source(sources[name], cited, lines)
    return found


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


def _is_document(source: Source) -> bool:
    plan = survey(source).plan
    return plan is None or plan.export is not None


def _size(source: Source) -> int:
    try:
        return source.path.stat().st_size
    except OSError:
        return 0
