"""The records that citations name, read again: for the documents, for `pmt show`, for evidence in notebooks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from postmortem_timeline.errors import CitationError
from postmortem_timeline.ingest.discover import Workspace, discover
from postmortem_timeline.ingest.gather import Paths
from postmortem_timeline.ingest.quote import quote_lines, split_citation

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

CONTINUED = 30  # lines after a record's first that may belong to it


def quotes(citations: Iterable[str], paths: Paths, notables: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """citation -> {"text", "timestamp"}: lines as they stand in the source, elements of documents as events."""
    found = from_frame(citations, notables)
    missing = sorted({c for c in citations if c not in found})
    with Workspace() as workspace:
        sources = {s.name: s for s in discover(paths, workspace) if not s.skipped}
        by_source: dict[str, set[int]] = {}
        for citation in missing:
            source, line, _ = split_citation(citation)
            if source in sources:
                by_source.setdefault(source, set()).add(line)
        for source, lines in sorted(by_source.items()):
            for line, texts in quote_lines(sources[source], lines, CONTINUED).items():
                for citation in (f"{source}:{line}",):
                    if texts:
                        found[citation] = {"text": record_of(texts), "timestamp": None}
    return found


def record_of(texts: list[str]) -> str:
    """A line and what plainly continues it (indented lines, and the unindented end of a traceback)."""
    out = [texts[0]]
    for i, text in enumerate(texts[1:], 1):
        indented = text[:1] in (" ", "\t")
        ends_trace = out[-1][:1] in (" ", "\t") and len(out) > 1 and text[:1].isalpha() and ": " in text[:120] and not text[:1].isdigit()
        if not (indented or ends_trace or text.startswith(("Traceback (most recent", "Caused by:"))):
            break
        out.append(text)
    return "\n".join(out)


def from_frame(citations: Iterable[str], events: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Quotes from an event frame, for what is no line of its own (an element of a document) or has no file."""
    from postmortem_timeline.frame import cite
    from postmortem_timeline.times import rfc3339

    wanted = set(citations)
    found: dict[str, dict[str, Any]] = {}
    if events.empty:
        return found
    lines = {split_citation(c)[1] for c in wanted}
    for row in events[events["line"].isin(lines)].itertuples():
        citation = cite(str(row.source), int(row.line), int(row.ordinal))
        if citation in wanted:
            at = None if row.timestamp is None or row.timestamp != row.timestamp else rfc3339(int(row.timestamp.value))
            found[citation] = {"text": str(row.body or ""), "timestamp": at}
    return found


def from_table(citations: Iterable[str], events: pa.Table) -> dict[str, dict[str, Any]]:
    """As `from_frame`, from an event table."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from postmortem_timeline.frame import to_pandas

    wanted = list(citations)
    lines = pa.array(sorted({split_citation(c)[1] for c in wanted}), pa.int64())
    return from_frame(wanted, to_pandas(events.filter(pc.is_in(events["line"], value_set=lines))))


def in_context(citation: str, paths: Paths, context: int) -> list[tuple[str, str, bool]]:
    """The lines around a citation; an element of a one-line document is shown as its own JSON."""
    source, line, ordinal = split_citation(citation)
    with Workspace() as workspace:
        sources = {s.name: s for s in discover(paths, workspace) if not s.skipped}
        if source not in sources:
            near = ", ".join(sorted(sources)[:5])
            raise CitationError(f"{source!r} is not below {paths}; sources there are {near}")
        first = max(line - context, 1)
        lines = quote_lines(sources[source], {first}, line + context - first)[first]
    if len(lines) <= line - first:
        raise CitationError(f"{source} has no line {line}")
    element = _element(lines[line - first], ordinal)
    if element is not None:
        return [(citation, element, True)]
    return [(f"{source}:{first + i}", text, first + i == line) for i, text in enumerate(lines)]


def _element(text: str, ordinal: int) -> str | None:
    """The `ordinal`-th object of a line that holds a whole JSON array."""
    if not text.lstrip().startswith(("[", "{")) or len(text) < 2:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if isinstance(value, dict):
        value = next((v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)), None)
    if not isinstance(value, list) or not value:
        return None
    return json.dumps(value[min(ordinal, len(value) - 1)], indent=2, ensure_ascii=False)
